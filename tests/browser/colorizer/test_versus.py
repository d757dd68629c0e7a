"""Distance or judge in a real browser: pictures over their numbers, and the evaluation as bars."""

import json
import re

from playwright.sync_api import expect

from models.colorizer.shipped import WEIGHTS
from tests.browser.views import SLOW

QUERY = "?tab=colorizer&scene=versus"
VIEW = ".gb-colorizer-versus"
SMALL = f"{VIEW} .gb-versus-pictures img"


def test_pictures_head_their_numbers_and_the_evaluation_is_bars(same_page):
    page = same_page(QUERY, height=800)
    expect(page.locator(SMALL).first).to_be_visible(timeout=SLOW)
    images = page.locator(SMALL)
    expect(images).to_have_count(4)
    expect(page.locator(f"{VIEW} tbody tr")).to_have_count(5)
    for number in range(4):  # each picture stands over its own column
        picture = images.nth(number).bounding_box()
        cell = page.locator(f"{VIEW} tbody tr").first.locator("td").nth(number).bounding_box()
        middle = picture["x"] + picture["width"] / 2
        assert abs(middle - cell["x"] - cell["width"] / 2) < 3
        assert picture["width"] > 180
    assert images.first.evaluate("(image) => getComputedStyle(image).imageRendering") == "pixelated"

    first = images.nth(2).get_attribute("src")
    page.get_by_role("button", name="Grey scores best").click()
    expect(images.nth(2)).not_to_have_attribute("src", first, timeout=SLOW)
    expect(page.locator(f"{VIEW} .gb-versus-one .gb-caption")).to_contain_text("more than L1 alone")
    psnr = page.locator(f"{VIEW} tbody tr", has_text="PSNR")
    best = psnr.locator("td.best")
    expect(best).to_have_count(1)
    assert best.inner_text() == psnr.locator("td").first.inner_text()  # grey's

    page.get_by_text("Held-back pictures", exact=True).click()
    expect(images.first).to_be_hidden()
    bars = page.locator(f"{VIEW} section", has_text="Fréchet distance").locator(".gb-versus-bar")
    expect(bars).to_have_count(5)
    measured = json.loads((WEIGHTS / "evaluation.json").read_text("utf-8"))
    rows = ("grey (cifar10)", "mean_colour (cifar10)", "cifar_l1", "cifar_gan")
    values = [measured[row]["frechet_distance"] for row in rows]
    widths = [
        bars.nth(number).locator("i").evaluate("(bar) => bar.getBoundingClientRect().width")
        for number in range(4)
    ]
    for value, width in zip(values, widths, strict=True):
        assert abs(width / widths[0] - value / values[0]) < 0.02
    expect(page).to_have_url(re.compile("show=evaluation"))
