"""The app as a process: whatever ends it, nothing of its visitors stays."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from demos.kit.photo import EXAMPLES
from tests.benchmarks.page import ROOT, running
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


COMPUTING = """
import atexit, sys, threading, time
import torch
import app

def compute():
    while True:
        torch.nn.functional.conv2d(torch.rand(1, 8, 64, 64), torch.rand(8, 8, 3, 3))

stopped = threading.Event()
atexit.register(app.leave, stopped)
for _ in range(8):
    threading.Thread(target=compute, daemon=True).start()
time.sleep(0.5)
print("ended", end="")
"""


def test_an_app_that_is_stopped_while_others_compute_ends_well():
    """Without `leave`, PyTorch's threads abort the process (SIGABRT) as it ends."""
    stopped = subprocess.run(
        [sys.executable, "-c", f"{COMPUTING}\nstopped.set()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (stopped.returncode, stopped.stdout) == (0, "ended"), stopped.stderr


def test_an_app_that_cannot_begin_says_so_by_its_exit():
    refused = subprocess.run(
        [sys.executable, "app.py", "--engine", "ray", "--replicas", "nine"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert refused.returncode == 1
    assert "nine" in refused.stderr
