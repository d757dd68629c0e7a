"""What scenes open with comes back as it was written, picture for picture."""

import json

import pytest
import torch

from demos.kit import openings
from models.core.errors import InputError
from models.core.images import open_image, to_data_uri

PICTURE = torch.linspace(0, 1, 3 * 8 * 8).reshape(1, 3, 8, 8)


@pytest.fixture(autouse=True)
def nothing_remembered():
    yield
    openings.read.cache_clear()


def value():
    film = {"x": to_data_uri(PICTURE), "x0": to_data_uri(1 - PICTURE)}
    faces = to_data_uri(PICTURE, lossless=True)
    return {
        "films": {"0": {"film": film, "faces": faces}},
        "frames": [{"t": 0.5}, {"t": 0}],
        "title": "data: no picture",
        "done": True,
    }


def test_what_is_written_is_read(tmp_path):
    openings.write("tab/scene", value(), tmp_path)
    assert openings.read("tab/scene", tmp_path) == value()
    names = {path.name for path in (tmp_path / "tab" / "scene").iterdir()}
    assert names == {"films-0-film-x.jpg", "films-0-film-x0.jpg", "films-0-faces.webp"}
    assert open_image(tmp_path / "tab" / "scene" / "films-0-faces.webp", None).size == (8, 8)
    assert (tmp_path / "tab" / "scene.json").stat().st_size < 1000


def test_pictures_that_are_no_longer_shown_go(tmp_path):
    openings.write("tab/scene", value(), tmp_path)
    openings.write("tab/scene", {"faces": to_data_uri(PICTURE)}, tmp_path)
    assert [path.name for path in (tmp_path / "tab" / "scene").iterdir()] == ["faces.jpg"]


def damaged(folder):
    (folder / "tab" / "scene.json").write_text("{")


def without_a_picture(folder):
    (folder / "tab" / "scene" / "films-0-faces.webp").unlink()


def of_no_kind(folder):
    (folder / "tab" / "scene.json").write_text(json.dumps({"faces": {"picture": "faces.txt"}}))
    (folder / "tab" / "scene" / "faces.txt").write_text("no picture")


@pytest.mark.parametrize("break_it", [damaged, without_a_picture, of_no_kind])
def test_what_is_missing_or_damaged_is_named_and_not_remembered(tmp_path, break_it):
    openings.write("tab/scene", value(), tmp_path)
    break_it(tmp_path)
    with pytest.raises(InputError, match=r"scene\.json, is missing or damaged.*Put the file back"):
        openings.read("tab/scene", tmp_path)
    openings.write("tab/scene", value(), tmp_path)
    assert openings.read("tab/scene", tmp_path) == value()


def test_a_missing_opening_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.json, is missing or damaged"):
        openings.read("tab/gone", tmp_path)
