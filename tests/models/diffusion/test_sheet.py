"""The README's sheet of faces: one picture, or one line that says what is wrong."""

import pytest
import torch
from PIL import Image

from models.core.errors import InputError
from models.diffusion import sheet


def drawn_already(monkeypatch):
    faces = torch.linspace(0, 1, 25)[:, None, None, None].expand(25, 3, 32, 32)
    monkeypatch.setattr(sheet, "denoiser", lambda: None)
    monkeypatch.setattr(sheet, "uncurated", lambda network: faces)


def test_it_is_five_by_five_faces_enlarged(tmp_path, monkeypatch):
    drawn_already(monkeypatch)
    sheet.main([str(tmp_path / "sheet.png")])
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.size == (5 * 32 * sheet.SCALE, 5 * 32 * sheet.SCALE)
        assert picture.getpixel((0, 0)) == (0, 0, 0)
        assert picture.getpixel((picture.width - 1, picture.height - 1)) == (255, 255, 255)


@pytest.mark.parametrize("arguments", [[], ["sheet.nothing"], ["--help"]])
def test_nothing_is_drawn_before_the_arguments_are_read(arguments, monkeypatch):
    monkeypatch.setattr(sheet, "denoiser", lambda: pytest.fail("drawn"))
    with pytest.raises(SystemExit):
        sheet.main(arguments)


def test_a_missing_weight_file_and_a_missing_folder_are_one_line(tmp_path, monkeypatch, capsys):
    drawn_already(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        sheet.main([str(tmp_path / "nothing" / "sheet.png")])
    assert ended.value.code == 2

    def missing():
        raise InputError("There is no weight file denoiser.safetensors.")

    monkeypatch.setattr(sheet, "denoiser", missing)
    with pytest.raises(SystemExit) as ended:
        sheet.main([str(tmp_path / "sheet.png")])
    assert ended.value.code == 2
    *_, line = capsys.readouterr().err.splitlines()
    assert line.endswith("There is no weight file denoiser.safetensors.")
