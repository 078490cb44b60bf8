"""Live figures apart from their page: one alone (?embed=NAME), or all of them on full screens (?slides)."""

from pathlib import Path

from launch import link
from static_widgets import digest

STATIC = Path(__file__).parent / "static" / "present"
# Before the first paint, which would show the page.
EARLY = "if (/^\\?(embed|slides)\\b/.test(location.search)) document.documentElement.classList.add('mlp-alone');"


def setup(app):
    app.connect("html-page-context", add_files, priority=503)  # behind the widgets' scripts and the buttons
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def add_files(app, pagename, templatename, context, doctree):
    """Add the script to each page that has live figures, and a button that presents them."""
    if doctree is None or not doctree.get("live_files") or app.config.nb_ipywidgets_js:
        return
    app.add_css_file("present/present.css")
    app.add_js_file(None, body=EARLY)
    version = digest((STATIC / "present.js").read_text(encoding="utf-8"))
    # Deferred: it hides what comes after it, too.
    context["body"] += f'<script defer src="{context["pathto"]("_static/present/present.js", resource=True)}?v={version}"></script>\n'
    context["header_buttons"].append(link("", "?slides", "Present the figures", "fas fa-display"))
