"""The state of one training run, and how a step and a validation change it.

Batches and learning rates follow from the examples seen, and the random numbers of a step (noise,
dropout, crops) from the seed and the step. A run that is stopped and resumed therefore goes
exactly the way of one that never stopped.
"""

import math
from dataclasses import asdict
from pathlib import Path

import torch
from accelerate import Accelerator
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.core import checkpoint, state
from models.core.experiment import DivergedError, Experiment, Networks
from models.core.history import History
from models.core.optimizer import adamw
from models.core.processes import of_the_first
from models.core.recipe import batch_indices, ema_decay, learning_rate, mixed_seed


class Run:
    """One experiment on its way, from where the state in its folder is.

    Its folder gets `state.pt` and `history.json` (see `models.core.state`), and at each better
    validation `best.safetensors`: the weights as they ship; those of further networks under their
    names. Where the folder has no state, it begins with those in the folder `weights`, if
    that is given and has any of its name.
    """

    def __init__(
        self,
        experiment: Experiment,
        folder: Path,
        accelerator: Accelerator,
        weights: Path | None = None,
    ):
        self.experiment, self.folder, self.accelerator = experiment, folder, accelerator
        recipe = experiment.recipe
        self.step = self.seen = self.since = self.bad_validations = 0
        self.seconds = 0.0
        self.best: float | None = None
        self.sums: dict[str, float] = {}
        self.summed = 0
        self.history = History()
        self.plain = {
            name: network.to(accelerator.device, memory_format=experiment.memory_format)
            for name, network in experiment.networks.items()
        }
        self.average = {
            name: AveragedModel(network, multi_avg_fn=self._update_average, use_buffers=True)
            for name, network in (self.plain.items() if recipe.ema else ())
            if name not in experiment.unaveraged
        }
        self.networks, self.optimizers = {}, {}
        for name, network in self.plain.items():
            prepared = accelerator.prepare(network, adamw(network, recipe))
            self.networks[name], self.optimizers[name] = prepared
        if not state.resume(self) and weights:
            state.take_up(self, weights)

    @property
    def state_file(self) -> Path:
        """Where everything is that is needed to go on."""
        return self.folder / "state.pt"

    def best_file(self, name: str) -> Path:
        """Where the network `name` is as it was at the best validation."""
        first = next(iter(self.plain))
        return self.folder / (state.BEST if name == first else f"{name}.safetensors")

    @property
    def finished(self) -> bool:
        """All examples seen, or no better validation for too long."""
        recipe = self.experiment.recipe
        patient = recipe.patience is None or self.bad_validations < recipe.patience
        return self.seen >= recipe.examples or not patient

    def _update_average(self, average: list, current: list, updates: torch.Tensor) -> None:
        decay = ema_decay(self.experiment.recipe.ema, int(updates))
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
        batch = tuple(part.to(engine.device) for part in self.experiment.batch(share))
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
            if not (torch.isfinite(first.detach()) and torch.isfinite(norm)):
                raise DivergedError(self._diverged(player))
            for group in optimizer.param_groups:
                group["lr"] = rate * group.get("share", 1.0)
            optimizer.step()
            if player in self.average:
                self.average[player].update_parameters(self.plain[player])
            report |= {name: loss.item() for name, loss in losses.items()}
        self.step += 1
        self.seen += len(indices)
        self.summed += 1
        self.sums = {name: self.sums.get(name, 0.0) + loss for name, loss in report.items()}
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
                "train": {name: total / self.summed for name, total in self.sums.items()},
                "validation": metrics,
            }
        )
        if texts:
            self.history.records[-1]["texts"] = texts
        if images is not None:
            self.history.add_strip(self.step, self.seen, images)
        self.sums, self.summed = {}, 0
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
