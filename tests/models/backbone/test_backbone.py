"""The backbone: its maps, its loss, and the numbers that are said of it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchmetrics.functional.classification import multiclass_accuracy
from torchvision.models.resnet import BasicBlock

from models.backbone import evaluate, shipped
from models.backbone.network import Backbone, BackboneConfig, Block
from models.backbone.train import BackboneTraining, roughness
from models.core import checkpoint
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.images import squeezed
from models.training.command_line import Options
from models.training.loop import make_accelerator, train

CLASSES = tuple(f"class {i}" for i in range(202))
TINY = BackboneConfig(CLASSES, widths=(8, 8, 16, 16), blocks=(1, 1, 1, 1))


def test_the_shipped_shape_is_what_the_issue_asks_for():
    network = Backbone(BackboneConfig(CLASSES))
    assert 4e6 < sum(weights.numel() for weights in network.parameters()) < 7e6
    assert network.stem.weight.shape == (32, 3, 7, 7)


@pytest.mark.parametrize("side", [64, 96, 160, 75])
def test_maps_halve_from_stage_to_stage(side):
    network = Backbone(TINY).eval()
    maps = network.features(torch.rand(2, 3, side, side))
    halves = [side]
    for _ in range(4):
        halves.append((halves[-1] + 1) // 2)
    assert [m.shape[-1] for m in maps] == [halves[1], *halves[1:]]
    assert network(torch.rand(2, 3, side, side)).shape == (2, 202)


def test_a_block_is_torchvision_s():
    torch.manual_seed(0)
    ours, theirs = Block(4, 4, 1).eval(), BasicBlock(4, 4).eval()
    nn.init.ones_(ours.norm2.weight)
    theirs.conv1.load_state_dict(ours.conv1.state_dict())
    theirs.conv2.load_state_dict(ours.conv2.state_dict())
    x = torch.rand(1, 4, 8, 8)
    torch.testing.assert_close(ours(x), theirs(x))


def test_pictures_are_small_at_first_and_whole_at_the_end():
    experiment = BackboneTraining(Options(dry_run=True), TINY)
    experiment.recipe = replace(experiment.recipe, examples=100)
    sides = []
    for experiment.seen in (0, 69, 70, 89, 90, 99):
        sides.append(experiment.side)
    assert sides == [48, 48, 64, 64, 80, 80]


def test_it_is_validated_with_norms_that_saw_whole_pictures_at_the_size_at_which_it_is_asked():
    experiment = BackboneTraining(Options(dry_run=True), TINY)
    network = Backbone(TINY).eval()
    nn.init.constant_(network.norm.running_mean, 1e3)  # as if from other pictures
    found = experiment.validate({"backbone": network})
    assert not network.training
    whole = squeezed(experiment.training.images / 255, shipped.SIZE)
    maps = network.stem((whole - network.mean) / network.std)  # N C H W, before the first norm
    torch.testing.assert_close(network.norm.running_mean, maps.mean((0, 2, 3)))
    torch.testing.assert_close(network.norm.running_var, maps.var((0, 2, 3)))
    assert found == evaluate.accuracy(network, experiment.validation, shipped.SIZE)


def test_roughness_pulls_each_weight_towards_its_four_neighbours():
    filters = torch.randn(2, 3, 7, 7, generator=torch.Generator().manual_seed(0))
    filters.requires_grad_()
    roughness(filters).backward()
    laplacian = torch.tensor([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]).expand(3, 1, 3, 3)
    expected = 2 * F.conv2d(filters.detach(), laplacian, padding=1, groups=3)
    torch.testing.assert_close(filters.grad, expected)


def test_the_first_layer_becomes_smoother_in_training(tmp_path):
    experiment = BackboneTraining(Options(dry_run=True), TINY)
    experiment.recipe = replace(
        experiment.recipe, examples=400, batch_size=4, validate_every=400, learning_rate=1e-2
    )
    found = [p.losses for p in train(experiment, tmp_path, make_accelerator(torch.device("cpu")))]
    assert found[-1]["roughness"] < 0.5 * found[0]["roughness"]
    assert found[0]["objective"] > found[0]["loss"]


def test_a_few_steps_lower_the_loss(tmp_path):
    experiment = BackboneTraining(Options(dry_run=True), TINY)
    experiment.recipe = replace(
        experiment.recipe,
        examples=640,
        batch_size=16,
        decay=0,
        validate_every=160,
        ema=0.5,
        learning_rate=5e-3,
    )
    engine = make_accelerator(torch.device("cpu"))
    losses = [p.losses["loss"] for p in train(experiment, tmp_path, engine)]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])
    assert checkpoint.load(Backbone, tmp_path / "best.safetensors").config == TINY


class Rigged(nn.Module):
    """Says of picture i (its number is its first pixel) what row i of a table says."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits)

    def forward(self, images):
        return self.logits[(images[:, 0, 0, 0] * 255).round().long()]


