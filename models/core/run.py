"""The state of one training run: how a step changes it, and how it is saved and taken up again.

Batches and learning rates follow from the examples seen, and the random numbers of a step (noise,
dropout, crops) from the seed and the step. A run that is stopped and resumed therefore goes
exactly the way of one that never stopped.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.core import checkpoint
from models.core.errors import InputError
from models.core.experiment import DivergedError, Experiment, Networks
from models.core.history import History
from models.core.recipe import batch_indices, ema_decay, learning_rate, mixed_seed


class Run:
    """The state of one experiment: what `state.pt` in its folder holds, and how a step changes it.

    The folder gets `state.pt` (everything needed to go on), `best.safetensors` (the weights with
    the best validation, as they ship; those of further networks under their names) and
    `history.json`.
    """

    def __init__(self, experiment: Experiment, folder: Path, accelerator: Accelerator):
        self.experiment, self.folder, self.accelerator = experiment, folder, accelerator
        recipe = experiment.recipe
        self.step = self.seen = self.bad_validations = 0
        self.seconds = 0.0
        self.best: float | None = None
        self.sums: dict[str, float] = {}
        self.summed = 0
        self.history = History()
        self.plain = {
            name: network.to(accelerator.device, memory_format=torch.channels_last)
            for name, network in experiment.networks.items()
        }
        self.average = {
            name: AveragedModel(network, multi_avg_fn=self._update_average, use_buffers=True)
            for name, network in (self.plain.items() if recipe.ema else ())
        }
        self.networks, self.optimizers = {}, {}
        for name, network in self.plain.items():
            optimizer = torch.optim.AdamW(
                parameter_groups(network, recipe.weight_decay, recipe.slower),
                lr=recipe.learning_rate,
                betas=recipe.betas,
            )
            self.networks[name], self.optimizers[name] = accelerator.prepare(network, optimizer)
        self.resume()

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
        networks = {name: average.module for name, average in self.average.items()}
        return networks or self.plain

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
        rate, report = learning_rate(recipe, self.seen), {}
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
            if self.average:
                self.average[player].update_parameters(self.plain[player])
            report |= {name: loss.item() for name, loss in losses.items()}
        self.step += 1
        self.seen += len(indices)
        self.summed += 1
        self.sums = {name: self.sums.get(name, 0.0) + loss for name, loss in report.items()}
        return report

    def _diverged(self, player: str) -> str:
        state = self.folder / "state.pt"
        last = f"the last good checkpoint is {state}" if state.exists() else "none was saved yet"
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
        if self.best is None or metric < self.best:
            self.best, self.bad_validations = metric, 0
            if self.accelerator.is_main_process:
                about = {"step": self.step, "seen": self.seen, "validation": metrics}
                about |= {
                    "chosen_by": self.experiment.best,
                    "recipe": asdict(self.experiment.recipe),
                }
                for i, (name, network) in enumerate(networks.items()):
                    file = f"{name}.safetensors" if i else "best.safetensors"
                    checkpoint.save(network, self.folder / file, about)
        return metrics

    def save(self) -> None:
        """Write `state.pt` and `history.json`, each atomically; the main process only."""
        if not self.accelerator.is_main_process:
            return
        state = {
            "configs": self._configs(),
            "numbers": {name: getattr(self, name) for name in self._numbers},
            "networks": {name: network.state_dict() for name, network in self.plain.items()},
            "optimizers": {name: part.state_dict() for name, part in self.optimizers.items()},
            "average": {name: part.state_dict() for name, part in self.average.items()},
        }
        path = self.folder / "state.pt"
        checkpoint.write_atomically(path, lambda file: torch.save(state, file))
        parameters = {
            name: sum(weights.numel() for weights in network.parameters())
            for name, network in self.plain.items()
        }
        self.history.about = {
            "name": self.experiment.name,
            "recipe": asdict(self.experiment.recipe),
            "parameters": parameters,
            "training_examples": self.experiment.size,
            "chosen_by": self.experiment.best,
            "seen": self.seen,
            "seconds": round(self.seconds, 1),
            "finished": self.finished,
        }
        self.history.write(self.folder / "history.json")

    _numbers = ("step", "seen", "seconds", "best", "bad_validations", "sums", "summed")

    def _configs(self) -> dict[str, str]:
        return {name: checkpoint.config_json(network) for name, network in self.plain.items()}

    def resume(self) -> None:
        """Take up `state.pt`, where the folder has one.

        Raises:
            InputError: the checkpoint is damaged, or one of networks of another config.
        """
        path = self.folder / "state.pt"
        if not path.is_file():
            return
        try:
            state: dict[str, Any] = torch.load(path, self.accelerator.device, weights_only=True)
            configs = state["configs"]
        except (OSError, RuntimeError, EOFError, KeyError, ValueError) as error:
            raise InputError(f"{path} is damaged: {error}. Delete it to start again.") from error
        if configs != self._configs():
            raise InputError(
                f"{path} was saved with another config ({configs}), this run has "
                f"{self._configs()}. Delete it, or train into another folder."
            )
        for name, part in self.plain.items():
            part.load_state_dict(state["networks"][name])
            self.optimizers[name].load_state_dict(state["optimizers"][name])
        for name, part in self.average.items():
            part.load_state_dict(state["average"][name])
        for name, value in state["numbers"].items():
            setattr(self, name, value)
        self.history = History.read(self.folder / "history.json", until_step=self.step)


def parameter_groups(
    network: nn.Module, weight_decay: float, slower: Sequence[tuple[str, float]] = ()
) -> list[dict[str, Any]]:
    """Decay for matrices and filters, none for biases and norms (nanoGPT's rule).

    The parts in `slower` (see `Recipe`) get groups of their own, with their `share` of the rate.
    """
    rest = {name: part for name, part in network.named_parameters() if part.requires_grad}
    groups = []
    for beginning, share in slower:
        own = [name for name in rest if name.startswith(beginning)]
        found = _by_decay([rest.pop(name) for name in own], weight_decay)
        groups += [group | {"share": share} for group in found]
    return _by_decay(list(rest.values()), weight_decay) + groups


def _by_decay(weights: list[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    return [
        {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": weight_decay},
        {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0},
    ]
