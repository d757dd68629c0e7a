"""Half of a room has an iPhone: in WebKit too each scene opens, and a preset is seen on its stage.

Debian: `apt-get install webkit2gtk-driver xvfb`; where they are missing these tests skip.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.kit.test_axe import SCENES

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
BROWSER = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))), None)
PATIENCE = 90  # seconds
pytestmark = pytest.mark.skipif(
    not (DRIVER and SCREEN and BROWSER),
    reason="no WebKit on this machine (Debian: apt-get install webkit2gtk-driver xvfb)",
)

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
TROUBLE = """
return [...document.querySelectorAll(".toast-body.error")].map((one) => one.textContent);
"""


@pytest.fixture(scope="module")
def webkit() -> Iterator[webdriver.WebKitGTK]:
    """GNOME's small browser around WebKit, on a screen of its own."""
    screen = subprocess.Popen(
        [SCREEN, "-displayfd", "1", "-screen", "0", "1400x1000x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    display = f":{screen.stdout.readline().decode().strip()}"
    options = Options()
    options.binary_location = str(BROWSER)
    options.add_argument("--automation")
    sandbox = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}  # root has none
    service = Service(DRIVER, env={**os.environ, **sandbox, "DISPLAY": display})
    browser = webdriver.WebKitGTK(options=options, service=service)
    browser.set_window_size(1280, 900)
    yield browser
    browser.quit()
    screen.terminate()
    screen.wait()


@pytest.mark.parametrize("key", [f"{tab}/{slug}" for tab in SCENES for slug in SCENES[tab]])
def test_a_scene_opens_and_takes_a_preset(webkit, app_url, key):
    tab, slug = key.split("/")
    webkit.get(f"{app_url}?tab={tab}&scene={slug}")
    wait = WebDriverWait(webkit, PATIENCE, 0.2)
    wait.until(lambda page: page.execute_script(OPEN, key), f"{key} did not open")
    chosen = webkit.execute_script(CHIPS)
    if chosen:
        wait.until(lambda page: page.execute_script(PRESSED, chosen), f"{chosen} was not taken")
        wait.until(lambda page: f"preset={chosen}" in page.current_url)
    assert webkit.execute_script(TROUBLE) == []
