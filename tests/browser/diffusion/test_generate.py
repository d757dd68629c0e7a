"""Faces out of noise in a real browser: steps arrive, can be scrubbed and stopped."""

import itertools
import re
import time

import numpy as np
from playwright.sync_api import expect

from demos.diffusion import generate
from demos.kit.run import TURNS
from tests.browser.views import SLOW, pixels, wait_for_run

QUERY = "?tab=diffusion&scene=generate"
VIEW = ".gb-diffusion-generate"
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


def test_a_finished_run_is_there_to_scrub(same_page):
    page = same_page(QUERY, anew=True)
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
    same = same_page("?" + page.url.split("?")[1], anew=True)
    expect(same.locator(f"{VIEW} .gb-caption").nth(1)).to_contain_text("seed 8")


def test_where_no_noise_is_left_none_is_shown(same_page):
    page = same_page(QUERY, anew=True)
    wait_for_count(page, "21 / 21")
    assert "no noise is left" in text(page, ".gb-run-equation")
    noise = page.locator(".gb-run-part.noise canvas")
    expect(noise).to_be_hidden()
    strip = pixels(page, f"{VIEW} .gb-run-strip")  # rows of x, of the guess, of the noise
    assert strip[64:, -32:].max() == 0
    assert strip[64:, -64:-32].max() > 0
    page.keyboard.press("ArrowLeft")
    expect(noise).to_be_visible()


def test_it_says_why_there_are_more_evaluations_than_steps(same_page):
    page = same_page(QUERY, anew=True)
    wait_for_count(page, "21 / 21")
    words = text(page, ".gb-run-cost")
    assert words.startswith("40 evaluations of the network for each face (guidance asks twice")
    assert " ms" not in text(page, ".gb-scene:visible .gb-status")  # that it was read from a file
    page = same_page(QUERY + "&count=1&steps=4&sampler=heun&guidance=1")
    wait_for_count(page, "5 / 5")
    expect(page.locator(".gb-run-cost")).to_contain_text("7 evaluations", timeout=SLOW)
    assert "Heun's method asks twice a step" in text(page, ".gb-run-cost")
    page = same_page(QUERY + "&count=1&steps=4&guidance=1")
    wait_for_count(page, "5 / 5")
    expect(page.locator(".gb-run-cost")).to_contain_text("4 evaluations of the network for each")
    assert "asks" not in text(page, ".gb-run-cost")


def test_every_step_of_one_face_is_shown_at_once(same_page):
    page = same_page(QUERY + "&preset=slides-16")
    wait_for_count(page, "51 / 51")
    every = page.locator(f"{VIEW} .gb-every-step canvas")
    expect(every).to_be_visible()
    wait_for_run(page, VIEW, "0")
    sheet = pixels(page, f"{VIEW} .gb-every-step canvas")
    cells = [
        sheet[y : y + 32, x : x + 32].astype(int)
        for y in range(0, sheet.shape[0], 32)
        for x in range(0, sheet.shape[1], 32)
    ]
    drawn = [cell for cell in cells if cell.max() > 0]
    assert len(drawn) == 51
    rough = [np.abs(np.diff(cell, axis=1)).mean() for cell in drawn]
    assert rough[0] > 3 * rough[-1]  # from noise to a face
    assert len({cell.tobytes() for cell in drawn}) == 51
    box = every.bounding_box()
    every.click(position={"x": 4, "y": 4})
    expect(page.locator(VIEW)).to_have_attribute("data-step", "0")
    assert box["width"] * box["height"] > 250_000  # large: cells of 70 pixels and more


def test_the_same_link_gives_the_same_pixels(same_page):
    link = QUERY + "&count=1&steps=3&seed=5&character=anyone"
    made = []
    for _ in range(2):
        page = same_page(link, anew=True)
        wait_for_count(page, "4 / 4")
        page.wait_for_function(f"!document.querySelector('{VIEW}').classList.contains('running')")
        made.append(shown(page, "x"))
        assert "seed=5" in page.url
    assert made[0] == made[1]


