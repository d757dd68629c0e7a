"""An LSTM's gates in a real browser: slide 27, and a state set to zero by a click."""

import re

from playwright.sync_api import expect

from demos.captioning import inside
from demos.kit import openings
from tests.browser.views import SLOW

QUERY = "?tab=captioning&scene=inside"
VIEW = ".gb-captioning-inside:visible"


def test_strips_follow_the_words_and_a_word_can_be_forgotten(open_page):
    page = open_page(QUERY, width=1280, height=800)
    view = page.locator(VIEW)
    lines = page.locator(f"{VIEW} .gb-inside-line")
    expect(lines).to_have_count(2, timeout=SLOW)
    value = openings.read(inside.OPENING)
    for run, line in zip(value["runs"], (lines.nth(0), lines.nth(1)), strict=True):
        said = [step["word"] or "end" for step in run["steps"]]
        expect(line.locator("li")).to_have_text(said)
        marked = line.locator("button.changed").all_inner_texts()
        assert marked
        assert set(marked) <= set(said)
    expect(view).to_have_attribute("data-step", str(value["runs"][1]["wiped"]))
    forget = page.locator(f"{VIEW} .gb-inside-title b").first
    means = value["runs"][1]["means"]["forget"]
    expect(forget).to_have_text(f"{means[5]:.2f}")
    cut = "(titles) => titles.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert page.locator(f"{VIEW} .gb-inside-title").evaluate_all(cut) == 0
    page.keyboard.press("ArrowRight")
    expect(forget).to_have_text(f"{means[6]:.2f}")
    lines.nth(0).locator(".gb-inside-pick").click()
    expect(forget).to_have_text(f"{value['runs'][0]['means']['forget'][6]:.2f}")

    lines.nth(0).locator("li button").nth(1).click()
    expect(page).to_have_url(re.compile("wipe=2"), timeout=SLOW)
    expect(view).to_have_attribute("data-wipe", "2", timeout=SLOW)
    expect(lines.nth(1).locator(".gb-inside-pick")).to_contain_text("before “man”")
    page.get_by_role("button", name="Only the hidden state").click()
    expect(page.locator(f"{VIEW} .gb-inside-note")).to_contain_text("Without h it", timeout=SLOW)
    page.get_by_role("button", name="Gates, word by word").click()
    expect(view).to_have_attribute("data-runs", "1", timeout=SLOW)
    expect(page).to_have_url(re.compile("preset=slides-27"))
