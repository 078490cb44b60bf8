"""Make .venv-frameworks, which adds JAX and TensorFlow to what .venv has, and .venv-mxnet."""

import ctypes
import shutil
import subprocess
import sys
import sysconfig

from environment import ROOT, create_venv, install, say

FRAMEWORKS, MXNET = ROOT / ".venv-frameworks", ROOT / ".venv-mxnet"
REQUIREMENTS = ("book/frameworks/requirements.txt", "book/frameworks/requirements-mxnet.txt")
PYTHON_OF_MXNET = "3.11"


def main():
    python = python_for_mxnet()
    check_libraries()
    say("Installing JAX and TensorFlow into .venv-frameworks, once")
    create_venv(FRAMEWORKS)
    see_the_packages_of_venv()
    install(FRAMEWORKS, "-r", REQUIREMENTS[0])
    say("Installing MXNet into .venv-mxnet, once")
    create_venv(MXNET, python)
    install(MXNET, "-r", REQUIREMENTS[1])


def python_for_mxnet():
    """Return a Python that MXNet's numpy was built for: this one, or one on the PATH."""
    for python in (sys.executable, shutil.which(f"python{PYTHON_OF_MXNET}")):
        if python and version_of(python) == PYTHON_OF_MXNET:
            return python
    sys.exit(
        f"MXNet is retired and needs Python {PYTHON_OF_MXNET}, and this is {version_of(sys.executable)}: "
        f"install python{PYTHON_OF_MXNET} beside it and run make frameworks again."
    )


def check_libraries():
    """MXNet's wheel takes these two from the system, where a machine without a compiler lacks them."""
    try:
        for library in ("libgomp.so.1", "libquadmath.so.0"):
            ctypes.CDLL(library)
    except OSError as error:
        sys.exit(f"MXNet needs a library of the system ({error}): apt-get install libgomp1 libquadmath0")


def version_of(python):
    """Return "3.11", or nothing where the command is there and does not work."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def see_the_packages_of_venv():
    """torch, numpy and their pins are in one place; only what is missing there is installed here."""
    site = FRAMEWORKS / "lib" / f"python{version_of(sys.executable)}" / "site-packages"
    (site / "venv.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
