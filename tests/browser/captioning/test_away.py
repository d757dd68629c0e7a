"""A photo is painted over in a real browser, and every place tried for a word."""

import re

from playwright.sync_api import expect

from demos.captioning import away
from demos.kit import openings
from tests.browser.views import SLOW

QUERY = "?tab=captioning&scene=away"


def test_painting_changes_the_sentence_and_a_word_has_its_map(same_page):
    page = same_page(QUERY, width=1280, height=800)
    lines = page.locator(".gb-away-line:visible")
    expect(lines).to_have_count(2, timeout=SLOW)
    value = openings.read(away.OPENING)
    for line, words in zip(
        (lines.nth(0), lines.nth(1)), (value["away"]["before"], value["away"]["after"]), strict=True
    ):
        expect(line.locator("b")).to_have_text([word["word"] or "end" for word in words])
    assert lines.nth(1).locator(".changed").count() > 0
    note = page.locator(".gb-away-note:visible")
    expect(note).to_contain_text("14 % of the photo")

    page.get_by_role("button", name="Clear").click()
    expect(note).to_contain_text("Nothing is painted over", timeout=SLOW)
    expect(lines.nth(1).locator(".changed")).to_have_count(0)
    box = page.locator(".gb-away-stage:visible").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, middle, steps=30)
    page.mouse.up()
    expect(note).to_contain_text("% of the photo is painted over", timeout=SLOW)
    painted = int(page.locator(".gb-captioning-away-mask:visible").get_attribute("data-painted"))
    assert painted >= 24
    assert f"{round(100 * painted / 400)} % of the photo" in note.inner_text()
    expect(page).to_have_url(re.compile("mask="))

    view = page.locator(".gb-captioning-away-map:visible")
    run = view.get_attribute("data-run")
    word = lines.nth(0).locator("b").nth(4).inner_text()
    lines.nth(0).locator("button").nth(4).click()
    expect(view).not_to_have_attribute("data-run", run, timeout=SLOW)
    expect(view).not_to_have_class(re.compile("running"), timeout=SLOW)
    expect(view.locator(".gb-away-head")).to_contain_text(f"What “{word}” loses.")
    expect(page).to_have_url(re.compile("word=5"))
