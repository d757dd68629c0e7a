"""What the tab opens with: written by the captioner that is there, by the command's own word."""

import pytest

from demos.captioning import beam, openings, photos, side, words, wrong
from demos.kit import openings as kit
from models.captioning import shipped
from models.core import checkpoint
from tests.models.captioning.tiny import WORDS, captioner


def test_openings_are_written_by_the_captioner_in_the_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.delitem(openings.SCENES, wrong.OPENING)  # its captions are of more than six words
    checkpoint.save(captioner(), tmp_path / "captioner.safetensors")
    folder = tmp_path / "openings"
    openings.main(["captioner", "--weights", str(tmp_path), "--folder", str(folder)])
    written = set(capsys.readouterr().out.splitlines())
    assert {str(folder / f"{one.OPENING}.json") for one in (words, beam, side)} <= written
    shown = kit.read(words.OPENING, folder)
    assert set(shown["caption"].split()) <= set(WORDS)
    assert shown["src"].startswith("data:image/jpeg")
    assert kit.read(beam.OPENING, folder)["ended"]
    kit.read.cache_clear()
    assert shipped.captioner().network.config.size == 160  # the page goes on with its own
    *_, now = words.words(photos.CaptionPhoto.examples[photos.FIRST])
    assert now["caption"] == kit.read(words.OPENING)["caption"]
    with pytest.raises(SystemExit):
        openings.main(["lstm"])
    assert "no network lstm" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        openings.main(["--weights", str(tmp_path / "nowhere"), "--folder", str(folder)])
    assert "nowhere" in capsys.readouterr().err
