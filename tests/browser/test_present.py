"""A live figure apart from its page: alone in a frame, and on slides. test_live_figures.py compares each with torch."""

import pytest
from playwright.sync_api import expect
from test_live_figures import NAMES

ALONE = "chapters/relu.html?embed=prelu"


def test_a_frame_in_another_page(browser, site, tmp_path):
    host = tmp_path / "host.html"
    host.write_text(f'<iframe src="{site.as_uri()}/{ALONE}#live:prelu.alpha=0.5" width="720" height="500"></iframe>')
    tab = browser.new_page()
    tab.goto(host.as_uri())
    frame = tab.frame_locator("iframe")
    slider = frame.get_by_role("slider", name="α", exact=True)
    expect(slider).to_have_value("0.5")
    frame.get_by_role("slider", name="x", exact=True).press("Home")
    value = frame.locator(".mlp-readout-value:visible").first
    expect(value).to_have_text("−4.0000")  # half of −8
    slider.press("End")
    expect(value).to_have_text("−16.0000")
    tab.close()


def test_a_frame_says_where_it_comes_from(page):
    link = page(ALONE).get_by_role("link", name="ReLU and pReLU")
    assert link.evaluate("(link) => link.href").endswith("/chapters/relu.html")


def test_a_name_that_is_not_there(page):
    alone = page("chapters/relu.html?embed=leaky")
    expect(alone.get_by_text("No live figure “leaky” here")).to_be_visible()
    alone.get_by_role("link", name="prelu").click()
    alone.wait_for_url(f"**/{ALONE}")


def test_slides(page):
    slides = page("chapters/relu.html?slides")
    names = slides.evaluate(NAMES)
    for number, name in enumerate(names, start=1):
        expect(slides.get_by_role("status").filter(has_text=" of ")).to_have_text(f"{number} of {len(names)}")
        expect(slides.locator(".mlp-live.is-live:visible")).to_have_count(1)
        slides.locator("body").press("PageDown")
    expect(slides.get_by_role("button", name="Next")).to_be_disabled()
    slides.get_by_role("button", name="Previous").click()
    assert slides.url.endswith(f"?slides={len(names) - 1}")
    slides.get_by_role("button", name="Full screen").click()
    slides.wait_for_function("document.fullscreenElement")


@pytest.mark.parametrize(("asked", "shown"), [("abc", 1), ("1.5", 1), ("99", 3), ("-1", 1), ("0", 1), ("2", 2)])
def test_an_address_of_a_slide_that_is_not_there(page, asked, shown):
    slides = page(f"chapters/relu.html?slides={asked}")
    expect(slides.get_by_text(f"{shown} of 3")).to_be_visible()
    expect(slides.locator(".mlp-live.is-live:visible")).to_have_count(1)


def test_a_slider_keeps_its_keys_on_slides(page):
    slides = page("chapters/relu.html?slides")
    slides.get_by_role("slider", name="x", exact=True).press("PageDown")
    expect(slides.get_by_text("1 of 3")).to_be_visible()
