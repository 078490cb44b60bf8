"""Repairs of markup that screen readers stumble over, in what docutils and MyST-NB write."""

REPAIRS = {
    # A list whose children are no list items.
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    # A label that hides the words a reader sees, "Show the code".
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def setup(app):
    app.connect("html-page-context", repair)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def repair(app, pagename, templatename, context, doctree):
    for broken, sound in REPAIRS.items():
        context["body"] = context.get("body", "").replace(broken, sound)
