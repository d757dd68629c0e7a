"""Side by side: our writers by the scene of one, those of the Hub by tiny stand-ins."""

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from huggingface_hub.errors import LocalEntryNotFoundError

from demos.captioning import photos, words
from demos.captioning import side as scene
from demos.kit import openings
from models.captioning import hub
from models.captioning.write import Settings, write
from models.core import images
from models.core.errors import InputError
from tests.models.captioning.tiny_hub import SAVE

PHOTO = photos.CaptionPhoto.examples["astronaut"]


@pytest.fixture
def at_hand(monkeypatch, tmp_path):
    """Both networks of the Hub on this machine, tiny."""
    for name, save in SAVE.items():
        (tmp_path / name).mkdir()
        save(tmp_path / name)
    folders = {hub.MODELS[name].repository: str(tmp_path / name) for name in SAVE}
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda name, **_: folders[name])
    for name in SAVE:
        weights = tmp_path / name / hub.MODELS[name].weights
        if not weights.is_file():
            weights.write_bytes(b"")  # the format of the Hub's; `from_pretrained` takes the other
    yield
    hub.load.cache_clear()


@pytest.mark.parametrize("method", ["greedy", "beam", "sample"])
def test_each_lane_is_that_writers_own_caption(client: Client, method):
    value, _ = client.predict(handle_file(PHOTO), method, "", [], 2, 1.0, 3, api_name="/side")
    assert [lane["name"] for lane in value["lanes"]] == ["lstm", "transformer", "both"]
    for lane in value["lanes"]:
        *_, alone = words.words(PHOTO, lane["name"], method, "", 2, seed=3)
        assert lane["caption"] == alone["caption"]
        assert len(lane["words"]) == len(alone["words"])
    assert value["done"]


def test_lanes_come_one_after_the_other_and_those_of_the_hub_last(at_hand):
    values = list(scene.side(PHOTO, "greedy", "a", ["vit-gpt2", "blip"]))
    done = [sum("words" in lane for lane in value["lanes"]) for value in values]
    assert done == sorted(done)
    assert done[0] == 1
    assert done[-1] == 5
    picture = images.to_tensor(photos.open_photo(PHOTO, photos.LONGEST_SIDE))
    for lane in values[-1]["lanes"][3:]:
        writer = hub.writer(lane["name"])
        prefix = writer.vocabulary.known_numbers("a")
        expected = list(write(writer, writer.annotate(picture), Settings("greedy"), prefix))
        assert lane["title"] == hub.MODELS[lane["name"]].title
        assert lane["caption"] == writer.vocabulary.sentence([one.number for one in expected])
        assert lane["words"][0]["given"]
        for word, one in zip(lane["words"], expected, strict=True):
            assert word["probability"] == pytest.approx(one.probability, rel=1e-3)
            assert sum(map(sum, word["map"])) == pytest.approx(1, abs=1e-3)
            assert len(word["alternatives"]) > 1


def test_where_the_hub_cannot_be_reached_the_lane_says_how_to_fetch(monkeypatch):
    def unreachable(*_, **__):
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    monkeypatch.setattr(hub, "PATIENCE", 0.01)
    *_, last = scene.side(PHOTO, "greedy", "", ["blip"])
    assert last["done"]
    assert [lane["name"] for lane in last["lanes"]] == ["lstm", "transformer", "both", "blip"]
    assert all(lane["words"] for lane in last["lanes"][:3])
    assert "`hf download Salesforce/blip-image-captioning-base`" in last["lanes"][3]["error"]
    assert "note" not in last["lanes"][3]


@pytest.fixture
def fetched(monkeypatch):
    """The models whose download was begun; none of them ever is here as a whole."""
    begun = []

    def fetching(name):
        begun.append(name)
        yield 0.25
        yield 0.5
        raise InputError("The Hub broke off.")

    monkeypatch.setattr(hub, "here", lambda name: None)
    monkeypatch.setattr(hub, "fetching", fetching)
    return begun


def test_stop_during_a_download_begins_no_other(fetched):
    *_, last = scene.side(PHOTO, "greedy", "", ["blip", "vit-gpt2"], wanted=lambda: not fetched)
    assert fetched == ["blip"]
    assert last["done"]
    for lane in last["lanes"][3:]:
        assert lane["error"] == "Stopped."
        assert not lane.keys() & {"words", "note", "share"}


def test_a_model_that_is_named_several_times_writes_once(fetched):
    *_, last = scene.side(PHOTO, "greedy", "", ["blip", "vit-gpt2", "blip", "blip"])
    assert fetched == ["blip", "vit-gpt2"]
    assert [lane["name"] for lane in last["lanes"][3:]] == ["blip", "vit-gpt2"]


def test_a_run_that_is_stopped_before_the_hub_fetches_nothing(fetched):
    *_, last = scene.side(PHOTO, "greedy", "", ["blip", "vit-gpt2"], wanted=lambda: False)
    assert fetched == []
    assert [lane.get("error") for lane in last["lanes"]] == [None] * 3 + ["Stopped."] * 2
    assert all(lane["words"] for lane in last["lanes"][:3])


def test_a_lane_that_failed_says_why_and_not_that_it_was_stopped(fetched):
    answers = iter([True, True, True, False])  # asked for the last time when it has failed
    *_, last = scene.side(PHOTO, "greedy", "", ["blip"], wanted=lambda: next(answers))
    assert last["lanes"][3]["error"] == "The Hub broke off."
    assert not last["lanes"][3].keys() & {"note", "share"}


def test_stop_marks_no_lane_that_has_its_words(at_hand):
    values = scene.side(PHOTO, "greedy", "a", ["vit-gpt2", "blip"], wanted=lambda: wanted)
    wanted = True
    for value in values:
        wanted = "words" not in value["lanes"][3]
    first, second = value["lanes"][3:]
    assert first["words"]
    assert "error" not in first
    assert second["error"] == "Stopped."
    assert "words" not in second


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("magic",), "Method 'magic' is not known"),
        (("greedy", "an unheardof dog"), "never learned 'unheardof'"),
        (("greedy", "", ["clip"]), "Model 'clip' is not known; choose one of blip, vit-gpt2"),
        (("beam", "", [], 0), "width is 0"),
        (("beam", "", [], 60), "width is 60, but must be a whole number from 1 to 8"),
        (("sample", "", [], 3, 0), "temperature is 0"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(PHOTO), *wrong, api_name="/side")


def test_the_first_captions_are_what_their_settings_write():
    shown = openings.read(scene.OPENING)
    *_, now = scene.side(photos.CaptionPhoto.examples[photos.FIRST])
    assert [lane["caption"] for lane in shown["lanes"]] == [one["caption"] for one in now["lanes"]]