def test_accuracy_is_torchmetrics():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(200, 20, generator=generator)
    labels = torch.randint(20, (200,), generator=generator)
    images = torch.arange(200, dtype=torch.uint8).reshape(-1, 1, 1, 1).expand(-1, 3, 2, 2)
    numbers = evaluate.accuracy(Rigged(logits), Dataset(images, labels))
    for k in (1, 5):
        expected = multiclass_accuracy(logits, labels, 20, average="micro", top_k=k)
        assert numbers[f"top{k}"] == pytest.approx(100 * expected.item())
    assert numbers["loss"] == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-5)


class Sided(nn.Module):
    """Answers with one row of numbers where a picture's left is bright, else with another."""

    def __init__(self, left, right):
        super().__init__()
        self.rows = nn.Parameter(torch.tensor([right, left]))

    def forward(self, images):
        return self.rows[(images[:, 0, 0, 0] > 0.5).long()]


@pytest.mark.parametrize(("mirrored", "right"), [([1.0, 0.0, 0.0], 0), ([3.0, 0.0, 0.0], 100)])
def test_with_flips_the_surer_of_two_answers_counts(mirrored, right):
    images = torch.zeros(4, 3, 2, 2, dtype=torch.uint8)
    images[..., 0] = 255
    network = Sided([0.0, 2.0, 0.0], mirrored)  # says 1, and 0 of the mirror image
    pictures = Dataset(images, torch.zeros(4, dtype=torch.int64))
    numbers = evaluate.accuracy(network, pictures, flips=True)
    assert numbers["top1"] == 0
    assert numbers["top1_with_flips"] == right


def test_with_fewer_than_five_classes_all_are_among_the_first_five():
    logits, labels = torch.eye(3), torch.tensor([0, 1, 1])
    images = torch.arange(3, dtype=torch.uint8).reshape(-1, 1, 1, 1).expand(-1, 3, 2, 2)
    numbers = evaluate.accuracy(Rigged(logits), Dataset(images, labels))
    assert numbers["top1"] == pytest.approx(200 / 3)
    assert numbers["top5"] == 100


def write_archive(path, classes):
    images = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), np.uint8)
    np.savez(path, images=images, labels=np.arange(12), label_names=np.array(classes))


def test_the_program_prints_one_json_object(tmp_path, capsys):
    checkpoint.save(Backbone(TINY), tmp_path / "backbone.safetensors")
    write_archive(tmp_path / "a.npz", CLASSES)
    arguments = ["--data", str(tmp_path / "a.npz"), "--weights", str(tmp_path), "--json"]
    evaluate.main("", evaluate.evaluate, evaluate.DATA, tmp_path, arguments)
    rows = json.loads(capsys.readouterr().out)
    assert rows.keys() == {"backbone"}
    assert rows["backbone"].keys() == {"loss", "top1", "top1_with_flips", "top5"}


def test_other_classes_are_refused(tmp_path):
    checkpoint.save(Backbone(TINY), tmp_path / "backbone.safetensors")
    pictures = Dataset(torch.zeros(1, 3, 64, 64, dtype=torch.uint8), torch.zeros(1), ("cat",))
    with pytest.raises(InputError, match="not labelled"):
        evaluate.evaluate(pictures, tmp_path)
