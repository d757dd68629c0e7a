"""The captioners' numbers: against sacrebleu by hand, and the program that prints them."""

import json
import math

import numpy as np
import pytest
import torch

from models.captioning import evaluate
from models.captioning.caption import annotate_all
from models.captioning.cider import Cider
from models.captioning.vocabulary import END, START, UNKNOWN, Vocabulary
from models.core import checkpoint
from models.core.archive import Dataset
from models.core.errors import InputError
from tests.models.captioning.tiny import WORDS, WRITERS, captioner

REFERENCES = [["A black dog runs on sand .", "The dog, on sand"], ["A cat 's toy", "a toy"]]


def test_bleu_by_hand():
    vocabulary = Vocabulary(WORDS)
    found = evaluate.bleu(["a black dog runs", "a cat's hat"], REFERENCES, vocabulary)
    # The first has all 4 words, 3 pairs, 2 triples and its 4 in a row; the second ("a cat 's hat")
    # 3 of 4, 2 of 3, 1 of 2 and 0 of 1. References of 4 words are nearest: none is too short.
    shares = (7 / 8, 5 / 6, 3 / 4, 1 / 2)
    for order in (1, 2, 3, 4):
        expected = 100 * math.prod(shares[:order]) ** (1 / order)
        assert found[f"bleu{order}"] == pytest.approx(expected)


def test_a_caption_of_its_own_reference_is_perfect_and_case_does_not_matter():
    vocabulary = Vocabulary(WORDS)
    found = evaluate.bleu(["a black dog runs on sand", "A CAT'S TOY!"], REFERENCES, vocabulary)
    assert found == pytest.approx(dict.fromkeys(("bleu1", "bleu2", "bleu3", "bleu4"), 100.0))


def test_pictures_may_have_different_numbers_of_references():
    fewer = [REFERENCES[0], REFERENCES[1][:1]]
    found = evaluate.bleu(["a black dog runs on sand", "a cat's toy"], fewer, Vocabulary(WORDS))
    assert found["bleu4"] == pytest.approx(100.0)


def test_variety():
    found = evaluate.variety(
        ["a dog", "a dog", "dog's"], [["a zebra ."], ["dog !"], [""]], Vocabulary(WORDS)
    )
    assert found["vocabulary_coverage"] == pytest.approx(2 / 3)
    assert found["distinct_share"] == pytest.approx(2 / 3)
    assert found["words_used"] == 3
    assert found["mean_words"] == pytest.approx(6 / 3)
    assert found["repeated_trigrams"] == 0


def test_repeated_trigrams_are_counted():
    circle = "a dog on sand a dog on sand"
    found = evaluate.variety([circle, "a dog on a dog runs"], [["a"], ["a"]], Vocabulary(WORDS))
    assert found["repeated_trigrams"] == 1 / 2
    assert evaluate.repeats(["on", "on", "on", "on"])
    assert not evaluate.repeats(["on", "on", "on"])


def test_cider_d_is_the_mean_over_pictures():
    texts = [["a black dog runs on sand"], ["sand on a dog"]]
    made = [one for (one,) in texts]
    cider = Cider([[text.split() for text in several] for several in texts])
    both = [cider.score(text.split(), number) for number, text in enumerate(made)]
    found = evaluate.cider_d(made, texts, Vocabulary(WORDS))
    assert found == pytest.approx(sum(both) / 2)
    assert found > 1


def test_the_loss_is_the_mean_over_words():
    network = captioner()
    images = torch.randint(256, (3, 3, 48, 48), dtype=torch.uint8)
    pictures = Dataset(images, captions=(("a dog",), ("black dog runs on sand",), ("zebra sand",)))
    found = evaluate.losses(network, annotate_all(network, images), pictures.captions)
    for name, decoder in network.decoders.items():
        total, count = 0.0, 0
        for image, (text,) in zip(images, pictures.captions, strict=True):
            words = torch.tensor([[[START, *decoder.vocabulary.numbers(text), END]]])
            with torch.no_grad():
                logits, _ = network(image[None] / 255, words[..., :-1])[name]
            for row, word in zip(logits[0].log_softmax(-1), words[0, 0, 1:].tolist(), strict=True):
                if word != UNKNOWN:
                    total, count = total - row[word].item(), count + 1
        assert found[name] == pytest.approx(total / count, rel=1e-4)


def test_the_program_prints_one_json_object(tmp_path, capsys):
    checkpoint.save(captioner(), tmp_path / "captioner.safetensors")
    images = np.random.default_rng(0).integers(0, 256, (4, 160, 160, 3), np.uint8)
    said = json.dumps([["a black dog runs", "a dog on sand"]] * 4).encode()
    np.savez(tmp_path / "a.npz", images=images, captions=np.frombuffer(said, np.uint8))
    arguments = ["--data", str(tmp_path / "a.npz"), "--weights", str(tmp_path), "--json"]
    evaluate.main("", evaluate.evaluate, evaluate.DATA, tmp_path, arguments)
    rows = json.loads(capsys.readouterr().out)
    assert set(rows) == set(WRITERS)
    asked = {
        "bleu1", "bleu2", "bleu3", "bleu4", "cider_d", "vocabulary_coverage", "distinct_share",
        "words_used", "mean_words", "repeated_trigrams", "beam_width", "length_penalty",
    }  # fmt: skip
    for row in rows.values():
        assert asked < row.keys()
        assert row["repeated_trigrams"] == 0
        assert row["beam_width"] == 3
        assert row["vocabulary_coverage"] == 1


def test_pictures_without_captions_are_refused(tmp_path):
    with pytest.raises(InputError, match="no captions"):
        evaluate.evaluate(Dataset(torch.zeros(1, 3, 8, 8, dtype=torch.uint8)), tmp_path)
