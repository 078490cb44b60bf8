"""Buttons of a chapter: run its notebook in the cloud, download the notebook and the MyST source."""

from pathlib import Path
from urllib.parse import quote

from published import NOTEBOOKS
from source import repository_of
from sphinx.util import logging

# The branch to which the workflow pushes the site, and with it the notebooks that run alone.
PUBLISHED = "gh-pages"

ICONS = {
    "Colab": "_static/images/logo_colab.png",
    "SageMaker Studio Lab": "fab fa-aws",
    "Kaggle": "fab fa-kaggle",
    "Binder": "_static/images/logo_binder.svg",
}

logger = logging.getLogger(__name__)


def setup(app):
    app.setup_extension("published")
    # The theme fills in its own buttons at 501.
    app.connect("html-page-context", set_buttons, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def addresses(repository, branch, notebook):
    """Return the address that opens a notebook of a GitHub repository, by service.

    Binder makes the environment of the branch, where the package is installed; the others open a notebook that
    installs it.
    """
    alone = f"{repository}/blob/{PUBLISHED}/notebooks/{quote(notebook)}"
    return {
        "Colab": f"https://colab.research.google.com/github/{alone}",
        "SageMaker Studio Lab": f"https://studiolab.sagemaker.aws/import/github/{alone}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src=https://github.com/{alone}",
        "Binder": f"https://mybinder.org/v2/gh/{repository}/{quote(branch)}?urlpath=lab/tree/notebooks/{quote(notebook)}",
    }


def is_notebook(app, pagename):
    return "kernelspec" in app.env.metadata.get(pagename, {})


def notebook_of(pagename):
    return f"{Path(pagename).name}.ipynb"


def set_buttons(app, pagename, templatename, context, doctree):
    for group in context["header_buttons"]:
        if group.get("label") == "download-buttons":
            group["buttons"] = list(downloads(app, pagename, context))
    repository = repository_of(app.config.source_remote)
    if is_notebook(app, pagename) and repository:
        links = addresses(repository, app.config.source_branch, notebook_of(pagename))
        context["header_buttons"].insert(0, launch_group(links))


def launch_group(links):
    buttons = [link(name, url, f"Open in {name}", ICONS[name]) for name, url in links.items()]
    return {"type": "group", "tooltip": "Run this page", "icon": "fas fa-rocket", "label": "launch-buttons", "buttons": buttons}


def downloads(app, pagename, context):
    if is_notebook(app, pagename):
        if not (NOTEBOOKS / notebook_of(pagename)).exists():
            logger.warning("%s has no executed notebooks/%s: run make notebooks", pagename, notebook_of(pagename))
        yield link(".ipynb", context["pathto"](f"notebooks/{notebook_of(pagename)}", 1), "Download the notebook", "fas fa-code")
    yield link(".md", context["pathto"](f"_sources/{context['sourcename']}", 1), "Download the source", "fas fa-file")


def link(text, url, tooltip, icon):
    return {"type": "link", "text": text, "url": url, "tooltip": tooltip, "icon": icon}
