"""The planes in a real browser: brushing from picture to plane and from plane to picture."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from demos.colorizer import planes as scene
from demos.kit.photo import EXAMPLES
from tests.browser.views import coloured
from tests.pictures import pixels as opened

QUERY = "?tab=colorizer&scene=planes&preset=true"
VIEW = ".gb-colorizer-planes"


def drag(page: Page, selector: str, start: tuple, end: tuple) -> None:
    """Over a box, from one place in [0, 1] to another."""
    box = page.locator(selector).first.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)
    page.mouse.up()


def brush_in(page: Page) -> dict:
    """What the link says is chosen."""
    expect(page).to_have_url(re.compile("brush="))
    page.wait_for_timeout(600)
    return json.loads(page.evaluate("new URLSearchParams(location.search).get('brush')"))


def test_a_region_shows_its_points_and_points_show_their_pixels(same_page, open_page):
    page = same_page(QUERY)
    view = page.locator(VIEW)
    expect(view).to_have_attribute("data-source", "photo")
    dots = page.locator(f"{VIEW} .gb-planes-ab canvas").first
    whole = dots.evaluate("(canvas) => canvas.toDataURL()")
    found = scene.planes(EXAMPLES["astronaut"], "photo")
    read = (opened(found[name]).astype(int) for name in "ab")
    a, b = ((256 * p[..., 0] + p[..., 1] - 32768).ravel() / 100 for p in read)

    drag(page, f"{VIEW} .photo .gb-planes-box", (0.3, 0.6), (0.5, 0.9))
    brush = brush_in(page)
    assert brush["on"] == "picture"
    x, y = ((np.arange(160) + 0.5) / 160,) * 2
    inside = np.outer(
        (y >= brush["top"]) & (y <= brush["bottom"]), (x >= brush["left"]) & (x <= brush["right"])
    )
    expect(view).to_have_attribute("data-count", str(inside.sum()))
    means = [np.round(plane.reshape(160, 160)[inside].mean()) for plane in (a, b)]
    said = view.locator(".gb-planes-told").inner_text().replace("−", "-")
    numbers = [int(n) for n in re.search(r"a (-?\d+), b (-?\d+)", said).groups()]
    assert np.abs(np.array(numbers) - means).max() <= 1
    assert dots.evaluate("(canvas) => canvas.toDataURL()") != whole

    drag(page, f"{VIEW} .gb-planes-ab", (0.65, 0.15), (0.9, 0.4))
    page.wait_for_function("location.search.includes('plane')")
    brush = brush_in(page)
    assert brush["on"] == "plane"
    chosen = (a >= brush["left"]) & (a <= brush["right"])
    chosen &= (b >= brush["bottom"]) & (b <= brush["top"])
    assert chosen.sum() > 100
    expect(view).to_have_attribute("data-count", str(chosen.sum()))
    veil = coloured(page.locator(f"{VIEW} .photo .gb-brushed"))[..., 3]
    assert np.array_equal(veil.ravel() == 0, chosen)

    same = open_page("?" + page.url.split("?")[1])
    expect(same.locator(VIEW)).to_have_attribute("data-count", str(chosen.sum()))
    page.locator(f"{VIEW} .gb-planes-ab").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(100)
    assert view.get_attribute("data-count") != str(chosen.sum())
    for _ in range(80):  # to the border and no further: it goes on as wide as it was
        page.keyboard.press("ArrowLeft")
    moved = brush_in(page)
    assert moved["left"] == -110
    wide = brush["right"] - brush["left"]
    assert moved["right"] - moved["left"] == pytest.approx(wide, abs=0.1)
    page.keyboard.press("Escape")
    expect(view).to_have_attribute("data-count", "")
