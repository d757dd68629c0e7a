"""A real Chromium on the running app, with every other address blocked."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 15_000  # milliseconds: a busy machine is no failure
LOADED = (
    ".gb-scene [data-scene]:visible"  # the scene in view: a link may open another than the first
)


expect.set_options(timeout=TIMEOUT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, so that `-m 'not browser'` leaves them out."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Where there is none tests skip, or fail if `GLASSBOX_REQUIRE_BROWSER` is set."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "no Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("GLASSBOX_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, app_url: str) -> Iterator[Callable[..., Page]]:
    """Open the app: `open_page("?tab=...", width=1280, height=900, **context options)`.

    Every address but the app's is blocked, and the test fails at its end if the page logged an
    error or threw an exception.
    """
    troubles, contexts = [], []

    def guard(route: Route) -> None:
        if route.request.url.startswith((app_url, "data:", "blob:")):
            route.continue_()
        else:
            troubles.append(f"asked for {route.request.url}")
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(message.text)

    def open_(query: str = "", width: int = 1280, height: int = 900, **options) -> Page:
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.route("**/*", guard)
        page.on("console", listen)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(app_url + query)
        page.wait_for_selector(LOADED)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not troubles
