"""What filters learn in a real browser: units, places and classes are chosen by clicks."""

import re

import numpy as np
from playwright.sync_api import expect

from demos.convolution import learned as scene
from demos.kit.photo import EXAMPLES
from tests.browser.views import SLOW, pixels
from tests.demos.convolution.test_learned import tile

QUERY = "?tab=convolution&scene=learned"
VIEW = ".gb-convolution-learned"
PHOTO = ".gb-learned-photo"


def test_units_places_and_classes_follow_clicks(same_page, open_page):
    page = same_page(QUERY)
    tiles = page.locator(f"{VIEW} .gb-learned-tile")
    caption = page.locator(f"{PHOTO} .gb-caption")
    expect(tiles).to_have_count(32, timeout=SLOW)
    value = scene.learned(EXAMPLES["coffee"])
    units = [one["unit"] for one in value["units"]]
    assert [
        int(one) for one in page.locator(f"{VIEW} .gb-learned-tile b").all_inner_texts()
    ] == units
    for at in (0, 7, 31):
        shown = pixels(page, f"{VIEW} .gb-learned-tile canvas", at)
        assert np.abs(shown - 255 * tile(value, at)).max() <= 1
    expect(tiles.first).to_have_attribute("aria-pressed", "true")

    tiles.nth(7).click()
    expect(caption).to_contain_text(f"Unit {units[7]} of the first layer, where it answers most")
    expect(page).to_have_url(re.compile(f"unit={units[7]}"))
    expect(tiles.nth(7)).to_have_attribute("aria-pressed", "true")
    box = page.locator(f"{PHOTO} .gb-overlay-stage").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    expect(caption).to_contain_text(f"Unit {units[7]} of the first layer at this place")
    expect(page).to_have_url(re.compile("place=0.2[45]"))
    mark = page.locator(f"{PHOTO} .gb-overlay-box").bounding_box()
    assert abs(mark["x"] + mark["width"] / 2 - box["x"] - box["width"] / 4) < box["width"] / 32

    page.get_by_label("Stage 4").check(force=True)
    count = page.locator(f"{VIEW} .gb-learned-count")
    stage = scene.learned(EXAMPLES["coffee"], "stage 4")["units"]
    at = [one["unit"] for one in stage].index(units[7]) // 32 * 32  # the page with that number
    expect(count).to_have_text(f"{at + 1}–{at + 32} of 320", timeout=SLOW)
    expect(caption).to_contain_text("of stage 4")
    expect(caption).to_contain_text("219 × 219 pixels, more than the picture’s 128 × 80")
    page.get_by_role("button", name="Weaker units").click()
    weaker = f"{at + 33}–{at + 64} of 320"
    expect(count).to_have_text(weaker)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile("place=0.(49|50)"))
    expect(count).to_have_text(weaker)  # another place turns no page
    chosen = tiles.nth(3)
    unit = chosen.get_attribute("data-unit")
    chosen.focus()
    page.keyboard.press("Enter")
    expect(caption).to_contain_text(f"Unit {unit} of stage 4")
    expect(page).to_have_url(re.compile(rf"unit={unit}\b"))
    same = open_page("?" + page.url.split("?")[1])  # the link opens the page that its unit is on
    expect(same.locator(f"{VIEW} .gb-learned-count")).to_have_text(weaker, timeout=SLOW)
    pressed = same.locator(f'{VIEW} .gb-learned-tile[aria-pressed="true"]')
    expect(pressed).to_have_attribute("data-unit", unit)

    page.locator('.gb-chip[data-slug="classes"]').click()
    bars = page.locator(f"{VIEW} .gb-learned-class")
    expect(bars).to_have_count(5, timeout=SLOW)
    expect(bars.first).to_contain_text("espresso")
    expect(caption).to_contain_text("gave to “espresso”")
    numbers = page.locator(f"{PHOTO} .gb-overlay-numbers span")
    expect(numbers).to_have_count(40)
    bars.nth(1).click()
    found = scene.learned(EXAMPLES["coffee"], "classes")["classes"][1]
    expect(caption).to_contain_text(f"gave to “{found['name']}”")
    expect(bars.nth(1)).to_have_attribute("aria-pressed", "true")
    cells = [float(one.replace("−", "-")) for one in numbers.all_inner_texts()]
    assert abs(sum(cells) - found["logit"]) < 40 * 0.005 + 0.05
