"""What an overlay shows, and what may come back from one."""

import json
import math
from types import SimpleNamespace

import pytest
import torch
from gradio_client.utils import json_schema_to_python_type

from demos.kit import Compare, Overlay, Sheets, StepPlayer
from demos.kit.overlay import Chosen, box, chosen_in, dot, overlay, seen
from models.core.errors import InputError

GRID = [[0.125, -3.0, 0.5], [1.0, 2.0, 0.0]]
SRC = "data:image/webp;base64,AAAA"


@pytest.mark.parametrize("view", [Compare, Overlay, Sheets, StepPlayer])
def test_clients_can_read_what_its_value_is(view):
    assert json_schema_to_python_type(view.schema).startswith("dict(")


@pytest.mark.parametrize("grid", [GRID, torch.tensor(GRID), torch.tensor(GRID).half()])
def test_the_grid_s_numbers_are_exact_and_json(grid):
    value = json.loads(json.dumps(overlay(SRC, grid, name="opinion")))
    assert value["grid"] == GRID
    assert value["cells"] == [2, 3]
    assert (value["src"], value["name"], value["paint"]) == (SRC, "opinion", "alpha")


@pytest.mark.parametrize(
    ("paint", "given", "expected"),
    [
        ("alpha", None, (-3, 2)),
        ("heat", None, (-3, 2)),
        ("diverging", None, (-3, 3)),
        ("diverging", (0, 1), (0, 1)),
        ("alpha", (0, 0.04), (0, 0.04)),
    ],
)
def test_limits_are_the_grid_s_own_or_those_given(paint, given, expected):
    limits = overlay(SRC, GRID, paint=paint, limits=given)["limits"]
    assert (limits["low"], limits["high"]) == expected


def test_cells_without_a_number_count_for_nothing():
    value = overlay(SRC, [[math.nan, 1.0], [4.0, math.nan]])
    assert value["grid"] == [[None, 1.0], [4.0, None]]
    assert value["limits"] == {"low": 1, "high": 4}
    assert overlay(SRC, [[math.nan]])["limits"] == {"low": 0, "high": 0}


def test_without_a_grid_there_are_cells_and_marks():
    marks = [dot(0.25, 0.5, "hint", "#ff0000"), box(0, 0.1, 0.5, 0.25)]
    value = overlay(SRC, cells=(16, 8), marks=marks, chosen=(15, 7))
    assert "grid" not in value
    assert value["cells"] == [16, 8]
    assert value["marks"][0] == {"x": 0.25, "y": 0.5, "label": "hint", "color": "#ff0000"}
    assert (value["marks"][1]["width"], value["marks"][1]["height"]) == (0.5, 0.25)
    assert value["chosen"] == {"row": 15, "column": 7}


@pytest.mark.parametrize(
    "wrong",
    [
        {"grid": []},
        {"grid": [1.0, 2.0]},
        {"grid": torch.zeros(1, 2, 2)},
        {"grid": [[math.inf]]},
        {"grid": GRID, "limits": (1, 0)},
        {"grid": GRID, "limits": (0, math.nan)},
        {"grid": GRID, "paint": "rainbow"},
        {"grid": GRID, "chosen": (2, 0)},
        {"grid": GRID, "chosen": (0, -1)},
        {"chosen": (0, 0)},
    ],
)
def test_what_cannot_be_shown_is_refused(wrong):
    with pytest.raises(ValueError, match="got"):
        overlay(SRC, **wrong)


def event(**told):
    return SimpleNamespace(**told)


def test_a_click_is_a_point_and_its_cell():
    told = event(x=0.75, y=1, row=1, column=2)
    assert chosen_in(told, 2, 3) == Chosen(0.75, 1, 1, 2)
    assert chosen_in(event(x=0.75, y=1, row=None, column=None)) == Chosen(0.75, 1, None, None)


@pytest.mark.parametrize(
    "told",
    [
        event(),
        event(x=1.01, y=0, row=0, column=0),
        event(x=0, y=-0.01, row=0, column=0),
        event(x=math.nan, y=0, row=0, column=0),
        event(x="0", y=0, row=0, column=0),
        event(x=True, y=0, row=0, column=0),
        event(x=0, y=0, row=2, column=0),
        event(x=0, y=0, row=0, column=3),
        event(x=0, y=0, row=-1, column=0),
        event(x=0, y=0, row=0.5, column=0),
        event(x=0, y=0, row=None, column=0),
    ],
)
def test_what_is_no_click_is_refused_in_words(told):
    with pytest.raises(InputError, match=r"The (point's [xy]|row|column) is "):
        chosen_in(told, 2, 3)


def test_what_a_cell_has_seen_is_told_in_shares_of_the_picture():
    field = seen(-11, 4, 34, height=100, width=200)
    value = overlay(SRC, GRID, sees=field)
    assert value["sees"] == field
    assert field["x"] * 200 == field["y"] * 100 == pytest.approx(-11)
    assert (field["dx"] * 200, field["dy"] * 100) == pytest.approx((4, 4))
    assert (field["width"] * 200, field["height"] * 100) == pytest.approx((34, 34))
    assert "sees" not in overlay(SRC, GRID)
