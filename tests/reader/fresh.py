"""A reader's machine: an environment with Jupyter, torch, matplotlib and ipywidgets, and nothing of this book."""

import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
THERE = ("pip", "torch", "matplotlib", "ipywidgets", "ipykernel")
SERVED = ("src", "pyproject.toml", "README.md", "LICENSE")


class Environment:
    """A virtual environment that sees a folder of packages and keeps to itself what is installed into it."""

    def __init__(self, folder, packages):
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        [own] = folder.glob("lib/python*/site-packages")
        (own / "packages.pth").write_text(f"{packages}\n")
        spec = json.loads((ROOT / "tools/jupyter/kernels/python3/kernel.json").read_text())
        spec["argv"][0] = str(folder / "bin" / "python")
        kernel = folder / "kernels" / "python3" / "kernel.json"
        kernel.parent.mkdir(parents=True)
        kernel.write_text(json.dumps(spec))

    def run(self, *arguments):
        """Run its Python and return what it prints; it must not fail."""
        done = self.start(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def start(self, *arguments):
        """Run its Python, away from any source folder; the two streams come back as one text, ``stdout``."""
        command = [self.folder / "bin" / "python", *arguments]
        return subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def link_packages(folder):
    """Link into a folder what is installed of THERE and of all that it requires: as good as installed, in no time."""
    folder.mkdir()
    for name, package in sorted(closure(THERE).items()):
        for entry in {path.parts[0] for path in package.files} - {"..", "__pycache__"}:
            (folder / entry).symlink_to(package.locate_file(entry))
    return folder


def closure(names):
    """Return the installed packages of some names and all they require: name → distribution."""
    found, waiting = {}, list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = distribution(name)
            needed = map(Requirement, found[name].requires or ())
            waiting += [canonicalize_name(n.name) for n in needed if n.marker is None or n.marker.evaluate({"extra": ""})]
    return found


def serve_repository(folder):
    """Commit the package as it is now; return the address pip installs it from."""
    for name in SERVED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", ROOT / name, target], check=True)
    author = ("-c", "user.name=reader", "-c", "user.email=reader@localhost")
    for command in (("init", "-q", "-b", "some/branch"), ("add", "."), (*author, "commit", "-q", "-m", "Now")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return f"git+file://localhost{folder}@some/branch"  # old pips refuse an address without a host
