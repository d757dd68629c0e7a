"""The history: strips are pictures, there are never too many, and it can be cut back."""

import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image

from models.core.errors import InputError
from models.core.history import MOST_STRIPS, History, data_uri


def test_a_strip_is_the_pictures_in_a_row():
    images = torch.zeros(3, 1, 8, 8)
    images[1] = 1.0
    encoded = data_uri(images).removeprefix("data:image/webp;base64,")
    row = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))))
    assert row.shape == (8, 24, 3)
    assert row[:, :6].max() < 10
    assert row[:, 10:14].min() > 245


def test_strips_are_thinned_and_first_and_last_stay():
    history = History()
    for step in range(200):
        history.add_strip(step, 10 * step, torch.zeros(1, 3, 4, 4))
        steps = [strip["step"] for strip in history.strips]
        assert len(steps) <= MOST_STRIPS
        assert (steps[0], steps[-1]) == (0, step)
        assert steps == sorted(set(steps))


def test_it_comes_back_and_can_be_cut(tmp_path):
    history = History({"name": "toy"}, [{"step": 1}, {"step": 5}])
    history.write(tmp_path / "history.json")
    assert History.read(tmp_path / "history.json") == history
    assert History.read(tmp_path / "history.json", until_step=4).records == [{"step": 1}]
    assert History.read(tmp_path / "nothing.json") == History()


@pytest.mark.parametrize("content", ["", '{"about": {', "[]", '{"of": "another kind"}'])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "history.json").write_text(content)
    with pytest.raises(InputError, match=r"history\.json is damaged"):
        History.read(tmp_path / "history.json")
