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
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.acts import KEYS, SCENE, open_and_take_a_preset

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
