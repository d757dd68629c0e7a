"""The step player by itself: frames are sent once, then stepped, scrubbed and played."""

from collections.abc import Iterator

import gradio as gr
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demos.kit import StepPlayer
from models.core import images
from tests.serving import served

SHADES = range(0, 250, 50)


def frames(shades) -> dict:
    """One grey frame a shade."""
    pictures = [Image.new("RGB", (8, 8), (shade, shade, shade)) for shade in shades]
    sources = [images.to_data_uri(picture, lossless=True) for picture in pictures]
    return {
        "frames": [
            {"src": src, "caption": f"shade {shade}"}
            for src, shade in zip(sources, shades, strict=True)
        ],
        "rate": 20,
    }


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with gr.Blocks() as demo:
        player = StepPlayer(frames(SHADES), label="Shades")
        gr.Button("Fewer").click(lambda: frames([7, 9]), None, player)
    with served(demo) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto(url)
    page.wait_for_selector(".gb-transport")
    yield page
    page.close()


RESTING = """async (moved) => {
    const seen = [];
    const player = glassbox.transport({
        count: 0, rate: 50, label: "Rest", show: (step) => seen.push(step),
    });
    document.body.append(player.node);
    player.resize(6, 3, true);
    if (moved) for (const name of ["Step back", "Step ahead"]) {
        player.node.querySelector(`[aria-label="${name}"]`).click();
    }
    seen.length = 0;
    player.toggle();
    await new Promise((done) => setTimeout(done, 900));
    player.node.remove();
    return seen;
}"""


def test_what_rests_before_its_last_step_plays_from_the_first(page):
    assert page.evaluate(RESTING, False) == [0, 1, 2, 3, 4, 5]
    assert page.evaluate(RESTING, True) == [4, 5]  # who went there goes on from there


def test_steps_by_button_key_and_scrubber(page):
    caption = page.locator(".gb-caption")
    expect(caption).to_have_text("shade 0")
    page.get_by_role("button", name="Step ahead").click()
    expect(caption).to_have_text("shade 50")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("ArrowRight")
    expect(caption).to_have_text("shade 100")
    page.get_by_label("Shades: step").fill("4")
    expect(caption).to_have_text("shade 200")
    page.keyboard.press("Home")
    page.get_by_role("button", name="First step").click()
    expect(page.get_by_role("img", name="shade 0")).to_be_visible()


def test_plays_to_the_end_and_pauses(page):
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".gb-caption")).to_have_text("shade 200")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.get_by_label("Speed").select_option("0.5")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    stopped = page.locator(".gb-caption").text_content()
    page.wait_for_timeout(400)
    assert page.locator(".gb-caption").text_content() == stopped != "shade 200"


def test_new_frames_replace_the_old(page):
    page.get_by_label("Shades: step").fill("4")
    page.get_by_role("button", name="Fewer").click()
    expect(page.locator(".gb-count")).to_have_text("2 / 2")
    expect(page.locator(".gb-caption")).to_have_text("shade 9")
