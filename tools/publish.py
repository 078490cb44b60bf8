"""Push a folder as the only commit of the branch gh-pages of origin; the checked-out branch is left as it is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BRANCH = "gh-pages"
AUTHOR = ("-c", "user.name=mlpbook", "-c", "user.email=mlpbook@localhost")


def main():
    publish(Path(sys.argv[1]))


def publish(folder):
    # Otherwise GitHub would take the pages for a Jekyll site and drop all that starts with an underscore.
    (folder / ".nojekyll").touch()
    with tempfile.TemporaryDirectory() as scratch:
        work = {"GIT_INDEX_FILE": f"{scratch}/index"}
        git(f"--work-tree={folder.resolve()}", "add", "--force", "--all", str(folder.resolve()), **work)
        tree = git("write-tree", **work)
    commit = git(*AUTHOR, "commit-tree", tree, "-m", f"The site of {git('rev-parse', '--short', 'HEAD')}")
    git("push", "--quiet", "--force", "origin", f"{commit}:refs/heads/{BRANCH}")


def git(*arguments, **variables):
    done = subprocess.run(["git", *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, **variables})
    if done.returncode:
        sys.exit("git failed for the reason above; publishing needs a remote origin that you may push to.")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
