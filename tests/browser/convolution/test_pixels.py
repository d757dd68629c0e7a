import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from demos.kit.photo import EXAMPLES

SCENE = "?tab=convolution&scene=pixels"
STAGE = ".gb-pixels-stage"
WHERE = ".gb-convolution-pixels-place .gb-caption"


@pytest.fixture
def open_scene(same_page):
    """Open the scene with a query, once its picture is drawn."""

    def open_(query: str = "", **options):
        page = same_page(SCENE + query, **options)
        expect(page.locator(WHERE)).to_have_text(re.compile("rows"))
        return page

    return open_


def shown(page) -> dict[str, int]:
    """First and last row and column in view."""
    text = page.locator(WHERE).text_content()
    top, bottom, left, right = map(int, re.findall(r"\d+", text))
    return {"top": top, "bottom": bottom, "left": left, "right": right}


def settled(page) -> dict[str, int]:
    """The part in view once it no longer moves."""
    before = None
    while before != (now := shown(page)):
        before = now
        page.wait_for_timeout(400)
    return now


def test_keys_zoom_and_read_exact_pixels(open_scene):
    page = open_scene()
    stage = page.locator(STAGE)
    stage.focus()
    for _ in range(8):
        page.keyboard.press("+")
    part = settled(page)
    assert part["right"] - part["left"] < 60
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    spoken = page.locator(".gb-convolution-pixels .gb-unseen").text_content()
    row, column, *values = map(int, re.findall(r"\d+", spoken))
    original = np.asarray(Image.open(EXAMPLES["astronaut"]).convert("RGB"))
    assert values == original[row, column].tolist()
    assert "alters" not in page.locator(".gb-convolution-pixels .gb-caption").text_content()
    expect(page).to_have_url(re.compile("place="))


def test_wheel_keeps_the_pixel_under_the_cursor(open_scene):
    page = open_scene(anew=True)
    box = page.locator(STAGE).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    readout = page.locator(".gb-pixels-read")
    expect(readout).to_contain_text("row")
    row, column = map(int, re.findall(r"\d+", readout.text_content())[:2])
    for _ in range(6):
        page.mouse.wheel(0, -200)
    settled(page)
    page.mouse.move(box["x"] + box["width"] * 0.6 + 1, box["y"] + box["height"] * 0.3)
    now = list(map(int, re.findall(r"\d+", readout.text_content())[:2]))
    assert max(abs(now[0] - row), abs(now[1] - column)) <= 2


def test_dragging_moves_the_picture_along(open_scene):
    page = open_scene("&preset=colours")
    before = settled(page)
    box = page.locator(STAGE).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=5)
    page.mouse.up()
    after = settled(page)
    assert after["left"] > before["left"]
    assert after["top"] == before["top"]


def test_a_link_opens_the_same_place(open_scene):
    place = {"x": 0.3, "y": 0.6, "span": 0.1}
    page = open_scene(f"&photo=cat&view=grey&place={json.dumps(place)}")
    expect(page.locator(".gb-convolution-pixels > .gb-caption")).to_contain_text(
        "451 × 300 pixels ="
    )
    part = settled(page)
    assert abs((part["left"] + part["right"]) / 2 - 0.3 * 451) <= 1
    assert abs((part["top"] + part["bottom"]) / 2 - 0.6 * 300) <= 1


def test_planes_show_one_pixel_in_all_three(open_scene):
    page = open_scene("&preset=eye")
    settled(page)
    box = page.locator(STAGE).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 6, box["y"] + box["height"] / 2)
    first = page.locator(".gb-pixels-read").text_content()
    assert re.search(r"R \d+G \d+B \d+", first)
    page.mouse.move(box["x"] + box["width"] * 5 / 6, box["y"] + box["height"] / 2)
    row = re.match(r"row \d+", first)[0]
    expect(page.locator(".gb-pixels-read")).to_contain_text(row)


def test_a_phone_shows_the_planes_and_cuts_nothing_off(open_scene):
    page = open_scene("&preset=rgb", width=390, height=844, has_touch=True, is_mobile=True)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(STAGE).tap()
    expect(page.locator(".gb-pixels-read")).to_contain_text("row")


def test_a_nonsense_place_is_named_and_left_out(open_scene):
    page = open_scene("&place={%22x%22:7,%22y%22:0,%22span%22:1}", anew=True)
    expect(page.get_by_text("not a share from 0 to 1")).to_be_visible(timeout=20_000)
    part = settled(page)
    assert part["top"] == 0


def test_the_scale_is_said_and_nothing_empty_stands_there(same_page):
    page = same_page("?tab=convolution&scene=pixels")
    facts = page.locator(".gb-convolution-pixels .gb-caption")
    expect(facts).to_contain_text("= 786,432 numbers from 0 (dark) to 255 (bright)")
    page.get_by_role("button", name="More: the numbers to copy").click()
    table = page.locator(".gb-once-written")
    expect(page.get_by_role("button", name="Write out this part")).to_be_visible()
    expect(table).to_be_hidden()
    page.locator('.gb-chip[data-slug="eye"]').click()
    expect(page).to_have_url(re.compile("preset=eye"))
    page.get_by_role("button", name="Write out this part").click()
    expect(table).to_be_visible()
    expect(table).to_contain_text("planes")


def test_the_photos_name_lies_above_it(same_page):
    page = same_page("?tab=convolution&scene=pixels")
    label = page.locator(".gb-control-photo:visible label").first.bounding_box()
    image = page.locator(".gb-control-photo:visible .image-frame img").first.bounding_box()
    assert label["y"] + label["height"] <= image["y"] + 1
