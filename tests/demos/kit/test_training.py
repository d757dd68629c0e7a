"""Curves and training scenes, which every tab fills in with its own files."""

import dataclasses
import json
import math
from pathlib import Path

import pytest

from demos.kit.curves import chart, series
from demos.kit.training import Plot, Shelf
from models.core.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
RECORDS = [
    {"step": 1, "seen": 100, "seconds": 60, "train": {"loss": 3.0}, "validation": {"loss": 4.0}},
    {
        "step": 2,
        "seen": 200,
        "seconds": 120,
        "train": {"loss": 2.0},
        "validation": {"loss": 3.5, "top1": 0.25},
    },
]
STRIPS = [{"step": 2, "seen": 200, "image": "data:image/webp;base64,AAAA"}]
ABOUT = {"parameters": {"net": 1500}, "training_examples": 90, "devices": ["CPU", "a GPU"]}


@pytest.fixture
def shelf(tmp_path) -> Shelf:
    content = {"about": ABOUT, "records": RECORDS, "strips": STRIPS}
    (tmp_path / "one.history.json").write_text(json.dumps(content))
    (tmp_path / "CARD.md").write_text("# Nets\n\n## Limits\n\nMany.\n")
    plots = (
        Plot("Loss", ("reconstruction", "loss"), ("loss",), "nats"),
        Plot("Accuracy", (), ("top1",)),
        Plot("Nothing", ("nothing",), ("nothing",)),
    )
    return Shelf(tmp_path, {"one": "One", "two": "Two"}, plots, "faces seen", "what becomes of it")


def test_a_series_leaves_out_what_is_no_number():
    made = series("a", [(1, 2.0), (2, None), (3, math.nan), (4, 5.0)], dashed=True, color=3)
    assert made == {"name": "a", "points": [[1, 2.0], [4, 5.0]], "dashed": True, "color": 3}
    assert "color" not in series("a", [])
    assert chart([made], x="steps", log=True)["log"] is True


def test_a_history_as_charts_frames_and_facts(shelf):
    charts, strips, facts, card = shelf.training("one")
    loss, accuracy = charts["charts"]
    assert (loss["title"], loss["x"], loss["y"]) == ("Loss", "faces seen", "nats")
    assert [(one["name"], one["points"]) for one in loss["series"]] == [
        ("training", [[100, 3.0], [200, 2.0]]),
        ("validation", [[100, 4.0], [200, 3.5]]),
    ]
    assert [one["points"] for one in accuracy["series"]] == [[[200, 0.25]]]
    (frame,) = strips["frames"]
    assert frame["caption"] == "200 faces seen · what becomes of it"
    assert frame["x"] == 200
    assert facts == (
        "**1,500** weights · **90** training pictures · **200** seen in **2** minutes"
        " · on CPU, then a GPU"
    )
    assert card == "### Nets\n\n### Limits\n\nMany.\n"


def test_what_was_written_stands_beside_its_strip_by_its_writers(shelf, tmp_path):
    texts = ["a dog", "a cat", "two dogs", "two cats"]
    records = [RECORDS[0] | {"texts": ["not yet"] * 4}, RECORDS[1] | {"texts": texts}]
    content = {"about": ABOUT, "records": records, "strips": STRIPS}
    (tmp_path / "one.history.json").write_text(json.dumps(content))
    (frame,) = shelf.training("one")[1]["frames"]
    assert frame["texts"] == [{"title": "", "lines": texts}]
    two = dataclasses.replace(shelf, writers=("LSTM", "Transformer"))
    (frame,) = two.training("one")[1]["frames"]
    assert frame["texts"] == [
        {"title": "LSTM", "lines": texts[:2]},
        {"title": "Transformer", "lines": texts[2:]},
    ]


def test_what_is_seen_in_a_strip_is_named_by_the_model(shelf):
    assert shelf.training("one")[1]["parts"] == []
    parts = {"": ("before", "after"), "two": ("alone",)}
    named = dataclasses.replace(shelf, parts=parts)
    assert named.training("one")[1]["parts"] == ["before", "after"]
    assert named.strips(named.history("one"), "two")["parts"] == ["alone"]
    rows = dataclasses.replace(shelf, rows=("LSTM", "Transformer")).training("one")[1]
    assert rows["rows"] == ["LSTM", "Transformer"]
    assert "parts" not in rows


def test_a_frame_without_sentences_has_no_place_for_them(shelf):
    (frame,) = shelf.training("one")[1]["frames"]
    assert "texts" not in frame


def test_the_captioners_sentences_are_all_there():
    shelf = Shelf(
        ROOT / "models/captioning/weights", {"captioner": ""}, (), writers=("LSTM", "Transformer")
    )
    history = shelf.history("captioner")
    frames = shelf.strips(history)["frames"]
    shown = [line for frame in frames for text in frame["texts"] for line in text["lines"]]
    assert shown == [line for record in history.records for line in record["texts"]]
    assert all([text["title"] for text in f["texts"]] == list(shelf.writers) for f in frames)


def test_only_what_is_here_is_offered(shelf, tmp_path):
    assert shelf.choices() == [("One", "one")]
    assert shelf.missing() == ["Two"]
    (tmp_path / "one.history.json").unlink()
    assert shelf.choices() == [("One", "one"), ("Two", "two")]


def test_a_missing_record_a_missing_card_and_a_stranger_get_sentences(shelf, tmp_path):
    with pytest.raises(InputError, match=r"two\.history\.json.*“Two”.*is not here.*Put the file"):
        shelf.training("two")
    with pytest.raises(InputError, match="Model 'three' is not known; choose one of one, two"):
        shelf.training("three")
    with pytest.raises(InputError, match=r"Model \['one'\] is not known"):
        shelf.training(["one"])
    (tmp_path / "CARD.md").unlink()
    assert "CARD.md, is missing or damaged" in shelf.training("one")[3]


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '{"records": 3}', '{"nothing": 1}', '{"records": [{"seen": 1}]}',
        '{"records": [3]}', '{"records": [{"seen": "x", "train": {}, "validation": {}}]}',
        '{"records": [{"seen": 1, "train": [], "validation": {}}]}',
        '{"records": [{"step": 1, "seen": 1, "train": {}, "validation": {}, "texts": [3]}]}',
        '{"strips": [{"seen": 1}]}',
        '{"about": 3, "records": [{"seen": 1, "train": {}, "validation": {}}]}', "\x00\udcff",
    ],
)  # fmt: skip
def test_a_damaged_record_gets_a_sentence(shelf, tmp_path, content):
    path = tmp_path / "one.history.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"one\.history\.json.*is damaged"):
        shelf.training("one")
