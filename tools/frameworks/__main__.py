"""Ask all four frameworks, compare them with the reference and each other, and store what they answered."""

import datetime
import json
import os
import subprocess
import sys

from environment import ROOT
from frameworks.compare import changes, disagreements
from frameworks.environments import FRAMEWORKS, MXNET
from frameworks.reference import reference

STORE = ROOT / "src" / "mlpbook" / "frameworks"
ENVIRONMENTS = {"pytorch": FRAMEWORKS, "jax": FRAMEWORKS, "tensorflow": FRAMEWORKS, "mxnet": MXNET}
# On the processor and without oneDNN, which takes other formulas on other processors.
SETTINGS = {
    "JAX_PLATFORMS": "cpu",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MXNET_MKLDNN_ENABLED": "0",
}


def main():
    results = {"reference": reference()}
    for framework in ENVIRONMENTS:
        results[framework] = ask(framework)
        print(f"==> {framework} {results[framework]['version']} ran", flush=True)
    if faults := sorted(disagreements(results)):
        sys.exit("\n".join(faults))
    print("==> They agree with the reference and each other to 1e-6")
    if stored := [name for name, result in results.items() if store(name, result)]:
        sys.exit(
            f"Stored new results of {', '.join(stored)} in {STORE.relative_to(ROOT)}: if they are right, "
            "write the chapter's notebook again (make notebooks) and commit both."
        )
    print("==> and with what is stored")


def ask(framework):
    """Return what ``frameworks.run`` prints in the framework's own environment."""
    command = [ENVIRONMENTS[framework] / "bin" / "python", "-m", "frameworks.run", framework]
    asked = subprocess.run(command, cwd=ROOT / "tools", env=os.environ | SETTINGS, capture_output=True, text=True)
    if asked.returncode:
        sys.exit(f"{framework} failed:\n{asked.stderr}")
    return json.loads(asked.stdout)


def store(name, result):
    """Write a result with today's date unless it is the stored one; return what is new in it."""
    path = STORE / f"{name}.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    new = sorted(changes(result, old))
    if new:
        print(f"==> {name} is not what is stored:", *new[:5], sep="\n    ")
        dated = {"date": str(datetime.date.today()), **result}
        path.write_text(text(dated) + "\n", encoding="utf-8")
    return new


def text(node):
    """Return JSON with a line for each list of numbers.

    >>> print(text({"loss": 1.5, "value": {"relu": [0.0, 1.0]}}))
    {
    "loss": 1.5,
    "value": {
    "relu": [0.0, 1.0]
    }
    }
    """
    if not isinstance(node, dict):
        return json.dumps(node)
    rows = [f"{json.dumps(key)}: {text(child)}" for key, child in node.items()]
    return "{\n" + ",\n".join(rows) + "\n}"


if __name__ == "__main__":
    main()
