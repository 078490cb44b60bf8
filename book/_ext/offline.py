"""Pages that fetch nothing from elsewhere: their stylesheets and fonts, from npm, lie beside them."""

import shutil
from pathlib import Path

from sphinx.errors import ExtensionError

NPM = Path(__file__).resolve().parents[2] / "tools" / "node_modules"
FONTS = "@fontsource-variable"
STYLESHEETS = (
    "katex/dist/katex.min.css",
    f"{FONTS}/source-sans-3/wght.css",
    f"{FONTS}/source-sans-3/wght-italic.css",
    f"{FONTS}/source-serif-4/wght.css",
    f"{FONTS}/source-serif-4/wght-italic.css",
)
# Every browser of the last ten years takes woff2, and the book is written in Latin and Greek letters.
FILES = (
    *STYLESHEETS,
    "katex/dist/fonts/*.woff2",
    f"{FONTS}/*/files/*-latin*-wght-*.woff2",
    f"{FONTS}/*/files/*-greek*-wght-*.woff2",
)


def setup(app):
    for stylesheet in STYLESHEETS:
        app.add_css_file(f"npm/{stylesheet}")
    app.connect("builder-inited", copy_files)
    app.connect("html-page-context", drop_duplicates, priority=900)
    return {"parallel_read_safe": True}


def drop_duplicates(app, pagename, templatename, context, doctree):
    """Load once what several extensions ask for; an inline script's file name is None or empty, as they please."""
    for kind in ("script_files", "css_files"):
        assets = {(asset.filename or "", *sorted(asset.attributes.items())): asset for asset in context[kind]}
        context[kind] = list(assets.values())


def copy_files(app):
    if app.builder.format == "html":
        for source in (path for pattern in FILES for path in found(pattern)):
            target = Path(app.outdir) / "_static" / "npm" / source.relative_to(NPM)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def found(pattern):
    """Return the files of a pattern, of which there is at least one."""
    files = sorted(NPM.glob(pattern))
    if not files:
        raise ExtensionError(f"no {pattern} in tools/node_modules: remove that folder and run make book")
    return files
