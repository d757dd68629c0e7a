"""The file of n-grams: the same scores as with the captions at hand, and what a bad file says."""

import numpy as np
import pytest

from models.captioning import rarity
from models.captioning.cider import Cider
from models.captioning.shipped import captioner
from models.captioning.vocabulary import Vocabulary
from models.core.errors import InputError
from tests.models.captioning.tiny import WORDS

VOCABULARY = Vocabulary(WORDS)
TEXTS = [
    ("A black dog runs.", "a dog on sand"),
    ("a dog runs on sand", "the dog"),
    ("a black zebra",),
    ("sand",),
]


def test_what_is_kept_weighs_as_before(tmp_path):
    rarity.save(rarity.count(TEXTS, VOCABULARY, least=1), tmp_path / "rarity.npz")
    kept = rarity.read(tmp_path / "rarity.npz")
    references = [[VOCABULARY.numbers(text) for text in several] for several in TEXTS]
    own = Cider(references)
    lent = Cider(references[:1], kept)
    for text in ("a black dog", "a dog runs on sand", "sand on sand"):
        numbers = VOCABULARY.numbers(text)
        assert lent.score(numbers, 0) == pytest.approx(own.score(numbers, 0))
    assert kept.pictures == 4


def test_what_few_pictures_have_is_left_out():
    kept = rarity.count(TEXTS, VOCABULARY, least=2).frequencies
    own = Cider([[VOCABULARY.numbers(text) for text in several] for several in TEXTS]).frequencies
    assert kept == {gram: n for gram, n in own.items() if n >= 2 and 3 not in gram}
    assert kept[tuple(VOCABULARY.numbers("a dog"))] == 2


def test_the_shipped_file_is_of_the_training_captions():
    kept = rarity.read()
    words = captioner().vocabulary
    assert kept.pictures == 6000
    assert min(kept.frequencies.values()) == rarity.LEAST
    assert kept.frequencies[tuple(words.numbers("a"))] > 5000
    assert (
        kept.frequencies[tuple(words.numbers("dog"))]
        > kept.frequencies[tuple(words.numbers("cat"))]
    )
    assert max(len(gram) for gram in kept.frequencies) == 4


def test_a_missing_or_damaged_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"rarity\.npz, .* is missing or damaged"):
        rarity.read(tmp_path / "rarity.npz")
    np.savez(tmp_path / "other.npz", pictures=np.array(3))
    with pytest.raises(InputError, match=r"other\.npz"):
        rarity.read(tmp_path / "other.npz")
