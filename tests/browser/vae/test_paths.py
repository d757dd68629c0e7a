"""Paths in a real browser: played, scrubbed, linked, taken away as a film."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

QUERY = "?tab=vae&scene=paths&preset=three-to-eight"
COUNT = ".gb-vae-paths .gb-transport .gb-count"
CODES = ".gb-path-pair figure:first-child img"


def test_keys_step_the_player_plays_and_scrubs(same_page):
    page = same_page(QUERY)
    expect(page.locator(".gb-end-label").first).to_have_text("a 3, number 12")
    expect(page.locator(COUNT)).to_have_text("6 / 12")  # half way, where the two differ most
    first = page.locator(CODES).get_attribute("src")
    page.keyboard.press("ArrowRight")
    expect(page.locator(COUNT)).to_have_text("7 / 12")
    assert page.locator(CODES).get_attribute("src") != first
    page.get_by_label("Stop 9", exact=True).click()
    expect(page.locator(COUNT)).to_have_text("9 / 12")
    expect(page.get_by_label("Stop 9", exact=True)).to_have_attribute("aria-current", "step")
    page.get_by_label("A path: step").fill("10")
    expect(page.locator(COUNT)).to_have_text("11 / 12")
    page.get_by_label("A path: player").get_by_role("button", name="Play").click()
    expect(page.locator(COUNT)).to_have_text("12 / 12")


def test_other_ends_and_the_arc_are_in_the_link(same_page):
    page = same_page(QUERY)
    expect(page.locator(".gb-end-label").first).to_have_text("a 3, number 12")
    page.get_by_label("To: what").select_option("5")
    expect(page.locator(".gb-end-label").last).to_have_text("a 5, number 0")
    page.get_by_label("To: next").click()
    expect(page.locator(".gb-end-label").last).to_have_text("a 5, number 1")
    page.get_by_label("Along the arc (slerp)").check(force=True)
    expect(page.locator(".gb-vae-paths .gb-caption")).to_contain_text("of the arc")
    expect(page).to_have_url(re.compile(r"to=5:1.*kind=slerp|kind=slerp.*to=5:1"))
    other = same_page("?" + page.url.split("?")[1], anew=True)
    expect(other.locator(".gb-end-label").last).to_have_text("a 5, number 1")
    expect(other.locator(".gb-vae-paths .gb-caption")).to_contain_text("of the arc")


def test_another_network_brings_its_own_ends(same_page):
    page = same_page(QUERY)
    expect(page.locator(".gb-end-label").first).to_have_text("a 3, number 12")
    page.get_by_label("Faces").check(force=True)
    expect(page.locator(".gb-end-label").first).to_have_text("Marge Simpson, face 3")
    page.get_by_label("From: what").select_option("bart_simpson")
    expect(page.locator(".gb-end-label").first).to_have_text("Bart Simpson, mean")
    page.get_by_label("Digits, 2-D").check(force=True)
    expect(page.locator(".gb-end-label").first).to_have_text("a 3, number 12")
    expect(page.locator(".gb-path-plane")).to_be_visible()


def test_a_preset_on_the_plane_keeps_its_ends(same_page):
    page = same_page("?tab=vae&scene=paths")
    page.get_by_role("button", name="On the plane").click()
    expect(page.locator(".gb-end-label").first).to_have_text("a 1, number 4")
    expect(page.locator(".gb-end-label").last).to_have_text("a 0, number 7")
    expect(page.locator(COUNT)).to_have_text(re.compile(r"/ 20$"))


def test_a_film_of_every_stop_is_downloaded(same_page):
    page = same_page(QUERY)
    expect(page.locator(".gb-end-label").first).to_have_text("a 3, number 12")
    with page.expect_download() as download:
        page.get_by_role("button", name="GIF").click()
    assert download.value.suggested_filename == "glassbox-digits_16d-3-12-8-5-linear.gif"
    film = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert (film.format, film.n_frames) == ("GIF", 12)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert Image.open(download.value.path()).size == (12 * 112, 2 * 112)


@pytest.mark.parametrize("preset", ["on-the-plane", "two-draws"])
def test_the_top_of_the_distances_is_labelled(same_page, preset):
    page = same_page(f"?tab=vae&scene=paths&preset={preset}")
    expect(page.locator(".gb-norms polyline")).to_have_count(2)
    high, low = page.locator(".gb-norms-plot svg").evaluate(
        """(svg) => {
            const boxes = (what) => [...svg.querySelectorAll(what)].map((one) => one.getBBox());
            const ticks = boxes("text[text-anchor=end][dominant-baseline]"); // the numbers
            const lines = boxes("polyline, .typical");
            const middle = ({ y, height }) => y + height / 2;
            return [Math.min(...ticks.map(middle)), Math.min(...lines.map(({ y }) => y))];
        }"""
    )
    assert high < low + 3  # no curve goes above the highest number
    assert page.locator(".gb-norms .tick").count() >= 5


def test_the_longest_name_fits_its_choice(same_page):
    page = same_page("?tab=vae&scene=paths&preset=marge-to-homer&from=charles_montgomery_burns")
    expect(page.locator(".gb-end-label").first).to_have_text(re.compile("Burns"))
    for select in page.locator(".gb-bar-of-controls .gb-end-choice select").all():
        assert (
            select.evaluate(
                """(node) => {
                const { paddingLeft, paddingRight, font } = getComputedStyle(node);
                const pen = document.createElement("canvas").getContext("2d");
                pen.font = font;
                const widths = [...node.options].map((one) => pen.measureText(one.text).width);
                const arrow = 20, room = node.clientWidth - arrow;
                return room - parseFloat(paddingLeft) - parseFloat(paddingRight)
                    - Math.max(...widths);
            }"""
            )
            >= 0
        )


@pytest.mark.parametrize("preset", ["on-the-plane", "marge-to-homer"])
def test_a_phone_cuts_nothing_off(same_page, preset):
    page = same_page(f"?tab=vae&scene=paths&preset={preset}&steps=60", width=390, height=844)
    expect(page.locator(COUNT)).to_have_text(re.compile(r"/ 60$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
