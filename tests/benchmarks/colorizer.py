"""The colorizer tab's speed, as JSON: `python -m tests.benchmarks.colorizer [--only NAME]`.

Each section is a function that returns a dictionary; to add one, add it to `SECTIONS`.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.page import ROOT, served
from tests.benchmarks.sections import Section, main

THREADS = 2
ROUNDS = 20
HINTS = 40
SIDE = 512
LARGE = (4000, 3000)

# Taps a place of the photo, and waits until it is painted by one hint more: decoded, and two
# frames on, so that it is seen.
TAP = """async ([x, y]) => {
  const view = document.querySelector(".gb-colorizer-photo");
  const stage = view.querySelector(".gb-split");
  const picture = view.querySelector(".gb-split img[alt=painted]");
  const box = stage.getBoundingClientRect(), before = picture.src;
  const at = { bubbles: true, pointerId: 1, clientX: box.left + x * box.width,
    clientY: box.top + y * box.height };
  const start = performance.now();
  stage.dispatchEvent(new PointerEvent("pointerdown", at));
  stage.dispatchEvent(new PointerEvent("pointerup", at));
  await new Promise((done) => {
    const watcher = new MutationObserver(() => {
      if (picture.src === before) return;
      watcher.disconnect();
      done();
    });
    watcher.observe(picture, { attributes: true, attributeFilter: ["src"] });
  });
  await picture.decode();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - start;
}"""


def paint() -> dict[str, object]:
    """A photo of 512 x 512 painted, with hints and without, on 2 threads."""
    import torch

    from demos.colorizer.photo.presets import ASTRONAUT
    from models.colorizer.colorize import colorize
    from models.colorizer.hints import from_data
    from models.colorizer.shipped import colorizer
    from models.core.images import open_image, to_tensor

    torch.set_num_threads(THREADS)
    image = to_tensor(open_image(_example(), SIDE))
    network, hints = colorizer(), from_data(ASTRONAUT)
    return {
        "what": f"milliseconds, median of {ROUNDS}, {THREADS} threads",
        "torch": torch.__version__,
        "size": list(image.shape[2:]),
        "without_hints_ms": _median(lambda: colorize(network, image)),
        "with_hints_ms": _median(lambda: colorize(network, image, hints)),
        "saturation_3_ms": _median(lambda: colorize(network, image, hints, 3.0)),
        "target_ms": 400,
    }


def hint() -> dict[str, object]:
    """From a tap on the photo to the picture that it changed, painted in Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, NAMES

    path = next(filter(None, map(shutil.which, NAMES)), None)
    with served() as (url, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        times = tapped(chromium, f"{url}?tab=colorizer&scene=photo&hints=%5B%5D", HINTS)
        version = chromium.version
        chromium.close()
    return {
        "what": f"milliseconds from a tap to the painted picture, {HINTS} hints",
        "chromium": version,
        "cpus": os.cpu_count(),
        "painted_median_ms": round(statistics.median(times), 1),
        "painted_tenth_slowest_ms": round(statistics.quantiles(times, n=10)[-1], 1),
        "target_painted_median_ms": 150,
    }


def tapped(chromium, address: str, count: int) -> list[float]:
    """Milliseconds that each of so many hints took."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_function(
        "document.querySelector('.gb-colorizer-photo')?.dataset.painted === '[]'"
    )
    page.wait_for_timeout(2000)
    # A pointer of our own: the browser hands it no capture, and need not.
    page.evaluate("document.querySelector('.gb-split').setPointerCapture = () => {}")
    times = []
    for i in range(count):
        place = [0.3 + 0.4 * (i * 0.618 % 1), 0.05 + 0.9 * i / count]
        times.append(page.evaluate(TAP, place))
        page.wait_for_timeout(50)
    page.close()
    return times


def large() -> dict[str, object]:
    """A photo of 4000 x 3000 painted with hints, in a process of its own, whose memory is seen."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.jpg"
        _large_photo().save(path, quality=92)
        made = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.colorizer_large", str(path), str(THREADS)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    found = json.loads(made.stdout)
    return {
        "what": f"seconds, median of 3, {THREADS} threads; memory of the whole process at most",
        "size": list(LARGE),
        **found,
        "target_seconds": 3,
        "target_gigabytes": 2,
        "target_lightness_change": 0.4,
    }


SECTIONS: dict[str, Section] = {"paint": paint, "hint": hint, "large": large}


def _example() -> str:
    from demos.kit.photo import EXAMPLES

    return EXAMPLES["astronaut"]


def _large_photo():
    """An example at the size of a camera's pictures, with a camera's noise."""
    import numpy as np
    from PIL import Image

    picture = Image.open(_example()).convert("RGB").resize(LARGE, Image.Resampling.BICUBIC)
    noise = np.random.default_rng(0).integers(-4, 5, (*LARGE[::-1], 3), dtype=np.int16)
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8), "RGB")


def _median(job: Callable[[], object]) -> float:
    job()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return round(1000 * statistics.median(times), 1)


if __name__ == "__main__":
    main(__doc__, SECTIONS)
