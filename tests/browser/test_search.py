"""The search finds a term from file://, opened by keyboard on any page."""

from playwright.sync_api import expect


def test_search_by_keyboard_leads_to_the_page(page):
    opened = page("intro.html")
    opened.keyboard.press("Control+k")
    opened.keyboard.type("pReLU")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/search.html?q=pReLU*")
    results = opened.locator("#search-results ul.search li a")
    expect(results.first).to_be_visible()
    results.first.click()
    expect(opened.locator("article")).to_contain_text("pReLU")


def test_search_without_a_hit_says_so(page):
    opened = page("search.html?q=xyzzy")
    expect(opened.locator("#search-results")).to_contain_text("did not match any documents")
