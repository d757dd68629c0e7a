"""What visitors give is deleted after a day; what the page itself shows stays."""

import errno
import json
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import urlopen

import gradio as gr
import httpx
import pytest
from gradio import route_utils
from gradio_client import Client, handle_file
from PIL import Image

from demos.convolution import filter as scene
from demos.kit import files as first
from demos.kit import uploads
from demos.kit.page import Tab, page, tab
from demos.kit.photo import EXAMPLES, open_photo
from models.core.errors import InputError
from tests.serving import served

PATIENCE = 60  # seconds


def wait(monkeypatch, later: timedelta) -> None:
    """Move the clock, as the deletion sees it."""
    monkeypatch.setattr(uploads, "time", lambda: time.time() + later.total_seconds())


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def until_looked_through(monkeypatch, later: timedelta) -> None:
    """Move the clock, and wait until the visitors' files have been looked through by it."""
    wait(monkeypatch, later)
    done, passed = [], route_utils.delete_files_created_by_app
    with monkeypatch.context() as context:
        context.setattr(
            route_utils, "delete_files_created_by_app", lambda *how: done.append(passed(*how))
        )
        until(lambda: done, "nobody looked through the files")


def build() -> Tab:
    """A tab of the one scene whose photo may be uploaded."""
    return tab("convolution", "Convolution", [scene])


@pytest.fixture
def running(monkeypatch, tmp_path) -> Iterator[gr.Blocks]:
    """A running app with files in a folder of its own, which looks through them every second."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "files"))
    demo = page([build])
    demo.delete_cache = (1, demo.delete_cache[1])
    with served(demo):
        yield demo


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


PART = b'--b\r\ncontent-disposition: form-data; name="%s"%s\r\n\r\n'
OF_FORM = {"content-type": "multipart/form-data; boundary=b"}
AN_UPLOAD = PART % (b"files", b'; filename="me.png"')


def begun(tmp_path: Path) -> list[Path]:
    """The files of uploads that are not done."""
    return list((tmp_path / "files").glob("tmp*"))


@pytest.mark.parametrize(
    "before",
    [
        PART % (b"files", b""),
        PART % (b"other", b""),
        PART % (b"other", b'; filename="me.png"'),
        AN_UPLOAD + b"a picture\r\n" + PART % (b"files", b""),
    ],
)
def test_what_is_no_file_is_not_read_into_memory(running, tmp_path, before):
    def parts() -> Iterator[bytes]:
        yield before
        for _ in range(64):
            yield bytes(2**20)
        yield b"\r\n--b--\r\n"

    address = urljoin(running.local_url, "gradio_api/upload")
    answer = httpx.post(address, content=parts(), headers=OF_FORM, timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (400, uploads.FILES_ALONE)
    assert begun(tmp_path) == []


def test_more_files_than_the_app_can_hold_open_are_refused(running, tmp_path):
    files = [("files", (f"{number}.png", b"")) for number in range(uploads.MOST_FILES + 1)]
    address = urljoin(running.local_url, "gradio_api/upload")
    assert len(httpx.post(address, files=files[1:], timeout=PATIENCE).json()) == uploads.MOST_FILES
    assert httpx.post(address, files=files, timeout=PATIENCE).status_code == 400
    assert begun(tmp_path) == []


def test_an_upload_that_its_sender_breaks_off_leaves_nothing(running, tmp_path):
    server = urlsplit(running.local_url)
    with socket.create_connection((server.hostname, server.port)) as sender:
        head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {server.netloc}\r\n"
        head += f"Content-Type: {OF_FORM['content-type']}\r\nContent-Length: 9999\r\n\r\n"
        sender.sendall(head.encode() + AN_UPLOAD + b"half a picture")
        until(lambda: begun(tmp_path), "it never came")
    until(lambda: not begun(tmp_path), "half of it stays")


def shelf(tmp_path: Path, names: set[str], shown: set[str] = frozenset()) -> SimpleNamespace:
    """A page as far as the deletion sees it."""
    block = SimpleNamespace(keep_in_cache=set(shown))
    return SimpleNamespace(blocks={1: block}, temp_file_sets=[names, set(names)])


def test_no_file_ends_the_deletion(tmp_path, monkeypatch):
    real, never, shown = (str(tmp_path / name) for name in ("me.png", "never", "shown.png"))
    for name in (real, shown):
        Path(name).touch()
    names = {real, never, shown, str(tmp_path), f"{tmp_path}/\0", f"{tmp_path}/\ud800"}
    page, look = shelf(tmp_path, names, {shown}), os.lstat

    def looked_at(path: str) -> os.stat_result:
        names.add(f"{path}, uploaded meanwhile")
        return look(path)

    monkeypatch.setattr(uploads.os, "lstat", looked_at)
    wait(monkeypatch, timedelta(hours=25))
    uploads.delete(page, 24 * 3600)
    assert not Path(real).exists()
    assert Path(shown).exists()
    assert {name for name in names if "meanwhile" not in name} == {shown, str(tmp_path)}

    def forbidden(path: str) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", path)

    monkeypatch.setattr(uploads.os, "remove", forbidden)
    uploads.delete(page, None)
    assert Path(shown).exists()


def test_what_the_page_opens_with_stays_where_a_visitor_names_it_as_an_upload(
    tmp_path, monkeypatch
):
    """Its address is in the page for everybody, and Gradio takes whom it hands out for one."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    address = first.stored({"long": "x" * first.INLINE})["stored"]
    path = address.removeprefix("gradio_api/file=")
    wait(monkeypatch, timedelta(hours=25))
    uploads.delete(shelf(tmp_path, {path}), 24 * 3600)
    assert Path(path).exists()


def test_what_a_process_that_ended_left_half_is_deleted_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    half, other = tmp_path / "tmpab12cd34", tmp_path / "other"
    half.touch()
    other.touch()
    wait(monkeypatch, timedelta(hours=23))
    uploads.delete(shelf(tmp_path, set()), 24 * 3600)
    uploads.delete(shelf(tmp_path, set()), None)  # another copy's may be coming
    assert half.exists()
    wait(monkeypatch, timedelta(hours=25))
    uploads.delete(shelf(tmp_path, set()), 24 * 3600)
    assert not half.exists()
    assert other.exists()
