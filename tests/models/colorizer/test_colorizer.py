"""The painter, its judge and their game; painting at any size; the numbers said of it."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from models.backbone.network import Backbone, BackboneConfig
from models.colorizer import evaluate, lab, objective
from models.colorizer import train as colorizer_train
from models.colorizer.colorize import advise, ask, colorize, colorize_pixels, judge
from models.colorizer.hints import Hint
from models.colorizer.network import (
    Colorizer,
    ColorizerConfig,
    PatchDiscriminator,
    PatchDiscriminatorConfig,
)
from models.colorizer.shipped import colorizer
from models.colorizer.train import VARIANTS, ColorizerTraining
from models.core import checkpoint
from models.core.archive import Dataset
from models.core.errors import InputError
from models.training.command_line import Options
from models.training.experiment import DivergedError
from models.training.loop import make_accelerator, train

TINY = ColorizerConfig(channels=(4, 8, 8))
HINTED = replace(TINY, hints=True, sides=(64, 160))
GUIDED = replace(HINTED, channels=(4, 4, 8, 8, 8, 8), guide=(4, 4, 8, 8))
ENGINE = make_accelerator(torch.device("cpu"))


def tiny_training(name="cifar_gan", adversarial_from=0, config=None, **changes):
    config = config or (HINTED if name == "photo" else TINY)
    variant = replace(
        VARIANTS[name], config=config, adversarial_from=adversarial_from, adversarial_weight=0.3
    )
    experiment = ColorizerTraining(Options(dry_run=True), name, variant)
    experiment.recipe = replace(experiment.recipe, **changes)
    experiment.adversarial_from = adversarial_from
    return experiment


@pytest.fixture(scope="module")
def painter():
    torch.manual_seed(0)
    return Colorizer(HINTED).eval()


def test_shipped_sizes():
    sizes = {
        name: sum(w.numel() for w in Colorizer(variant.config).parameters())
        for name, variant in VARIANTS.items()
    }
    judge_size = sum(w.numel() for w in PatchDiscriminator(PatchDiscriminatorConfig()).parameters())
    assert sizes["cifar_l1"] == sizes["cifar_gan"] < 0.7e6
    assert sizes["photo"] < 6.6e6  # of which the guide has 4.3
    assert judge_size < 0.2e6


@pytest.mark.parametrize("side", [32, 64, 160])
def test_a_painter_gives_two_planes_of_the_picture_s_size(side, painter):
    with torch.no_grad():
        ab = painter(torch.zeros(2, 1, side, side))
    assert ab.shape == (2, 2, side, side)
    assert ab.abs().max() <= 1


def test_no_hints_are_empty_hints_and_others_count(painter):
    lightness = torch.rand(2, 1, 16, 16)
    planes = torch.zeros(2, 3, 16, 16)
    with torch.no_grad():
        assert torch.equal(painter(lightness), painter(lightness, planes))
        planes[1, :, 4, 4] = 1.0
        hinted, plain = painter(lightness, planes), painter(lightness)
    assert torch.equal(hinted[0], plain[0])
    assert not torch.equal(hinted[1], plain[1])


def test_a_guide_says_nothing_at_first_and_then_by_what_it_sees():
    torch.manual_seed(0)
    guided = Colorizer(GUIDED).eval()
    alone = Colorizer(replace(GUIDED, guide=())).eval()
    own = {name: guided.state_dict()[name] for name in alone.state_dict()}
    alone.load_state_dict(own)
    lightness = torch.rand(2, 1, 64, 96) * 2 - 1
    with torch.no_grad():
        assert torch.equal(guided(lightness), alone(lightness))
        for number, part in enumerate(guided.advice):
            torch.nn.init.normal_(part.weight)
            assert not torch.allclose(guided(lightness), alone(lightness)), number
            torch.nn.init.zeros_(part.weight)


@pytest.mark.parametrize("size", [(64, 96), (50, 71), (300, 200)])
def test_advice_at_hand_is_advice_asked_for_anew(size):
    torch.manual_seed(0)
    network = Colorizer(GUIDED).eval()
    for part in network.advice:
        torch.nn.init.normal_(part.weight)
    lightness, hint = torch.rand(1, 1, *size) * 2 - 1, Hint(0.5, 0.5, (0.8, 0.2, 0.1))
    advice = advise(network, lightness)
    found, expected = ask(network, lightness, [hint], advice), ask(network, lightness, [hint])
    assert torch.equal(found.ab, expected.ab)
    assert not torch.equal(found.ab, ask(network, lightness, [hint], [None] * 5).ab)


def test_the_guide_is_the_published_backbone_and_learns_no_more(tmp_path, monkeypatch):
    torch.manual_seed(1)
    backbone = Backbone(BackboneConfig(("cat", "dog"), GUIDED.guide))
    checkpoint.save(backbone, tmp_path / "backbone.safetensors")
    monkeypatch.setattr(colorizer_train.backbone, "FILE", tmp_path / "backbone.safetensors")
    published = checkpoint.load(Backbone, tmp_path / "backbone.safetensors")
    experiment = tiny_training(
        "photo", 10**9, GUIDED, examples=64, batch_size=8, decay=0, warmup=0, ema=0.5
    )
    experiment.large = None
    network = experiment.networks["generator"]
    assert torch.equal(network.guide.stem.weight, published.stem.weight)
    *_, _ = train(experiment, tmp_path / "run", ENGINE)
    assert torch.equal(network.guide.stem.weight, published.stem.weight)
    assert all(part.weight.any() for part in network.advice)  # and is heard
    assert not torch.equal(network.guide.norm.running_mean, published.norm.running_mean)
    saved = checkpoint.load(Colorizer, tmp_path / "run" / "best.safetensors")
    assert saved.config == GUIDED


def test_without_a_published_backbone_the_guide_learns(tmp_path, monkeypatch):
    monkeypatch.setattr(colorizer_train.backbone, "FILE", tmp_path / "missing.safetensors")
    network = tiny_training("photo", 10**9, GUIDED).networks["generator"]
    assert all(weights.requires_grad for weights in network.guide.parameters())


@pytest.mark.parametrize(
    ("channels", "side"), [((8, 8, 8), 32), ((8, 8, 8), 64), ((4, 4, 4, 4), 96)]
)
def test_each_answer_sees_one_patch(channels, side):
    torch.manual_seed(0)
    network = PatchDiscriminator(PatchDiscriminatorConfig(channels)).eval()
    for layer in network.layers[::2]:
        torch.nn.init.constant_(layer.bias, 1.0)  # far from any dead zone
    picture = torch.zeros(1, 3, side, side, requires_grad=True)
    logits = network(picture[:, :1], picture[:, 1:])
    answers = side // network.apart - 2
    assert logits.shape == (1, 1, answers, answers)
    middle = answers // 2
    (slope,) = torch.autograd.grad(logits[0, 0, middle, middle], picture)
    seen = slope.abs().sum((0, 1, 2)).nonzero().flatten().tolist()
    first = network.start + network.apart * middle
    assert seen == list(range(max(first, 0), min(first + network.patch, side)))


def test_the_patch_of_the_paper():
    """Isola et al. 2017: 70x70 with three halvings, 16x16 with one."""
    sides = {n: PatchDiscriminator(PatchDiscriminatorConfig((4,) * n)).patch for n in (2, 3, 4)}
    assert sides == {2: 16, 3: 34, 4: 70}


def test_weights_of_the_judge_have_spectral_norm_one():
    torch.manual_seed(0)
    network = PatchDiscriminator(PatchDiscriminatorConfig((8, 8, 8)))
    for _ in range(30):  # each is one step of the power iteration
        network(torch.zeros(1, 1, 16, 16), torch.zeros(1, 2, 16, 16))
    assert spectral_norms(network) == pytest.approx([1] * 4, abs=0.02)


def spectral_norms(network):
    """Of a discriminator's layers, by the singular values of their weights."""
    return [
        torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2).item()
        for layer in network.layers[::2]
    ]


