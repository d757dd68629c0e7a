"""Given captions through the endpoint: the models' numbers, and sacrebleu's."""

import math

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from sacrebleu.metrics import BLEU

from demos.captioning import photos
from demos.captioning import wrong as scene
from demos.captioning.ready import READY, ready_for
from demos.kit import openings
from models.captioning import rarity, shipped
from models.captioning.caption import score
from models.captioning.cider import Cider
from models.captioning.vocabulary import UNKNOWN
from tests.openings import differences

EXAMPLES = photos.CaptionPhoto.examples
PHOTO = EXAMPLES["astronaut"]


@pytest.mark.parametrize("decoder", ["lstm", "transformer", "both"])
def test_probabilities_and_ranks_are_the_models(client: Client, decoder):
    value, _ = client.predict(handle_file(PHOTO), decoder, "A woman smiles.", api_name="/wrong")
    kinds = [one["kind"] for one in value["captions"]]
    assert kinds == ["right", "slightly wrong", "unrelated", "its own", "yours"]
    writer = shipped.captioner().network.writer(decoder)
    totals = []
    for one in value["captions"]:
        words = score(writer, photos.seen(PHOTO).annotations, one["caption"])
        totals.append(words[-1].log_probability)
        assert one["log_probability"] == pytest.approx(totals[-1], abs=1e-3)
        assert one["perplexity"] == pytest.approx(math.exp(-totals[-1] / len(words)), rel=1e-3)
        for shown, word in zip(one["words"], words, strict=True):
            assert shown["word"] == ("" if word.word == "<end>" else word.word)
            assert math.exp(shown["log_probability"]) == pytest.approx(word.probability, rel=1e-3)
            best, share = word.alternatives[0]
            assert shown["likeliest"] == ("" if best == "<end>" else best)
            assert shown["likeliest_probability"] == pytest.approx(share, rel=1e-3)
    ranks = [one["rank"] for one in value["captions"]]
    assert ranks == [1 + sum(other > total for other in totals) for total in totals]
    assert value["captions"][4]["caption"] == "a woman smiles"


@pytest.mark.parametrize("decoder", ["lstm", "transformer", "both"])
@pytest.mark.parametrize("photo", ["camera", "astronaut"])
def test_its_own_caption_typed_in_has_its_rank(photo, decoder):
    (value,) = scene.wrong(EXAMPLES[photo], decoder)
    (value,) = scene.wrong(EXAMPLES[photo], decoder, f"{value['captions'][-1]['caption']}!")
    *_, own, typed = value["captions"]
    assert own["kind"] == "its own"
    assert {**own, "kind": "yours"} == typed


def test_bleu_and_cider_d_are_written_out(client: Client):
    value, _ = client.predict(handle_file(PHOTO), "both", "a woman in a suit", api_name="/wrong")
    references = READY["astronaut"].references
    assert value["references"] == list(references)
    vocabulary = shipped.captioner().vocabulary
    cider = Cider([[vocabulary.numbers(text) for text in references]], rarity.read())
    judge = BLEU(tokenize="none", smooth_method="none")
    for one in value["captions"]:
        theirs = judge.sentence_score(one["caption"], list(references))
        assert 100 * one["bleu"]["score"] == pytest.approx(theirs.score)
        assert [part["right"] for part in one["bleu"]["by_n"]] == theirs.counts
        assert [part["total"] for part in one["bleu"]["by_n"]] == theirs.totals
        for part in one["bleu"]["by_n"]:
            assert sum(each["counts"] for each in part["grams"]) == part["right"]
            assert sum(each["said"] for each in part["grams"]) == part["total"]
        expected = cider.score(vocabulary.numbers(one["caption"]), 0)
        assert one["cider"]["score"] == pytest.approx(expected)
        shares = [each["share"] for grams in one["cider"]["by_n"] for each in grams]
        assert sum(shares) == pytest.approx(expected)
        assert one["cider"]["least"] == rarity.LEAST
        for each in (each for grams in one["cider"]["by_n"] for each in grams):
            with_it = each["photos"]  # as the page writes the formula out
            assert with_it == rarity.read().frequencies[tuple(vocabulary.numbers(each["gram"]))]
            assert with_it == 0 or with_it >= rarity.LEAST
            assert each["rarity"] == pytest.approx(
                math.log(one["cider"]["photos"] / (with_it or 1))
            )
    right, _, unrelated, *_ = value["captions"]
    assert right["cider"]["score"] > 1 > unrelated["cider"]["score"]


def test_a_photo_of_ones_own_has_no_references(client: Client, tmp_path):
    path = tmp_path / "glassbox-astronaut.webp"  # its name alone does not make it an example
    Image.new("RGB", (80, 60), (30, 120, 60)).save(path)
    value, _ = client.predict(handle_file(str(path)), "lstm", "", api_name="/wrong")
    assert value["references"] == []
    assert [one["kind"] for one in value["captions"]] == ["of another photo"] * 3 + ["its own"]
    assert "bleu" not in value["captions"][0]


def test_every_example_has_its_sentences_in_words_that_the_networks_know():
    assert set(READY) == set(EXAMPLES)
    vocabulary = shipped.captioner().vocabulary
    for name, ready in READY.items():
        assert ready_for(EXAMPLES[name]) == name
        sentences = (ready.right, ready.slightly_wrong, ready.unrelated, *ready.references)
        for sentence in sentences:
            assert UNKNOWN not in vocabulary.numbers(sentence), sentence
        right, other = ready.right.split(), ready.slightly_wrong.split()
        assert len(right) == len(other)
        assert sum(a != b for a, b in zip(right, other, strict=True)) == 1  # one word is wrong


def ranks(name, decoder="both"):
    (value,) = scene.wrong(EXAMPLES[name], decoder)
    return {one["kind"]: one["log_probability"] for one in value["captions"]}


def test_the_walk_is_true_of_the_shipped_captioner():
    found = ranks(photos.FIRST)
    assert found["right"] > found["slightly wrong"] > found["unrelated"]
    found = ranks("cat")
    assert found["slightly wrong"] > found["right"] > found["unrelated"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("gru",), "Decoder 'gru'"),
        (("lstm", "a zebracorn and a dgo"), r"never learned 'zebracorn'.*'dgo' \(but "),
        (("lstm", "..."), "no words"),
        (("lstm", "a dog " * 11), "has 22 words, at most 21"),
    ],
)
def test_what_cannot_be_scored_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(PHOTO), *wrong, api_name="/wrong")


def test_the_page_opens_with_what_its_controls_say():
    shown = openings.read(scene.OPENING)
    now = scene.opening()
    for one, other in zip(shown["captions"], now["captions"], strict=True):
        assert one["caption"] == other["caption"]
        assert one["log_probability"] == pytest.approx(other["log_probability"], abs=0.05)
        assert differences(one["bleu"], other["bleu"]) == []
        assert differences(one["cider"], other["cider"]) == []
