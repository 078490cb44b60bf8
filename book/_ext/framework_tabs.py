"""The directive ``frameworks``: a tab for each framework with the same piece of its file in book/frameworks."""

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from mlpbook.frameworks import NAMES


def setup(app):
    app.add_directive("frameworks", Frameworks)
    return {"parallel_read_safe": True}


class Frameworks(SphinxDirective):
    """Its argument is a file that every framework has; its options, literalinclude's, choose a piece."""

    required_arguments = 1
    option_spec = {name: directives.unchanged_required for name in ("pyobject", "end-at")}

    def run(self):
        return self.parse_text_to_nodes(tabs(self.arguments[0], self.options))


def tabs(file, options):
    """Return sphinx-design's tabs in MyST; those of one sync-group turn together, on every page.

    >>> print(tabs("mlp.py", {"pyobject": "forward"}).split(" JAX")[0])
    ::::{tab-set}
    :sync-group: framework
    <BLANKLINE>
    :::{tab-item} PyTorch
    :sync: pytorch
    ```{literalinclude} /frameworks/pytorch/mlp.py
    :pyobject: forward
    ```
    :::
    :::{tab-item}
    """
    items = [tab(name, title, file, options) for name, title in NAMES.items()]
    return "\n".join(["::::{tab-set}", ":sync-group: framework", "", *items, "::::\n"])


def tab(name, title, file, options):
    piece = [f":{option}: {value}" for option, value in options.items()]
    code = [f"```{{literalinclude}} /frameworks/{name}/{file}", *piece, "```"]
    return "\n".join([f":::{{tab-item}} {title}", f":sync: {name}", *code, ":::"])