def test_the_judge_that_ships_is_the_one_that_played(tmp_path):
    """Averages of its weights and of the vectors of its spectral norms do not fit together."""
    experiment = tiny_training(examples=240, batch_size=4, validate_every=240, ema=0.99)
    *_, _ = train(experiment, tmp_path, ENGINE)
    shipped = checkpoint.load(PatchDiscriminator, tmp_path / "discriminator.safetensors")
    assert spectral_norms(shipped) == pytest.approx([1] * len(spectral_norms(shipped)), abs=0.05)


def test_the_game_is_cross_entropy():
    real, made = torch.randn(2, 5, 1, 6, 6)
    found = objective.judgement(real, made)
    cross_entropy = F.binary_cross_entropy_with_logits
    torch.testing.assert_close(found.on_real, cross_entropy(real, torch.ones_like(real)))
    torch.testing.assert_close(found.on_made, cross_entropy(made, torch.zeros_like(made)))
    torch.testing.assert_close(found.loss, (found.on_real + found.on_made) / 2)
    torch.testing.assert_close(objective.fooling(made), cross_entropy(made, torch.ones_like(made)))
    undecided = objective.judgement(torch.zeros(3), torch.zeros(3))
    assert undecided.loss.item() == pytest.approx(math.log(2))


def test_the_generator_s_loss_is_the_sum_of_its_terms():
    experiment = tiny_training()
    batch = experiment.batch(torch.arange(4))
    losses = experiment.losses("generator", experiment.networks, batch)
    expected = losses["l1"] + 0.3 * losses["adversarial"]
    torch.testing.assert_close(losses["generator"], expected)


