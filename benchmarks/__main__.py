"""Measure, and write each table to benchmarks/NAME.md: ``python -m benchmarks [NAME …]``, all by default."""

import importlib
import platform
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main():
    for name in sys.argv[1:] or NAMES:
        if name not in NAMES:
            sys.exit(f"no benchmark {name!r}: choose among {', '.join(NAMES)}")
        print(f"==> {name}", flush=True)
        module = importlib.import_module(f"benchmarks.{name}")
        text = page(name, module.__doc__, module.table())
        (HERE / f"{name}.md").write_text(text, encoding="utf-8")
        print(text)


def page(name, doc, table):
    """Return the Markdown page of a benchmark: what it measures, its table, how to measure again."""
    return (
        f"# {name}\n\n{doc.strip()}\n\n{table.strip()}\n\n"
        f"Measured on {cpu()} with Python {platform.python_version()}; "
        f"again with `.venv/bin/python -m benchmarks {name}`.\n"
    )


def cpu():
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    return f"{len(names)} × {names[0].split(': ')[1]}" if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
