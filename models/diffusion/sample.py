"""Drawing faces: from noise to picture, one step at a time, for one person or for many together."""

import time
from collections.abc import Callable, Iterator, Sequence

import torch

from models.diffusion.network import FaceDenoiser
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import DenoisingStep, Query, Start, Trajectory


def initial_noise(network: FaceDenoiser, seeds: Sequence[int]) -> torch.Tensor:
    """x_T for each seed: standard normal, B 3 H W; see `standard_normal`."""
    return standard_normal(seeds, network.config.size)


def standard_normal(seeds: Sequence[int], size: int) -> torch.Tensor:
    """Standard normal noise for each seed, B 3 `size` `size`.

    Drawn on the CPU, so that every device starts equal; a face is its seed's in any company.
    """
    return torch.cat(
        [
            torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))
            for seed in seeds
        ]
    )


def sample(network: FaceDenoiser, settings: Settings, start: Start) -> Iterator[DenoisingStep]:
    """Draw a batch of faces.

    Yields:
        A `DenoisingStep` for each of the steps; the last one's `x` are the faces.
    """
    for _, step in sample_together(network, [(settings, start)]):
        yield step


def sample_together(
    network: FaceDenoiser, runs: Sequence[tuple[Settings, Start]]
) -> Iterator[tuple[int, DenoisingStep]]:
    """Draw several batches at once, each by its own sampler, number of steps and guidance.

    Each evaluation of the network serves all runs that are not finished, though they are at
    different timesteps; each run comes out as it would alone.

    Yields:
        A run's number and its next step; the runs' steps arrive side by side.
    """
    for steps in rounds([(network, *run) for run in runs]):
        yield from steps.items()


@torch.no_grad()
def rounds(
    runs: Sequence[tuple[FaceDenoiser, Settings, Start]],
) -> Iterator[dict[int, DenoisingStep]]:
    """The same, one evaluation of each run's network at a time.

    Yields:
        The steps that an evaluation completed, by the runs' numbers; none where all runs were in
        the middle of one (see Heun's).
    """
    began = time.perf_counter()
    under_way = {number: Trajectory(*run) for number, run in enumerate(runs)}
    while under_way:
        answers: dict[int, torch.Tensor] = {}
        for network in dict.fromkeys(runs[number][0] for number in under_way):
            asking = [number for number in under_way if runs[number][0] is network]
            found = predict(network, [under_way[number].query() for number in asking])
            answers |= dict(zip(asking, found, strict=True))
        seconds = time.perf_counter() - began
        done = {number: run.advance(answers[number], seconds) for number, run in under_way.items()}
        under_way = {n: run for n, run in under_way.items() if not run.finished}
        yield {number: step for number, step in done.items() if step is not None}


@torch.no_grad()
def predict(
    network: FaceDenoiser,
    queries: Sequence[Query],
    evaluate: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
) -> list[torch.Tensor]:
    """One evaluation of the network for all queries, at whatever timesteps and guidance scales.

    Where guidance is asked for, the answer is driven away from what the network says of nobody in
    particular (Ho and Salimans 2022, equation 6): those faces are in the batch twice.

    Args:
        network: whose answer it is.
        queries: what is asked.
        evaluate: computes what the network's `forward` does, where something else does that for it.

    Returns:
        v for each query, B 3 H W.
    """
    x = torch.cat([query.x for query in queries])
    timestep = torch.cat([query.timestep for query in queries])
    labels = torch.cat([query.labels for query in queries])
    guidance = torch.cat(
        [torch.full((len(query.x),), query.guidance, device=x.device) for query in queries]
    )
    twice = ((guidance != 1) & (labels != network.nobody)).nonzero().flatten()
    nobody = torch.full_like(labels[twice], network.nobody)
    v = (evaluate or network)(
        torch.cat([x, x[twice]]),
        torch.cat([timestep, timestep[twice]]),
        torch.cat([labels, nobody]),
    )
    v, unconditional = v[: len(x)], v[len(x) :]
    if len(twice):
        scale = guidance[twice][:, None, None, None]
        v[twice] = unconditional + scale * (v[twice] - unconditional)
    return list(v.split([len(query.x) for query in queries]))