def test_the_judge_s_loss_leaves_the_painter_alone():
    experiment = tiny_training()
    batch = experiment.batch(torch.arange(4))
    experiment.losses("generator", experiment.networks, batch)
    losses = experiment.losses("discriminator", experiment.networks, batch)
    losses["discriminator"].backward()
    assert all(w.grad is None for w in experiment.networks["generator"].parameters())
    assert all(w.grad is not None for w in experiment.networks["discriminator"].parameters())


@pytest.mark.parametrize("name", ["cifar_l1", "photo"])
def test_a_few_steps_lower_the_distance(tmp_path, name):
    experiment = tiny_training(
        name, None if name == "cifar_l1" else 10**9,
        examples=160, batch_size=8, decay=0, validate_every=40, ema=0.5, learning_rate=1e-2,
    )  # fmt: skip
    experiment.large = None  # small pictures, for speed
    losses = [p.validation["l1"] for p in train(experiment, tmp_path, ENGINE) if p.validation]
    assert losses[-1] < 0.9 * losses[0]
    assert checkpoint.load(Colorizer, tmp_path / "best.safetensors").config.channels == (4, 8, 8)


def test_a_few_steps_teach_the_judge_to_tell(tmp_path):
    experiment = tiny_training(
        examples=400, batch_size=8, decay=0, validate_every=200, ema=0.5, learning_rate=5e-3
    )
    # Colours that no painter begins with.
    experiment.training = experiment.training // 4 + torch.tensor([180, 0, 0])[:, None, None]
    experiment.training = experiment.training.to(torch.uint8)
    judge_losses = [p.losses["discriminator"] for p in train(experiment, tmp_path, ENGINE)]
    assert judge_losses[0] == pytest.approx(math.log(2), abs=0.05)
    assert min(judge_losses) < 0.6


def test_both_losses_and_the_validation_are_kept(tmp_path):
    experiment = tiny_training(examples=16, batch_size=4, validate_every=8, adversarial_from=8)
    *_, _ = train(experiment, tmp_path, ENGINE)
    history = json.loads((tmp_path / "history.json").read_text())
    before, after = history["records"]
    assert set(before["train"]) == {"l1"}
    assert set(after["train"]) == {
        "generator", "l1", "adversarial", "discriminator", "on_real", "on_made",
    }  # fmt: skip
    assert set(after["validation"]) == {
        "colour_distance", "l1", "colourfulness", "generator", "adversarial", "discriminator",
    }  # fmt: skip
    assert [strip["seen"] for strip in history["strips"]] == [8, 16]
    found = after["validation"]
    expected = found["l1"] + 0.3 * found["adversarial"]
    assert found["generator"] == pytest.approx(expected)


