"""Two objectives: both walks are their networks' own, and the table is of the network's parts."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from models.core import checkpoint, data
from models.core.errors import InputError
from models.core.images import tiled, to_array
from models.diffusion import features, film, first_objectives, first_race, first_run, openings
from models.diffusion import quality as curves
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.next_state import NextState, NextStateConfig, next_states
from models.diffusion.objectives import blocks, compare
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings

NAMES = data.synthetic("simpsons", 1).label_names


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(DenoiserConfig(NAMES, 32, (8, 16), norm_groups=4, head_channels=8)).eval()


@pytest.fixture(scope="module")
def simple():
    torch.manual_seed(1)
    return NextState(NextStateConfig(channels=4, time_channels=4, middle=(8, 2))).eval()


def opened(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))).convert("RGB"))


def test_both_walks_are_their_networks_own(network, simple):
    settings, start = Settings("ddim", 4), begin(network, 3, "anyone", 9)
    values = list(compare(network, settings, start, simple))
    whole = values[-1]["films"]
    *_, ours = sample(network, settings, start)
    *_, theirs = next_states(simple, start.noise)
    assert np.array_equal(opened(whole["denoiser"]["faces"]), to_array(film.made(ours).x))
    expected = to_array(tiled(film.faces(theirs.x), 2))
    assert np.array_equal(opened(whole["next_state"]["faces"]), expected)
    assert values[-1]["steps"] == {"denoiser": 4, "next_state": 16}
    assert [frame["level"] for frame in whole["next_state"]["frames"]] == list(range(17))
    first = [opened(whole[name]["film"]["x"])[:64] for name in ("denoiser", "next_state")]
    assert np.array_equal(*first)  # the same noise


def test_whichever_is_behind_goes_next(network, simple):
    *steps, _ = compare(network, Settings("ddim", 4), begin(network, 1, "anyone", 0), simple)
    at = {"denoiser": 0.0, "next_state": 0.0}
    for value in steps:
        ((name, film_),) = value["films"].items()
        at[name] = film_["first"] / value["steps"][name]
        assert abs(at["denoiser"] - at["next_state"]) <= 0.25 + 1e-9


def test_without_the_other_network_the_ddpm_goes_on(network):
    *_, last = compare(network, Settings("ddim", 2), begin(network, 1, "anyone", 0), None)
    assert list(last["films"]) == ["denoiser"]
    assert not last["stopped"]


def test_walks_that_nobody_wants_end(network, simple):
    start = begin(network, 1, "anyone", 0)
    *_, last = compare(network, Settings("ddim", 9), start, simple, lambda: False)
    assert last["stopped"]
    assert {name: len(one["frames"]) for name, one in last["films"].items()} == {
        "denoiser": 2,
        "next_state": 2,
    }


def test_the_table_is_of_the_networks_parts(simple):
    rows = blocks(simple)
    assert sum(row["weights"] for row in rows) == sum(p.numel() for p in simple.parameters())
    seen = []
    modules = [simple.time, *simple.down, simple.middle, *simple.up, simple.out]
    handles = [
        m.register_forward_hook(lambda m, i, out: seen.append(list(out.shape[1:]))) for m in modules
    ]
    with torch.no_grad():
        simple(torch.zeros(1, 3, 32, 32), torch.tensor([0]))
    for handle in handles:
        handle.remove()
    assert [row["shape"] for row in rows] == seen
    assert [row["shape"][1] for row in rows[1:5]] == [32, 16, 8, 4]


def test_openings_are_written_for_what_is_here(network, simple, tmp_path, monkeypatch, capsys):
    from models.backbone.network import Backbone, BackboneConfig

    monkeypatch.setattr(curves, "STEPS", (1,))
    monkeypatch.setattr(curves, "REFERENCE_STEPS", 2)
    monkeypatch.setattr(first_race, "LANES", (("ddpm", 2), ("ddim", 1)))
    monkeypatch.setattr(openings.data, "load", lambda name, folder: data.synthetic(name, 80))
    checkpoint.save(network, tmp_path / "denoiser.safetensors")
    folders = ["--weights", str(tmp_path), "--runs", str(tmp_path)]
    openings.main(folders)
    names = {path.name for path in tmp_path.glob("*") if path.suffix in (".json", ".npz")}
    assert {first_objectives.PATH.name, first_run.PATH.name, first_race.PATH.name} <= names
    assert features.PATH.name not in names  # there is no classifier
    alone = first_run.read(tmp_path / first_objectives.PATH.name)
    assert list(alone["films"]) == ["denoiser"]
    first_run.read.cache_clear()

    classifier = Backbone(BackboneConfig(NAMES, (4, 4, 8, 8), (1, 1, 1, 1), 3))
    checkpoint.save(classifier, tmp_path / "character_classifier.safetensors")
    checkpoint.save(simple, tmp_path / "next_state.safetensors")
    openings.main([*folders, "next_state", "character_classifier"])
    both = first_run.read(tmp_path / first_objectives.PATH.name)
    assert list(both["films"]) == ["denoiser", "next_state"]
    assert len(features.load(tmp_path / features.PATH.name).labels) == 60
    with pytest.raises(SystemExit):
        openings.main([*folders, "vae"])
    assert "no network vae" in capsys.readouterr().err


def test_a_missing_opening_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.json is missing or damaged"):
        first_run.read(tmp_path / "gone.json")
