"""The colours of mlpbook.look as CSS variables, so that pages and figures share one palette."""

from pathlib import Path

from mlpbook.look import DARK, LIGHT, css_variables


def setup(app):
    app.add_css_file("palette.css", priority=700)
    app.connect("builder-inited", write_palette)
    return {"parallel_read_safe": True}


def write_palette(app):
    if app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        (static / "palette.css").write_text(stylesheet(), encoding="utf-8")


def stylesheet():
    return f":root {{ {css_variables(LIGHT)} }}\nhtml[data-theme='dark'] {{ {css_variables(DARK)} }}\n"
