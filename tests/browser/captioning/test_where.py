"""Maps of a word in a real browser: chosen, summed up, and a place hidden by a click."""

import re

from playwright.sync_api import expect

from tests.browser.views import SLOW, rested

QUERY = "?tab=captioning&scene=where"
VIEW = ".gb-captioning-where:visible"
PLACES = """() => [...document.querySelectorAll(".gb-where-item")]
    .map((item) => JSON.stringify(item.getBoundingClientRect()))"""


def test_every_map_can_be_looked_at_and_a_place_hidden(same_page, open_page):
    page = same_page(QUERY, width=1280, height=800)
    maps = page.locator(f"{VIEW} .gb-where-item")
    expect(maps).to_have_count(12, timeout=SLOW)
    rested(page, PLACES)  # fonts and photo have come: nothing moves away from under a click
    total = page.locator(f"{VIEW} .gb-where-sum")
    for name in ("layer 1, head 3", "rollout", "the LSTM's one map", "|gradient| of log p"):
        page.locator(VIEW).get_by_role("button", name=name, exact=True).click()
        expect(total).to_contain_text(name)
        expect(total).to_contain_text("Σ = 1.000")
    rows = page.locator(f"{VIEW} .gb-where-trials tbody tr")
    rows.nth(1).hover()
    expect(page.locator(f"{VIEW} .gb-overlay-box")).to_have_count(1)
    before = rows.count()

    big = page.locator(f"{VIEW} .gb-overlay-stage")
    box = big.bounding_box()
    big.click(position={"x": box["width"] - 14, "y": box["height"] - 14})  # the last place of all
    expect(page).to_have_url(re.compile(r"place=10"), timeout=SLOW)
    expect(rows).to_have_count(before + 1, timeout=SLOW)
    expect(rows.last).to_contain_text("yours")
    expect(rows.last).to_contain_text("10, 10")

    words = page.locator(f"{VIEW} .gb-chosen-words button")
    third = words.nth(2).locator("b").inner_text()
    words.nth(2).click()
    expect(page).to_have_url(re.compile("word=3"), timeout=SLOW)
    head = page.locator(f"{VIEW} .gb-where-trials thead")
    expect(head).to_contain_text(f"p of “{third}”", timeout=SLOW)
    verdict = page.locator(f"{VIEW} .gb-where-verdict")
    expect(verdict).to_contain_text(f"“{third}”")

    again = open_page(QUERY + "&decoder=lstm&sentence=a+dog+in+the+snow&word=2&photo=cat")
    expect(again.locator(f"{VIEW} .gb-where-trials thead")).to_contain_text("“dog”", timeout=SLOW)
    expect(again.locator(f"{VIEW} .gb-chosen-words b")).to_have_text(
        ["a", "dog", "in", "the", "snow", "end"]
    )
    expect(again.locator(VIEW)).to_have_attribute("data-map", "recurrent")
