"""The notebooks under the site: each executed notebook with a first cell by which it runs alone, anywhere."""

import json
import shutil
from pathlib import Path

from source import ROOT, public

NOTEBOOKS = ROOT / "notebooks"

INSTALL = """\
# This notebook runs alone: it installs mlpbook, the book's package, where that is missing.
import importlib
import sys
from importlib.util import find_spec

if find_spec("mlpbook") is None:
    %pip install --quiet "{requirement}"
    importlib.invalidate_caches()
if find_spec("mlpbook") is None:
    raise ModuleNotFoundError("mlpbook could not be installed, see above: it takes a network (in Kaggle: Settings, Internet on)")
if "google.colab" in sys.modules:
    from google.colab import output

    output.enable_custom_widget_manager()"""


def setup(app):
    app.setup_extension("source")
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def publish(app, exception):
    """Write the notebooks; where nobody could fetch the package from, they stay as they are."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "notebooks"
    folder.mkdir(exist_ok=True)
    remote = public(app.config.source_remote)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if remote:
            text = alone(path.read_text(encoding="utf-8"), f"git+{remote}@{app.config.source_branch}")
            (folder / path.name).write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(path, folder / path.name)


def alone(text, address):
    """Return a notebook with a first cell that installs the package, and scikit-learn if it draws on mlpbook.data."""
    notebook = json.loads(text)
    extra = "[digits]" if "mlpbook.data" in text else ""
    notebook["cells"].insert(0, install_cell(f"mlpbook{extra} @ {address}"))
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def install_cell(requirement):
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {"tags": ["nbval-ignore-output"]},  # pip may have something to say
        "outputs": [],
        "source": INSTALL.format(requirement=requirement).splitlines(keepends=True),
    }
