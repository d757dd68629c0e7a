"""A training run on disk: `state.pt`, which has everything needed to go on, and its history."""

import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator

from models.core import checkpoint, device
from models.core.errors import InputError
from models.core.history import History
from models.training.experiment import Experiment
from models.training.run import Run

_DAMAGED = (
    OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError
)  # fmt: skip


def begin(
    experiment: Experiment, folder: Path, accelerator: Accelerator, weights: Path | None = None
) -> Run:
    """A run from where the state in its folder is.

    Where the folder has no state, it begins with the weights in the folder `weights`, if that is
    given and has any of its name; else at the first step.

    Raises:
        InputError: as `resume` and `take_up`.
    """
    run = Run(experiment, folder, accelerator)
    if not resume(run) and weights:
        take_up(run, weights)
    return run


def save(run: Run) -> None:
    """Write `state.pt` and `history.json`, each atomically; the main process only.

    Raises:
        InputError: the disk is full; what was saved before is untouched.
    """
    if not run.accelerator.is_main_process:
        return
    state = run.state_dict()
    checkpoint.write_atomically(run.state_file, lambda file: torch.save(state, file))
    parameters = {
        name: sum(weights.numel() for weights in network.parameters())
        for name, network in run.plain.items()
    }
    run.history.about = {
        "name": run.experiment.name,
        "recipe": asdict(run.experiment.recipe),
        "parameters": parameters,
        "training_examples": run.experiment.size,
        "chosen_by": run.experiment.best,
        "seen": run.seen,
        "seconds": round(run.seconds, 1),
        "devices": _devices(run),
        "finished": run.finished,
    }
    run.history.write(run.folder / "history.json")


def _devices(run: Run) -> list[str]:
    """What the run has been on so far, in order: a run goes on where there is a machine."""
    now, before = device.called(run.accelerator.device), run.history.about.get("devices", [])
    return before if before[-1:] == [now] else [*before, now]


def resume(run: Run) -> bool:
    """Go on from the state in the run's folder, where there is one.

    Returns:
        Whether there is.

    Raises:
        InputError: the checkpoint is damaged, or one of networks of another config.
    """
    path = run.state_file
    if not path.is_file():
        return False
    try:
        # On the CPU, and copied to where each belongs: AdamW's counters of steps stay on the CPU.
        state: dict[str, Any] = torch.load(path, "cpu", weights_only=True)
        configs = state["configs"]
    except _DAMAGED as error:
        raise InputError(f"{path} is damaged: {error}. Delete it to start again.") from error
    if configs.keys() != run.plain.keys() or not all(
        checkpoint.has_config(run.plain[name], text) for name, text in configs.items()
    ):
        raise InputError(
            f"{path} was saved with another config ({configs}), this run has {run.configs}. "
            "Delete it, or train into another folder."
        )
    run.load_state_dict(state)
    run.history = History.read(run.folder / "history.json", until_step=run.step)
    return True


def take_up(run: Run, weights: Path) -> None:
    """Begin a run where the weights that are shipped are from, if there are any.

    What a state has and a shipped file has not is made up for: optimizers begin anew, with the
    recipe's warm-up if it has one, and the average begins at the weights that it had come to.

    Args:
        run: one that has no state yet.
        weights: the topic's folder of weights.

    Raises:
        InputError: a file or its history is damaged, or one of a network of another config.
    """
    shipped = weights / f"{run.experiment.name}.safetensors"
    if not shipped.is_file():
        return
    training = checkpoint.describe(shipped)["training"]
    files = {name: weights / name / shipped.name for name in run.plain}
    files[next(iter(run.plain))] = shipped
    for name, path in files.items():
        saved = checkpoint.load(type(run.plain[name]), path)
        if checkpoint.config_json(saved) != run.configs[name]:
            raise InputError(f"{path} has another config than {name} of {run.experiment.name}.")
        run.plain[name].load_state_dict(saved.state_dict())
        if name in run.average:
            run.average[name].module.load_state_dict(saved.state_dict())
            run.average[name].n_averaged.fill_(training["step"])
    run.step, run.seen = training["step"], training["seen"]
    run.since, run.best = run.seen, checkpoint.metric(shipped)
    run.history = History.read(shipped.with_suffix(".history.json"), until_step=run.step)
    run.seconds = run.history.records[-1]["seconds"] if run.history.records else 0.0
    save(run)
    if run.accelerator.is_main_process:
        for name, path in files.items():
            checkpoint.copy(path, run.best_file(name))
