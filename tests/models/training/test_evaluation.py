"""The evaluation programs' common part: rows of several data sets, and one JSON object."""

import json

import numpy as np
import pytest

from models.training import evaluation


def test_rows_of_several_data_sets_are_told_apart_where_they_have_to_be():
    found = {"small": {"grey": {"x": 1.0}, "a": {"x": 2.0}}, "large": {"grey": {"x": 3.0}}}
    assert evaluation.together(found) == {
        "grey (small)": {"x": 1.0},
        "a": {"x": 2.0},
        "grey (large)": {"x": 3.0},
    }


def test_an_archive_s_rows_have_their_names_alone(tmp_path, capsys):
    np.savez(tmp_path / "a.npz", images=np.zeros((2, 4, 4), np.uint8))
    rows = {"model": {"count": 2}}
    arguments = ["--data", str(tmp_path / "a.npz"), "--json"]
    evaluation.main("", lambda pictures, weights: rows, (), tmp_path, arguments)
    assert json.loads(capsys.readouterr().out) == rows


def test_no_model_for_the_pictures_is_said(tmp_path, capsys):
    np.savez(tmp_path / "a.npz", images=np.zeros((2, 4, 4), np.uint8))
    arguments = ["--data", str(tmp_path / "a.npz")]
    with pytest.raises(SystemExit):
        evaluation.main("", lambda pictures, weights: {}, (), tmp_path, arguments)
    assert "no model for these pictures" in capsys.readouterr().err
