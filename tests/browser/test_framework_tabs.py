"""The tabs of the four frameworks: they turn together, by mouse and keyboard, and the choice stays from page to page."""

import pytest
from playwright.sync_api import expect

from mlpbook.frameworks import NAMES

PAGES = ["chapters/hidden-layers.html", "chapters/relu.html", "chapters/sigmoid-tanh.html", "chapters/gelu-swish.html"]
CHAPTER = "chapters/frameworks.html"


def chosen(page):
    """The frameworks whose tabs are open, one for each set of tabs."""
    return page.locator(".sd-tab-set > input:checked + label").evaluate_all("(labels) => labels.map((l) => l.dataset.syncId)")


@pytest.mark.parametrize("path", [CHAPTER, *PAGES])
def test_every_set_offers_all_four(page, path):
    opened = page(path)
    sets = opened.locator(".sd-tab-set")
    assert sets.count() > 0
    for tabs in sets.all():
        assert tabs.locator("label").all_inner_texts() == list(NAMES.values())
        expect(tabs.locator(".sd-tab-content:visible")).to_have_count(1)
    assert set(chosen(opened)) == {"pytorch"}


def test_all_tabs_turn_together_and_stay_turned(page, site):
    opened = page(CHAPTER)
    opened.locator(".sd-tab-set label", has_text="JAX").first.click()
    assert set(chosen(opened)) == {"jax"} and len(chosen(opened)) > 1
    for path in [CHAPTER, *PAGES]:
        opened.goto(f"{site.as_uri()}/{path}")
        assert set(chosen(opened)) == {"jax"}
    expect(opened.locator(".sd-tab-content:visible").first).to_contain_text("jax")


def test_the_arrow_keys_turn_the_tabs(page):
    opened = page(PAGES[0])
    opened.locator(".sd-tab-set > input").first.focus()
    for framework in ["jax", "tensorflow", "mxnet"]:
        opened.keyboard.press("ArrowRight")
        assert set(chosen(opened)) == {framework}
