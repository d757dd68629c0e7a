"""A photo painted in a real browser: hints set by click and tap, dragged, undone, in the link."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demos.kit.photo import EXAMPLES
from tests.browser.views import SLOW

QUERY = "?tab=colorizer&scene=photo"
NONE = "&hints=%5B%5D"
VIEW = ".gb-colorizer-photo"
DOT = f"{VIEW} .gb-dot"
PIXELS = """async () => {
  const image = document.querySelector(".gb-split img[alt=painted]");
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [96, 64];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return [canvas.height, canvas.width,
    [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 < 3)];
}"""


def painted(page: Page) -> np.ndarray:
    """The painted picture, made small: H W 3."""
    height, width, values = page.evaluate(PIXELS)
    return np.array(values, float).reshape(height, width, 3)


def around(picture: np.ndarray, x: float, y: float, reach: int = 2) -> np.ndarray:
    """The mean colour around a place in [0, 1]."""
    row, column = round(y * picture.shape[0]), round(x * picture.shape[1])
    part = picture[max(row - reach, 0) : row + reach, max(column - reach, 0) : column + reach]
    return part.mean((0, 1))


def told(page: Page, count: int) -> list[dict]:
    """Wait until the picture is painted by so many hints; returns them."""
    page.wait_for_function(
        "([view, count]) => JSON.parse(document.querySelector(view)?.dataset.painted || '0')"
        ".length === count",
        arg=[VIEW, count],
        timeout=SLOW,
    )
    return json.loads(page.locator(VIEW).get_attribute("data-painted"))


def click(page: Page, x: float, y: float) -> None:
    box = page.locator(".gb-split:visible").bounding_box()
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_a_click_tells_a_colour_and_the_region_follows(open_page):
    page = open_page(QUERY + "&photo=coffee" + NONE)
    told(page, 0)
    expect(page.locator(VIEW)).to_have_attribute("data-photo", "example-coffee", timeout=SLOW)
    before = painted(page)
    place = (0.5, 0.92)  # on the saucer
    click(page, *place)
    (hint,) = told(page, 1)
    assert (hint["x"], hint["y"]) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.92, abs=0.01))
    picker = page.locator(".gb-picker")
    expect(picker).to_be_visible()
    picker.locator(".gb-hex").fill("#2040d0")
    picker.locator(".gb-hex").press("Enter")
    page.wait_for_function(
        "view => document.querySelector(view).dataset.painted.includes('#2040d0')", arg=VIEW
    )
    after = painted(page)
    change = np.abs(around(after, *place) - around(before, *place)).max()
    assert change > 15
    blue = around(after, *place)
    assert blue[2] > blue[0]  # bluer than red, which it was not
    assert around(before, *place)[2] <= around(before, *place)[0]
    assert np.abs(around(after, 0.95, 0.05) - around(before, 0.95, 0.05)).max() < change / 2

    picker.locator(".gb-hex").fill("not-a-colour")
    picker.locator(".gb-hex").press("Enter")
    expect(picker.locator("[role=alert]")).to_contain_text("“not-a-colour” is not a colour")
    field = picker.locator(".gb-field").bounding_box()
    page.mouse.move(field["x"] + 0.6 * field["width"], field["y"] + 0.5 * field["height"])
    page.mouse.down()
    page.mouse.move(field["x"] + 0.8 * field["width"], field["y"] + 0.4 * field["height"])
    page.mouse.up()
    page.wait_for_function(
        "view => !document.querySelector(view).dataset.painted.includes('#2040d0')", arg=VIEW
    )

    dot = page.locator(DOT).bounding_box()
    x, y = dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 30, steps=4)
    page.mouse.up()
    page.wait_for_function(
        "view => { const [hint] = JSON.parse(document.querySelector(view).dataset.painted);"
        "return hint.x < 0.48 && location.search.includes(`%22x%22:${hint.x},`) }",
        arg=VIEW,
    )
    (moved,) = told(page, 1)
    same = open_page("?" + page.url.split("?")[1])
    expect(same.locator(VIEW)).to_have_attribute("data-photo", "example-coffee", timeout=SLOW)
    assert told(same, 1) == [moved]
    assert np.array_equal(painted(same), painted(page))
    same.close()

    page.locator(".gb-scene:visible .gb-save", has_text="Undo").click()  # the hint, not the scene
    page.wait_for_function(
        "view => JSON.parse(document.querySelector(view).dataset.painted)[0].x > 0.48", arg=VIEW
    )
    page.locator(DOT).focus()
    page.keyboard.press("Delete")
    told(page, 0)
    assert np.array_equal(painted(page), before)


def test_another_photo_keeps_no_hints_and_lies_in_no_link(open_page, tmp_path):
    page = open_page(QUERY)
    expect(page.locator(DOT)).to_have_count(14)
    assert len(told(page, 14)) == 14
    Image.open(EXAMPLES["rocket"]).convert("RGB").save(tmp_path / "mine.png")
    photo = page.locator(".gb-control-photo:visible")
    photo.locator("button[aria-label='Remove Image']").click()
    photo.locator("input[type=file]").set_input_files(tmp_path / "mine.png")
    expect(page.locator(VIEW)).to_have_attribute(
        "data-photo", re.compile("^[0-9a-f]{24}$"), timeout=SLOW
    )
    told(page, 0)
    expect(page.locator(DOT)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"hints=%5B%5D"))
    assert "photo=" not in page.url
    page.locator('.gb-chip[data-slug="coffee"]:visible').click()
    assert len(told(page, 8)) == 8
    expect(page.locator(VIEW)).to_have_attribute("data-photo", "example-coffee", timeout=SLOW)


def test_a_preset_after_an_example_photo_keeps_its_hints(same_page):
    page = same_page(QUERY)
    told(page, 14)
    page.locator(".gb-scene:visible .gallery button").nth(list(EXAMPLES).index("cat")).click()
    expect(page.locator(VIEW)).to_have_attribute("data-photo", "example-cat", timeout=SLOW)
    told(page, 0)
    page.locator('.gb-chip[data-slug="hinted"]:visible').click()
    expect(page.locator(VIEW)).to_have_attribute("data-photo", "example-astronaut", timeout=SLOW)
    told(page, 14)
    expect(page.locator(DOT)).to_have_count(14)
    expect(page.locator('.gb-chip[data-slug="hinted"]:visible')).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_preset_right_after_a_change_by_hand_brings_its_hints(open_page):
    page = open_page(QUERY)
    told(page, 14)
    # What waits for a pause waits longer than it takes to press anything on the busiest machine.
    page.evaluate(
        "((usual) => { window.setTimeout = (run, wait, ...more) => "
        "usual(run, wait === 250 ? 60_000 : wait, ...more); })(setTimeout)"
    )
    page.get_by_role("button", name="Remove all").click()
    expect(page.locator(DOT)).to_have_count(0)
    page.locator('.gb-chip[data-slug="hinted"]:visible').click()
    expect(page.locator(DOT)).to_have_count(14)
    told(page, 14)


def test_a_tap_on_a_phone_and_a_swipe_scrolls(open_page):
    page = open_page(QUERY + NONE, width=390, height=844, has_touch=True)
    told(page, 0)
    frame = page.locator(".gb-split:visible")
    assert frame.evaluate("(node) => getComputedStyle(node).touchAction") == "pan-y"
    box = frame.bounding_box()
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 0.7 * box["height"])
    told(page, 1)
    picker = page.locator(".gb-picker")
    expect(picker).to_be_visible()
    assert picker.bounding_box()["y"] >= box["y"] + box["height"]  # below the picture
    sizes = picker.locator("button, input").evaluate_all(
        "(nodes) => nodes.map((node) => node.getBoundingClientRect()).map((b) => "
        "Math.min(b.width, b.height))"
    )
    assert min(sizes) >= 24
