"""The book to take along: the whole site as one zip, made last, and the roles {offline} and {pdf} that link to the copies."""

import re
import zipfile
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxRole

NAME = "multilayer-perceptrons"
LEFT_OUT = (f"{NAME}.zip", f"{NAME}.pdf", ".buildinfo")
# In the copy itself the link to the copy would lead nowhere.
LINK = re.compile(rb'<a class="offline-copy"[^>]*>(.*?)</a>')
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def setup(app):
    app.setup_extension("source")
    app.add_role("offline", OfflineLink())
    app.add_role("pdf", PdfLink())
    app.connect("build-finished", write, priority=900)  # when all else is written
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class OfflineLink(SphinxRole):
    """A link to the zip, which lies at the root of the site."""

    def run(self):
        return [raw(f'<a class="offline-copy" href="{"../" * self.env.docname.count("/")}{NAME}.zip">{self.text}</a>')], []


class PdfLink(SphinxRole):
    """A link to the PDF, which only a published site has."""

    def run(self):
        address = self.config.source_url
        return [raw(f'<a href="{address}{NAME}.pdf">{self.text}</a>') if address else nodes.Text(self.text)], []


def raw(html):
    return nodes.raw("", html, format="html")


def write(app, exception):
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir)
        copy(folder, folder / f"{NAME}.zip")


def copy(folder, target):
    """Write the files of a folder into a zip whose bytes depend on nothing else."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in LEFT_OUT)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            content = path.read_bytes()
            if path.suffix == ".html":
                content = LINK.sub(rb"\1", content)
            entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(folder).as_posix()}", LONG_AGO)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
