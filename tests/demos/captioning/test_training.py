"""The captioning tab's training scene: what was recorded and counted is shown."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.captioning import training
from models.captioning import describers
from models.captioning.shipped import WEIGHTS
from models.core.errors import InputError
from models.core.history import History


def recorded():
    return History.read(WEIGHTS / "captioner.history.json")


def test_curves_frames_and_card_are_the_shipped_ones(client: Client):
    charts, strips, facts, card, _ = client.predict("captioner", api_name="/captioning_training")
    history = recorded()
    shown = {chart["title"]: chart["series"] for chart in charts["charts"]}
    for title, key in (("LSTM", "lstm"), ("Transformer", "transformer")):
        trained, validated = shown[f"{title}: cross-entropy"]
        assert trained["points"] == [
            [one["seen"], one["train"][key]] for one in history.records if key in one["train"]
        ]
        assert validated["points"] == [
            [one["seen"], one["validation"][key]] for one in history.records
        ]
        (bleu,) = shown[f"{title}: BLEU-4 of greedy captions"]
        assert bleu["points"] == [
            [one["seen"], one["validation"][f"{key}_bleu4"]] for one in history.records
        ]
    assert [frame["src"] for frame in strips["frames"]] == [one["image"] for one in history.strips]
    assert "weights" in facts
    assert card.startswith("### Captioning")
    assert "guesses at age and sex" in card


def test_each_frame_has_the_captions_of_its_time_by_both_decoders():
    _, strips, *_ = training.SHELF.training("captioner")
    texts = {one["step"]: one["texts"] for one in recorded().records}
    steps = [one["step"] for one in recorded().strips]
    for frame, step in zip(strips["frames"], steps, strict=True):
        first, second = frame["texts"]
        assert (first["title"], second["title"]) == ("LSTM", "Transformer")
        assert first["lines"] + second["lines"] == texts[step]
        assert len(first["lines"]) == len(second["lines"]) == 6


def test_the_walk_is_true_of_the_shipped_captioner():
    records = recorded().records
    given = ["lstm" in one["train"] for one in records]
    assert given == sorted(given, reverse=True)  # training curves end,
    assert not given[-1]  # and end early
    for key in ("lstm", "transformer"):
        last_given, last = (
            next(one for one in reversed(records) if "lstm" in one["train"]),
            records[-1],
        )
        assert last["validation"][key] > last_given["validation"][key]
        assert last["validation"][f"{key}_bleu4"] > last_given["validation"][f"{key}_bleu4"]
    people, *networks = describers.read()["shares"].values()
    for shares in networks:
        assert shares["man"] > people["man"]
        assert shares["child"] < people["child"]


def test_the_habits_are_a_table_of_what_was_counted(client: Client):
    table = client.predict(api_name="/habits")
    assert table == training.habits()
    assert "say one of these words:" in table
    counted = describers.read()["shares"]
    for name, words in describers.WATCHED.items():
        row = " | ".join(f"{shares[name]:.0%}" for shares in counted.values())
        assert f"| {', '.join(words)} | {row} |" in table  # each word that is counted is named
    assert "| child, children, kid, kids |" in table


def test_a_missing_count_is_named_and_the_scene_goes_on(monkeypatch):
    def missing():
        raise InputError("describers.json is missing")

    monkeypatch.setattr(training.describers, "read", missing)
    with pytest.raises(InputError, match="missing"):
        training.habits()


@pytest.mark.parametrize("name", ["lstm", "", None, 3])
def test_a_model_that_there_is_not_is_refused(client: Client, name):
    with pytest.raises(AppError, match=r"Model .* is not known"):
        client.predict(name, api_name="/captioning_training")
