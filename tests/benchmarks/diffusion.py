"""The diffusion tab's speed, as JSON: `python -m tests.benchmarks.diffusion [--only NAME]`.

Ratios against something else in the same run, not tests: machines differ and are noisy.
"""

import statistics
import time

from tests.benchmarks.sections import Section, main

THREADS = 2
FACES, STEPS = 16, 20
ROUNDS = 5
LARGEST_FACES, LARGEST_STEPS = 25, 100


def step() -> dict[str, object]:
    """A step of ours with all its views, beside a step of diffusers' pipeline on the same network.

    Both draw 16 faces in 20 steps of DDIM without guidance; runs take turns. Ours makes the sheets
    of x_t, x0 and noise and their data URIs at every step, and the end.
    """
    import torch
    from diffusers import DDIMPipeline, DDIMScheduler

    from demos.diffusion.run_view import streamed
    from models.diffusion.draw import begin
    from models.diffusion.sample import sample
    from models.diffusion.samplers import Settings
    from models.diffusion.shipped import denoiser

    torch.set_num_threads(THREADS)
    network = denoiser()
    start = begin(network, FACES, "anyone", 0)

    class Unconditional(torch.nn.Module):
        """The network as the pipeline calls it."""

        config = network.unet.config
        dtype, device = torch.float32, start.noise.device

        def forward(self, x, t):
            out = network(x, t.to(x.device).expand(len(x)), start.labels)
            return type("Output", (), {"sample": out})

    scheduler = DDIMScheduler(**network.schedule_config(), timestep_spacing="trailing")
    pipeline = DDIMPipeline(network.unet, scheduler)
    pipeline.unet = Unconditional()
    pipeline.set_progress_bar_config(disable=True)

    def ours() -> None:
        run = sample(network, Settings("ddim", STEPS), start)
        for _ in streamed(run, STEPS, {"columns": 4}):
            pass

    def theirs() -> None:
        generator = torch.Generator().manual_seed(0)
        pipeline(FACES, generator, num_inference_steps=STEPS, output_type="np")

    def bare() -> None:
        for _ in sample(network, Settings("ddim", STEPS), start):
            pass

    times: dict[str, list[float]] = {"ours": [], "diffusers": [], "ours_without_views": []}
    for round_ in range(ROUNDS + 1):
        for name, job in zip(times, (ours, theirs, bare), strict=True):
            began = time.perf_counter()
            job()
            if round_:
                times[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(spent) for name, spent in times.items()}
    return {
        "what": f"{FACES} faces, {STEPS} steps of DDIM, {THREADS} threads, median of {ROUNDS} runs",
        "seconds": {name: round(value, 2) for name, value in medians.items()},
        "ratio": round(medians["ours"] / medians["diffusers"], 3),
        "target_ratio": 1.1,
        "target_seconds": 10,
    }


def traffic() -> dict[str, object]:
    """What the largest run sends to its page, and what it takes in memory: 25 faces, 100 steps."""
    import json
    import resource

    import torch

    from demos.diffusion.film import drawn
    from demos.diffusion.run_view import streamed
    from demos.diffusion.runs import RUNS
    from models.diffusion.draw import begin
    from models.diffusion.sample import sample
    from models.diffusion.samplers import Settings
    from models.diffusion.shipped import denoiser

    def peak() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    torch.set_num_threads(THREADS)
    network = denoiser()
    start = begin(network, LARGEST_FACES, "anyone", 0)
    for _ in sample(network, Settings("ddim", 2), start):  # what any run of this size takes
        pass
    before = peak()
    steps = sample(network, Settings("ddim", LARGEST_STEPS), start)
    values = streamed(steps, LARGEST_STEPS, drawn(network, start))
    sizes = [len(json.dumps(value)) for value in values]
    return {
        "what": f"{LARGEST_FACES} faces, {LARGEST_STEPS} steps of DDIM; bytes in MB of 10^6",
        "steps_mb": round(sum(sizes[:-1]) / 1e6, 2),
        "last_value_mb": round(sizes[-1] / 1e6, 3),
        "kept_mb": round(RUNS.bytes() / 1e6, 1),
        "peak_mib": round(peak()),
        "peak_more_than_a_short_run_mib": round(peak() - before),
    }


# Presses *Draw* and waits for the first picture of the new run.
DRAW = """async () => {
  const view = document.querySelector('.gb-diffusion-generate');
  const before = view.dataset.run;
  const start = performance.now();
  document.querySelector('.gb-scene:has(.gb-diffusion-generate) .gb-draw').click();
  while (view.dataset.run === before) await new Promise((next) => requestAnimationFrame(next));
  const first = performance.now() - start;
  while (view.classList.contains('running')) await new Promise((next) => setTimeout(next, 20));
  return [first, performance.now() - start];
}"""


def browser() -> dict[str, object]:
    """From *Draw* to the first frame in the page, and to the finished faces: the page's defaults.

    The first run of the process loads the network; it is told apart.
    """
    from tests.benchmarks.page import opened

    with opened("?tab=diffusion&scene=generate") as page:
        page.wait_for_function(
            "document.querySelector('.gb-diffusion-generate')?.dataset.run === '0'"
        )
        runs = [page.evaluate(DRAW) for _ in range(ROUNDS + 1)]
    first, *others = runs
    return {
        "what": "9 faces, 20 steps, guidance 2, Chromium on the same machine, milliseconds",
        "first_frame_first_run": round(first[0]),
        "first_frame_median": round(statistics.median(run[0] for run in others)),
        "finished_median": round(statistics.median(run[1] for run in others)),
        "target_first_frame": 1000,
    }


SECTIONS: dict[str, Section] = {"step": step, "traffic": traffic, "browser": browser}


if __name__ == "__main__":
    main(__doc__, SECTIONS)
