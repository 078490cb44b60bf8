"""Where the book comes from: its git remote and branch, or BOOK_REMOTE and BOOK_BRANCH; where it is read: BOOK_URL."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
GITHUB = re.compile(r"(?:https://(?:[^@/]+@)?|ssh://git@|git@)github\.com[:/](?P<repository>[^/]+/[^/]+?)(?:\.git)?/?")
SCHEMES = ("https", "http", "git", "file")


def setup(app):
    app.add_config_value("source_remote", os.environ.get("BOOK_REMOTE") or git("remote", "get-url", "origin"), "html")
    app.add_config_value("source_branch", os.environ.get("BOOK_BRANCH") or branch(), "html")
    app.add_config_value("source_url", os.environ.get("BOOK_URL", ""), "env")
    app.connect("config-inited", end_with_a_slash)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def end_with_a_slash(app, config):
    """So that what is joined to the site's address lies in the site."""
    if config.source_url:
        config.source_url = config.source_url.rstrip("/") + "/"


def branch():
    return git("branch", "--show-current") or git("rev-parse", "HEAD")


def git(*arguments):
    """Return what git prints, empty where it has no answer (no repository, no such remote)."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def repository_of(remote):
    """Return ``owner/name`` of a GitHub remote in its https or ssh form, None for any other.

    >>> repository_of("git@github.com:ada/mlpbook.git")
    'ada/mlpbook'
    """
    match = GITHUB.fullmatch(remote)
    return match and match["repository"]


def public(remote):
    """Return the address by which anyone can clone a remote, None for one that only its owner can reach.

    >>> public("git@github.com:ada/mlpbook.git")
    'https://github.com/ada/mlpbook'
    >>> public("https://ada:secret@git.example.org/mlpbook.git")
    'https://git.example.org/mlpbook.git'
    """
    if repository := repository_of(remote):
        return f"https://github.com/{repository}"
    url = urlsplit(remote)
    return urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2])) if url.scheme in SCHEMES else None
