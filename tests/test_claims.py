"""The table of claims.yaml is alive: every claim has its cell, its assert, and the numbers that the cell printed."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
NOTEBOOKS = {path.stem: path for path in sorted(ROOT.glob("notebooks/*.ipynb"))}
FIELDS = {"id", "claim", "notebook", "labels", "shows", "prints", "holds", "cites"}

# With BaseLoader every value is text: 1.10 is not 1.1.
ROWS = yaml.load((ROOT / "tests" / "claims.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


@cache
def notebook(stem):
    return nbformat.read(NOTEBOOKS[stem], as_version=4)


def executed(stem):
    return [c for c in notebook(stem).cells if c.cell_type == "code" and c.execution_count]


def prose(stem):
    return "\n".join(c.source for c in notebook(stem).cells if c.cell_type == "markdown")


def figure(cell):
    return cell.metadata.get("mystnb", {}).get("figure", {}).get("name")


def labels(stem):
    """Names of the figures, equations, exercises and solutions of a notebook."""
    written = re.findall(r"^(?:\$\$ \((eq-[\w-]+)\)|:label: (ex-[\w-]+))$", prose(stem), re.MULTILINE)
    return {figure(cell) for cell in executed(stem) if figure(cell)} | {eq or ex for eq, ex in written}


def cited(stem):
    return set(",".join(re.findall(r"\{cite:[pt]\}`([^`]+)`", prose(stem))).split(","))


def printed(cell):
    """The text that a cell left under it."""
    texts = [{"text": output.get("text", ""), **output.get("data", {})} for output in cell.outputs]
    return "\n".join(text.get(kind, "") for text in texts for kind in ("text", "text/plain", "text/markdown"))


def asserts(cell):
    return [line.strip() for line in cell.source.splitlines() if line.strip().startswith("assert ")]


def is_a_test(name):
    path, _, function = name.partition("::")
    return (ROOT / path).is_file() and f"\ndef {function}(" in (ROOT / path).read_text(encoding="utf-8")


def faults(row):
    """Yield what is dead in a row."""
    if row["notebook"] not in NOTEBOOKS:
        yield f"no notebook {row['notebook']}"
        return
    stem, cells = row["notebook"], executed(row["notebook"])
    yield from (f"no label {label}" for label in set(row.get("labels", [])) - labels(stem))
    yield from (f"{key} is not cited" for key in set(row.get("cites", [])) - cited(stem))
    shown = [cell for cell in cells if "shows" in row and row["shows"] in cell.source]
    if "shows" in row and len(shown) != 1:
        yield f"{len(shown)} cells, not one, have: {row['shows']}"
    output = "\n".join(map(printed, shown))
    yield from (f"not printed: {text}" for text in row.get("prints", []) if text not in output)
    if "holds" in row:
        yield from unheld(row["holds"], shown, cells)


def unheld(holds, shown, cells):
    """Yield what is wrong with the holds of a row that is shown in one of the cells."""
    if holds.startswith("tests/"):
        if not is_a_test(holds):
            yield f"no test {holds}"
        return
    holding = [cell for cell in cells if holds in asserts(cell)]
    if len(holding) != 1 and not any(cell in holding for cell in shown):
        yield f"{len(holding)} cells, neither one nor the shown one, have: {holds}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_its_targets_live(row):
    assert not list(faults(row))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_is_complete(row):
    assert set(row) <= FIELDS and row["claim"].endswith(".")
    shown_and_held = "holds" in row and ("shows" in row or "labels" in row)
    assert shown_and_held or set(row) == {"id", "claim", "notebook", "cites"}
    assert "shows" in row or "prints" not in row


def test_ids_are_in_order():
    ids = [tuple(map(int, row["id"].split("."))) for row in ROWS]
    assert ids == sorted(set(ids))


def test_every_section_has_rows():
    assert {row["id"].split(".")[0] for row in ROWS} == set("123456789")


def test_every_figure_equation_and_exercise_has_a_row():
    listed = {(row["notebook"], label) for row in ROWS for label in row.get("labels", [])}
    assert {(stem, label) for stem in NOTEBOOKS for label in labels(stem)} <= listed


ALIVE = {
    "notebook": "hidden-layers",
    "labels": ["eq-parameter-count", "fig-network"],
    "shows": "mlp = MLP(4, 5, 3",
    "prints": ["parameters: 43"],
    "holds": "assert hidden_moved.all() and output_moved.all() and (mlp.W2 != 0).all()",
}


def test_the_row_to_be_killed_lives():
    assert not list(faults(ALIVE))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"notebook": "hidden"}, "no notebook hidden"),
        ({"labels": ["eq-nowhere"]}, "no label eq-nowhere"),
        ({"labels": ["fig-nowhere"]}, "no label fig-nowhere"),
        ({"labels": ["sec-hidden-layers"]}, "no label sec-hidden-layers"),
        ({"shows": "mlp = MLP(4, 5, 4"}, "0 cells, not one, have: mlp = MLP(4, 5, 4"),
        ({"shows": "mlp"}, "5 cells, not one, have: mlp"),
        ({"prints": ["parameters: 44"]}, "not printed: parameters: 44"),
        ({"holds": "assert hidden_moved.all()"}, "0 cells, neither one nor the shown one, have: assert hidden_moved.all()"),
        ({"holds": "tests/test_mlp.py::test_nothing"}, "no test tests/test_mlp.py::test_nothing"),
        ({"holds": "tests/test_none.py::test_collapse"}, "no test tests/test_none.py::test_collapse"),
        ({"cites": ["cybenko1989"]}, "cybenko1989 is not cited"),
    ],
)
def test_a_dead_row_is_caught(change, fault):
    assert fault in faults(ALIVE | change)
