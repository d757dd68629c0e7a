"""A real Chromium on the running app, with every other address blocked."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no address but this machine's
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 30_000  # milliseconds: a busy machine is no failure
LOADED = ".gb-scene:visible [data-scene]"
"""The head of the scene in view, once drawn; in lecture mode it is there and not seen."""


expect.set_options(timeout=TIMEOUT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, so that `-m 'not browser'` leaves them out.

    One that fails is run once more, and the summary counts it ("rerun"): of 700 pages opened on
    two busy cores one comes too late now and then. What fails twice fails.
    """
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


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


@pytest.fixture(scope="session")
def profiles(chromium: Browser) -> Callable[..., BrowserContext]:
    """A visitor's browser for some context options: one for all tests, so that what Gradio's page
    is made of (1.2 MB of scripts) is fetched and compiled once."""
    made: dict[str, BrowserContext] = {}

    def profile(**options) -> BrowserContext:
        key = repr(sorted(options.items()))
        if key not in made:
            made[key] = chromium.new_context(**options)
        return made[key]

    return profile


@pytest.fixture
def open_page(profiles: Callable[..., BrowserContext], app_url: str) -> Iterator[Callable]:
    """Open the app: `open_page("?tab=...", width=1280, height=900, **context options)`.

    Every address but the app's is blocked, and the test fails at its end if the page asked for one,
    logged an error or threw an exception.
    """
    troubles, contexts = [], []

    def watch(request: Request) -> None:
        if not request.url.startswith((app_url, "data:", "blob:")):
            troubles.append(f"asked for {request.url}")

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(message.text)

    def open_(query: str = "", width: int = 1280, height: int = 900, **options) -> Page:
        context = profiles(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(TIMEOUT)
        page.on("request", watch)
        page.on("console", listen)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(app_url + query)
        page.wait_for_selector(LOADED, state="attached")
        return page

    yield open_
    for context in contexts:
        context.clear_cookies()
        for page in context.pages:
            page.close()
    assert not troubles
