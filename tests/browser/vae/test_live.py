"""Training in a real browser: the plane moves, it pauses, resumes, and ends with the page."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from demos.vae import live

QUERY = "?tab=vae&scene=live&digits=40&seconds=30"
MAIN = ".gb-live-main"
PATIENCE = 60_000  # milliseconds: another training may have the cores
DOTS = "document.querySelector('.gb-vae-live .gb-plane-map canvas').toDataURL()"


@pytest.fixture(autouse=True)
def _all_places_are_given_back():
    yield
    until(lambda: live.TRAININGS.running() == 0)


def until(met: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait for something, with patience for a busy machine."""
    start = time.monotonic()
    while not met():
        assert time.monotonic() < start + patience, "it never came true"
        time.sleep(0.02)


def phase(page: Page, wanted: str) -> None:
    page.wait_for_selector(f".gb-vae-live[data-phase={wanted}]:visible", timeout=PATIENCE)


def frames(page: Page) -> int:
    return int(page.locator(".gb-vae-live .gb-count").inner_text().split(" / ")[1])


def begin(page: Page, count: int = 3) -> None:
    """Start training, and wait for some frames."""
    page.locator(MAIN).click()
    phase(page, "running")
    page.wait_for_function(
        "(count) => document.querySelector('.gb-vae-live .gb-count')"
        ".textContent.split('/')[1] >= count",
        arg=count,
        timeout=PATIENCE,
    )


def test_it_is_complete_before_it_starts(open_page):
    page = open_page(QUERY)
    expect(page.locator(MAIN)).to_have_text("Start training")
    expect(page.locator(".gb-live-facts")).to_contain_text("Nothing is learned yet")
    expect(page.locator(".gb-vae-live .gb-curves-legend").first).to_contain_text("validation 547")
    assert live.TRAININGS.running() == 0


def test_a_training_whose_stream_broke_off_can_be_paused_and_resumed(open_page, monkeypatch):
    """As on a phone that was locked: no frame tells of the pause."""
    page = open_page(QUERY)
    begin(page)
    with monkeypatch.context() as broken:
        broken.setattr(live, "_at_rest", lambda *_: {})
        page.locator(MAIN).click()
        phase(page, "paused")
    expect(page.locator(MAIN)).to_have_text("Resume")
    expect(page.locator(MAIN)).to_be_enabled()
    before = frames(page)
    page.locator(MAIN).click()
    phase(page, "running")
    until(lambda: frames(page) > before)
    page.locator(MAIN).click()
    phase(page, "paused")


def test_train_pause_drag_resume_and_scrub(open_page):
    page = open_page(QUERY)
    page.wait_for_selector(MAIN)
    before = page.evaluate(DOTS)
    begin(page)
    assert live.TRAININGS.running() == 1
    assert page.evaluate(DOTS) != before
    page.locator(MAIN).click()
    phase(page, "paused")
    assert live.TRAININGS.running() == 0
    held = frames(page)

    note = page.locator(".gb-live-here .gb-note")
    expect(note).to_contain_text("decoded by the network")
    digit = "document.querySelector('.gb-vae-live .gb-decoded').toDataURL()"
    here = page.evaluate(digit)
    page.locator(".gb-vae-live .gb-plane-map").nth(1).click(position={"x": 40, "y": 60})
    page.wait_for_function(f"(here) => {digit} !== here", arg=here)
    expect(page.locator(".gb-vae-live .gb-z")).not_to_have_text("z = (2, −1)")

    expect(page.locator(MAIN)).to_have_text("Resume")
    page.locator(MAIN).click()
    phase(page, "running")
    page.wait_for_function(
        "Number(document.querySelector('.gb-vae-live .gb-count').textContent.split('/')[1]) "
        f"> {held}",
        timeout=PATIENCE,
    )
    page.locator(MAIN).click()
    phase(page, "paused")

    last = page.evaluate(DOTS)
    page.get_by_label("A VAE while it learns: step").fill("0")
    expect(note).to_contain_text("the nearest of the sheet")
    expect(page.locator(".gb-live-facts")).to_contain_text("Nothing is learned yet")
    page.wait_for_function(f"(last) => {DOTS} !== last", arg=last)


