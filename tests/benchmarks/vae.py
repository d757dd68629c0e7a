"""The VAE tab's speed, as JSON: `python -m tests.benchmarks.vae [--only NAME]`.

Each section is a function that returns a dictionary; to add one, add it to `SECTIONS`.
"""

import os
import shutil
import statistics
import time
from collections.abc import Callable

from tests.benchmarks.page import served
from tests.benchmarks.sections import Section, main

THREADS = 2
ROUNDS = 40
MOVES = 60
PAUSE = 0.02  # seconds between calls: how a person's moves arrive
PLANE = "digits_2d"
PLACES = {"one plane": "", "two planes": "&model=gaps", "four planes": "&model=all"}

# Moves the pointer with its button down, and waits until the exact images of that very point are
# shown; two frames on they are painted.
MOVE = """async ([x, y]) => {
  const cells = [...document.querySelectorAll(".gb-plane-cell")];
  const map = cells[0].querySelector(".gb-plane-map"), box = map.getBoundingClientRect();
  const before = cells.map((cell) => cell.dataset.z);
  const start = performance.now();
  map.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerId: 1,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height }));
  await new Promise((done) => {
    const watcher = new MutationObserver(() => {
      const late = ({ dataset }, i) => dataset.shown !== "exact" || dataset.z === before[i];
      if (cells.some(late)) return;
      watcher.disconnect();
      done();
    });
    for (const cell of cells) watcher.observe(cell, { attributes: true });
  });
  const exact = performance.now() - start;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [exact, performance.now() - start];
}"""


def sheet() -> dict[str, object]:
    """A 20x20 sheet decoded, and one point, by the 2-D VAE on 2 threads."""
    import torch

    from models.core import images
    from models.vae.decode import decode
    from models.vae.decode import sheet as decoded_sheet
    from models.vae.shipped import autoencoder

    torch.set_num_threads(THREADS)
    network, point = autoencoder(PLANE), torch.zeros(1, 2)
    jobs = {
        "sheet_20x20_ms": lambda: decoded_sheet(network, 20),
        "sheet_as_jpeg_ms": lambda: images.to_data_uri(decoded_sheet(network, 20)),
        "one_point_ms": lambda: decode(network, point),
    }
    return {
        "what": f"milliseconds, median of {ROUNDS}, {THREADS} threads",
        "torch": torch.__version__,
        **{name: _median(job) for name, job in jobs.items()},
        "target_sheet_20x20_ms": 60,
    }


def drag() -> dict[str, object]:
    """From a pointer's move over the plane to the exact image painted in Chromium.

    "exact" is when the images are drawn on their canvases, "painted" two frames later.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, NAMES

    path = next(filter(None, map(shutil.which, NAMES)), None)
    results: dict[str, object] = {}
    with served() as (url, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for name, query in PLACES.items():
            results[name] = _dragged(chromium, f"{url}?tab=vae&scene=plane{query}")
        version = chromium.version
        chromium.close()
    return {
        "what": f"milliseconds from a pointer's move to the exact image, {MOVES} moves",
        "chromium": version,
        "cpus": os.cpu_count(),
        **results,
        "target_painted_median_ms": 50,
    }


SECTIONS: dict[str, Section] = {"sheet": sheet, "drag": drag}


def _dragged(chromium, address: str) -> dict[str, float]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_selector(".gb-plane-cell[data-shown='exact']")
    page.wait_for_timeout(3000)
    # A pointer of our own: the browser hands it no capture, so the plane is told that it has it.
    page.evaluate(
        "() => { for (const map of document.querySelectorAll('.gb-plane-map'))"
        " map.hasPointerCapture = () => true; }"
    )
    exact, painted = [], []
    for i in range(MOVES):
        share = 0.1 + 0.8 * i / MOVES
        one, other = page.evaluate(MOVE, [share, 0.9 - share * 0.7])
        exact.append(one)
        painted.append(other)
        page.wait_for_timeout(30)
    page.close()
    return {
        "exact_median_ms": round(statistics.median(exact), 1),
        "painted_median_ms": round(statistics.median(painted), 1),
        "painted_tenth_slowest_ms": round(statistics.quantiles(painted, n=10)[-1], 1),
    }


def _median(job: Callable[[], object]) -> float:
    job()
    times = []
    for _ in range(ROUNDS):
        time.sleep(PAUSE)
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return round(1000 * statistics.median(times), 2)


if __name__ == "__main__":
    main(__doc__, SECTIONS)
