"""What goes wrong around a running app: files that vanish, a full disk, clients and clocks."""

import ast
import errno
import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest

import app
from demos.colorizer.photo import files
from demos.kit import disk
from demos.kit.photo import EXAMPLES
from models.colorizer import shipped
from models.core.shipped import network, network_on
from models.diffusion.engines import engine
from tests.fuzz.api import API
from tests.test_house import ROOT, tracked

CLOCKS = {
    "time": ("time", "time_ns", "localtime"),
    "datetime": ("now", "utcnow", "today"),
    "date": ("today",),
}
WHILE = 60  # seconds: a busy machine is no failure
PAGE = httpx.Timeout(WHILE)


def photo(url: str) -> dict:
    """An example photo, uploaded."""
    with open(EXAMPLES["cat"], "rb") as file:
        sent = httpx.post(f"{url}{API}/upload", files={"files": ("cat.webp", file)}, timeout=PAGE)
    return {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}


def begun(url: str, name: str, data: list) -> str:
    """The address of a run's stream of events."""
    call = f"{url}{API}/call/{name}"
    return f"{call}/{httpx.post(call, json={'data': data}, timeout=PAGE).json()['event_id']}"


def asked(url: str, name: str, data: list) -> tuple[str, object]:
    """The last event of a run, and its data."""
    lines = httpx.get(begun(url, name, data), timeout=PAGE).text.strip().splitlines()
    return lines[-2].removeprefix("event: "), json.loads(lines[-1].removeprefix("data: "))


def faces(steps: int, seed: int, count: int = 1) -> list:
    """What `/generate` is sent."""
    return [count, "anyone", 1.0, steps, "ddim", seed, 0]


def until(true: Callable[[], bool], patience: float = WHILE) -> float:
    """Wait until it is true; the seconds that it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < patience, "it never came true"
        time.sleep(0.01)
    return time.monotonic() - began


@contextmanager
def listening(stream: str) -> Iterator[socket.socket]:
    """A client that asked for a stream of events, and reads what it likes, in a small buffer."""
    address = urlsplit(stream)
    with closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(WHILE)
        client.connect((address.hostname, address.port))
        client.sendall(f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        try:
            yield client
        except AssertionError as error:
            client.settimeout(0.5)
            with suppress(TimeoutError):
                raise AssertionError(f"{error}; told: {client.recv(2**16)!r}") from error
            raise


@pytest.fixture
def url(app_url: str) -> str:
    return app_url.rstrip("/")


@pytest.fixture
def weights(url, tmp_path, monkeypatch):
    """The colorizers' folder, as a copy whose files may go; nothing of it is loaded yet, nor will
    be by the app itself.
    """
    for thread in threading.enumerate():
        if thread.name == app.WARM_UP:
            thread.join(WHILE)
    copy = tmp_path / "weights"
    shutil.copytree(shipped.WEIGHTS, copy)
    network.cache_clear()
    network_on.cache_clear()
    monkeypatch.setattr(shipped, "WEIGHTS", copy)
    yield copy
    network.cache_clear()
    network_on.cache_clear()


def test_weights_that_go_while_the_app_runs_are_named_and_work_again_when_they_are_back(
    url, weights, tmp_path
):
    sent = [photo(url), [], 1.0]
    file, away = weights / "photo.safetensors", tmp_path / "away"
    file.rename(away)
    event, told = asked(url, "photo", sent)
    assert event == "error"
    assert "photo.safetensors" in told["error"]
    assert told["title"] == "That does not work"
    away.rename(file)
    assert asked(url, "photo", sent)[0] == "complete"
    file.rename(away)  # what is loaded needs its file no longer
    assert asked(url, "photo", sent)[0] == "complete"


def no_room(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_refuses_an_upload_in_a_sentence_and_the_app_goes_on(url, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr("gradio.route_utils.NamedTemporaryFile", no_room)
        with open(EXAMPLES["cat"], "rb") as file:
            sent = {"files": ("cat.webp", file)}
            answer = httpx.post(f"{url}{API}/upload", files=sent, timeout=PAGE)
        assert (answer.status_code, answer.text) == (507, disk.FULL)
        assert httpx.get(f"{url}/health").json() == {"status": "ok"}
    assert photo(url)["path"]


def test_a_full_disk_refuses_a_painted_file_in_a_sentence_and_the_app_goes_on(
    url, monkeypatch, capfd
):
    sent = [photo(url), [], 1.0]
    with monkeypatch.context() as full:
        full.setattr(files.shutil, "move", no_room)
        event, told = asked(url, "photo_full", sent)
    assert (event, told["error"]) == ("error", disk.FULL)
    assert "Traceback" not in capfd.readouterr().err
    assert asked(url, "photo_full", sent)[0] == "complete"


def test_who_leaves_in_the_middle_of_a_run_is_out_of_the_engine_at_once(url):
    with listening(begun(url, "generate", faces(100, 31, count=25))) as client:
        told = b""
        while b"event: generating" not in told:
            assert b"event: error" not in told
            told = told[-20:] + (news := client.recv(4096))
            assert news, "the stream ended"
        assert len(engine()) >= 1
    # A second where nothing else runs; the run itself would take ten times as long as this.
    assert until(lambda: len(engine()) == 0) < 5


def test_who_reads_slowly_holds_nobody_up(url):
    until(lambda: len(engine()) == 0)
    with listening(begun(url, "generate", faces(60, 32, count=9))) as client:
        until(lambda: len(engine()) == 1)
        assert client.recv(64)  # and no more, while others draw
        event, told = asked(url, "generate", faces(3, 33))
        assert event == "complete"
        assert told
        assert asked(url, "decode", ["digits_2d", [0, 0]])[0] == "complete"
        client.setblocking(False)
    until(lambda: len(engine()) == 0)


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_clock_that_is_set_changes_nothing(url, monkeypatch, jump):
    real = time.time
    with httpx.stream(
        "GET", begun(url, "generate", faces(12, 4000 + jump)), timeout=PAGE
    ) as stream:
        lines = stream.iter_lines()
        next(lines)
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        rest = list(lines)
    assert "event: complete" in rest
    assert asked(url, "train_live", [1, 3, 1, 1000])[0] == "complete"
    assert asked(url, "photo", [photo(url), [], 1.0])[0] == "complete"
    assert httpx.get(url, timeout=PAGE).status_code == 200


def test_nothing_of_ours_waits_by_a_clock_that_can_be_set():
    """What measures how long something takes, or has been kept, does it by a monotonic clock."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in tracked()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("app.py", "demos", "models")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS.get(getattr(node.func.value, "id", ""), ())
    ]
    assert found == []
