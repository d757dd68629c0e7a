"""The beam scene's endpoint: its tree, and its winner at every penalty, against runs with it."""

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.captioning import beam as scene
from demos.captioning import photos
from demos.captioning.beam.view import chosen
from demos.kit import openings
from models.captioning import shipped
from models.captioning.beam import beam

PHOTO = photos.CaptionPhoto.examples["astronaut"]


@pytest.mark.parametrize(("width", "begin"), [(1, ""), (3, ""), (8, "a woman")])
def test_the_winner_at_every_penalty_is_that_of_a_run_with_it(client: Client, width, begin):
    value, _ = client.predict(handle_file(PHOTO), "both", width, 3, begin, 1.2, api_name="/beam")
    writer = shipped.captioner().network.writer("both")
    prefix = writer.vocabulary.numbers(begin)
    annotations = photos.seen(PHOTO).annotations
    winners = set()
    for penalty in (0.0, 0.4, 0.8, 1.0, 1.2, 1.5, 2.0):
        *_, last = beam(writer, annotations, width, penalty, 3, prefix)
        expected = writer.vocabulary.sentence(last.ended[0].numbers)
        best = value["ended"][chosen(value["ended"], penalty)]
        assert best["caption"] == expected
        assert best["log_probability"] == pytest.approx(last.ended[0].log_probability, abs=1e-3)
        assert best["length"] == len(last.ended[0].words) - len(prefix)
        winners.add(expected)
    assert value["winner"] == chosen(value["ended"], 1.2)
    assert len(winners) > 1 or width == 1


def test_the_tree_holds_every_step(client: Client):
    value, _ = client.predict(handle_file(PHOTO), "lstm", 3, 1, "", 1.0, api_name="/beam")
    nodes = value["nodes"]
    growing = [[n for n in nodes if n["step"] == step and n["kind"] == "growing"]
               for step in range(value["steps"])]  # fmt: skip
    assert all(1 <= len(each) <= 3 for each in growing[:-1])
    for node in nodes:
        parent = nodes[node["parent"]] if node["parent"] >= 0 else None
        before = parent["log_probability"] if parent else 0.0
        assert node["log_probability"] == pytest.approx(before + node["added"])
        assert node["added"] <= 0
        assert (parent is None) == (node["step"] == 0)
        if parent:
            assert parent["step"] == node["step"] - 1
            assert parent["kind"] == "growing"
    struck = [node for node in nodes if node["kind"] == "struck"]
    assert struck  # no word twice: there was something to repeat
    for node in struck:
        words, at = [], node["parent"]
        while at >= 0:
            words.append(nodes[at]["word"])
            at = nodes[at]["parent"]
        assert node["word"] in words


def test_steps_are_streamed_and_a_stopped_search_says_so():
    stopped = iter([True, True, False]).__next__
    values = list(scene.beam(PHOTO, wanted=stopped))
    assert [value["steps"] for value in values] == [1, 2, 3, 3]
    assert values[-1]["stopped"]
    assert values[-1]["winner"] is None or values[-1]["ended"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("gru",), "Decoder 'gru' is not known"),
        (("both", 0), "width is 0, but must be a whole number from 1 to 8"),
        (("both", 1000), "width is 1000"),
        (("both", 3, -1), "n-grams without repeat is -1"),
        (("both", 3, 3, "xylophone zebu"), "never learned 'xylophone'"),
        (("both", 3, 3, "", 2.5), "length penalty is 2.5, but must be a number from 0 to 2"),
        (("both", 3, 3, "", "nan"), "length penalty is nan"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(PHOTO), *wrong, api_name="/beam")


def test_the_first_tree_is_what_its_settings_grow():
    shown = openings.read(scene.OPENING)
    *_, now = scene.beam(photos.CaptionPhoto.examples[photos.FIRST])
    assert [one["caption"] for one in shown["ended"]] == [one["caption"] for one in now["ended"]]
