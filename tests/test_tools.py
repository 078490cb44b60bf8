"""The commands say in one sentence what a machine lacks, and pin all that the package asks for."""

import json
import re
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import browser
import environment
import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_old_python_is_told(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer and this is 3\.9"):
        environment.check_python()


def test_other_requirements_can_be_tried():
    code = "import environment; print(environment.REQUIREMENTS)"
    printed = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tools", env=env, capture_output=True, text=True).stdout
        for env in ({}, {"REQUIREMENTS": "newest.txt"})
    ]
    assert printed == ["requirements.txt\n", "newest.txt\n"]


def test_no_network_is_told(monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SystemExit, match="needs a network"):
        environment.install(Path(sys.prefix), "a-package-that-is-nowhere")


def test_no_browser_is_told(monkeypatch):
    for name in ("find", "with_apt", "with_playwright"):
        monkeypatch.setattr(browser, name, lambda: None)
    with pytest.raises(SystemExit, match="install Chromium or Chrome"):
        browser.main()


def test_serve_opens_the_pages(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("a page")
    monkeypatch.setenv("BROWSER", "true")  # the command that does nothing
    command = [sys.executable, ROOT / "tools" / "serve.py", tmp_path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            address = re.search(r"Opened (\S+)", server.stdout.readline())[1]
            with urllib.request.urlopen(address) as page:
                assert page.read() == b"a page"
        finally:
            server.terminate()  # not an interrupt: a job in the background does not take one


def test_requirements_pin_what_the_package_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]
    pins = re.findall(r"^(\S+?)==", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    names = {re.match(r"[\w-]+", name)[0] for name in asked} - {"mlpbook"}
    assert names <= set(pins)


def test_npm_packages_are_pinned_without_a_host():
    packages = json.loads((ROOT / "tools" / "package-lock.json").read_text())["packages"]
    assert all("integrity" in package and "resolved" not in package for name, package in packages.items() if name)
