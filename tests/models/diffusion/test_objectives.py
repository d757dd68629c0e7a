"""Three objectives: the walks are their networks' own, and the table is of the network's parts."""

import json

import pytest
import torch

from models.core import checkpoint, data
from models.core.images import open_image
from models.diffusion import characters, faces, features, published
from models.diffusion.deblending import deblended
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.next_state import NextState, NextStateConfig, next_states
from models.diffusion.objectives import blocks, compare, steps_of
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


def walked(network, settings, start, simple, **how):
    """Every state of both walks, by the networks' names, in the order in which they came."""
    states = {}
    for name, state in compare(network, settings, start, simple, **how):
        states.setdefault(name, []).append(state)
    return states


def test_all_walks_are_their_networks_own(network, simple):
    settings, start = Settings("ddim", 4), begin(network, 3, "anyone", 9)
    states = walked(network, settings, start, simple)
    alone = {
        "denoiser": list(sample(network, settings, start)),
        "next_state": list(next_states(simple, start.noise)),
        "deblending": list(deblended(network, start, 4)),
    }
    assert states.keys() == alone.keys()
    for name, steps in alone.items():
        first, *others = states[name]
        assert torch.equal(first.x, start.noise)
        assert [state.step for state in states[name]] == list(range(len(steps) + 1))
        assert all(torch.equal(one.x, step.x) for one, step in zip(others, steps, strict=True))
    assert steps_of(settings, simple) == {"denoiser": 4, "next_state": 16, "deblending": 4}
    for name in ("next_state", "deblending"):
        assert {state.timestep for state in states[name]} == {None}


def test_whichever_is_behind_goes_next(network, simple):
    settings = Settings("ddim", 4)
    steps = steps_of(settings, simple)
    at = dict.fromkeys(steps, 0.0)
    for name, state in compare(network, settings, begin(network, 1, "anyone", 0), simple):
        at[name] = state.step / steps[name]
        assert max(at.values()) - min(at.values()) <= 0.25 + 1e-9
    assert at == {"denoiser": 1.0, "next_state": 1.0, "deblending": 1.0}


def test_without_the_other_network_the_ddpm_goes_on(network):
    states = walked(network, Settings("ddim", 2), begin(network, 1, "anyone", 0), None)
    assert list(states) == ["denoiser", "deblending"]
    assert len(states["denoiser"]) == len(states["deblending"]) == 3


def test_walks_that_nobody_wants_end(network, simple):
    start = begin(network, 1, "anyone", 0)
    states = walked(network, Settings("ddim", 9), start, simple, wanted=lambda: False)
    assert {name: len(one) for name, one in states.items()} == dict.fromkeys(states, 2)
    assert len(states) == 3


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


def test_what_comes_out_of_a_network_is_written_for_what_is_here(
    network, simple, tmp_path, monkeypatch, capsys
):
    from models.backbone.network import Backbone, BackboneConfig

    monkeypatch.setattr(published.data, "load", lambda name, folder: data.synthetic(name, 80))
    monkeypatch.setattr(faces, "SETTINGS", Settings("ddim", 1))
    monkeypatch.setattr(characters, "SETTINGS", Settings("ddim", 1))
    checkpoint.save(network, tmp_path / "denoiser.safetensors")
    folders = ["--weights", str(tmp_path), "--faces", str(tmp_path / "faces.webp")]
    published.main(folders)
    assert open_image(tmp_path / "faces.webp", None).size == (96, 96)
    about = json.loads((tmp_path / "characters.json").read_text())
    assert tuple(about["characters"]) == characters.known(network)
    rows = (characters.EACH * 32, len(about["characters"]) * 32)
    assert open_image(tmp_path / "characters.webp", None).size == rows
    assert all(0 < strength < 255 for strength in about["real_edges"].values())
    assert not (tmp_path / features.PATH.name).exists()  # there is no classifier

    (tmp_path / "faces.webp").unlink()
    classifier = Backbone(BackboneConfig(NAMES, (4, 4, 8, 8), (1, 1, 1, 1), 3))
    checkpoint.save(classifier, tmp_path / "character_classifier.safetensors")
    checkpoint.save(simple, tmp_path / "next_state.safetensors")
    published.main([*folders, "next_state", "character_classifier"])
    assert len(features.load(tmp_path / features.PATH.name).labels) == 60
    assert not (tmp_path / "faces.webp").exists()  # the denoiser's business
    with pytest.raises(SystemExit):
        published.main([*folders, "vae"])
    assert "no network vae" in capsys.readouterr().err
