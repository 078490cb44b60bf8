"""Execute a chapter again when the code it imports has changed, not only when its own text has."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("src/**/*.py", "src/**/*.js", "src/**/*.css", "requirements.txt")


def setup(app):
    # A new value of an "env" setting makes Sphinx read every page again.
    app.add_config_value("execution_key", key_of(ROOT), "env")
    app.connect("config-inited", use_cache_of_this_code)
    return {"parallel_read_safe": True}


def key_of(root):
    """Return a digest of every file a chapter's output depends on besides the chapter."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in root.glob(pattern)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def use_cache_of_this_code(app, config):
    config.nb_execution_cache_path = str(Path(app.outdir).parent / ".jupyter_cache" / config.execution_key)
