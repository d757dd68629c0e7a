"""A real Chromium on the running app, with every other address blocked."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl

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

from tests.browser.views import go

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no address but this machine's
    "--js-flags=--min-semi-space-size=32",  # room for what a page makes while it is built
)
SHELL = "chromium-headless-shell"  # Chromium without its windows: a fifth less work
NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 30_000  # milliseconds: a busy machine is no failure
FAILED = pytest.StashKey[bool]()
TIDY = """async () => {
    if (document.fullscreenElement) await document.exitFullscreen();
    document.activeElement?.blur();
    for (const button of document.querySelectorAll(".toast-close")) button.click();
}"""
MODES = """([lecture, dark]) => {
    const { on, phone, theme, toggle } = glassbox.lecture;
    if (on() !== (lecture && !phone())) toggle();
    if (document.body.classList.contains("dark") !== dark) theme();
}"""
LOADED = ".gb-scene:visible [data-scene]"
"""The head of the scene in view, once drawn; in lecture mode it is there and not seen."""


expect.set_options(timeout=TIMEOUT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, so that `-m 'not browser'` leaves them out.

    One that fails is run once more, and the summary counts it ("rerun"): of 150 pages opened on
    two busy cores one comes too late now and then. What fails twice fails.
    """
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> None:
    """Note that a test failed: what it shares with others may be at fault, or be left anywhere."""
    if call.excinfo:
        item.stash[FAILED] = True


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Where there is none tests skip, or fail if `GLASSBOX_REQUIRE_BROWSER` is set."""
    path = next(filter(None, map(shutil.which, (SHELL, *NAMES))), None)
    if path is None:
        missing = f"no Chromium on this machine (Debian: apt-get install {SHELL})"
        if os.environ.get("GLASSBOX_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Profiles:
    """A visitor's browser for some context options: one for all tests, so that what Gradio's page
    is made of (1.2 MB of scripts) is fetched and compiled once."""

    def __init__(self, chromium: Browser):
        self.chromium = chromium
        self.made: dict[str, BrowserContext] = {}

    def __call__(self, **options) -> BrowserContext:
        """The browser with these options."""
        key = repr(sorted(options.items()))
        if key not in self.made:
            self.made[key] = self.chromium.new_context(**options)
        return self.made[key]

    def drop(self, contexts: Iterable[BrowserContext]) -> None:
        """Close those in which a test failed: what they keep may be at fault."""
        for key, context in [*self.made.items()]:
            if context in contexts:
                self.made.pop(key).close()


@pytest.fixture(scope="session")
def profiles(chromium: Browser) -> Profiles:
    """The browsers of all visitors."""
    return Profiles(chromium)


def opened(context: BrowserContext, address: str, width: int, height: int) -> tuple[Page, list]:
    """A new page of the app, and the list to which what goes wrong there is added.

    That is what it asks of any other address, and each error that it logs or throws.
    """
    troubles = []
    ours = (address.partition("?")[0], "data:", "blob:")

    def watch(request: Request) -> None:
        if not request.url.startswith(ours):
            troubles.append(f"asked for {request.url}")

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(message.text)

    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.set_default_timeout(TIMEOUT)
    page.on("request", watch)
    page.on("console", listen)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address)
    page.wait_for_selector(LOADED, state="attached")
    return page, troubles


@pytest.fixture
def open_page(request, profiles: Profiles, app_url: str) -> Iterator[Callable]:
    """Open the app: `open_page("?tab=...", width=1280, height=900, **context options)`.

    Every address but the app's is blocked, and the test fails at its end if the page asked for one,
    logged an error or threw an exception.
    """
    visits, before = [], {}

    def open_(query: str = "", width: int = 1280, height: int = 900, **options) -> Page:
        context = profiles(**options)
        before.setdefault(context, context.pages)
        page, troubles = opened(context, app_url + query, width, height)
        visits.append(troubles)
        return page

    yield open_
    for context, pages in before.items():
        context.clear_cookies()
        for page in context.pages:
            if page not in pages:
                page.close()
    found = [trouble for troubles in visits for trouble in troubles]
    if found or request.node.stash.get(FAILED, False):
        profiles.drop(before)
    assert not found


@pytest.fixture(scope="session")
def lasting() -> Iterator[dict[tuple[Path, str], tuple[Page, list]]]:
    """The pages that tests share: by their folder and the options of their contexts."""
    pages = {}
    yield pages
    for page, _ in pages.values():
        page.close()


def tidied(page: Page) -> None:
    """Put away what the test before may have left open over the scene."""
    page.keyboard.press("Escape")  # a dialog, the code, a sheet
    page.evaluate(TIDY)
    page.mouse.move(0, 0)  # nothing of the scene that comes lies under it


@pytest.fixture
def same_page(request, profiles: Profiles, app_url: str, lasting) -> Iterator[Callable]:
    """As `open_page`, but where a page is open the link is gone to in that one, as Back does: a
    tenth of the work. So the scene may have been used before, and its history has entries; it is
    in lecture mode, and dark, as the link says.

    With `anew=True` the page is a new one, and where a test failed, that of the next is.
    """
    used, folder = set(), request.path.parent
    for key in [one for one in lasting if one[0] != folder]:  # their tests are over
        lasting.pop(key)[0].close()

    def open_(
        query: str, width: int = 1280, height: int = 900, *, anew: bool = False, **options
    ) -> Page:
        wanted = dict(parse_qsl(query[1:]))
        key = (folder, repr(sorted(options.items())))
        used.add(key)
        if anew and key in lasting:
            lasting[key][0].close()
        if key not in lasting or lasting[key][0].is_closed():
            lasting[key] = opened(profiles(**options), app_url + query, width, height)
        else:
            page, _ = lasting[key]
            tidied(page)
            page.set_viewport_size({"width": width, "height": height})
            go(page, query)
            modes = [wanted.get("lecture") == "1", wanted.get("__theme") == "dark"]
            page.evaluate(MODES, modes)
        page, _ = lasting[key]
        page.wait_for_function("glassbox.links.opened()")
        seen = f'{LOADED}[data-scene="{wanted["tab"]}/{wanted["scene"]}"]'
        page.wait_for_selector(seen, state="attached")
        return page

    yield open_
    found = [trouble for key in used & lasting.keys() for trouble in lasting[key][1]]
    if found or request.node.stash.get(FAILED, False):
        profiles.drop([lasting.pop(key)[0].context for key in used & lasting.keys()])
    assert not found
