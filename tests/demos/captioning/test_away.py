"""Painting over a photo through the endpoint: the models' captions of what is left, and the map."""

import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.captioning import away as scene
from demos.captioning import photos
from demos.kit import openings
from demos.kit.photo import open_photo
from models.captioning import shipped
from models.captioning.beam import beam
from models.captioning.caption import annotate
from models.captioning.occlude import hidden, mask_of, occlusion
from models.core import images

PHOTO = photos.CaptionPhoto.examples["astronaut"]


@pytest.fixture(scope="module")
def image():
    return images.to_tensor(open_photo(PHOTO, photos.LONGEST_SIDE))


def said(words):
    return [word["word"] or "<end>" for word in words]


@pytest.mark.parametrize("decoder", ["lstm", "both"])
def test_what_is_left_is_captioned_as_the_models_caption_it(client: Client, image, decoder):
    mask = scene.rectangle(0, 4, 14, 16)
    value, _ = client.predict(handle_file(PHOTO), decoder, mask, api_name="/away")
    network = shipped.captioner().network
    painted = mask_of(mask)
    assert painted[0, :14, 4:16].all()
    assert painted.sum() == 14 * 12
    assert value["hidden"] == pytest.approx(14 * 12 / 400)
    for seen, words in (
        (image, value["before"]),
        (hidden(network, image, painted), value["after"]),
    ):
        *_, last = beam(network.writer(decoder), annotate(network, seen))
        assert said(words) == list(last.ended[0].words)
    assert said(value["before"]) != said(value["after"])


def test_nothing_painted_changes_nothing(client: Client):
    value, _ = client.predict(handle_file(PHOTO), "both", scene.NOTHING, api_name="/away")
    assert value["before"] == value["after"]
    assert value["hidden"] == 0


def test_the_map_is_the_models_and_comes_in_parts(client: Client, image):
    job = client.submit(handle_file(PHOTO), "transformer", 2, 5, api_name="/matters")
    job.result()
    values = [value for value, _ in job.outputs()]
    assert [value["done"] for value in values] == [20, 40, 60, 80, 100]
    assert [value["finished"] for value in values] == [False] * 4 + [True]
    network = shipped.captioner().network
    writer = network.writer("transformer")
    *_, last = beam(writer, annotate(network, image))
    numbers = list(last.ended[0].numbers)
    *_, expected = occlusion(network, writer, image, numbers, 1, 5)
    torch.testing.assert_close(torch.tensor(values[-1]["drop"]), expected.drop, atol=2e-3, rtol=0)
    assert values[-1]["word"] == last.ended[0].words[1]
    known = [one for row in values[0]["drop"] for one in row if one is not None]
    assert known == [one for row in values[-1]["drop"][:2] for one in row]


def test_a_run_that_nobody_wants_ends_after_its_part():
    values = list(scene.matters(PHOTO, wanted=iter([True, False]).__next__))
    assert [value["done"] for value in values] == [20, 40]
    assert not values[-1]["finished"]


@pytest.mark.parametrize(
    ("endpoint", "wrong", "words"),
    [
        ("/away", ("gru",), "Decoder 'gru'"),
        ("/away", ("lstm", [1, 2]), "A mask has 20 rows"),
        ("/away", ("lstm", [2**20] * 20), "A row of the mask is"),
        ("/matters", ("lstm", 0), "The word is 0"),
        ("/matters", ("lstm", 2, 4), "square's side is 4"),
        ("/matters", ("lstm", 2, 7), "square's side is 7"),
    ],
)
def test_what_cannot_be_hidden_is_refused_in_words(client: Client, endpoint, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(PHOTO), *wrong, api_name=endpoint)


def test_the_page_opens_with_what_its_controls_say_and_something_changes():
    shown, now = openings.read(scene.OPENING), scene.opening()
    for part in ("before", "after"):
        assert said(shown["away"][part]) == said(now["away"][part])
    assert said(shown["away"]["before"]) != said(shown["away"]["after"])
    ours, theirs = (torch.tensor(value["matters"]["drop"]) for value in (shown, now))
    torch.testing.assert_close(ours, theirs, atol=0.05, rtol=0)
    assert shown["matters"]["word"] == said(shown["away"]["before"])[scene.WORD - 1]


def test_the_walk_is_true_of_the_shipped_captioner():
    photo = photos.CaptionPhoto.examples[photos.FIRST]
    (first, *_), last = (list(scene.matters(photo, word=word)) for word in (scene.WORD, 11))
    assert first["word"] != last[-1]["word"] == said(scene.away(photo)["before"])[-2]
    places = [
        torch.tensor(value["drop"]).argmax().item()
        for value in (openings.read(scene.OPENING)["matters"], last[-1])
    ]
    assert places[0] != places[1]