def test_beta_is_turned_while_it_learns_and_start_over_starts_over(open_page):
    page = open_page(QUERY)
    begin(page, 2)
    page.get_by_label("30", exact=True).check(force=True)
    expect(page.locator(".gb-live-facts")).to_contain_text("β = 30", timeout=PATIENCE)
    expect(page.locator(".gb-vae-live .gb-curves-plot .mark").first).to_be_attached()
    many = frames(page)
    page.get_by_role("button", name="Start over").click()
    page.wait_for_function(
        "Number(document.querySelector('.gb-vae-live .gb-count').textContent.split('/')[1]) "
        f"< {many}",
        timeout=PATIENCE,
    )
    phase(page, "running")
    assert live.TRAININGS.running() == 1
    expect(page.locator(".gb-vae-live .gb-curves-plot .mark")).to_have_count(0)


def test_a_page_that_is_closed_in_the_middle_stops_its_training(open_page):
    page = open_page(QUERY + "&seconds=180")
    begin(page, 2)
    assert live.TRAININGS.running() == 1
    page.close()
    until(lambda: live.TRAININGS.running() == 0)


def test_a_page_that_is_left_in_the_middle_stops_its_training(chromium, app_url):
    page = chromium.new_page()  # Gradio's own script logs an error when its stream is cut off
    page.goto(app_url + QUERY + "&seconds=180")
    begin(page, 2)
    page.goto("about:blank")
    until(lambda: live.TRAININGS.running() == 0)
    page.close()


def test_two_tabs_train_and_the_third_is_told_in_words(open_page):
    pages = [open_page(QUERY + "&seconds=180") for _ in range(2)]
    for page in pages:
        begin(page, 2)
    third = open_page(QUERY)
    third.locator(MAIN).click()
    expect(third.get_by_text("2 trainings are running")).to_be_visible()
    expect(third.locator(MAIN)).to_be_enabled()
    pages[0].close()
    until(lambda: live.TRAININGS.running() == 1)
    third.locator(MAIN).click()
    phase(third, "running")


def test_a_training_survives_a_look_at_another_scene(open_page):
    page = open_page(QUERY)
    begin(page, 2)
    page.get_by_role("tab", name="Training", exact=True).click()
    page.wait_for_selector(".gb-curves-plot:visible")
    page.get_by_role("tab", name="Train it live").click()
    phase(page, "running")
    assert frames(page) >= 2


def test_a_phone_holds_it(open_page):
    page = open_page(QUERY, width=390, height=844)
    begin(page, 2)
    page.locator(MAIN).click()
    phase(page, "paused")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_both_planes_lie_in_a_lecture_s_window(open_page):
    page = open_page(QUERY + "&lecture=1", width=1024, height=768)
    planes = page.locator(".gb-vae-live .gb-plane-map")
    expect(planes).to_have_count(2)
    expect(page.locator(".gb-live-facts")).to_contain_text("Nothing is learned yet")
    for plane in planes.all():
        box = plane.bounding_box()
        assert box["width"] > 280
        assert box["y"] + box["height"] < 768 - 60  # above the walk-through's sentence


def test_a_page_that_is_loaded_anew_says_that_its_training_is_gone(open_page):
    page = open_page(QUERY)
    begin(page, 2)
    page.locator(MAIN).click()
    phase(page, "paused")
    seen = page.locator(".gb-live-facts").inner_text().split(" ")[0]
    page.reload()
    phase(page, "new")
    facts = page.locator(".gb-live-facts")
    expect(facts).to_contain_text(f"The training that was here, {seen} digits, ended when")
    expect(facts).to_contain_text("Nothing is learned yet")
    page.reload()
    phase(page, "new")
    expect(facts).to_contain_text("Nothing is learned yet")
    expect(facts).not_to_contain_text("ended when")
    fresh = open_page(QUERY)
    expect(fresh.locator(".gb-live-facts")).to_contain_text("Nothing is learned yet")
    expect(fresh.locator(".gb-live-facts")).not_to_contain_text("ended when")
