"""The page's own speed, as JSON: `python -m tests.benchmarks.page [--only NAME]`.

What a visitor costs, what sixty do, what travels, and how long the app takes to start. Absolute
figures want a machine with nothing else to do; the ratio of the start takes turns.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tests.benchmarks import visits
from tests.benchmarks.sections import Section, main
from tests.serving import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
BARE = "import torch, gradio"
STARTS = 7
EDITS = 40
PATIENCE = 120  # seconds for the page to answer

# Types a weight and waits for the new picture: decoded, and two frames on, so that it is painted.
EDIT = """async (weight) => {
  const cell = document.querySelector('[aria-label="Kernel, row 2, column 2"]');
  const picture = document.querySelector('.gb-compare .gb-split > img');
  const before = picture.src;
  const start = performance.now();
  cell.value = weight;
  cell.dispatchEvent(new Event('input', { bubbles: true }));
  await new Promise((done) => {
    const watcher = new MutationObserver(() => {
      if (picture.src !== before) { watcher.disconnect(); done(); }
    });
    watcher.observe(picture, { attributes: true, attributeFilter: ['src'] });
  });
  await picture.decode();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""


def browser() -> dict[str, object]:
    """An edit of one weight in the filter scene, until the new picture is painted in Chromium.

    "on_the_server" is what the status line says of the same runs: the handler alone.
    """
    edits, handlers = [], []
    with opened("?tab=convolution&scene=filter") as page:
        page.wait_for_selector('[aria-label="Kernel, row 2, column 2"]')
        page.wait_for_timeout(3000)
        status = page.locator(".gb-scene .gb-status").first
        for i in range(EDITS):
            edits.append(page.evaluate(EDIT, str(0.5 + i / 10)))
            handlers.append(float(status.text_content().split("·")[-1].strip(" ms\n")))
            page.wait_for_timeout(150)
        version = page.context.browser.version
    return {
        "what": f"milliseconds from typing a weight to the painted picture, {EDITS} edits",
        "chromium": version,
        "cpus": os.cpu_count(),
        "median_ms": round(statistics.median(edits), 1),
        "tenth_slowest_ms": round(statistics.quantiles(edits, n=10)[-1], 1),
        "on_the_server_median_ms": round(statistics.median(handlers), 1),
        "target_median_ms": 150,
    }


def startup() -> dict[str, object]:
    """From `python app.py` to the page answering, beside a bare `python -c "import torch, gradio"`.

    The two take turns, so that a noisy minute hits both.
    """
    bare, ours = [], []
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", BARE], check=True, cwd=ROOT)
        bare.append(time.perf_counter() - start)
        with served() as (_, seconds):
            ours.append(seconds)
    one, other = statistics.median(ours), statistics.median(bare)
    return {
        "what": f"seconds, median of {STARTS} starts each, taking turns",
        "cpus": os.cpu_count(),
        "app_seconds": round(one, 2),
        "bare_import_seconds": round(other, 2),
        "ratio": round(one / other, 2),
        "target_ratio": 1.3,
    }


@contextmanager
def browsed() -> Iterator["Browser"]:
    """A Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, NAMES

    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@contextmanager
def opened(query: str) -> Iterator["Page"]:
    """The app as its own process, and a page of it in Chromium, opened by a link's query."""
    with served() as (url, _), browsed() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url + query)
        yield page


@contextmanager
def served() -> Iterator[tuple[str, float]]:
    """The app as its own process: its address, and the seconds until its page answered."""
    with running() as (url, seconds, _):
        yield url, seconds


@contextmanager
def running(errors: IO[str] | None = None) -> Iterator[tuple[str, float, subprocess.Popen]]:
    """The same, and the process; what it says goes to `errors`, or where ours goes."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    start = time.perf_counter()
    command = [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        while not _answers(url):
            if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                raise RuntimeError("the app did not start")
            time.sleep(0.01)
        yield url, time.perf_counter() - start, process
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return response.status == 200
    except OSError:
        return False


def _asked(section: Callable[[str], dict[str, object]]) -> Section:
    """A section that asks an app of its own."""

    def run() -> dict[str, object]:
        with served() as (url, _):
            return section(url)

    return run


SECTIONS: dict[str, Section] = {
    "visits": _asked(visits.visits),
    "wire": _asked(visits.wire),
    "crowd": _asked(visits.crowd),
    "startup": startup,
}


if __name__ == "__main__":
    main(__doc__, SECTIONS)
