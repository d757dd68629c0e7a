"""The training loop: one generator for every network of the app, on accelerate."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs

from models.core.device import training_precision
from models.training import state
from models.training.distributed import agreed
from models.training.experiment import Experiment


@dataclass(frozen=True)
class Progress:
    """One step: the losses of its batch and, where it ended with a validation, the metrics."""

    step: int
    seen: int
    losses: dict[str, float]
    validation: dict[str, float] | None = None
    finished: bool = False


def make_accelerator(device: torch.device) -> Accelerator:
    """Accelerate's engine for `device`, in the precision that its hardware is good at."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        # Imported by torch itself later on, it would keep the connection open beyond `part`.
        import torch._dynamo  # noqa: F401
    parts_may_rest = DistributedDataParallelKwargs(find_unused_parameters=True)
    return Accelerator(
        cpu=device.type == "cpu",
        mixed_precision=training_precision(device),
        kwargs_handlers=[parts_may_rest],
    )


def train(
    experiment: Experiment,
    folder: Path,
    accelerator: Accelerator,
    should_stop: Callable[[], bool] = lambda: False,
    save_seconds: float = 300.0,
    weights: Path | None = None,
) -> Iterator[Progress]:
    """Train until the recipe is done or `should_stop()`, from where the folder's state is.

    Yields:
        Progress after every step. The state is saved at the end, on stopping, and every
        `save_seconds` in between.

    Raises:
        DivergedError: a loss turned NaN or infinite.
        InputError: the state in the folder cannot be used, or a save failed.
    """
    run = state.begin(experiment, folder, accelerator, weights)
    every = experiment.recipe.validate_every
    saved_at = started_at = time.monotonic()
    while not run.finished and not agreed(should_stop(), accelerator):
        losses = run.train_step()
        now = time.monotonic()
        run.seconds += now - started_at
        started_at, metrics = now, None
        last = run.seen >= experiment.recipe.examples
        if run.seen // every > (run.seen - experiment.recipe.batch_size) // every or last:
            metrics = run.validate()
        if time.monotonic() - saved_at > save_seconds:
            state.save(run)
            saved_at = time.monotonic()
        yield Progress(run.step, run.seen, losses, metrics, run.finished)
        started_at = time.monotonic()
    state.save(run)
