"""The choices of several scenes: whom one can ask for, as long as the weight file says so."""

import shutil

import pytest

from demos.diffusion import choices


def test_a_missing_file_is_not_remembered(monkeypatch, tmp_path):
    shipped = choices.WEIGHTS / "denoiser.safetensors"
    monkeypatch.setattr(choices, "WEIGHTS", tmp_path)
    assert choices.characters() == ()
    assert choices.character_choices() == [("One of each", "one of each"), ("Anyone", "anyone")]
    shutil.copyfile(shipped, tmp_path / shipped.name)
    assert "homer_simpson" in choices.characters()
    assert ("Homer Simpson", "homer_simpson") in choices.character_choices()


@pytest.mark.parametrize("each", [True, False])
def test_nobody_is_no_choice(each):
    titles = [title for title, _ in choices.character_choices(each)]
    assert titles[: 1 + each] == ["One of each", "Anyone"][1 - each :]
    assert len(titles) == len(choices.characters()) - 1 + 1 + each
