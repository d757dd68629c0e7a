"""What each browser engine is asked to do: open a scene, take a preset. Scripts of a WebDriver."""

from typing import Any, Protocol

from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.kit.test_axe import SCENES

PATIENCE = 90  # seconds
KEYS = [f"{tab}/{slug}" for tab in SCENES for slug in SCENES[tab]]

SCENE = """
const scene = [...document.querySelectorAll(".gb-scene")].find((one) => one.offsetParent);
"""
OPEN = f"""{SCENE}
const seen = (node) => node.getBoundingClientRect().width > 0;
const views = [...(scene?.querySelectorAll(".gb-scene-stage .gb-view") || [])].filter(seen);
return scene?.querySelector("[data-scene]")?.dataset.scene === arguments[0] && views.length > 0
    && views.every((view) => view.children.length > 0);
"""
CHIPS = f"""{SCENE}
const chips = [...scene.querySelectorAll(".gb-chip:not(.gb-chips-more)")];
const other = chips.find((chip) => chip.ariaPressed !== "true" && chip.offsetParent);
other?.click();
return other?.dataset.slug ?? null;
"""
PRESSED = f"""{SCENE}
return scene.querySelector(`.gb-chip[data-slug="${{arguments[0]}}"]`)?.ariaPressed === "true";
"""
MIDDLE_CELL = f"""{SCENE}
const cell = scene.querySelector('[aria-label="Kernel, row 2, column 2"]');
cell.scrollIntoView({{ block: "center" }});
const box = cell.getBoundingClientRect();
return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2), cell.value];
"""
"""Where the middle of a 3x3 kernel is in the window, and what stands in it."""
TROUBLE = """
return [...document.querySelectorAll(".toast-body.error")].map((one) => one.textContent);
"""


class Driver(Protocol):
    """What is needed of a browser: a part of selenium's `WebDriver`."""

    current_url: str

    def get(self, url: str) -> None:
        """Go to an address."""

    def execute_script(self, script: str, *arguments: Any) -> Any:
        """What a function of that body returns, given these arguments."""


def open_and_take_a_preset(browser: Driver, app_url: str, key: str) -> None:
    """Open a scene by its link, and press another preset's chip, where there is one."""
    tab, slug = key.split("/")
    browser.get(f"{app_url}?tab={tab}&scene={slug}")
    wait = WebDriverWait(browser, PATIENCE, 0.2)
    wait.until(lambda page: page.execute_script(OPEN, key), f"{key} did not open")
    chosen = browser.execute_script(CHIPS)
    if chosen:
        wait.until(lambda page: page.execute_script(PRESSED, chosen), f"{chosen} was not taken")
        wait.until(lambda page: f"preset={chosen}" in page.current_url)
    assert browser.execute_script(TROUBLE) == []
