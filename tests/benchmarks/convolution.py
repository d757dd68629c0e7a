"""The convolution tab's speed, as JSON: `python -m tests.benchmarks.convolution [--only NAME]`.

Ratios against something else in the same run, not tests: machines differ and are noisy. Each
section is a function that returns a dictionary; to add one, add it to `SECTIONS`.
"""

import statistics
import time
from collections.abc import Callable

from tests.benchmarks.page import browser, startup
from tests.benchmarks.sections import Section, main

THREADS = 2
SIDE = 1024
ROUNDS = 40
PAUSE = 0.02  # seconds between calls: how a person's edits arrive
TARGET = 1.5

Job = Callable[[], object]


def compute() -> dict[str, object]:
    """Our convolution of a 1024x1024 RGB photo beside OpenCV's `filter2D`, float32, 2 threads.

    "paced" leaves a pause before every call, "interleaved" none, both with the two taking turns;
    "back to back" runs each many times on its own, which flatters whoever keeps the cache warm.
    """
    import cv2
    import numpy as np
    import torch

    from models.convolution.convolve import Settings, convolve
    from models.convolution.kernels import random
    from models.convolution.presets import preset

    torch.set_num_threads(THREADS)
    cv2.setNumThreads(THREADS)
    photo = np.random.default_rng(0).random((SIDE, SIDE, 3), np.float32)
    tensor = torch.from_numpy(photo)[None].permute(0, 3, 1, 2)
    generator = torch.Generator().manual_seed(0)
    kernels = [preset("Sobel x"), preset("Gaussian 5×5")]
    kernels += [random(size, generator) for size in (5, 7, 11)]
    borders = {"zeros": cv2.BORDER_CONSTANT, "reflect": cv2.BORDER_REFLECT_101}
    cases = [(kernel, "zeros") for kernel in kernels] + [(kernels[2], "reflect")]
    rows = []
    for kernel, mode in cases:
        weights, settings = kernel.tensor().numpy(), Settings(padding_mode=mode)

        def ours(kernel=kernel, settings=settings):
            return convolve(tensor, kernel, settings).result

        def theirs(weights=weights, border=borders[mode]):
            return cv2.filter2D(photo, -1, weights, borderType=border)

        error = np.abs(ours()[0].permute(1, 2, 0).numpy() - theirs()).max()
        rows.append(
            {
                "kernel": f"{kernel.name} {kernel.height}x{kernel.width}",
                "padding": mode,
                "largest_difference": float(error),
                "paced": _turns(ours, theirs, PAUSE),
                "interleaved": _turns(ours, theirs, 0),
                "back_to_back": _blocks(ours, theirs),
            }
        )
    return {
        "what": f"{SIDE}x{SIDE} RGB float32, {THREADS} threads, median milliseconds",
        "versions": {"torch": torch.__version__, "opencv": cv2.__version__},
        "target_ratio_5x5": TARGET,
        "cases": rows,
    }


SECTIONS: dict[str, Section] = {
    "compute": compute,
    "browser": browser,
    "startup": startup,
}


def _turns(ours: Job, theirs: Job, pause: float) -> dict[str, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for job, spent in zip((ours, theirs), times, strict=True):
            time.sleep(pause)
            spent.append(_once(job))
    return _compared(*times)


def _blocks(ours: Job, theirs: Job) -> dict[str, float]:
    """Blocks of ten calls each, so that a noisy minute hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS // 10):
        for job, spent in zip((ours, theirs), times, strict=True):
            job()
            spent.extend(_once(job) for _ in range(10))
    return _compared(*times)


def _compared(ours: list[float], theirs: list[float]) -> dict[str, float]:
    one, other = statistics.median(ours), statistics.median(theirs)
    return {
        "ours_ms": round(one * 1000, 2),
        "opencv_ms": round(other * 1000, 2),
        "ratio": round(one / other, 2),
    }


def _once(job: Job) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(__doc__, SECTIONS)
