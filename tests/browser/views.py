"""What the views of the page show and do."""

import numpy as np
from playwright.sync_api import Page

SLOW = 120_000  # milliseconds: no test is lost to a busy machine

QUIET = 150  # milliseconds: several frames
OFTEN = 50  # milliseconds: to look at all of a page in each frame takes as long as to draw it
LAYOUT = """() => [...document.querySelectorAll(".gb-scene")].filter(glassbox.visible)
    .flatMap((scene) => [...scene.querySelectorAll("*")])
    .map((node) => Object.values(node.getBoundingClientRect().toJSON()))"""


def pixels(page: Page, selector: str, number: int = 0) -> np.ndarray:
    """The pixels of a canvas, uint8 H W 3.

    Args:
        page: where it is.
        selector: of canvases, in CSS.
        number: which of them, from 0.
    """
    width, height, found = (
        page.locator(selector)
        .nth(number)
        .evaluate(
            "(c) => [c.width, c.height, "
            "Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)]"
        )
    )
    return np.array(found, np.uint8).reshape(height, width, 4)[..., :3]


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
