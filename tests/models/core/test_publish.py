"""Publishing: only what is better ships, and the card says what was measured."""

import copy
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.core import checkpoint
from models.core import publish as publishing
from models.core.card import About, write_card
from models.core.history import History
from models.core.loop import make_accelerator, train
from models.core.publish import add_speed, publish, refresh, speed
from models.core.run import Run
from tests.models.core.toy import Toy, ToyConfig, ToyTraining


def a_run(folder, loss, shade):
    network = Toy(ToyConfig())
    network.head.bias.data.fill_(shade)
    training = {"seen": 40, "validation": {"loss": loss}, "chosen_by": "loss"}
    checkpoint.save(network, folder / "toy" / "best.safetensors", training)
    about = {"parameters": {"toy": 29}, "training_examples": 1234, "seen": 80, "seconds": 3600.0}
    History(about).write(folder / "toy" / "history.json")
    return folder / "toy"


def shade(weights):
    return checkpoint.load(Toy, weights / "toy.safetensors").head.bias.item()


def test_only_better_weights_are_shipped(tmp_path):
    weights = tmp_path / "weights"
    assert publish(a_run(tmp_path, 2.0, 0.25), weights)
    assert not publish(a_run(tmp_path, 2.0, 0.5), weights)
    assert not publish(a_run(tmp_path, 3.0, 0.5), weights)
    assert shade(weights) == 0.25
    assert publish(a_run(tmp_path, 1.0, 0.75), weights)
    assert shade(weights) == 0.75
    assert History.read(weights / "toy.history.json").about["seen"] == 80


def test_a_run_that_goes_on_without_getting_better_brings_its_history_up_to_date(tmp_path):
    weights = tmp_path / "weights"
    run = a_run(tmp_path, 2.0, 0.25)
    publish(run, weights)
    speed = add_speed(ToyTraining(), "cpu", weights)
    assert not refresh(run, weights)  # nothing new
    longer = History({"parameters": {"toy": 29}, "seen": 120, "seconds": 4000.0}, [{"step": 15}])
    longer.write(run / "history.json")
    assert not publish(run, weights)
    assert refresh(run, weights)
    shipped = History.read(weights / "toy.history.json")
    assert shipped == History({**longer.about, "speed": speed}, longer.records)
    assert shade(weights) == 0.25
    a_run(tmp_path, 3.0, 0.5)  # another one, and no better
    assert not refresh(run, weights)
    assert History.read(weights / "toy.history.json") == shipped


def test_the_card_s_numbers_are_the_measured_ones(tmp_path):
    weights = tmp_path / "weights"
    publish(a_run(tmp_path, 2.0, 0.0), weights)
    add_speed(ToyTraining(), "cpu", weights)
    write_card(About("Toys", "Text.", "Data.", "Limits.", "Metrics."), weights, {"toy": {"x": 1.5}})
    card = (weights / "CARD.md").read_text()
    assert "| `toy` | Toy | 0.00 M | 0.0 | 1,234 | 80 | 40 | 1.0 |" in card
    assert "| toy | 1.5 |" in card
    assert json.loads((weights / "evaluation.json").read_text()) == {"toy": {"x": 1.5}}
    measured = History.read(weights / "toy.history.json").about["speed"]
    assert f"| {measured['images_per_second']:.0f} |" in card


def test_measuring_the_speed_leaves_the_experiment_as_it_was():
    experiment = ToyTraining()
    before = copy.deepcopy(experiment.networks["toy"].state_dict())
    measured = speed(experiment)
    after = experiment.networks["toy"].state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert measured["images_per_second"] > 0
    assert "CPU" in measured["device"]


def test_a_run_can_be_validated_by_any_metric(tmp_path):
    experiment = ToyTraining()
    experiment.best = "distance"
    experiment.recipe = replace(experiment.recipe, examples=40)
    experiment.validate = lambda networks: {"loss": math.nan, "distance": 4.0}
    list(train(experiment, tmp_path / "toy", make_accelerator(torch.device("cpu"))))
    assert publish(tmp_path / "toy", tmp_path / "weights")
    about = checkpoint.describe(tmp_path / "weights" / "toy.safetensors")["training"]
    assert about["chosen_by"] == "distance"
    assert about["validation"]["distance"] == pytest.approx(4.0)


def test_further_networks_travel_in_folders_of_their_names(tmp_path):
    experiment = ToyTraining(players=("generator", "discriminator"))
    list(train(experiment, tmp_path / "toy", make_accelerator(torch.device("cpu"))))
    weights = tmp_path / "weights"
    assert publish(tmp_path / "toy", weights)
    judge = checkpoint.load(Toy, weights / "discriminator" / "toy.safetensors")
    assert not torch.equal(
        judge.head.weight, checkpoint.load(Toy, weights / "toy.safetensors").head.weight
    )
    add_speed(experiment, "cpu", weights)
    write_card(About("Toys", "Text.", "Data.", "Limits.", "Metrics."), weights, {})
    assert (weights / "CARD.md").read_text().count("`toy`") == 2  # its weights and its speed


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

    class Noted(publishing._BareLoop):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            bare.append(self)

    class Changing(publishing.Run):
        def __init__(self, experiment, *arguments):
            super().__init__(experiment, *arguments)
            for network in experiment.networks.values():
                network.changed = True

    monkeypatch.setattr(publishing, "_BareLoop", Noted)
    monkeypatch.setattr(publishing, "Run", Changing)
    experiment = ToyTraining()
    experiment.recipe = replace(
        experiment.recipe, betas=(0.8, 0.9), slower=(("head.", 0.25),), weight_decay=0.3
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
