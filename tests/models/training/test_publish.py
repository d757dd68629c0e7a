"""Publishing: only what is better ships, and the card says what was measured."""

import json
import math
from dataclasses import replace
from unittest.mock import Mock

import pytest
import torch

from models.core import checkpoint
from models.core.errors import InputError
from models.core.history import History
from models.training.card import About, write_card
from models.training.loop import make_accelerator, train
from models.training.publish import publish, refresh
from models.training.speed import add_speed
from tests.models.training.toy import Toy, ToyConfig, ToyTraining


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


def test_what_was_interrupted_between_two_files_is_still_better(tmp_path, monkeypatch):
    weights = tmp_path / "weights"
    publish(a_run(tmp_path, 2.0, 0.25), weights)
    add_speed(ToyTraining(), "cpu", weights)
    run = a_run(tmp_path, 1.0, 0.75)
    for broken in ((History, "write"), (checkpoint, "copy")):
        with monkeypatch.context() as disk:
            disk.setattr(*broken, Mock(side_effect=InputError("The disk is full.")))
            with pytest.raises(InputError):
                publish(run, weights)
        assert shade(weights) == 0.25
    assert publish(run, weights)
    assert shade(weights) == 0.75


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
