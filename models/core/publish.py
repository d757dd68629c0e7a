"""From a training run to shipped weights, but only where they are better than what stands."""

import copy
import filecmp
import tempfile
import time
from pathlib import Path

import torch

from models.core import checkpoint, device, state
from models.core.device import training_precision
from models.core.experiment import Experiment
from models.core.history import History
from models.core.loop import make_accelerator
from models.core.optimizer import adamw
from models.core.recipe import batch_indices, mixed_seed
from models.core.run import Run


def publish(run: Path, weights: Path) -> bool:
    """Copy a run's best weights and its history into a folder of weights, if they are better.

    Those of further networks, such as a discriminator, go to sub-folders of their names.

    Args:
        run: the run's folder, named like the weight file to be.
        weights: the topic's folder of weights.

    Returns:
        Whether they were: by the validation metric that both were chosen by.

    Raises:
        InputError: the run has no weights yet.
    """
    best, shipped = run / state.BEST, weights / f"{run.name}.safetensors"
    if shipped.is_file() and checkpoint.metric(best) >= checkpoint.metric(shipped):
        return False
    history = History.read(run / "history.json")
    for other in set(run.glob("*.safetensors")) - {best}:
        checkpoint.copy(other, weights / other.stem / shipped.name)
    checkpoint.copy(best, shipped)
    history.write(weights / f"{run.name}.history.json")
    return True


def refresh(run: Path, weights: Path) -> bool:
    """Copy a run's history beside the shipped weights, if those are this run's best already.

    A run goes on after its best validation, and how far is part of what is told of the weights.
    Their speed was measured once, and stays.

    Args:
        run: the run's folder, named like the weight file.
        weights: the topic's folder of weights.

    Returns:
        Whether there was anything new in it.

    Raises:
        InputError: a history is damaged, or cannot be written.
    """
    best, shipped = run / state.BEST, weights / f"{run.name}.safetensors"
    if not filecmp.cmp(best, shipped, shallow=False):
        return False
    history, path = History.read(run / "history.json"), weights / f"{run.name}.history.json"
    before = History.read(path)
    history.about |= {"speed": before.about["speed"]} if "speed" in before.about else {}
    if history == before:
        return False
    history.write(path)
    return True


def add_speed(experiment: Experiment, recipe: str, weights: Path) -> dict[str, float | str]:
    """Measure an experiment's speed and note it in the history beside its weights."""
    path = weights / f"{experiment.name}.history.json"
    history = History.read(path)
    found = {"recipe": recipe, **speed(experiment)}
    history.about["speed"] = found
    history.write(path)
    return found


def speed(experiment: Experiment, rounds: int = 8) -> dict[str, float | str]:
    """Images a second of our loop, and of a bare PyTorch loop of the same losses.

    At the end of the recipe, where everything learns that is to learn. The two take turns, step
    by step, so that whatever else the machine does slows both; the fastest step of each is what
    counts.

    Args:
        experiment: what is trained; its networks are copied, not changed.
        rounds: steps of each that are timed, after one that is not.
    """
    experiment, recipe = copy.copy(experiment), experiment.recipe
    experiment.networks = {name: copy.deepcopy(net) for name, net in experiment.networks.items()}
    engine = make_accelerator(device.current().device)
    first = max(recipe.examples // recipe.batch_size - rounds - 1, 0)
    bare = _BareLoop(experiment, engine.device, first)  # before accelerate changes the networks
    with tempfile.TemporaryDirectory() as empty:
        ours = Run(experiment, Path(empty), engine)
    ours.step, ours.seen = first, first * recipe.batch_size
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds + 1):
        for name, step in (("ours", ours.train_step), ("bare", bare.train_step)):
            started = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - started)
    size = recipe.batch_size
    fastest = {name: min(values[1:]) for name, values in times.items()}
    return {
        "device": device.current().describe().rsplit(" · ", 1)[0],
        "images_per_second": size / fastest["ours"],
        "bare_images_per_second": size / fastest["bare"],
    }


class _BareLoop:
    """The shortest loop that trains the same networks: what a tutorial would show."""

    def __init__(self, experiment: Experiment, where: torch.device, step: int):
        self.experiment, self.device, self.step = experiment, where, step
        self.networks = {
            name: copy.deepcopy(network).to(where, memory_format=experiment.memory_format)
            for name, network in experiment.networks.items()
        }
        self.optimizers = {
            name: adamw(network, experiment.recipe) for name, network in self.networks.items()
        }
        self.half = training_precision(where) == "bf16"

    def train_step(self) -> None:
        recipe = self.experiment.recipe
        seen = self.step * recipe.batch_size
        indices = batch_indices(self.experiment.size, seen, recipe.batch_size, recipe.seed)
        torch.manual_seed(mixed_seed(recipe.seed, self.step, 0))  # as `Run`'s
        self.experiment.seen = seen
        self.step += 1
        batch = tuple(part.to(self.device) for part in self.experiment.batch(indices))
        for player, optimizer in self.optimizers.items():
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
                losses = self.experiment.losses(player, self.networks, batch)
            if not losses:
                continue
            optimizer.zero_grad()
            loss = next(iter(losses.values()))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.networks[player].parameters(), recipe.clip)
            optimizer.step()
            loss.item()