def test_resumed_equals_never_stopped_and_the_same_seed_gives_the_same_weights(tmp_path):
    def go(folder, stops=()):
        losses = []
        for steps in (*stops, 10**9):
            left = iter(range(steps))
            experiment = tiny_training(
                "photo", examples=24, batch_size=4, adversarial_from=12, validate_every=12
            )
            run = train(experiment, folder, ENGINE, lambda left=left: next(left, None) is None)
            losses += [(p.losses, p.validation) for p in run]
        return losses, torch.load(folder / "state.pt", weights_only=True)["networks"]

    straight, weights = go(tmp_path / "straight")
    for name, stops in (("parts", (2, 2)), ("again", ())):
        losses, others = go(tmp_path / name, stops)
        assert losses == straight
        for player, tensors in weights.items():
            assert all(torch.equal(tensors[key], others[player][key]) for key in tensors)


def test_nan_stops_with_the_step_named(tmp_path):
    experiment = tiny_training(examples=16, batch_size=4)
    with torch.no_grad():
        experiment.networks["discriminator"].layers[0].bias.fill_(torch.nan)
    with pytest.raises(DivergedError, match="cifar_gan: generator is not finite at step 0"):
        list(train(experiment, tmp_path, ENGINE))


def test_large_batches_are_cut_from_large_photos():
    experiment = tiny_training("photo")
    torch.manual_seed(0)
    sides = [experiment.batch(torch.arange(3))[0].shape[-1] for _ in range(60)]
    assert set(sides) == {64, 96, 128, 160}


def test_weights_are_chosen_by_the_colours_where_there_is_a_game():
    assert tiny_training().best == "colour_distance"
    assert tiny_training("cifar_l1", None).best == "l1"


@pytest.mark.parametrize("size", [(1, 1), (7, 33), (64, 48), (300, 200)])
def test_pictures_of_any_size_are_painted_and_keep_their_lightness(painter, size):
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0)) * 0.4 + 0.3
    result = colorize(painter, image, [Hint(0.5, 0.5, (0.6, 0.4, 0.4))])
    for picture in (result.grey, result.colours, result.image):
        assert picture.shape == (1, 3, *size)
        assert picture.min() >= 0
        assert picture.max() <= 1
    lightness, _ = lab.split(image)
    found, ab = lab.split(result.grey)
    torch.testing.assert_close(found, lightness, atol=1e-3, rtol=0)
    assert ab.abs().max() < 1e-3


@given(
    hints=st.lists(
        st.builds(
            Hint,
            st.floats(0, 1),
            st.floats(0, 1),
            st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 3),
        ),
        max_size=4,
    ),
    saturation=st.floats(0, 4),
    seed=st.integers(0, 3),
)
def test_no_hint_and_no_saturation_changes_the_lightness(hints, saturation, seed):
    image = photo_like(seed)
    painted = colorize(colorizer(), image / 255, hints, saturation).image
    shown = (painted * 255).round()
    before, after = (lab.to_lab(one / 255)[:, 0] for one in (image, shown))
    assert (before - after).abs().max() < 0.4  # of 100: a grey level of 256


def photo_like(seed):
    """A small picture with flat parts, dark to white, and noise: 1 3 H W in whole numbers."""
    generator = torch.Generator().manual_seed(seed)
    image = torch.rand(1, 3, 24, 40, generator=generator) * 255
    image[..., :20] = torch.linspace(0, 255, 20)
    return image.round()


@pytest.mark.parametrize("saturation", [0, 1.0, 4.0])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (90, 700), (333, 250)])
def test_in_strips_it_is_the_same_picture(painter, size, saturation, monkeypatch):
    generator = torch.Generator().manual_seed(0)
    pixels = (torch.rand(1, 3, *size, generator=generator) * 255).byte()
    hints = [Hint(0.2, 0.8, (1.0, 0.0, 0.0)), Hint(1.0, 1.0, (0.0, 0.0, 1.0))]
    monkeypatch.setattr(lab, "PIXELS_AT_ONCE", pixels.numel())
    whole = colorize(painter, pixels / 255, hints, saturation).image
    monkeypatch.setattr(lab, "PIXELS_AT_ONCE", 10_000)
    strips = colorize_pixels(painter, pixels, hints, saturation)
    assert strips.dtype == torch.uint8
    assert (strips - (whole * 255)).abs().max() < 0.51  # rounded


