"""Training the captioners: their losses, the two phases, and going on where one stopped."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from models.backbone.network import Backbone, BackboneConfig
from models.captioning import train as captioning
from models.captioning.beam import captions
from models.captioning.caption import annotate_all
from models.captioning.evaluate import word_losses
from models.captioning.network import Captioner
from models.captioning.train import CaptionerTraining, doubly_stochastic
from models.captioning.vocabulary import PAD, UNKNOWN
from models.core import checkpoint
from models.core.archive import Dataset
from models.training import state
from models.training.command_line import Options
from models.training.loop import make_accelerator, train
from models.training.run import Run
from tests.models.captioning.tiny import KINDS, SIZES

ENGINE = make_accelerator(torch.device("cpu"))
COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "grey": (90, 90, 90)}


def coloured(count=24):
    """Pictures of one colour each, with captions that say which."""
    names = [list(COLOURS)[i % 4] for i in range(count)]
    images = torch.stack(
        [
            torch.tensor(COLOURS[name], dtype=torch.uint8)[:, None, None].expand(3, 48, 48)
            for name in names
        ]
    )
    said = tuple((f"A {name} dog runs .", f"{name} sand") for name in names)
    return Dataset(images, captions=said)


@pytest.fixture
def published(tmp_path):
    """A backbone to begin with."""
    torch.manual_seed(1)
    shape = BackboneConfig(("cat", "dog"), SIZES["widths"], SIZES["blocks"])
    checkpoint.save(Backbone(shape), tmp_path / "backbone.safetensors")
    return tmp_path / "backbone.safetensors"


@pytest.fixture
def experiment(monkeypatch, tmp_path):
    monkeypatch.setattr(Options, "parts", lambda self, name: (coloured(), coloured(8)))

    def build(backbone_file=tmp_path / "none", **recipe):
        sizes = SIZES | {"lstm_dropout": 0.1, "transformer_dropout": 0.1}
        made = CaptionerTraining(Options(dry_run=True), backbone_file, **sizes)
        made.recipe = replace(made.recipe, warmup=0, decay=0, **recipe)
        return made

    return build


def test_it_learns_to_say_what_it_sees(experiment, tmp_path):
    made = experiment(examples=1600, batch_size=8, validate_every=800, learning_rate=1e-2, ema=0.9)
    made.rewarded_last = 0  # by what captions are worth it would unlearn what this measures
    found = [p.validation for p in train(made, tmp_path / "run", ENGINE) if p.validation]
    # Of the 8 words that follow, only which caption it will be is open: 2 ln 2 / 8 = 0.17 nats.
    # Who does not see the colours loses 2 ln 4 / 8 = 0.35 more.
    assert all(found[-1][kind] < 0.4 for kind in KINDS)
    network = checkpoint.load(Captioner, tmp_path / "run" / "best.safetensors")
    images = coloured(4).images
    said = captions(network, annotate_all(network, images))
    for texts in said.values():
        assert all(name in text.split() for name, text in zip(COLOURS, texts, strict=True))
    checkpoint.save(network, tmp_path / "again.safetensors")
    again = checkpoint.load(Captioner, tmp_path / "again.safetensors")
    assert captions(again, annotate_all(again, images)) == said


def test_stopped_in_either_phase_and_resumed_equals_never_stopped(experiment, published, tmp_path):
    def go(folder, steps=None):
        made = experiment(published, examples=48, batch_size=8, validate_every=16)
        left = iter(range(steps or 100))
        stop = lambda: next(left, None) is None  # noqa: E731
        progress = list(train(made, tmp_path / folder, ENGINE, stop))
        return progress, made.networks["captioner"].state_dict()

    straight, weights = go("straight")  # three steps of the decoder alone, three of all
    first, _ = go("parts", 2)
    second, _ = go("parts", 2)
    third, resumed = go("parts")
    assert first + second + third == straight
    assert all(torch.equal(resumed[key], weights[key]) for key in weights)


def test_the_same_seed_gives_the_same_weights(experiment, tmp_path):
    weights = []
    for folder in "ab":
        made = experiment(examples=16, batch_size=8)
        list(train(made, tmp_path / folder, ENGINE))
        weights.append(made.networks["captioner"].state_dict())
    assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0])


def test_the_decoders_learn_first_then_the_encoder_more_slowly(experiment, published, tmp_path):
    made = experiment(published, examples=32, batch_size=8, learning_rate=1e-3, ema=None)
    network = made.networks["captioner"]
    came = checkpoint.load(Backbone, published).state_dict()
    run = Run(made, tmp_path / "run", ENGINE)

    def moved(before, part):
        after = {k: v for k, v in network.state_dict().items() if k.startswith(part)}
        return max((after[k] - before[k]).abs().max().item() for k in after)

    for _ in range(2):
        run.train_step()
    assert made.annotations.dtype == torch.float16
    assert all(
        torch.equal(network.encoder.state_dict()[key], came[key])
        for key in came
        if "head" not in key
    )
    before = {key: value.clone() for key, value in network.state_dict().items()}
    run.train_step()
    assert made.annotations is None
    encoder = max(
        (value - before[f"encoder.{name}"]).abs().max().item()
        for name, value in network.encoder.named_parameters()
    )
    assert encoder == pytest.approx(captioning.ENCODER_RATE * 1e-3, rel=0.05)
    assert moved(before, "decoders.lstm.gates.weight") > encoder
    assert moved(before, "encoder.norm.running_mean") > 0


def test_without_a_backbone_all_learns_at_once(experiment, tmp_path, capsys):
    made = experiment(examples=16, batch_size=8)
    assert "no" in (said := capsys.readouterr().out)
    assert "the encoder begins from scratch" in said
    assert made.batch(torch.arange(2))[0].shape == (2, 3, 48, 48)


def test_a_run_goes_on_as_it_began_when_a_backbone_is_published_meanwhile(
    experiment, published, tmp_path
):
    list(train(experiment(examples=32, batch_size=8), tmp_path / "run", ENGINE, stop_after(1)))
    later = experiment(published, examples=32, batch_size=8)
    run = state.begin(later, tmp_path / "run", ENGINE)
    run.train_step()
    assert not later.decoders_only
    assert {group.get("share", 1.0) for group in run.optimizers["captioner"].param_groups} == {1.0}


def stop_after(steps):
    left = iter(range(steps))
    return lambda: next(left, None) is None


def test_annotations_in_advance_are_those_of_the_encoder(experiment, published):
    made = experiment(published, examples=32)
    stored, words = made.batch(torch.tensor([3, 1]))
    network = made.networks["captioner"].eval()
    with torch.no_grad():
        expected = network.annotate(made.training.images[[3, 1]] / 255)
    torch.testing.assert_close(stored.float(), expected, atol=0.05, rtol=0.05)  # bf16, then fp16
    assert words.shape == (2, 2, 6)  # as long as the longest of them, start and end included


def test_unknown_words_and_padding_do_not_count():
    logits = torch.randn(2, 3, 8)
    words = torch.tensor([[1, 5, UNKNOWN, 2], [1, 2, PAD, PAD]])
    expected = torch.stack(
        [F.cross_entropy(logits[0, t], words[0, t + 1]) for t in (0, 2)]
        + [F.cross_entropy(logits[1, 0], words[1, 1])]
    )
    torch.testing.assert_close(word_losses(logits, words), expected.mean())


def test_the_doubly_stochastic_term_by_hand():
    attention = torch.tensor([[[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]]])
    words = torch.tensor([[True, True, False]])
    expected = ((1 - 0.75) ** 2 + (1 - 1.25) ** 2) / 2
    assert doubly_stochastic(attention, words).item() == pytest.approx(expected)
    evenly = torch.full((1, 4, 4), 0.25)
    assert doubly_stochastic(evenly, torch.ones(1, 4, dtype=torch.bool)).item() == 0


def test_the_loss_is_the_sum_of_its_terms(experiment):
    made = experiment()
    losses = made.losses("captioner", made.networks, made.batch(torch.arange(4)))
    total = losses["lstm"] + losses["transformer"] + losses["doubly_stochastic"]
    torch.testing.assert_close(losses["objective"], total)


def test_the_history_gets_a_strip_and_sentences(experiment):
    made = experiment()
    made.networks["captioner"].eval()
    strip = made.samples(made.networks)
    assert strip.shape == (15, 3, 80, 80)
    assert 0 <= strip.min() <= strip.max() <= 1
    assert len(made.texts(made.networks)) == 12
