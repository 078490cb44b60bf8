"""Make .venv from requirements.txt, or say in one sentence why this machine cannot."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main():
    check_python()
    if not (VENV / "bin" / "pip").exists():
        create_venv()
    say("Installing the pinned packages into .venv, once")
    install("-r", "requirements.txt")
    install("--no-deps", "--no-build-isolation", "--editable", ".")
    # Now, since a chapter that is the first to list the fonts says so among its outputs.
    run(VENV / "bin" / "python", "-c", "import matplotlib.font_manager")


def check_python():
    if sys.version_info < OLDEST:
        here, oldest = (".".join(map(str, v[:2])) for v in (sys.version_info, OLDEST))
        sys.exit("The book needs Python %s or newer and this is %s: try make PYTHON=python3.12" % (oldest, here))


def create_venv():
    say("Making .venv")
    # Debian's python3 comes without ensurepip; its own pip can put one in.
    if subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.DEVNULL).returncode:
        python = str(VENV / "bin" / "python")
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
        run(sys.executable, "-m", "pip", "--python", python, "install", "pip")


def install(*arguments):
    run(VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def run(*command):
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit("Setting up .venv failed for the reason above; the first run needs a network.")


def say(line):
    print("==> " + line, flush=True)


if __name__ == "__main__":
    main()
