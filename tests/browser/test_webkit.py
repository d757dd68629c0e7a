"""Half of a room has an iPhone: in WebKit too each scene opens, and a preset is seen on its stage.

Debian: `apt-get install webkit2gtk-driver xvfb`; where they are missing these tests skip.
"""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.acts import KEYS, MIDDLE_CELL, PATIENCE, SCENE, open_and_take_a_preset

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
BROWSER = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))), None)
pytestmark = pytest.mark.skipif(
    not (DRIVER and SCREEN and BROWSER),
    reason="no WebKit on this machine (Debian: apt-get install webkit2gtk-driver xvfb)",
)


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


@pytest.mark.parametrize("key", KEYS)
def test_a_scene_opens_and_takes_a_preset(webkit, app_url, key):
    open_and_take_a_preset(webkit, app_url, key)


def test_a_lead_with_formulas_shows_two_lines(webkit, app_url):
    open_and_take_a_preset(webkit, app_url, "colorizer/planes")
    height, line = webkit.execute_script(f"""{SCENE}
        const lead = scene.querySelector(".gb-lead p");
        return [lead.clientHeight, parseFloat(getComputedStyle(lead).lineHeight)];
    """)
    assert height > 1.5 * line


def test_who_clicks_a_kernels_number_writes_another(webkit, app_url):
    open_and_take_a_preset(webkit, app_url, "convolution/filter")
    x, y, before = webkit.execute_script(MIDDLE_CELL)
    mouse = ActionChains(webkit)
    mouse.w3c_actions.pointer_action.move_to_location(x, y).click()
    mouse.perform()
    ActionChains(webkit).send_keys("7").perform()
    assert before
    assert webkit.execute_script(MIDDLE_CELL)[2] == "7"


def test_a_plane_is_still_seen_behind_another_digit(webkit, app_url):
    open_and_take_a_preset(webkit, app_url, "vae/encode")
    plane = "return scene.querySelector('.gb-middle .gb-plane-map');"
    wait = WebDriverWait(webkit, PATIENCE, 0.2)
    shown = "return scene.querySelector('[data-z]')?.dataset.z"

    def colours() -> int:
        node = webkit.execute_script(f"{SCENE} {plane}")
        picture = Image.open(io.BytesIO(node.screenshot_as_png)).convert("RGB")
        return len(picture.getcolors(1 << 24))

    wait.until(lambda _: colours() > 500)
    before = webkit.execute_script(f"{SCENE} {shown}")
    webkit.execute_script(f"""{SCENE}
        const other = [...scene.querySelectorAll("input[type=radio]")].find(
            (one) => one.value === "3" && !one.checked);
        other.click();
    """)
    wait.until(lambda _: webkit.execute_script(f"{SCENE} {shown}") != before)
    wait.until(lambda _: colours() > 500)
