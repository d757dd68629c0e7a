"""All maps of a word through the endpoint: those of the models, and what hiding places does."""

import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.captioning import photos
from demos.captioning import where as scene
from demos.kit import openings
from demos.kit.photo import open_photo
from models.captioning import attend, shipped
from models.captioning.beam import beam
from models.captioning.caption import annotate, read
from models.captioning.occlude import hidden, squares
from models.core import images

PHOTO = photos.CaptionPhoto.examples["astronaut"]


@pytest.fixture(scope="module")
def image():
    return images.to_tensor(open_photo(PHOTO, photos.LONGEST_SIDE))


@pytest.mark.parametrize("decoder", ["lstm", "transformer"])
def test_the_maps_are_the_models_and_sum_to_one(client: Client, image, decoder):
    value, _ = client.predict(handle_file(PHOTO), decoder, "", 3, "", api_name="/where")
    network = shipped.captioner().network
    annotations = annotate(network, image)
    *_, last = beam(network.decoders[decoder], annotations)
    numbers = last.ended[0].numbers
    said = [word["word"] or "<end>" for word in value["words"]]
    assert said == list(last.ended[0].words)
    for name in ("lstm", "transformer"):
        for word, one in zip(
            value["words"], read(network.decoders[name], annotations, numbers), strict=True
        ):
            assert word[name] == pytest.approx(one.probability, rel=1e-3)
            maps = torch.tensor([[word["recurrent"]]] if name == "lstm" else word["views"])
            torch.testing.assert_close(maps, one.views, atol=1e-5, rtol=0)
            for key in ("mean", "rollout", "recurrent"):
                assert torch.tensor(word[key]).sum().item() == pytest.approx(1, abs=1e-3)
    looks = attend.looks(network.decoders["transformer"], annotations, numbers)
    rollouts = torch.tensor([word["rollout"] for word in value["words"]])
    torch.testing.assert_close(rollouts, looks.rollout, atol=1e-5, rtol=0)
    gradient = attend.saliency(network, network.decoders[decoder], image, numbers, 2)
    torch.testing.assert_close(torch.tensor(value["gradient"]), gradient, atol=2e-5, rtol=0)
    assert value["step"] == 2


def test_a_hidden_place_is_hidden_and_the_word_asked_for_again(client: Client, image):
    sentence = "a girl in a red shirt"
    value, _ = client.predict(
        handle_file(PHOTO), "transformer", sentence, 5, "9, 10", api_name="/where"
    )
    network = shipped.captioner().network
    decoder = network.decoders["transformer"]
    numbers = attend.numbers_of(decoder, sentence)
    trials = {trial["name"]: trial for trial in value["trials"]}
    assert value["words"][4]["word"] == "red"
    most = torch.tensor(value["words"][4]["mean"]).flatten()
    for name, expected in (("attention", most.argmax()), ("least", most.argmin())):
        (trial,) = [one for key, one in trials.items() if name in key and "yours" not in key][:1]
        if name == "attention":
            assert 10 * trial["row"] + trial["column"] == expected
        else:
            assert most[10 * trial["row"] + trial["column"]] == most.min()
    (yours,) = [trial for name, trial in trials.items() if "yours" in name]
    assert (yours["row"], yours["column"]) == (8, 9)
    for trial in value["trials"]:
        if trial["row"] is None:
            mask = torch.zeros(1, 10, 10, dtype=torch.bool)
        else:
            mask = squares(10, 3)[10 * trial["row"] + trial["column"]][None]
        seen = hidden(network, image, mask)
        (found,) = attend.survival(network, decoder, seen, numbers, 4)
        assert trial["probability"] == pytest.approx(found.probability, rel=1e-3)
        assert trial["first"] == found.first
    assert len({trial["probability"] for trial in value["trials"]}) == len(value["trials"])


def test_a_word_beyond_the_sentence_is_its_end(client: Client):
    value, _ = client.predict(handle_file(PHOTO), "lstm", "a dog", 22, api_name="/where")
    assert value["step"] == 2
    assert value["words"][2]["word"] == ""


def test_what_rollout_means_here_is_worked_out():
    """The weights by which the layers' own maps come in, from maps that words do not mix."""
    for layers in (1, 2, 3):
        places = torch.eye(layers)[:, None]  # each layer looks at a place of its own, L 1 L
        between = torch.ones(layers, 1, 1)
        shares = attend.rollout(places, between)[0].tolist()
        told = scene.told_of_rollout(layers)
        for i, share in enumerate(shares):
            assert f"{share:.0%} of layer {i + 1}'s" in told
        assert f"{0.5**layers:.0%} stays with words" in told


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("gru",), "Decoder 'gru'"),
        (("lstm", "a zebracorn"), "never learned 'zebracorn'"),
        (("lstm", "a dog " * 11), "has 22 words, at most 21"),
        (("lstm", "", 0), "The word is 0"),
        (("lstm", "", 2.5), r"The word is 2\.5"),
        (("lstm", "", 2, "here"), "A place is its row and column"),
        (("lstm", "", 2, "11, 3"), "The row is 11"),
        (("lstm", "", 2, "3, 0"), "The column is 0"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(PHOTO), *wrong, api_name="/where")


def test_the_page_opens_with_what_its_controls_say():
    shown = openings.read(scene.OPENING)
    (now,) = scene.where(photos.CaptionPhoto.examples[photos.FIRST])
    assert [word["word"] for word in shown["words"]] == [word["word"] for word in now["words"]]
    assert shown["step"] == now["step"] == scene.WORD - 1
    for one, other in zip(shown["trials"], now["trials"], strict=True):
        assert one["name"] == other["name"]
        assert one["probability"] == pytest.approx(other["probability"], abs=0.02)
    assert shown["src"] == now["src"]


def test_the_walk_is_true_of_the_shipped_captioner():
    (value,) = scene.where(photos.CaptionPhoto.examples[photos.FIRST], hide="5, 6")
    word = value["words"][value["step"]]["word"]
    nothing, most, *_, yours = value["trials"]
    assert nothing["first"] == most["first"] == word
    assert "attention" in most["name"]
    assert yours["name"] == "yours"
    assert yours["first"] != word
