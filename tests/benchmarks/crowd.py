"""Many who draw at once, as JSON: `python -m tests.benchmarks.crowd [--only NAME]`.

The engine beside the same runs one after another; and where a larger batch brings no more a second.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from tests.benchmarks.sections import Section, main

REQUESTS = 60
STEPS = 6
FEW = 12  # of the requests that are run one after another: their mean stands for all
ROUNDS = 3
SIZES = (1, 2, 4, 8, 16, 24, 32, 48)  # rows a core


def crowd() -> dict[str, object]:
    """60 requests, each of one face by its own seed in 6 steps of UniPC; no two are equal.

    One after another, as an app without an engine draws them (some of them: each costs the same),
    and all at once by the engine. The rounds take turns, and the best of each counts: what else
    the machine does only ever slows them down. "of_a_core" tells the same of both by the time that
    the process itself worked.
    """
    import torch

    from models.diffusion.draw import begin
    from models.diffusion.engine import Engine
    from models.diffusion.sample import sample
    from models.diffusion.samplers import Settings
    from models.diffusion.shipped import denoiser

    network, settings = denoiser(), Settings("unipc", STEPS)
    starts = [begin(network, 1, "anyone", seed) for seed in range(REQUESTS)]

    def alone() -> list[float]:
        with _timed(FEW) as a_second:
            for start in starts[:FEW]:
                list(sample(network, settings, start))
        return a_second

    def together() -> list[float]:
        engine = Engine(network)  # which remembers nothing
        with _timed(REQUESTS) as a_second, ThreadPoolExecutor(REQUESTS) as visitors:
            list(visitors.map(lambda start: list(engine.sample(settings, start)), starts))
        return a_second

    rounds = [(alone(), together()) for _ in range(ROUNDS)]
    one, all_ = (max(times[0] for times in each) for each in zip(*rounds, strict=True))
    cpu = [max(times[1] for times in each) for each in zip(*rounds, strict=True)]
    return {
        "what": f"{REQUESTS} different requests of one face, {STEPS} steps of UniPC, no guidance",
        "device": str(next(network.parameters()).device),
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "faces_a_second_one_after_another": round(one, 2),
        "faces_a_second_together": round(all_, 2),
        "ratio": round(all_ / one, 2),
        "target_ratio": 3,
        "faces_a_second_of_a_core": [round(value, 2) for value in cpu],
    }


def rows() -> dict[str, object]:
    """Rows a second by the size of the batch, no samplers: where the engine's cap comes from."""
    import torch

    from models.diffusion.shards import Shards
    from models.diffusion.shipped import denoiser

    network = denoiser()
    shards = Shards(network)
    device = next(network.parameters()).device
    size, found = network.config.size, {}
    for each in SIZES:
        count = each * max(shards.cores, 1)
        x = torch.randn(count, 3, size, size, device=device)
        timestep = torch.full((count,), 500.0, device=device)
        labels = torch.full((count,), network.nobody, device=device)

        @torch.no_grad()
        def job(asked=(x, timestep, labels)) -> None:
            shards.evaluate(*asked).cpu()

        found[count] = round(count / _best(job), 1)
    return {"what": "rows a second by rows a batch", "cores": shards.cores, "rows": found}


def alone() -> dict[str, object]:
    """What one visitor waits for *Generate*'s defaults: by the engine, and by the plain loop."""
    from models.diffusion import faces
    from models.diffusion.draw import begin
    from models.diffusion.engine import Engine
    from models.diffusion.sample import sample
    from models.diffusion.shipped import denoiser

    network = denoiser()
    start = begin(network, faces.READY, faces.WHOM, 0)
    engine = Engine(network, most_bytes=0)  # remembers nothing
    times: dict[str, list[float]] = {"engine": [], "plain": []}
    for _ in range(ROUNDS):
        for name, draw in (("engine", engine.sample), ("plain", lambda *a: sample(network, *a))):
            began = time.perf_counter()
            list(draw(faces.SETTINGS, start))
            times[name].append(time.perf_counter() - began)
    medians = {name: round(statistics.median(spent), 2) for name, spent in times.items()}
    return {"what": f"{faces.READY} faces, {faces.SETTINGS.steps} steps; seconds", **medians}


@contextmanager
def _timed(count: int) -> Iterator[list[float]]:
    """How many of something came a second, and a second of one core, which others cannot slow."""
    found: list[float] = []
    began, worked = time.perf_counter(), time.process_time()
    yield found
    found += [count / (time.perf_counter() - began), count / (time.process_time() - worked)]


def _best(job: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        job()
        times.append(time.perf_counter() - began)
    return min(times)


SECTIONS: dict[str, Section] = {"crowd": crowd, "rows": rows, "alone": alone}


if __name__ == "__main__":
    main(__doc__, SECTIONS)
