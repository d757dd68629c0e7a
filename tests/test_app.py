"""The app as a process: whatever ends it, nothing of its visitors stays."""

import gc
import signal
import subprocess
import sys
from pathlib import Path

import httpx

import app
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


STARTING = """
import gc, runpy, sys
sys.argv = ["app.py", "--help"]
try:
    runpy.run_path("app.py", run_name="__main__")
finally:
    print(gc.isenabled(), file=sys.stderr)
"""


def test_no_garbage_is_collected_while_the_app_starts():
    """Searching all that `import torch, gradio` makes took a fifth of the start."""
    started = subprocess.run(
        [sys.executable, "-c", STARTING], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=True
    )
    assert started.stderr == "False\n"
    assert gc.isenabled()  # where it is a module among others


def test_garbage_is_collected_again_once_the_app_is_there():
    made = [[]]
    before = gc.get_freeze_count()
    gc.disable()
    try:
        app.collect_again()
        assert gc.isenabled()
        frozen = gc.get_freeze_count()
        assert frozen > before
        assert all(made is not searched for searched in gc.get_objects())
        app.collect_again()
        assert gc.get_freeze_count() <= frozen
    finally:
        gc.enable()


def test_an_app_that_is_stopped_while_it_begins_ends_without_a_word(tmp_path):
    """The page answers before Gradio's `launch` has come to the end of its own questions."""
    with open(tmp_path / "errors", "w+") as errors:
        with running(errors) as (_, _, process):
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        errors.seek(0)
        assert errors.read() == ""
