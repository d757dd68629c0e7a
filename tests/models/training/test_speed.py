"""The speed on a card: measured beside a bare loop that does the same, and leaves no trace."""

import copy
from dataclasses import replace
from pathlib import Path

import torch

from models.training import speed as measuring
from models.training.loop import make_accelerator
from models.training.run import Run
from models.training.speed import speed
from tests.models.training.toy import ToyTraining


def test_measuring_the_speed_leaves_the_experiment_as_it_was():
    experiment = ToyTraining()
    before = copy.deepcopy(experiment.networks["toy"].state_dict())
    measured = speed(experiment)
    after = experiment.networks["toy"].state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert measured["images_per_second"] > 0
    assert "CPU" in measured["device"]


def test_the_bare_loop_trains_on_the_same_batches():
    experiment = ToyTraining()
    drawn = []
    draw = experiment.batch
    experiment.batch = lambda indices: drawn.append(torch.rand(()).item()) or draw(indices)
    speed(experiment, rounds=2)
    assert drawn[::2] == drawn[1::2]


def test_the_bare_loop_is_bare_and_has_the_recipe_s_optimizer(monkeypatch):
    """Accelerate changes networks in place, so that copies made later would be changed too."""
    bare = []

    class Noted(measuring._BareLoop):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            bare.append(self)

    class Changing(measuring.Run):
        def __init__(self, experiment, *arguments):
            super().__init__(experiment, *arguments)
            for network in experiment.networks.values():
                network.changed = True

    monkeypatch.setattr(measuring, "_BareLoop", Noted)
    monkeypatch.setattr(measuring, "Run", Changing)
    experiment = ToyTraining()
    experiment.recipe = replace(
        experiment.recipe, betas=(0.8, 0.9), shares=(("head.", 0.25),), weight_decay=0.3
    )
    speed(experiment, rounds=1)
    assert not hasattr(bare[0].networks["toy"], "changed")
    ours = Run(experiment, Path("none"), make_accelerator(torch.device("cpu"))).optimizers["toy"]
    its = bare[0].optimizers["toy"]
    assert [group["betas"] for group in its.param_groups] == 4 * [(0.8, 0.9)]
    for one, other in zip(its.param_groups, ours.param_groups, strict=True):
        assert one["weight_decay"] == other["weight_decay"]
        assert one.get("share") == other.get("share")
        assert [weights.shape for weights in one["params"]] == [
            weights.shape for weights in other["params"]
        ]


def test_the_speed_is_that_of_the_last_steps():
    seen = []

    class Noted(ToyTraining):
        def batch(self, indices):
            seen.append(self.seen)
            return super().batch(indices)

    recipe = Noted().recipe
    speed(Noted(), rounds=2)
    assert sorted(set(seen)) == [recipe.examples - i * recipe.batch_size for i in (3, 2, 1)]
