"""The face networks' numbers: which rows there are, and that they say what they should."""

import json

import numpy as np
import pytest
import torch

from models.backbone.network import Backbone, BackboneConfig
from models.core import archive, checkpoint, data
from models.core.errors import InputError
from models.diffusion import evaluate, features
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.next_state import NextState, NextStateConfig

CHARACTERS = data.synthetic("simpsons", 1).label_names


@pytest.fixture
def weights(tmp_path):
    torch.manual_seed(0)
    tiny = BackboneConfig(CHARACTERS, (4, 4, 8, 8), (1, 1, 1, 1), 3)
    denoiser = DenoiserConfig(CHARACTERS, 32, (8, 16), norm_groups=4, head_channels=8)
    simple = NextStateConfig(channels=4, time_channels=4, middle=(8, 2))
    checkpoint.save(Backbone(tiny), tmp_path / "character_classifier.safetensors")
    checkpoint.save(FaceDenoiser(denoiser), tmp_path / "denoiser.safetensors")
    checkpoint.save(FaceDenoiser(denoiser), tmp_path / "consistency.safetensors")
    checkpoint.save(NextState(simple), tmp_path / "next_state.safetensors")
    return tmp_path


def an_archive(path, names=CHARACTERS):
    images = np.random.default_rng(0).integers(0, 256, (24, 32, 32, 3), np.uint8)
    np.savez(path, images=images, labels=np.arange(24) % 20, label_names=np.array(names))
    return path


@pytest.mark.filterwarnings("ignore:memorised_share is left out")
def test_the_program_prints_every_row(weights, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(weights))
    faces = torch.randint(256, (30, 3, 32, 32), dtype=torch.uint8)
    archive.write(weights / evaluate.FACE_VAE_SAMPLES, faces)
    path = an_archive(weights / "a.npz")
    arguments = ["--data", str(path), "--weights", str(weights), "--json"]
    evaluate.main("", evaluate.evaluate, evaluate.DATA, weights, arguments)
    rows = json.loads(capsys.readouterr().out)
    assert list(rows) == [
        "character_classifier", "denoiser", "denoiser_2_steps", "consistency_2_steps",
        "consistency_1_step", "deblending", "next_state", "face_vae", "real_half",
    ]  # fmt: skip
    for name in list(rows)[1:-1]:
        assert {"kid", "frechet_distance", "samples"} <= rows[name].keys()
        assert rows[name]["samples"] == 24
    assert rows["real_half"]["samples"] == 12
    assert 0 <= rows["denoiser"]["asked_share"] <= 1


def test_copies_of_training_faces_are_seen(weights):
    """By the features that lie beside the weights: the faces themselves are not needed."""
    parts = training, held_back = data.split(data.synthetic("simpsons", 60), 20)
    classifier = checkpoint.load(Backbone, weights / "character_classifier.safetensors")
    features.write(classifier, parts, weights / features.PATH.name)
    (weights / "denoiser.safetensors").unlink()
    copies = data.resized(training, 32).images[:20]
    archive.write(weights / evaluate.FACE_VAE_SAMPLES, copies)
    rows = evaluate.evaluate(held_back, weights)
    assert rows["face_vae"]["memorised_share"] == 1.0
    assert rows["next_state"]["memorised_share"] < 0.2


def test_without_their_features_it_is_said_that_copies_are_not_looked_for(weights):
    (weights / "denoiser.safetensors").unlink()
    faces = data.synthetic("simpsons", 20)
    with pytest.warns(UserWarning, match=r"memorised_share is left out: .*training_features\.npz"):
        rows = evaluate.evaluate(faces, weights)
    assert "memorised_share" not in rows["next_state"]


def test_faces_labelled_otherwise_are_refused(weights):
    with pytest.raises(InputError, match="not labelled"):
        evaluate.evaluate(archive.read(an_archive(weights / "a.npz", ["x"])), weights)
