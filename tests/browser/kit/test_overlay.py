"""An overlay by itself: a picture, the numbers over it, and what pointer, finger and keys do."""

from collections.abc import Iterator

import gradio as gr
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demos.kit import Overlay
from demos.kit.handlers import handler
from demos.kit.overlay import chosen_in, dot, overlay
from models.core import images
from tests.browser.views import coloured, pixels
from tests.serving import served

GRID = [[0.0, 0.25, 0.5, 1.0], [-1.0, -0.5, 0.125, 0.75]]
PICTURE = images.to_data_uri(Image.new("RGB", (64, 32), (128, 128, 128)), lossless=True)
STAGE = ".gb-overlay-stage"
TOLD = ".gb-overlay-told"


def told(event: gr.EventData) -> str:
    """What the server is told of a click."""
    at = chosen_in(event, 2, 4)
    return f"{at.x:.2f} {at.y:.2f} {at.row} {at.column}"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    first = overlay(PICTURE, GRID, name="share", paint="diverging", numbers=True, alt="grey")
    marked = overlay(PICTURE, cells=(2, 4), marks=[dot(0.25, 0.5, "hint")], chosen=(1, 3))
    with gr.Blocks() as demo:
        view, words = Overlay(first, label="Opinion"), gr.Textbox(label="Told")
        view.select(handler(told, timed=False), None, words)
        veiled = gr.Button("Veil")
        veiled.click(lambda: overlay(PICTURE, GRID, limits=(0, 1), chosen=(0, 1)), None, view)
        gr.Button("Mark").click(lambda: marked, None, view)
    with served(demo) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 900, "height": 700}, has_touch=True)
    page, troubles = context.new_page(), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(url)
    page.wait_for_selector(f"{STAGE} canvas")
    yield page
    context.close()
    assert troubles == []


def point(page: Page, row: int, column: int) -> dict:
    """The middle of a cell, in pixels from the stage's corner."""
    box = page.locator(STAGE).bounding_box()
    return {"x": box["width"] * (column + 0.5) / 4, "y": box["height"] * (row + 0.5) / 2}


def alphas(page: Page) -> np.ndarray:
    """How much of each cell's colour covers the picture, 0 to 1."""
    return coloured(page.locator(f"{STAGE} canvas"))[..., 3] / 255


def test_colours_are_as_strong_as_the_numbers_and_follow_the_theme(page):
    np.testing.assert_allclose(alphas(page), 0.78 * np.abs(GRID), atol=0.01)
    light = pixels(page, f"{STAGE} canvas")
    assert light[0, 3, 0] > light[0, 3, 2]  # orange above the middle
    assert light[1, 0, 0] < light[1, 0, 2]  # blue below
    page.evaluate("document.body.classList.toggle('dark')")
    page.wait_for_function(
        "([selector, light]) => document.querySelector(selector).getContext('2d')"
        ".getImageData(3, 0, 1, 1).data[2] !== light",
        arg=[f"{STAGE} canvas", int(light[0, 3, 2])],
    )
    np.testing.assert_allclose(alphas(page), 0.78 * np.abs(GRID), atol=0.01)


def test_a_veil_lifts_where_numbers_are_large(page):
    page.get_by_role("button", name="Veil").click()
    expect(page.locator(TOLD)).to_have_text("0.250 (row 1, column 2)")  # the chosen one
    np.testing.assert_allclose(alphas(page), 0.74 * (1 - np.clip(GRID, 0, 1)), atol=0.01)
    expect(page.locator(".gb-overlay-legend")).to_have_text("0.0001.000")


def test_the_pointer_looks_and_a_click_chooses(page):
    expect(page.locator(TOLD)).to_have_text("share")
    page.locator(STAGE).hover(position=point(page, 1, 2))
    expect(page.locator(TOLD)).to_have_text("share: 0.125 (row 2, column 3)")
    page.mouse.move(2, 2)
    expect(page.locator(TOLD)).to_have_text("share")
    page.locator(STAGE).click(position=point(page, 1, 0))
    expect(page.get_by_label("Told")).to_have_value("0.12 0.75 1 0")


def test_arrow_keys_move_and_enter_chooses(page):
    stage = page.locator(STAGE)
    stage.focus()
    cells = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "End", "ArrowRight", "Home"):
        page.keyboard.press(key)
        cells.append(page.locator(".gb-overlay").get_attribute("data-cell"))
    assert cells == ["0,0", "1,0", "1,0", "1,1", "1,3", "1,3", "1,0"]
    expect(page.locator(TOLD)).to_have_text("share: −1.000 (row 2, column 1)")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Told")).to_have_value("0.12 0.25 0 0")
    page.keyboard.press("Tab")
    expect(page.locator(TOLD)).to_have_text("share")
    assert stage.get_attribute("role") == "application"
    assert stage.get_attribute("aria-label") == "Opinion"
    expect(page.get_by_role("img", name="grey")).to_be_visible()


def test_a_finger_chooses(page):
    place = point(page, 0, 3)
    page.locator(STAGE).tap(position=place)
    expect(page.get_by_label("Told")).to_have_value("0.88 0.25 0 3")


def test_without_numbers_there_are_marks_and_a_chosen_cell(page):
    page.get_by_role("button", name="Mark").click()
    mark, stage = page.locator(".gb-overlay-dot"), page.locator(STAGE)
    expect(mark).to_have_text("hint")
    expect(page.locator(f"{STAGE} canvas")).to_be_hidden()
    box, around = mark.bounding_box(), stage.bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(
        around["x"] + 0.25 * around["width"], abs=1.5
    )
    assert box["y"] + box["height"] / 2 == pytest.approx(
        around["y"] + 0.5 * around["height"], abs=1.5
    )
    chosen = page.locator(".gb-overlay-cell.chosen").bounding_box()
    assert chosen["x"] == pytest.approx(around["x"] + 0.75 * around["width"], abs=1.5)
    assert chosen["width"] == pytest.approx(around["width"] / 4, abs=1.5)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800), (1920, 1080)])
def test_it_takes_the_size_that_it_is_given_and_the_picture_s_shape(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    numbers = page.locator(".gb-overlay-numbers")
    expect(numbers).to_be_visible()
    box = page.locator(STAGE).bounding_box()
    assert box["width"] == pytest.approx(2 * box["height"], rel=0.02)
    assert 0.8 * min(width, 2 * 0.66 * height) <= box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert numbers.locator("span").nth(4).inner_text() == "−1.000"


def test_numbers_that_have_no_room_are_left_to_the_pointer(page):
    page.locator(".gb-overlay").evaluate("(root) => { root.style.width = '120px' }")
    expect(page.locator(".gb-overlay-numbers")).to_be_hidden()
    page.locator(STAGE).hover(position=point(page, 0, 2))
    expect(page.locator(TOLD)).to_have_text("share: 0.500 (row 1, column 3)")
