"""Buttons of a chapter: open its notebook in Colab, download the notebook and the MyST source."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
GITHUB = re.compile(r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)github\.com[:/](?P<repository>[^/]+/[^/]+?)(?:\.git)?/?")

logger = logging.getLogger(__name__)


def setup(app):
    app.add_config_value("launch_repository", repository_of(git("remote", "get-url", "origin")), "html")
    app.add_config_value("launch_branch", git("branch", "--show-current") or git("rev-parse", "HEAD"), "html")
    # The theme fills in its own buttons at 501.
    app.connect("html-page-context", set_buttons, priority=502)
    app.connect("build-finished", copy_notebooks)
    return {"parallel_read_safe": True}


def git(*arguments):
    """Return what git prints, empty where it has no answer (no repository, no such remote)."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def repository_of(remote):
    """Return ``owner/name`` of a GitHub remote in its https or ssh form, None for any other.

    >>> repository_of("git@github.com:ada/mlpbook.git")
    'ada/mlpbook'
    """
    match = GITHUB.fullmatch(remote)
    return match and match["repository"]


def colab(repository, branch, notebook):
    """Return the address that opens a notebook of the repository in Colab."""
    return f"https://colab.research.google.com/github/{repository}/blob/{quote(branch)}/notebooks/{notebook}"


def is_notebook(app, pagename):
    return "kernelspec" in app.env.metadata.get(pagename, {})


def notebook_of(pagename):
    return f"{Path(pagename).name}.ipynb"


def set_buttons(app, pagename, templatename, context, doctree):
    for group in context["header_buttons"]:
        if group.get("label") == "download-buttons":
            group["buttons"] = list(downloads(app, pagename, context))
    if is_notebook(app, pagename) and app.config.launch_repository:
        url = colab(app.config.launch_repository, app.config.launch_branch, notebook_of(pagename))
        context["header_buttons"].insert(0, launch_group(link("Colab", url, "Open in Colab", "_static/images/logo_colab.png")))


def launch_group(*buttons):
    return {"type": "group", "tooltip": "Run this page", "icon": "fas fa-rocket", "label": "launch-buttons", "buttons": list(buttons)}


def downloads(app, pagename, context):
    if is_notebook(app, pagename):
        if not (NOTEBOOKS / notebook_of(pagename)).exists():
            logger.warning("%s has no executed notebooks/%s: run make notebooks", pagename, notebook_of(pagename))
        yield link(".ipynb", context["pathto"](f"notebooks/{notebook_of(pagename)}", 1), "Download the notebook", "fas fa-code")
    yield link(".md", context["pathto"](f"_sources/{context['sourcename']}", 1), "Download the source", "fas fa-file")


def link(text, url, tooltip, icon):
    return {"type": "link", "text": text, "url": url, "tooltip": tooltip, "icon": icon}


def copy_notebooks(app, exception):
    if exception is None and app.builder.format == "html":
        shutil.copytree(NOTEBOOKS, Path(app.outdir) / "notebooks", dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
