"""In Firefox, too, each scene opens, and a preset is seen on its stage.

Debian: `apt-get install firefox-esr`; where it is missing these tests skip.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.browser.acts import KEYS, MIDDLE_CELL, open_and_take_a_preset
from tests.browser.firefox import Firefox, running

BROWSER = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = pytest.mark.skipif(
    not BROWSER, reason="no Firefox on this machine (Debian: apt-get install firefox-esr)"
)


@pytest.fixture(scope="module")
def firefox() -> Iterator[Firefox]:
    """One tab, as large as a laptop's."""
    with running(BROWSER) as browser:
        browser.set_window_size(1280, 900)
        yield browser


@pytest.mark.parametrize("key", KEYS)
def test_a_scene_opens_and_takes_a_preset(firefox, app_url, key):
    open_and_take_a_preset(firefox, app_url, key)


def test_who_clicks_a_kernels_number_writes_another(firefox, app_url):
    open_and_take_a_preset(firefox, app_url, "convolution/filter")
    x, y, before = firefox.execute_script(MIDDLE_CELL)
    firefox.click(x, y)
    firefox.type("7")
    assert before
    assert firefox.execute_script(MIDDLE_CELL)[2] == "7"
