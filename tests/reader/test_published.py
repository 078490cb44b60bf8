"""Each published notebook alone in an empty folder, on a machine without the book: it runs, and prints the same."""

import os
import subprocess
import sys

import pytest
from published import NOTEBOOKS, alone, install_cell


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_it_runs_alone(path, environment, address, tmp_path):
    notebook = tmp_path / "empty" / path.name
    notebook.parent.mkdir()
    notebook.write_text(alone(path.read_text(encoding="utf-8"), address), encoding="utf-8")
    ran = nbval(notebook, environment)
    assert ran.returncode == 0, ran.stdout
    assert str(environment.folder) in environment.run("-c", "import mlpbook; print(mlpbook.__file__)")


def nbval(notebook, environment):
    """Run a notebook in an environment and compare its outputs with the stored ones."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", notebook.name]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    variables = {**os.environ, "JUPYTER_PATH": str(environment.folder)}
    return subprocess.run(command, cwd=notebook.parent, env=variables, **streams)


def test_without_a_network_it_says_so(environment):
    script = environment.folder / "cell.ipy"
    script.write_text("".join(install_cell("mlpbook @ git+https://localhost:9/mlpbook@main")["source"]))
    ran = environment.start("-m", "IPython", script)
    assert "could not be installed, see above: it takes a network" in ran.stdout


def test_in_colab_it_enables_widgets(environment):
    script = environment.folder / "cell.ipy"
    cell = "".join(install_cell("json")["source"]).replace("mlpbook", "json")  # which is there
    script.write_text(COLAB + cell)
    assert environment.run("-m", "IPython", script) == "enabled\n"


COLAB = """
import sys
from types import ModuleType
sys.modules["google"], sys.modules["google.colab"] = ModuleType("google"), ModuleType("colab")
sys.modules["google.colab"].output = ModuleType("output")
sys.modules["google.colab"].output.enable_custom_widget_manager = lambda: print("enabled")
"""
