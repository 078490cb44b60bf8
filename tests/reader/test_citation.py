"""CITATION.cff is valid, and says what the licence, the package and the book say."""

import re
import tomllib

import yaml
from fresh import ROOT

# Not in requirements.txt: it takes an older jsonschema than Jupyter does.
CFFCONVERT = "cffconvert==2.0.0"
CITATION = ROOT / "CITATION.cff"


def test_cffconvert_finds_it_valid(environment):
    environment.run("-m", "pip", "install", "--quiet", CFFCONVERT)
    validate = "from cffconvert.cli.cli import cli; cli()"
    assert "valid according to schema version 1.2.0" in environment.run("-c", validate, "--validate", "--infile", CITATION)


def test_it_agrees_with_the_rest():
    citation = yaml.safe_load(CITATION.read_text())
    holder = re.search(r"Copyright \(c\) \d+ (.*)", (ROOT / "LICENSE").read_text())[1]
    assert [author["name"] for author in citation["authors"]] == [holder]
    assert citation["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert citation["title"] == yaml.safe_load((ROOT / "book" / "_config.yml").read_text())["title"]
    assert citation["title"] in (ROOT / "book" / "teachers.md").read_text()
