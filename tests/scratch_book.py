"""A small book in a folder of its own, with this book's settings and extensions, to build and to break."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("pyproject.toml", "jupytext.toml", "book/_config.yml", "book/_ext", "book/_style", "book/_templates")
# A published build says where it is published; a test says so itself.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BOOK_")}
HEADER = """---
jupytext:
  formats: book//md:myst,notebooks//ipynb
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A small book
"""
TEXT = """
The square root of two, $\\sqrt{2}$, in {eq}`eq-root`.

$$
x^2 = 2
$$ (eq-root)

```{code-cell} ipython3
print(2 ** 0.5)
```
"""


class ScratchBook:
    """One page, its notebook, and the commands that build and test them."""

    def __init__(self, folder):
        self.folder = folder

    @classmethod
    def make(cls, folder):
        """Write the book and execute its page."""
        book = cls(folder)
        for name in COPIED:
            copy(ROOT / name, folder / name)
        for tool in (ROOT / "tools").glob("*.py"):
            copy(tool, folder / "tools" / tool.name)
        (folder / "tools" / "node_modules").symlink_to(ROOT / "tools" / "node_modules")
        book.write("book/_toc.yml", "format: jb-book\nroot: intro\n")
        book.write("book/references.bib", "")
        book.write_page(TEXT)
        book.run("python", "tools/notebooks.py").check_returncode()
        return book

    def copy(self, folder):
        """A copy of this book that is not built but keeps what execution gave."""
        shutil.copytree(self.folder, folder, symlinks=True, ignore=shutil.ignore_patterns("html", ".doctrees"))
        return ScratchBook(folder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_page(self, text):
        self.write("book/intro.md", HEADER + text)

    @property
    def notebook(self):
        return self.folder / "notebooks" / "intro.ipynb"

    @property
    def html(self):
        return self.folder / "book" / "_build" / "html"

    def build(self, **environment):
        return self.run("jupyter-book", "build", "book", "-W", "-n", "--keep-going", **environment)

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.folder, check=True)

    def test(self, *arguments):
        return self.run("pytest", "-n", "0", *arguments)

    def run(self, command, *arguments, **environment):
        """Run a command of this Python's environment; its two streams come back as one text, ``stdout``."""
        path = Path(sys.executable).with_name(command)
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.run([path, *arguments], cwd=self.folder, env={**ENVIRONMENT, **environment}, **streams)


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