@pytest.mark.parametrize("saturation", [math.nan, math.inf, -0.1, 4.1, "1", True])
def test_a_saturation_that_is_none_is_refused(painter, saturation):
    picture = torch.zeros(1, 3, 8, 8)
    for paint in (colorize, lambda *rest: colorize_pixels(rest[0], rest[1].byte(), *rest[2:])):
        with pytest.raises(InputError, match=r"saturation is .*, but must be a number from 0 to 4"):
            paint(painter, picture, (), saturation)


def test_a_hint_colours_the_place_where_it_is():
    image = torch.full((1, 3, 96, 128), 0.5)
    (plain, told) = (
        lab.to_lab(colorize(colorizer(), image, hints).image)[0]
        for hints in ((), [Hint(0.25, 0.5, (0.8, 0.2, 0.2))])
    )
    near, far = (told - plain).norm(dim=0)[48, [32, 127]]
    assert near > 25 > 2 * far  # Lab's units
    assert told[1, 48, 32] > 25  # red


def test_a_picture_that_needs_no_padding_is_what_the_network_says(painter):
    image = torch.rand(1, 3, 64, 32)
    lightness, _ = lab.split(image)
    with torch.no_grad():
        expected = lab.join(lightness, painter(lightness))
    torch.testing.assert_close(colorize(painter, image).image, expected)


def test_colours_are_not_looked_at(painter):
    image = torch.rand(1, 3, 40, 40)
    once = colorize(painter, image)
    again = colorize(painter, once.grey)
    torch.testing.assert_close(once.image, again.image, atol=1e-3, rtol=0)


def test_an_opinion_covers_the_picture():
    network = PatchDiscriminator(PatchDiscriminatorConfig((4, 4, 4), sides=(64, 160))).eval()
    opinion = judge(network, torch.rand(1, 3, 320, 200))
    assert (opinion.height, opinion.width) == (160, 100)
    assert opinion.real.shape == (38, 23)
    assert 0 <= opinion.real.min() <= opinion.real.max() <= 1
    assert opinion.start + 37 * opinion.apart + opinion.patch >= 160
    assert judge(network, torch.rand(1, 3, 12, 12)).real.shape == (1, 1)
    with pytest.raises(InputError, match="160 x 11 pixels"):
        judge(network, torch.rand(1, 3, 22, 320))


def test_saved_and_loaded_gives_equal_output(painter, tmp_path):
    discriminator = PatchDiscriminator(PatchDiscriminatorConfig((4, 4, 4))).eval()
    lightness, ab = torch.rand(1, 1, 32, 32), torch.rand(1, 2, 32, 32)
    for network, inputs in ((painter, (lightness,)), (discriminator, (lightness, ab))):
        kind = type(network)
        checkpoint.save(network, tmp_path / "a.safetensors")
        once = checkpoint.load(kind, tmp_path / "a.safetensors")
        checkpoint.save(once, tmp_path / "b.safetensors")
        twice = checkpoint.load(kind, tmp_path / "b.safetensors")
        assert once.config == network.config
        with torch.no_grad():
            assert torch.equal(once(*inputs), twice(*inputs))
            assert F.mse_loss(once(*inputs), network(*inputs)) < 1e-4


def a_judge():
    torch.manual_seed(0)
    return Backbone(BackboneConfig(("cat",), widths=(4, 4, 8, 8), blocks=(1, 1, 1, 1))).eval()


def test_the_baselines_are_what_they_are_called():
    torch.manual_seed(0)
    pictures = (torch.rand(20, 3, 32, 32) * 256).byte()
    rows = evaluate.measure(evaluate.baselines(pictures), pictures, a_judge())
    assert rows["grey"]["colourfulness"] == pytest.approx(0, abs=0.1)
    assert rows["truth"]["ab_mae"] == pytest.approx(0, abs=1e-2)
    assert rows["truth"]["psnr_mean"] > 80
    assert rows["truth"]["ssim"] == pytest.approx(1)
    assert rows["truth"]["frechet_distance"] < 1e-3 * rows["grey"]["frechet_distance"]
    ab = lab.to_lab(pictures / 255)[:, 1:]
    assert rows["grey"]["ab_mae"] == pytest.approx(ab.abs().mean().item(), rel=0.2)  # cut colours
    lightness, _ = lab.split(pictures / 255)
    made = lab.join(lightness, torch.zeros_like(ab))
    error = -10 * math.log10((made - pictures / 255).square().mean().item())
    assert rows["grey"]["psnr_pooled"] == pytest.approx(error, abs=1e-3)


