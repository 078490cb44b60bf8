"""What a site has and pages on a disk do not: canonical addresses, cards for messengers, a sitemap.

They need the site's address, BOOK_URL, and are left out without it.
"""

import re
from html import escape
from pathlib import Path
from textwrap import shorten
from urllib.parse import urljoin

from docutils import nodes

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
PICTURE = re.compile(r'<img [^>]*?src="([^"]*/?_images/[^"]*)"')


def setup(app):
    app.setup_extension("source")
    app.connect("config-inited", set_address)
    if app.config.source_url:
        app.connect("html-page-context", add_card, priority=504)  # the body is complete
        app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def set_address(app, config):
    """Pass the site's address on to Sphinx, for canonical addresses, and to the page 404."""
    config.html_baseurl = config.html_context["site"] = config.source_url


def add_card(app, pagename, templatename, context, doctree):
    """Describe a page in the Open Graph protocol; its picture is its first figure."""
    if doctree is None:
        return
    picture = PICTURE.search(context["body"])
    texts = {
        "og:type": "article",
        "og:site_name": context["docstitle"],
        "og:title": re.sub("<[^>]*>", "", context["title"]),
        "og:url": context["pageurl"],
        "og:description": (description := first_words(doctree)),
        "og:image": picture and urljoin(context["pageurl"], picture[1]),
    }
    tags = [f'<meta property="{name}" content="{escape(text)}">' for name, text in texts.items() if text]
    tags.append('<meta name="twitter:card" content="summary_large_image">')
    tags.append(f'<meta name="description" content="{escape(description)}">')
    context["metatags"] += "\n".join(tags)


def first_words(doctree):
    """Return the beginning of the first paragraph that needs no formula."""
    paragraphs = (p for p in doctree.findall(nodes.paragraph) if isinstance(p.parent, nodes.section))
    texts = (p.astext() for p in paragraphs if not any(p.findall(nodes.math)))
    return shorten(next(texts, ""), 200, placeholder=" …")


def write_sitemap(app, exception):
    if exception is None and app.builder.format == "html":
        text = sitemap(app.config.html_baseurl, app.env.found_docs)
        (Path(app.outdir) / "sitemap.xml").write_text(text, encoding="utf-8")


def sitemap(address, pages):
    """Return the pages' addresses in the form that search engines read.

    >>> print(sitemap("https://ada.github.io/mlpbook/", ["intro"]))
    <?xml version="1.0" encoding="UTF-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc>https://ada.github.io/mlpbook/intro.html</loc></url>
    </urlset>
    """
    lines = [f"<url><loc>{escape(address + page)}.html</loc></url>" for page in sorted(pages)]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f'<urlset xmlns="{SITEMAP}">', *lines, "</urlset>"])
