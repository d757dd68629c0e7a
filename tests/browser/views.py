"""What the views of the page show and do."""

from base64 import b64decode

import numpy as np
from playwright.sync_api import Locator, Page

SLOW = 120_000  # milliseconds: no test is lost to a busy machine

QUIET = 150  # milliseconds: several frames
OFTEN = 50  # milliseconds: to look at all of a page in each frame takes as long as to draw it
LAYOUT = """() => [...document.querySelectorAll(".gb-scene")].filter(glassbox.visible)
    .flatMap((scene) => [...scene.querySelectorAll("*")])
    .map((node) => Object.values(node.getBoundingClientRect().toJSON()))"""


BYTES = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let text = "";
    for (let at = 0; at < data.length; at += 8192) {
        text += String.fromCharCode(...data.subarray(at, at + 8192));
    }
    return [canvas.height, canvas.width, btoa(text)];
}"""
"""A canvas's height, width and pixels: as numbers each of them would be told for itself."""


def coloured(canvas: Locator) -> np.ndarray:
    """The pixels of a canvas with their alpha, uint8 H W 4."""
    height, width, found = canvas.evaluate(BYTES)
    return np.frombuffer(b64decode(found), np.uint8).reshape(height, width, 4)


def pixels(page: Page, selector: str, number: int = 0) -> np.ndarray:
    """The pixels of a canvas, uint8 H W 3.

    Args:
        page: where it is.
        selector: of canvases, in CSS.
        number: which of them, from 0.
    """
    return coloured(page.locator(selector).nth(number))[..., :3]


def go(page: Page, link: str) -> None:
    """Go to a link in the page that is open, as Back and Forward do: nothing is loaded anew."""
    page.evaluate(
        "(link) => { history.pushState(null, '', link); "
        "dispatchEvent(new PopStateEvent('popstate')); }",
        link,
    )


def walk_to(page: Page, step: int) -> None:
    """Let the walk-through of the scene in view stand at this step, from 0."""
    page.evaluate(
        "(detail) => glassbox.scene().querySelector('.gb-walk').dispatchEvent("
        "new CustomEvent('glassbox:step', { detail }))",
        step,
    )


def notes_of(page: Page) -> Page:
    """The speaker's notes, which the page opens by their key."""
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    return opened.value


def rested(page: Page, what: str, quiet: int = 1000) -> None:
    """Wait until what a script (a function without arguments) gives has been the same for a while.

    Args:
        page: where it is asked.
        what: the script.
        quiet: for how many milliseconds.
    """
    page.evaluate("window.gbRested = {}")
    page.wait_for_function(
        """([what, quiet]) => {
            const now = JSON.stringify(eval(what)()), kept = window.gbRested;
            if (kept.seen !== now) Object.assign(kept, { seen: now, since: performance.now() });
            return performance.now() - kept.since > quiet;
        }""",
        arg=[what, quiet],
        polling=OFTEN,
    )


def laid_out(page: Page) -> None:
    """Wait until nothing of the scene in view moves any more: views draw themselves anew."""
    rested(page, LAYOUT, QUIET)


def wait_for_run(page: Page, view: str, last: str | None) -> None:
    """Wait until a run of the view at this selector, other than `last`, has come to its end."""
    page.wait_for_function(
        "([view, last]) => { const v = document.querySelector(view);"
        "return v?.dataset.run && v.dataset.run !== last && !v.classList.contains('running') }",
        arg=[view, last],
        timeout=SLOW,
    )
