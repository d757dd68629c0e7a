"""What visitors give is deleted after a day; what the page itself shows stays."""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urljoin
from urllib.request import urlopen

import gradio as gr
import pytest
from gradio import route_utils
from gradio_client import Client, handle_file
from PIL import Image

import app
from demos.convolution import filter as scene
from demos.kit.page import Tab, page, tab
from demos.kit.photo import EXAMPLES, open_photo
from models.core.errors import InputError

PATIENCE = 60  # seconds


class Clock(datetime):
    """The time as the deletion sees it: later than it is."""

    later = timedelta()

    @classmethod
    def now(cls) -> datetime:
        return datetime.now() + cls.later


def until_looked_through(monkeypatch, later: timedelta) -> None:
    """Move the clock, and wait until the visitors' files have been looked through by it."""
    monkeypatch.setattr(Clock, "later", later)
    done, passed = [], route_utils.delete_files_created_by_app
    with monkeypatch.context() as context:
        context.setattr(
            route_utils, "delete_files_created_by_app", lambda *how: done.append(passed(*how))
        )
        end = time.monotonic() + PATIENCE
        while not done:
            assert time.monotonic() < end, "nobody looked through the files"
            time.sleep(0.1)


def build() -> Tab:
    """A tab of the one scene whose photo may be uploaded."""
    return tab("convolution", "Convolution", [scene])


@pytest.fixture
def running(monkeypatch, tmp_path) -> Iterator[gr.Blocks]:
    """A running app with files in a folder of its own, which looks through them every second."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "files"))
    monkeypatch.setattr(Clock, "later", timedelta())
    monkeypatch.setattr(route_utils, "datetime", Clock)
    demo = page([build])
    demo.delete_cache = (1, demo.delete_cache[1])
    app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield demo
    demo.close()


def files(demo: gr.Blocks) -> dict[str, int]:
    """Every file that the page as it opens refers to, and how many bytes its server answers."""
    config = json.dumps(demo.config, default=str)
    base = demo.local_url
    found = {}
    for name in set(re.findall(r'"path": "(/[^"]+)"', config)):
        with urlopen(urljoin(base, f"gradio_api/file={quote(name)}")) as response:
            found[name] = len(response.read())
    for address in set(re.findall(r'"stored": "([^"]+)"', config)):
        with urlopen(urljoin(base, address)) as response:
            found[address] = len(response.read())
    return found


def test_an_upload_is_gone_after_its_age_and_the_pages_own_files_are_not(
    running, tmp_path, monkeypatch
):
    photo = tmp_path / "me.png"
    Image.radial_gradient("L").convert("RGB").save(photo)
    before = files(running)
    assert {Path(name).name for name in before} >= {Path(path).name for path in EXAMPLES.values()}
    client = Client(running.local_url, verbose=False)
    picture, _ = client.predict(photo=handle_file(str(photo)), api_name="/convolve")
    assert picture["shape"][1:] == [256, 256]
    uploaded = [Path(name) for name in running.upload_file_set]
    assert [path.name for path in uploaded] == ["me.png"]
    until_looked_through(monkeypatch, timedelta(hours=23))
    assert uploaded[0].exists()
    until_looked_through(monkeypatch, timedelta(hours=25))
    assert not uploaded[0].exists()
    with pytest.raises(InputError, match=r"'me\.png' could not be found or read"):
        open_photo(str(uploaded[0]), 768)  # as a handler, asked by a page that was left open
    assert files(running) == before
    assert all(before.values())
    picture, _ = client.predict(api_name="/convolve")  # the photo that the page opens with
    assert picture["shape"][1:] == [512, 512]


def test_the_page_keeps_visitors_files_for_a_day():
    assert page([build]).delete_cache == (3600, 86_400)
