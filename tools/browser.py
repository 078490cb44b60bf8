"""Find the Chromium or Chrome that the tests drive, installing one where that can be done."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "google-chrome", "google-chrome-stable")


def main():
    for install in (None, with_apt, with_playwright):
        if install:
            install()
        if find():
            return
    sys.exit("No browser for the tests: install Chromium or Chrome, or run .venv/bin/playwright install chromium.")


def find():
    """Return the browser's path, None when there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None) or playwrights_own()


def playwrights_own():
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def with_apt():
    """Debian's own package; Ubuntu's of that name needs snap."""
    if os.getuid() == 0 and shutil.which("apt-get") and platform.freedesktop_os_release()["ID"] == "debian":
        print("==> Installing Debian's chromium", flush=True)
        subprocess.run(["apt-get", "update", "-qq"])
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])


def with_playwright():
    print("==> Fetching Playwright's chromium", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    main()
