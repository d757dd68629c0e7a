"""Faces out of noise in a real browser: steps arrive, can be scrubbed and stopped."""

import re
import time

from playwright.sync_api import expect

from demos.diffusion import generate
from tests.browser.views import SLOW, pixels

QUERY = "?tab=diffusion&scene=generate"
VIEW = ".gb-denoising"
COUNT = f"{VIEW} .gb-count"


def text(page, selector):
    return page.locator(selector).first.inner_text()


def wait_for_count(page, count):
    page.wait_for_function(
        "([selector, count]) => document.querySelector(selector)?.textContent === count",
        arg=[COUNT, count],
        timeout=60_000,
    )


def shown(page, part):
    """The pixels of a sheet."""
    return pixels(page, f".gb-run-part.{part} canvas").tobytes()


def test_a_finished_run_is_there_to_scrub(open_page):
    page = open_page(QUERY)
    wait_for_count(page, "21 / 21")
    finished = shown(page, "x")
    assert len(finished) == 3 * 96 * 96
    page.keyboard.press("ArrowLeft")
    assert text(page, COUNT) == "20 / 21"
    assert "at t = 49" in text(page, ".gb-run-equation")
    page.get_by_label("From noise to faces: step").fill("0")
    assert "at t = 999" in text(page, ".gb-run-equation")
    assert shown(page, "x") != finished
    page.locator(".gb-run-part.x canvas").click(position={"x": 5, "y": 5})
    assert "seed 0" in text(page, f"{VIEW} .gb-caption >> nth=1")
    box = page.locator(".gb-run-part.x canvas").bounding_box()
    page.locator(".gb-run-part.x canvas").click(
        position={"x": box["width"] - 5, "y": box["height"] - 5}
    )
    assert "seed 8" in text(page, f"{VIEW} .gb-caption >> nth=1")
    expect(page).to_have_url(re.compile("face=9"))
    same = open_page("?" + page.url.split("?")[1])
    expect(same.locator(f"{VIEW} .gb-caption").nth(1)).to_contain_text("seed 8")


def test_the_same_link_gives_the_same_pixels(open_page):
    link = QUERY + "&count=1&steps=3&seed=5&character=anyone"
    made = []
    for _ in range(2):
        page = open_page(link)
        wait_for_count(page, "4 / 4")
        page.wait_for_function(f"!document.querySelector('{VIEW}').classList.contains('running')")
        made.append(shown(page, "x"))
        assert "seed=5" in page.url
    assert made[0] == made[1]


def test_stop_in_the_middle_keeps_what_was_drawn(open_page):
    page = open_page(QUERY + "&count=25&steps=100")
    page.wait_for_selector(f"{VIEW}.running", timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop").click()  # pressed twice
    page.wait_for_selector(f"{VIEW}:not(.running)", timeout=60_000)
    assert "of 100 steps" in text(page, ".gb-run-cost")
    page.keyboard.press("ArrowLeft")
    assert "at t =" in text(page, ".gb-run-equation")


def test_a_film_can_be_saved(open_page):
    page = open_page(QUERY)
    wait_for_count(page, "21 / 21")
    with page.expect_download() as film:
        page.get_by_role("button", name="GIF").click()
    assert film.value.suggested_filename.endswith(".gif")
    with page.expect_download() as strip:
        page.get_by_role("button", name="PNG").click()
    assert strip.value.suggested_filename.endswith("-seed-0.png")


def test_a_phone_cuts_nothing_off(open_page):
    page = open_page(QUERY, width=390, height=844)
    wait_for_count(page, "21 / 21")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_closing_the_page_ends_its_run(open_page):
    page = open_page(QUERY + "&count=25&steps=100")
    page.wait_for_selector(f"{VIEW}.running", timeout=60_000)
    assert len(generate.TURNS) == 1
    page.context.close()
    until = time.monotonic() + 60
    while len(generate.TURNS) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(generate.TURNS) == 0  # long before its hundredth step


def test_two_tabs_of_one_browser_draw_at_once(open_page):
    one = open_page(QUERY + "&count=1&steps=3&seed=1&character=anyone")
    other = one.context.new_page()
    other.goto(one.url.replace("seed=1", "seed=2"))
    for page, seed in ((one, 1), (other, 2)):
        wait_for_count(page, "4 / 4")
        page.wait_for_function(f"!document.querySelector('{VIEW}').classList.contains('running')")
        assert f"seed {seed}" in text(page, f"{VIEW} .gb-caption >> nth=1")
    assert shown(one, "x") != shown(other, "x")


def test_who_waits_is_told_so_and_can_leave(open_page):
    pages = [open_page(f"{QUERY}&steps=100&count=25") for _ in range(3)]  # their runs begin at once
    waiting = pages[-1].locator(".gb-status .progress-text:visible")
    expect(waiting).to_contain_text("queue", timeout=SLOW)
    box, height = waiting.bounding_box(), pages[-1].viewport_size["height"]
    assert 0 < box["y"] < height - box["height"]

    pages[-1].get_by_role("button", name="Stop").click()
    expect(waiting).to_have_count(0)
    for page in pages[:-1]:
        page.get_by_role("button", name="Stop").click()
    pages[-1].wait_for_timeout(1500)  # were it still in the queue, it would begin now
    assert pages[-1].locator(f"{VIEW}.running").count() == 0
