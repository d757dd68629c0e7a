"""The shift in a real browser: keys step, pooling decides, phones hold it."""

import re

from playwright.sync_api import expect

QUERY = "?tab=convolution&scene=shift"
COUNT = ".gb-convolution-shift .gb-transport .gb-count"


def test_lecture_keys_step_and_play(same_page):
    page = same_page(QUERY)
    page.wait_for_selector(COUNT)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(COUNT).inner_text() == "3 / 5"
    assert "moved 2 right, 2 down" in page.locator(".gb-shift-in .gb-shape").inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.locator(COUNT).inner_text() == "2 / 5"
    page.keyboard.press(" ")
    page.wait_for_function(f"document.querySelector('{COUNT}').textContent === '5 / 5'")
    assert page.locator(".gb-answer b").inner_text() == "plus"


def test_without_pooling_the_answer_changes(same_page):
    page = same_page(QUERY + "&shape=corner&pooling=none")
    page.wait_for_selector(".gb-trail .wrong")
    assert page.locator(".gb-trail .wrong").count() == 4
    page.keyboard.press("ArrowRight")
    assert "It is still a corner" in page.locator(".gb-answer").inner_text()
    page.get_by_label("global").check(force=True)
    page.wait_for_function("!document.querySelector('.gb-trail .wrong')")
    expect(page).not_to_have_url(re.compile("pooling"))  # it is written once the controls rest
    expect(page).to_have_url(re.compile("shape=corner"))


def test_an_answer_that_came_back_has_not_stayed(same_page):
    page = same_page(QUERY + "&shape=plus&dx=4&dy=3&pooling=none")
    page.wait_for_selector(".gb-trail .wrong")
    stops, said = page.locator(".gb-trail button"), page.locator(".gb-answer span")
    right = [f"Stop {stop}: {name}" for stop, name in ((1, "plus"), (2, "diamond"), (5, "plus"))]
    assert [stops.nth(at).get_attribute("aria-label") for at in (0, 1, 4)] == right
    for at, words in ((0, "The answer."), (1, "the answer changed"), (4, "right again")):
        stops.nth(at).click()
        expect(said).to_contain_text(words)
    page.get_by_label("global").check(force=True)
    page.wait_for_function("!document.querySelector('.gb-trail .wrong')")
    stops.nth(4).click()
    expect(said).to_have_text("The answer stays.")


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY + "&preset=no-pooling", width=390, height=844)
    page.wait_for_selector(".gb-trail .wrong")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_with_global_pooling_the_score_stands_there_once(same_page):
    page = same_page(QUERY)
    first = page.locator(".gb-shift-row:not(.head)").first
    expect(first.locator("output")).to_have_text(["2.40"])
    expect(first.get_by_role("cell")).to_have_count(3)
    page.get_by_label("2x2").check(force=True)
    expect(first.get_by_role("cell")).to_have_count(4)  # the pooled map, and its match
