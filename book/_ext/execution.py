"""Chapters run side by side, and run again when the code they import has changed, not only their own text.

Pages are written again when the look or an extension has changed: Sphinx, which knows texts alone, would leave them.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("src/**/*.py", "src/**/*.json", "src/**/*.js", "src/**/*.css", "requirements.txt")
LOOK = ("book/_ext/**/*.py", "book/_ext/**/*.js", "book/_ext/**/*.css", "book/_style/*", "book/_templates/*")

logger = logging.getLogger(__name__)


def setup(app):
    # A new value of an "env" setting makes Sphinx read every page again.
    app.add_config_value("execution_key", key_of(ROOT, SOURCES), "env")
    # And of an "html" setting, write every page again, with the files they share.
    app.add_config_value("look_key", key_of(ROOT, LOOK), "html")
    app.connect("config-inited", use_cache_of_this_code)
    app.connect("env-before-read-docs", execute_ahead)
    return {"parallel_read_safe": True}


def key_of(root, patterns):
    """Return a digest of the files under root that match one of the patterns."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def use_cache_of_this_code(app, config):
    config.nb_execution_cache_path = str(Path(app.outdir).parent / ".jupyter_cache" / config.execution_key)


def execute_ahead(app, env, names):
    """Fill the cache, where MyST-NB then finds the outputs; it reads, and would run, one chapter at a time."""
    cache = get_cache(app.config.nb_execution_cache_path)
    chapters = {path: notebook for path in map(env.doc2path, names) if (notebook := unexecuted(cache, path))}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: execute(path, chapters[path], app.config.nb_execution_timeout), chapters)
        for done, (path, result) in enumerate(zip(chapters, results), start=1):
            logger.info("[%d/%d] %s ran in %.0f s", done, len(chapters), env.path2doc(path), result.time)
            # A chapter that failed is left to MyST-NB, which runs it again and says where.
            if result.err is None:
                bundle = CacheBundleIn(result.nb, path, data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def unexecuted(cache, path):
    """Return the notebook in a file, None when the file holds none or the cache has it executed."""
    text = Path(path).read_text(encoding="utf-8")
    if not is_myst_markdown_notebook(text):
        return None
    notebook = read_myst_markdown_notebook(text, add_source_map=True, path=path)
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return notebook
    return None


def execute(path, notebook, timeout):
    return single_nb_execution(notebook, cwd=str(Path(path).parent), timeout=timeout, allow_errors=False)
