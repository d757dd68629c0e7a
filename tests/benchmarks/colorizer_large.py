"""One large photo painted, alone in its process: `python -m tests.benchmarks.colorizer_large`.

Prints JSON; `tests.benchmarks.colorizer` asks it.
"""

import io
import json
import resource
import statistics
import sys
import time

import gradio
import numpy as np
import torch

from demos.colorizer.photo.files import PNG, painted
from demos.colorizer.photo.presets import ASTRONAUT
from demos.kit.photo import EXAMPLES
from models.colorizer import lab
from models.colorizer.hints import from_data
from models.core.images import open_image

ROUNDS = 3
SATURATION = 1.5
KILOBYTES = 2**20  # of a gigabyte


def measure(path: str, threads: int) -> dict[str, object]:
    """Seconds to paint the photo and to write it, the memory that took, and how far L moved."""
    torch.set_num_threads(threads)
    hints = from_data(ASTRONAUT)
    painted(EXAMPLES["cat"], hints, SATURATION)  # loads the network
    before = _peak()
    making, writing = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        picture = painted(path, hints, SATURATION)
        making.append(time.perf_counter() - start)
        picture.save(io.BytesIO(), **PNG)
        writing.append(time.perf_counter() - start)
    peak = _peak()
    return {
        "painted_seconds": round(statistics.median(making), 2),
        "painted_and_written_seconds": round(statistics.median(writing), 2),
        "peak_gigabytes": round(peak, 2),
        "peak_before_gigabytes": round(before, 2),
        "gradio": gradio.__version__,
        "largest_lightness_change": round(_moved(picture, open_image(path, None)), 3),
    }


def _peak() -> float:
    """The most memory that this process has had, in GiB (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES


def _moved(one, other, rows: int = 100) -> float:
    """The largest difference of L, of 100, between two pictures of one size."""
    arrays = [np.asarray(picture) for picture in (one, other)]
    found = 0.0
    for start in range(0, arrays[0].shape[0], rows):
        parts = [torch.from_numpy(a[start : start + rows].copy()) for a in arrays]
        levels = [lab.to_lab(part.permute(2, 0, 1)[None] / 255)[:, 0] for part in parts]
        found = max(found, (levels[0] - levels[1]).abs().max().item())
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
