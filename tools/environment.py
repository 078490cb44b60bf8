"""Make .venv from requirements.txt, or say in one sentence why this machine cannot."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
# Another file tries other versions, while the tests go on checking the pins of this one.
REQUIREMENTS = os.environ.get("REQUIREMENTS", "requirements.txt")


def main():
    check_python()
    create_venv(VENV)
    say(f"Installing the packages of {REQUIREMENTS} into .venv, once")
    install(VENV, "-r", REQUIREMENTS)
    install(VENV, "--no-deps", "--no-build-isolation", "--editable", ".")
    # Now, since a chapter that is the first to list the fonts says so among its outputs.
    run(VENV / "bin" / "python", "-c", "import matplotlib.font_manager")


def check_python():
    if sys.version_info < OLDEST:
        here, oldest = (".".join(map(str, v[:2])) for v in (sys.version_info, OLDEST))
        sys.exit("The book needs Python %s or newer and this is %s: try make PYTHON=python3.12" % (oldest, here))


def create_venv(venv, python=sys.executable):
    if (venv / "bin" / "pip").exists():
        return
    say("Making " + venv.name)
    # Debian's python3 comes without ensurepip; its own pip can put one in.
    if subprocess.run([python, "-m", "venv", venv], stdout=subprocess.DEVNULL).returncode:
        run(python, "-m", "venv", "--clear", "--without-pip", venv)
        run(sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install", "pip")


def install(venv, *arguments):
    run(venv / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def run(*command):
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit("Setting up failed for the reason above; the first run needs a network.")


def say(line):
    print("==> " + line, flush=True)


if __name__ == "__main__":
    main()
