"""The state of one training run, and how a step and a validation change it.

Batches and learning rates follow from the examples seen, and the random numbers of a step (noise,
dropout, crops) from the seed and the step. A run that is stopped and resumed therefore goes
exactly the way of one that never stopped.
"""

import math
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.core import checkpoint
from models.core.history import History
from models.core.seeds import mixed_seed
from models.training.distributed import of_the_first
from models.training.experiment import DivergedError, Experiment, Networks
from models.training.optimizer import make_optimizer
from models.training.recipe import batch_indices, ema_decay, learning_rate

BEST = "best.safetensors"
"""The file of the first network as it was best; those of others have their names."""
NUMBERS = ("step", "seen", "since", "seconds", "best", "bad_validations", "sums", "counts")
"""The fields of a `Run` that are plain numbers, or dictionaries of them."""


class Run:
    """One experiment on its way, from its first step on (see `models.training.state` for resuming).

    Its folder gets at each better validation `best.safetensors`: the weights as they ship; those
    of further networks under their names.
    """

    def __init__(self, experiment: Experiment, folder: Path, accelerator: Accelerator):
        self.experiment, self.folder, self.accelerator = experiment, folder, accelerator
        recipe = experiment.recipe
        experiment.place(accelerator.device)
        self.step = self.seen = self.since = self.bad_validations = 0
        self.seconds = 0.0
        self.best: float | None = None
        self.sums: dict[str, float] = {}
        self.counts: dict[str, int] = {}  # of the steps that had this loss: not all have all
        self.history = History()
        self.plain = {
            name: network.to(accelerator.device, memory_format=experiment.memory_format)
            for name, network in experiment.networks.items()
        }
        self.average = {
            name: AveragedModel(
                network, multi_avg_fn=partial(self._update_average, name), use_buffers=True
            )
            for name, network in (self.plain.items() if recipe.ema else ())
            if name not in experiment.unaveraged
        }
        self.networks, self.optimizers = {}, {}
        for name, network in self.plain.items():
            prepared = accelerator.prepare(network, make_optimizer(network, recipe))
            self.networks[name], self.optimizers[name] = prepared

    @property
    def configs(self) -> dict[str, str]:
        """The networks' configs as JSON: whose state this is."""
        return {name: checkpoint.config_json(network) for name, network in self.plain.items()}

    def state_dict(self) -> dict[str, Any]:
        """Everything that is needed to go on, but for the history."""
        return {
            "configs": self.configs,
            "numbers": {name: getattr(self, name) for name in NUMBERS},
            "networks": {name: network.state_dict() for name, network in self.plain.items()},
            "optimizers": {name: part.state_dict() for name, part in self.optimizers.items()},
            "average": {name: part.state_dict() for name, part in self.average.items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave, of a run of the same `configs`.

        Where the recipe has another kind of optimizer by now, that one begins here.
        """
        anew = False
        for name, part in self.plain.items():
            part.load_state_dict(state["networks"][name])
            saved, optimizer = state["optimizers"][name], self.optimizers[name]
            if _settings(saved) == _settings(optimizer.state_dict()):
                optimizer.load_state_dict(saved)
            else:
                anew = True
        for name, part in self.average.items():
            part.load_state_dict(state["average"][name])
        for name, value in state["numbers"].items():
            setattr(self, name, value)
        if "counts" not in state["numbers"]:  # as saved before losses had counts of their own
            self.counts = dict.fromkeys(self.sums, state["numbers"]["summed"])
        if anew:
            self.since = self.seen

    @property
    def state_file(self) -> Path:
        """Where everything is that is needed to go on."""
        return self.folder / "state.pt"

    def best_file(self, name: str) -> Path:
        """Where the network `name` is as it was at the best validation."""
        first = next(iter(self.plain))
        return self.folder / (BEST if name == first else f"{name}.safetensors")

    @property
    def finished(self) -> bool:
        """All examples seen, or no better validation for too long."""
        recipe = self.experiment.recipe
        patient = recipe.patience is None or self.bad_validations < recipe.patience
        return self.seen >= recipe.examples or not patient

    def _update_average(
        self, name: str, average: list, current: list, updates: torch.Tensor
    ) -> None:
        # `updates` is on the networks' device; the count itself is not: asking it costs no wait.
        decay = ema_decay(self.experiment.recipe.ema, int(self.average[name].n_averaged))
        get_ema_multi_avg_fn(decay)(average, current, updates)

    def shipped(self) -> Networks:
        """The networks as they are validated and shipped: averaged where the recipe says so."""
        return self.plain | {name: average.module for name, average in self.average.items()}

    def train_step(self) -> dict[str, float]:
        """Update every network once, on the next batch.

        Raises:
            DivergedError: a loss or a gradient is not finite; no network was updated by it.
        """
        recipe, engine = self.experiment.recipe, self.accelerator
        indices = batch_indices(self.experiment.size, self.seen, recipe.batch_size, recipe.seed)
        torch.manual_seed(mixed_seed(recipe.seed, self.step, engine.process_index))
        share = indices[engine.process_index :: engine.num_processes]
        self.experiment.seen = self.seen
        batch = self.experiment.batch(share.to(engine.device))
        batch = tuple(part.to(engine.device) for part in batch)
        rate, report = learning_rate(recipe, self.seen, self.since), {}
        for player, optimizer in self.optimizers.items():
            losses = self.experiment.losses(player, self.networks, batch)
            if not losses:
                continue
            for other in self.optimizers.values():
                other.zero_grad()
            first = next(iter(losses.values()))
            engine.backward(first)
            norm = engine.clip_grad_norm_(self.networks[player].parameters(), recipe.clip)
            # All numbers at once: each one that is asked for lets a GPU run dry.
            numbers = torch.stack([norm, *(loss.detach() for loss in losses.values())]).tolist()
            if not all(map(math.isfinite, numbers[:2])):
                raise DivergedError(self._diverged(player))
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("share", 1.0)
            optimizer.step()
            if player in self.average:
                self.average[player].update_parameters(self.plain[player])
            report |= dict(zip(losses, numbers[1:], strict=True))
        self.step += 1
        self.seen += len(indices)
        for name, loss in report.items():
            self.sums[name] = self.sums.get(name, 0.0) + loss
            self.counts[name] = self.counts.get(name, 0) + 1
        return report

    def _diverged(self, player: str) -> str:
        saved = self.state_file
        last = f"the last good checkpoint is {saved}" if saved.exists() else "none was saved yet"
        return f"{self.experiment.name}: {player} is not finite at step {self.step}; {last}."

    def validate(self) -> dict[str, float]:
        """Validate, record it in the history, and keep the weights if they are the best so far."""
        networks = self.shipped()
        for network in networks.values():
            network.eval()
        with torch.no_grad():
            metrics = self.experiment.validate(networks)
            images = self.experiment.samples(networks)
            texts = self.experiment.texts(networks)
        # Batch norm's sums differ between processes, but not when to stop and what is the best.
        metrics = of_the_first(metrics, self.accelerator)
        for network in self.plain.values():
            network.train()
        self.history.records.append(
            {
                "step": self.step,
                "seen": self.seen,
                "seconds": round(self.seconds, 1),
                "train": {name: total / self.counts[name] for name, total in self.sums.items()},
                "validation": metrics,
            }
        )
        if texts:
            self.history.records[-1]["texts"] = texts
        if images is not None:
            self.history.add_strip(self.step, self.seen, images)
        self.sums, self.counts = {}, {}
        metric = metrics[self.experiment.best]
        self.bad_validations += 1
        if math.isfinite(metric) and (self.best is None or metric < self.best):
            self.best, self.bad_validations = metric, 0
            if self.accelerator.is_main_process:
                about = {"step": self.step, "seen": self.seen, "validation": metrics}
                about |= {
                    "chosen_by": self.experiment.best,
                    "recipe": asdict(self.experiment.recipe),
                }
                for name, network in networks.items():
                    checkpoint.save(network, self.best_file(name), about)
        return metrics


def _settings(optimizer: dict[str, Any]) -> set[str]:
    """What an optimizer, by its `state_dict`, can be set to: AdamW other things than SGD."""
    return {setting for group in optimizer["param_groups"] for setting in group}