def test_stop_in_the_middle_keeps_what_was_drawn(same_page):
    page = same_page(QUERY + "&count=25&steps=100")
    page.wait_for_selector(f"{VIEW}.running", timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop").click()  # pressed twice
    page.wait_for_selector(f"{VIEW}:not(.running)", timeout=60_000)
    assert "of 100 steps" in text(page, ".gb-run-cost")
    page.keyboard.press("ArrowLeft")
    assert "at t =" in text(page, ".gb-run-equation")


def rough(page, part):
    """How far neighbouring pixels of a sheet differ, 0 to 255: much in noise, little in a face."""
    values = pixels(page, f".gb-run-part.{part} canvas").astype(float)
    return abs(values[:, 1:] - values[:, :-1]).mean()


def test_after_a_stop_the_panels_keep_the_step_where_it_stopped(same_page, monkeypatch):
    page = same_page(QUERY + "&count=4&steps=12&seed=5")
    view = page.locator(VIEW)
    expect(page.locator(COUNT)).to_have_text("13 / 13", timeout=SLOW)
    levels = []
    for steps in (1, 6, 11):  # the first, one in the middle, the last that is not the end
        monkeypatch.setattr(
            generate, "while_wanted", lambda run, wanted, steps=steps: itertools.islice(run, steps)
        )
        before = view.get_attribute("data-run")
        page.get_by_role("button", name="Draw", exact=True).click()
        wait_for_run(page, VIEW, before)
        expect(page.locator(COUNT)).to_have_text(f"{steps} / {steps}")
        equation = text(page, ".gb-run-equation")
        assert "no noise is left" not in equation
        levels.append(int(re.search(r"stopped at t = (\d+)", equation)[1]))
        assert f"stopped after {steps} of 12 steps" in text(page, ".gb-run-cost")
        assert rough(page, "noise") > 20  # the noise of that step, not an empty sheet
        assert rough(page, "x0") < 0.7 * rough(page, "x")  # the guess is no noise
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == 999 > levels[1] > 300 > levels[2] > 0
    monkeypatch.undo()
    before = view.get_attribute("data-run")
    page.get_by_role("button", name="Draw", exact=True).click()
    wait_for_run(page, VIEW, before)
    expect(page.locator(COUNT)).to_have_text("13 / 13")
    assert "no noise is left" in text(page, ".gb-run-equation")
    assert "stopped" not in text(page, ".gb-run-cost")


def test_a_page_that_missed_steps_asks_for_them(same_page, monkeypatch):
    page = same_page(QUERY + "&count=4&steps=8&seed=3")
    view = page.locator(VIEW)
    expect(page.locator(COUNT)).to_have_text("9 / 9", timeout=SLOW)

    def seen():
        """The sheets of all steps, as they are painted."""
        sheets = []
        page.locator(f"{VIEW} input[type=range]").first.focus()
        page.keyboard.press("Home")
        for _ in range(9):
            sheets.append((text(page, ".gb-run-equation"), shown(page, "x"), shown(page, "noise")))
            page.keyboard.press("ArrowRight")
        return sheets

    complete = seen()
    assert len({sheet for _, sheet, _ in complete}) == 9
    streamed = generate.streamed

    def first_and_last(*run):
        """What a page sees of a run that is faster than it draws."""
        values = list(streamed(*run))
        yield values[0]
        yield values[4]
        yield values[-1]

    monkeypatch.setattr(generate, "streamed", first_and_last)
    before = view.get_attribute("data-run")
    with page.expect_request(lambda request: "component_server" in request.url) as asked:
        page.get_by_role("button", name="Draw", exact=True).click()
    assert asked.value.post_data_json["data"]["steps"] == [1, 2, 3, 5, 6, 7]
    wait_for_run(page, VIEW, before)
    expect(page.locator(COUNT)).to_have_text("9 / 9")
    assert seen() == complete


def test_a_film_can_be_saved(same_page):
    page = same_page(QUERY)
    wait_for_count(page, "21 / 21")
    with page.expect_download() as film:
        page.get_by_role("button", name="GIF").click()
    assert film.value.suggested_filename.endswith(".gif")
    with page.expect_download() as strip:
        page.get_by_role("button", name="PNG").click()
    assert strip.value.suggested_filename.endswith("-seed-0.png")


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844)
    wait_for_count(page, "21 / 21")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_closing_the_page_ends_its_run(same_page):
    page = same_page(QUERY + "&count=25&steps=100")
    page.wait_for_selector(f"{VIEW}.running", timeout=60_000)
    assert len(TURNS) == 1
    page.close()
    until = time.monotonic() + 60
    while len(TURNS) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(TURNS) == 0  # long before its hundredth step


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
    # Their runs begin at once, and differ: equal ones are one run.
    pages = [open_page(f"{QUERY}&steps=100&count=25&seed={100 * i}") for i in range(3)]
    waiting = pages[-1].locator(".gb-status .gb-in-line:visible")
    expect(waiting).to_contain_text(re.compile("before yours|You are next"), timeout=SLOW)
    box, height = waiting.bounding_box(), pages[-1].viewport_size["height"]
    assert 0 < box["y"] < height - box["height"]

    pages[-1].get_by_role("button", name="Stop").click()
    expect(waiting).to_have_count(0)
    for page in pages[:-1]:
        page.get_by_role("button", name="Stop").click()
    pages[-1].wait_for_timeout(1500)  # were it still in the queue, it would begin now
    assert pages[-1].locator(f"{VIEW}.running").count() == 0
