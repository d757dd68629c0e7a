"""Sums of codes and directions in a real browser: chosen, dragged, linked."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.views import rested

SUM = "?tab=vae&scene=arithmetic&preset=bold"
MOVE = "?tab=vae&scene=directions&preset=three"
BOTH = ("codes", "pixels")
CODES = ".gb-vae-arithmetic .codes img"


SIGNS = """(all) => all.map((one) => getComputedStyle(one, "::before").content)
    .filter((sign) => sign !== "none")"""


def test_strength_and_terms_change_the_sum(same_page):
    page = same_page(SUM)
    expect(page.locator(".gb-vae-arithmetic .gb-sum-label")).to_have_text("a − b + c")
    expect(page.locator(".gb-end-label").nth(2)).to_have_text("a 1, number 3")
    before = page.locator(CODES).get_attribute("src")
    pictures = page.locator(".gb-vae-arithmetic figure")
    assert pictures.evaluate_all(SIGNS) == ['"−"', '"+"', '"="']
    page.get_by_label("number input for Strength s of a − b").fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".gb-vae-arithmetic .gb-sum-label")).to_have_text("c + 2 · (a − b)")
    assert page.locator(CODES).get_attribute("src") != before
    assert pictures.evaluate_all(SIGNS) == ['"="']  # no longer a − b + c
    expect(page.locator(".gb-strengths figure[aria-current] figcaption")).to_have_text("2")
    page.get_by_label("c receives: what").select_option("4")
    expect(page.locator(".gb-end-label").nth(2)).to_have_text("a 4, number 0")
    expect(page).to_have_url(re.compile("strength=2"))
    expect(page).to_have_url(re.compile("c=4:0"))


def test_codes_and_pixels_are_as_large_as_each_other(same_page):
    page = same_page(SUM)
    expect(page.locator(".gb-end-label").first).to_have_text("a 7, number 0")
    for width, height in ((1280, 800), (700, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        tops = "() => document.querySelector('.gb-arithmetic-sum .pixels img').offsetTop"
        rested(page, tops, 400)
        boxes = [page.locator(f".gb-arithmetic-sum .{one} img").bounding_box() for one in BOTH]
        assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=0.5)
        assert boxes[0]["height"] == pytest.approx(boxes[0]["width"], abs=0.5)
        assert boxes[0]["y"] == pytest.approx(boxes[1]["y"], abs=0.5)


def test_a_strength_is_pressed_in_the_strip(same_page):
    page = same_page(SUM)
    expect(page.locator(".gb-vae-arithmetic .gb-sum-label")).to_have_text("a − b + c")
    page.locator(".gb-strengths button").nth(6).click()
    expect(page.locator(".gb-vae-arithmetic .gb-sum-label")).to_have_text("c + 1.5 · (a − b)")
    expect(page.locator(".gb-strengths figure[aria-current] figcaption")).to_have_text("1.5")
    expect(page).to_have_url(re.compile("strength=1.5"))


def test_faces_have_their_own_terms(same_page):
    page = same_page(SUM)
    expect(page.locator(".gb-end-label").first).to_have_text("a 7, number 0")
    page.get_by_label("Faces").check(force=True)
    expect(page.locator(".gb-end-label").first).to_have_text("Ned Flanders, mean")
    expect(page.locator(".gb-end-label").nth(2)).to_have_text("Moe Szyslak, face 8")


def test_a_direction_is_dragged_and_linked(same_page, open_page):
    page = same_page(MOVE)
    expect(page.locator(".gb-end-label:visible")).to_have_text("a 3, number 1")
    picture = page.locator(".gb-vae-directions img")
    before = picture.get_attribute("src")
    page.get_by_label("Direction 2", exact=True).fill("2.5")
    expect(picture).not_to_have_attribute("src", before)
    expect(page.locator(".gb-direction output").nth(1)).to_have_text("+2.5")
    expect(page).to_have_url(re.compile(r"amounts="))
    other = open_page("?" + page.url.split("?")[1])
    expect(other.locator(".gb-direction output").nth(1)).to_have_text("+2.5")
    expect(other.locator(".gb-vae-directions img")).to_have_attribute(
        "src", picture.get_attribute("src")
    )
    page.get_by_role("button", name="All to 0").click()
    expect(picture).to_have_attribute("src", before)


def test_a_plane_has_two_directions(same_page):
    page = same_page(MOVE, anew=True)
    expect(page.locator(".gb-end-label:visible")).to_have_text("a 3, number 1")
    page.get_by_label("Digits, 2-D").check(force=True)
    expect(page.locator(".gb-direction")).to_have_count(2)


@pytest.mark.parametrize("scene", ["arithmetic", "directions"])
def test_a_phone_cuts_nothing_off(same_page, scene):
    page = same_page(f"?tab=vae&scene={scene}", width=390, height=844)
    expect(page.locator(".gb-pixels:visible").nth(3)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
