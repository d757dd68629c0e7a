"""How fast a network is trained, beside the shortest loop that trains the same."""

import copy
import statistics
import time
from pathlib import Path

import torch

from models.core import device
from models.core.device import training_precision
from models.core.history import History
from models.core.seeds import mixed_seed
from models.training.experiment import Experiment
from models.training.loop import make_accelerator
from models.training.optimizer import make_optimizer
from models.training.recipe import batch_indices
from models.training.run import Run

ROUNDS = 32


def add_speed(
    experiment: Experiment, recipe: str, weights: Path, rounds: int = ROUNDS
) -> dict[str, float | str]:
    """Measure an experiment's speed and note it in the history beside its weights."""
    path = weights / f"{experiment.name}.history.json"
    history = History.read(path)
    found = {"recipe": recipe, **speed(experiment, rounds)}
    history.about["speed"] = found
    history.write(path)
    return found


def speed(experiment: Experiment, rounds: int = ROUNDS) -> dict[str, float | str]:
    """Images a second of our loop, and of a bare PyTorch loop of the same losses.

    At the end of the recipe, where everything learns that is to learn. The two take turns, step
    by step, so that whatever else the machine does slows both. Steps are not alike (larger photos
    in one of four, a teacher's walk for every fourth): the mean counts.

    Args:
        experiment: what is trained; its networks are copied, not changed.
        rounds: steps of each that are timed, after one that is not.
    """
    experiment, recipe = copy.copy(experiment), experiment.recipe
    experiment.networks = {name: copy.deepcopy(net) for name, net in experiment.networks.items()}
    engine = make_accelerator(device.current().device)
    first = max(recipe.examples // recipe.batch_size - rounds - 1, 0)
    bare = _BareLoop(experiment, engine.device, first)  # before accelerate changes the networks
    ours = Run(experiment, Path(experiment.name), engine)  # its folder is not written to
    ours.step, ours.seen = first, first * recipe.batch_size
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds + 1):
        for name, step in (("ours", ours.train_step), ("bare", bare.train_step)):
            started = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - started)
    size = recipe.batch_size
    mean = {name: statistics.fmean(values[1:]) for name, values in times.items()}
    return {
        "device": device.current().describe().rsplit(" · ", 1)[0],
        "images_per_second": size / mean["ours"],
        "bare_images_per_second": size / mean["bare"],
    }


class _BareLoop:
    """The shortest loop that trains the same networks: what a tutorial would show."""

    def __init__(self, experiment: Experiment, where: torch.device, step: int):
        self.experiment, self.device, self.step = copy.copy(experiment), where, step
        self.networks = {
            name: copy.deepcopy(network).to(where, memory_format=experiment.memory_format)
            for name, network in experiment.networks.items()
        }
        self.optimizers = {
            name: make_optimizer(network, experiment.recipe)
            for name, network in self.networks.items()
        }
        self.half = training_precision(where) == "bf16"

    def train_step(self) -> None:
        recipe = self.experiment.recipe
        seen = self.step * recipe.batch_size
        indices = batch_indices(self.experiment.size, seen, recipe.batch_size, recipe.seed)
        torch.manual_seed(mixed_seed(recipe.seed, self.step, 0))  # as `Run`'s
        self.experiment.seen = seen
        self.step += 1
        batch = self.experiment.batch(indices.to(self.device))
        batch = tuple(part.to(self.device) for part in batch)
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
