"""What the tab opens with: drawn by the networks that are there, each by the command's own word."""

import pytest
import torch

from demos.diffusion import edit, generate, new, objectives, openings, race
from demos.kit import openings as kit
from models.core import checkpoint, data
from models.diffusion import faces, quality
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.next_state import NextState, NextStateConfig
from models.diffusion.samplers import Settings
from tests.openings import differences

NAMES = data.synthetic("simpsons", 1).label_names


@pytest.fixture
def brief(monkeypatch):
    """Runs of a step or two."""
    monkeypatch.setattr(quality, "STEPS", (1,))
    monkeypatch.setattr(quality, "REFERENCE_STEPS", 2)
    monkeypatch.setattr(race, "LANES", [["ddpm", 2], ["ddim", 1]])
    monkeypatch.setattr(edit, "STEPS", 2)
    monkeypatch.setattr(generate, "FIRST", Settings("ddim", 2))
    monkeypatch.setattr(objectives, "FIRST", Settings("ddim", 2))
    monkeypatch.setattr(faces, "SETTINGS", Settings("ddim", 1))
    yield
    kit.read.cache_clear()


def test_openings_are_written_for_what_is_here(brief, tmp_path, capsys):
    torch.manual_seed(0)
    config = DenoiserConfig(NAMES, 32, (8, 16), norm_groups=4, head_channels=8)
    checkpoint.save(FaceDenoiser(config), tmp_path / "denoiser.safetensors")
    folders = ["--weights", str(tmp_path), "--folder", str(tmp_path / "openings")]
    openings.main(folders)
    names = (generate.OPENING, edit.OPENING, race.OPENING, objectives.OPENING)
    written = {str(tmp_path / "openings" / f"{name}.json") for name in names}
    assert set(capsys.readouterr().out.splitlines()) == written
    alone = kit.read(objectives.OPENING, tmp_path / "openings")
    assert list(alone["films"]) == ["denoiser", "deblending"]
    run = kit.read(generate.OPENING, tmp_path / "openings")
    assert len(run["frames"]) == 3
    assert run["film"]["noise"].startswith("data:image/jpeg;base64,")
    kit.read.cache_clear()

    simple = NextState(NextStateConfig(channels=4, time_channels=4, middle=(8, 2)))
    checkpoint.save(simple, tmp_path / "next_state.safetensors")
    before = (tmp_path / "openings" / f"{generate.OPENING}.json").stat().st_mtime_ns
    openings.main([*folders, "next_state"])
    both = kit.read(objectives.OPENING, tmp_path / "openings")
    assert list(both["films"]) == ["denoiser", "deblending", "next_state"]
    assert (tmp_path / "openings" / f"{generate.OPENING}.json").stat().st_mtime_ns == before
    with pytest.raises(SystemExit):
        openings.main([*folders, "vae"])
    assert "no network vae" in capsys.readouterr().err


def test_without_a_denoiser_nothing_is_drawn(tmp_path):
    assert openings.draw("next_state", tmp_path, tmp_path) == []
    assert openings.draw("character_classifier", tmp_path, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_first_answer_of_is_it_new_is_what_the_networks_give(tmp_path):
    assert openings.draw("character_classifier", openings.WEIGHTS, tmp_path) == [new.OPENING]
    made, shipped = kit.read(new.OPENING, tmp_path), kit.read(new.OPENING)
    assert differences(shipped, made) == []
    assert len(made["found"]) == new.COUNT
    kit.read.cache_clear()
