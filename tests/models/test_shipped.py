"""What travels with the app is loaded once, with all that belongs to it."""

import pytest
import torch

from models.backbone import shipped as backbone
from models.captioning import shipped as captioning
from models.captioning.beam import captions
from models.captioning.caption import annotate
from models.colorizer import shipped as colorizer
from models.colorizer.colorize import colorize, judge
from models.core.errors import InputError


def test_the_backbone_names_classes_and_stays_on_the_cpu():
    shipped = backbone.backbone()
    assert shipped is backbone.backbone()
    network, seen = shipped.network, shipped.transform(torch.rand(1, 3, 90, 120))
    assert seen.shape == (1, 3, backbone.SIZE, backbone.SIZE)
    assert network(seen).shape == (1, len(network.config.classes))
    assert {weights.device.type for weights in network.parameters()} == {"cpu"}


@pytest.mark.parametrize("name", colorizer.NAMES)
def test_every_colorizer_paints(name):
    network = colorizer.colorizer(name)
    assert network is colorizer.colorizer(name)
    assert colorize(network, torch.rand(1, 3, 32, 40)).image.shape == (1, 3, 32, 40)


@pytest.mark.parametrize("name", colorizer.JUDGED)
def test_every_discriminator_judges(name):
    real = judge(colorizer.discriminator(name), torch.rand(1, 3, 32, 40)).real
    assert real.ndim == 2
    assert 0 <= real.min() <= real.max() <= 1


def test_the_captioner_comes_with_its_words():
    shipped = captioning.captioner()
    assert shipped is captioning.captioner()
    assert shipped.vocabulary.words == shipped.network.config.words
    photo = torch.rand(1, 3, 90, 120)
    seen = shipped.transform(photo)
    assert seen.shape == (1, 3, shipped.network.config.size, shipped.network.config.size)
    annotations = annotate(shipped.network, photo)
    assert torch.equal(annotations, annotate(shipped.network, seen))
    said = captions(shipped.network, annotations)
    assert set(said) == {"lstm", "transformer"}
    for (sentence,) in said.values():
        assert shipped.vocabulary.known_numbers(sentence)


def test_who_there_is_not_is_refused_and_a_missing_file_is_named(monkeypatch, tmp_path):
    with pytest.raises(InputError, match="Colorizer"):
        colorizer.colorizer("none")
    with pytest.raises(InputError, match="Discriminator"):
        colorizer.discriminator("cifar_l1")
    monkeypatch.setattr(backbone, "FILE", tmp_path / "backbone.safetensors")
    backbone.backbone.cache_clear()
    with pytest.raises(InputError, match=r"backbone\.safetensors"):
        backbone.backbone()