def test_without_a_judge_the_distance_is_left_out():
    pictures = torch.zeros(2, 3, 32, 32, dtype=torch.uint8)
    rows = evaluate.measure(evaluate.baselines(pictures), pictures)
    assert all("frechet_distance" not in row for row in rows.values())


def test_the_program_takes_the_models_of_the_pictures_size(tmp_path, capsys, monkeypatch):
    weights = tmp_path / "weights"
    for name, config in (("cifar_l1", TINY), ("photo", HINTED)):
        checkpoint.save(Colorizer(config), weights / f"{name}.safetensors")
    monkeypatch.setattr(evaluate.backbone, "FILE", tmp_path / "backbone.safetensors")
    checkpoint.save(a_judge(), tmp_path / "backbone.safetensors")
    rows = []
    for side in (32, 64):
        images = np.random.default_rng(0).integers(0, 256, (12, side, side, 3), np.uint8)
        np.savez(tmp_path / "a.npz", images=images)
        arguments = ["--data", str(tmp_path / "a.npz"), "--weights", str(weights), "--json"]
        evaluate.main("", evaluate.evaluate, evaluate.DATA, weights, arguments)
        rows.append(json.loads(capsys.readouterr().out))
    compared = ["grey", "mean_colour", "truth"]
    assert [list(row) for row in rows] == [
        [*compared, "cifar_l1"],
        [*compared, "photo", "photo_8_hints"],
    ]
    assert set(rows[1]["photo"]) == {
        "psnr_mean", "psnr_pooled", "ssim", "ab_mae", "ciede2000", "colourfulness",
        "frechet_distance",
    }  # fmt: skip


def test_pictures_need_not_be_a_multiple_of_what_the_network_halves(tmp_path, monkeypatch):
    checkpoint.save(Colorizer(HINTED), tmp_path / "photo.safetensors")
    monkeypatch.setattr(evaluate, "_judge", lambda where: None)
    images = (torch.rand(2, 3, 65, 70) * 256).byte()
    rows = evaluate.evaluate(Dataset(images), tmp_path)
    network = checkpoint.load(Colorizer, tmp_path / "photo.safetensors")
    errors = [
        (colorize(network, image[None] / 255).image - image / 255).square().mean().log10()
        for image in images
    ]
    assert rows["photo"]["psnr_mean"] == pytest.approx(-10 * sum(errors).item() / 2, rel=1e-4)
    assert "photo_8_hints" in rows


@pytest.mark.parametrize("size", [(40, 50), (224, 224), (90, 300)])
def test_pictures_of_any_size_are_measured_as_the_app_paints_them(tmp_path, monkeypatch, size):
    checkpoint.save(Colorizer(TINY), tmp_path / "cifar_l1.safetensors")
    checkpoint.save(Colorizer(HINTED), tmp_path / "photo.safetensors")
    monkeypatch.setattr(evaluate, "_judge", lambda where: None)
    images = (torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)) * 256).byte()
    rows = evaluate.evaluate(Dataset(images), tmp_path)
    assert list(rows) == ["grey", "mean_colour", "truth", "photo", "photo_8_hints"]
    network = checkpoint.load(Colorizer, tmp_path / "photo.safetensors")
    painted = [colorize(network, image[None] / 255).image for image in images]
    errors = [
        (one - image / 255).square().mean().item()
        for one, image in zip(painted, images, strict=True)
    ]
    expected = -10 * np.log10(errors).mean()
    assert rows["photo"]["psnr_mean"] == pytest.approx(expected, rel=1e-4)


def test_grey_pictures_have_no_numbers(tmp_path):
    checkpoint.save(Colorizer(TINY), tmp_path / "cifar_l1.safetensors")
    with pytest.raises(InputError, match="1 channels have no colours"):
        evaluate.evaluate(Dataset(torch.zeros(1, 1, 32, 32, dtype=torch.uint8)), tmp_path)
