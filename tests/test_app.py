"""The app as a process: whatever ends it, nothing of its visitors stays."""

import signal
from pathlib import Path

import httpx

from demos.kit.photo import EXAMPLES
from tests.benchmarks.page import running
from tests.fuzz.api import API

PATIENCE = 60  # seconds


def test_who_stops_the_app_deletes_what_visitors_gave(monkeypatch, tmp_path):
    """With a page open, whose stream of events Gradio waits for, and then gives up."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    with running() as (url, _, process):
        url = url.rstrip("/")
        with open(EXAMPLES["cat"], "rb") as file:
            sent = httpx.post(f"{url}{API}/upload", files={"files": ("me.webp", file)})
        (uploaded,) = map(Path, sent.json())
        assert uploaded.exists()
        with httpx.stream("GET", f"{url}{API}/heartbeat/somebody", timeout=PATIENCE) as page:
            assert page.is_success
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
    assert not uploaded.exists()
