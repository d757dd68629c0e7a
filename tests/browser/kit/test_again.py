"""A run that fails: what changed meanwhile is not lost, and nothing seems to run on."""

from collections.abc import Callable, Iterator
from threading import Event

import gradio as gr
import pytest
from playwright.sync_api import Browser, Page, expect

from demos.kit import Slider
from demos.kit.head import SceneInfo
from demos.kit.scene import frame
from models.core.errors import InputError
from tests.serving import served

FROM = 3  # what is too much
GIVEN: list[int] = []
GO_ON = Event()


def double(number: float) -> str:
    """Twice a number, once the test lets it."""
    GIVEN.append(int(number))
    GO_ON.wait(20)
    if number >= FROM:
        raise InputError(f"{number:.0f} is too much.")
    return f"twice is {2 * number:.0f}"


def climb(number: float, *, wanted: Callable[[], bool]) -> Iterator[str]:
    """A run that fails after its first step."""
    yield '<i class="running">one step</i>'
    GO_ON.wait(20)
    raise InputError("There is no second step.")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    GO_ON.set()
    with gr.Blocks() as demo, frame("kit", SceneInfo("double", "Double", "A scene.")) as scene:
        with scene.stage():
            shown = gr.HTML(elem_id="shown")
        with scene.desk():
            number = Slider(0, 5, 1, step=1, label="Number")
            draw, drawn = gr.Button("Climb"), gr.HTML()
        scene.wire(double, [number], [shown], api_name="double")
        scene.run(climb, draw, None, [number], [drawn], api_name="climb", first=str)
    with served(demo) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.goto(url)
    expect(page.locator("#shown")).to_have_text("twice is 2")
    GO_ON.clear()
    GIVEN.clear()
    yield page
    GO_ON.set()
    page.close()


def choose(page: Page, number: int) -> None:
    page.get_by_role("slider", name="Number").fill(str(number))


def asked(page: Page, *numbers: int) -> None:
    """Wait until the server was asked about these, and see that it is about nothing else."""
    for _ in range(100):
        if len(GIVEN) >= len(numbers):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(500)
    assert tuple(GIVEN) == numbers


def test_a_change_during_a_run_that_fails_is_asked_about(page):
    choose(page, 3)
    asked(page, 3)
    choose(page, 2)
    asked(page, 3)  # it waits
    GO_ON.set()
    expect(page.locator("#shown")).to_have_text("twice is 4")
    choose(page, 0)
    expect(page.locator("#shown")).to_have_text("twice is 0")


def test_an_error_that_lasts_is_asked_about_once(page):
    choose(page, 3)
    asked(page, 3)
    choose(page, 4)
    GO_ON.set()
    asked(page, 3, 4)
    expect(page.locator(".toast-item").last).to_contain_text("4 is too much.")
    choose(page, 5)
    asked(page, 3, 4, 5)
    choose(page, 1)
    expect(page.locator("#shown")).to_have_text("twice is 2")


def test_an_error_alone_is_not_asked_about_again(page):
    GO_ON.set()
    choose(page, 5)
    asked(page, 5)


def test_a_run_that_fails_midway_runs_on_for_nobody(page):
    page.get_by_role("button", name="Climb").click()
    expect(page.locator(".running")).to_have_count(1)
    choose(page, 0)  # no new run: nobody pressed the button for it
    GO_ON.set()
    expect(page.locator(".running")).to_have_count(0)
    expect(page.locator(".toast-item")).to_contain_text("There is no second step.")
    expect(page.get_by_text("one step")).to_be_visible()
