"""Every exercise: stated, tried with an answer that is wrong, solved behind a dropdown, and checked with asserts."""

import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PAGES = ("exercises-1-3", "exercises-4-5", "exercises-6-7")
EXERCISES = ("depth", "prelu", "swish", "pieces", "tanh", "batch", "vanishing")
LIVE = {"depth": "bottleneck", "pieces": "pieces", "batch": "batchmate"}


def cells():
    for page in PAGES:
        yield from nbformat.read(NOTEBOOKS / f"{page}.ipynb", as_version=4).cells


def sections():
    """label → its cells, from its statement to the next exercise's."""
    found, label = {}, None
    for cell in cells():
        stated = re.search(r":::\{exercise\}.*\n:label: ex-(\S+)", cell.source)
        label = stated[1] if stated else label
        found.setdefault(label, []).append(cell)
    return {label: split for label, split in found.items() if label}


def parts(label):
    """What the reader sees at once, and what the solution holds."""
    section = sections()[label]
    sources = [cell.source for cell in section]
    start = next(i for i, s in enumerate(sources) if f":::{{solution-start}} ex-{label}\n" in s)
    end = next(i for i, s in enumerate(sources) if ":::{solution-end}" in s)
    return section[:start], section[start : end + 1]


def code(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def said(cells):
    """Everything that some cells printed or displayed as text."""
    outputs = [output for cell in code(cells) for output in cell.outputs]
    return "\n".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs)


every = pytest.mark.parametrize("label", EXERCISES)


def test_the_seven_in_order():
    assert tuple(sections()) == EXERCISES


@every
def test_a_wrong_answer_invites_the_reader(label):
    open_cells, _ = parts(label)
    tries = [cell for cell in code(open_cells) if "# yours" in cell.source]
    assert tries
    for cell in tries:
        assert "Not yet: " in said([cell])
    assert "**Try it.**" in "".join(cell.source for cell in open_cells)
    assert "Right: " not in said(open_cells)


@every
def test_the_solution_is_closed_and_checked(label):
    _, solution = parts(label)
    assert f":label: ex-{label}-solution\n:class: dropdown\n" in solution[0].source
    assert any(cell.source.count("assert ") for cell in code(solution))
    assert "$$" in "".join(cell.source for cell in solution)
    assert "Right: " in said(solution) and "Not yet" not in said(solution)


@every
def test_live_figures_come_before_the_solution(label):
    open_cells, solution = parts(label)
    assert "LiveFigure" not in said(solution)
    assert re.findall(r"LiveFigure\('(\S+)'", said(open_cells)) == ([LIVE[label]] if label in LIVE else [])
