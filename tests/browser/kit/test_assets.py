"""Scripts of views are apart: where one is broken, or did not come, the others draw."""

from collections.abc import Iterator

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page, expect

from demos.kit import Compare, StepPlayer
from tests.browser.views import SLOW
from tests.serving import served

DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
BROKEN = {
    "a syntax error": lambda route: route.fulfill(body="const = (", content_type="text/javascript"),
    "lost on the way": lambda route: route.abort(),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A small page of two views and one of Gradio's controls."""
    with gr.Blocks() as demo:
        Compare({"before": DOT, "after": DOT, "labels": ["a", "b"]}, label="Pictures")
        StepPlayer({"frames": [{"src": DOT, "caption": "one"}] * 3, "rate": 1}, label="Steps")
        gr.Radio(["left", "right"], value="left", elem_classes=["gb-pills"])
    with served(demo) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_default_timeout(SLOW)
    yield page
    page.close()


@pytest.mark.parametrize("how", BROKEN)
def test_one_broken_script_leaves_the_views_of_the_others_alone(page, url, how):
    page.route("**/assets/kit/compare.*.js", BROKEN[how])
    page.goto(url)
    lost = "This view's script did not load: reload the page."
    expect(page.locator(".gb-compare")).to_have_text(lost, timeout=SLOW)
    expect(page.locator(".gb-player .gb-transport")).to_be_visible(timeout=SLOW)
    page.locator(".gb-player").get_by_role("button", name="Step ahead").click()
    expect(page.locator(".gb-player .gb-count")).to_have_text("2 / 3", timeout=SLOW)


def test_the_styles_win_over_gradios_and_find_the_fonts(page, url):
    page.goto(url)
    chosen = page.locator(".gb-pills label.selected")
    expect(chosen).to_be_visible(timeout=SLOW)
    for dark, background in ((False, "rgb(255, 255, 255)"), (True, "rgb(49, 64, 90)")):
        page.evaluate("(on) => document.body.classList.toggle('dark', on)", dark)
        expect(chosen).to_have_css("background-color", background)
    assert page.evaluate("document.fonts.load('700 16px Montserrat').then((f) => f.length)") == 1
