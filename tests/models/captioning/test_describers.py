"""Words counted in captions, and what the shipped count says."""

import json

import pytest

from models.captioning import describers
from models.captioning.vocabulary import Vocabulary
from models.core.errors import InputError
from tests.models.captioning.tiny import WORDS

VOCABULARY = Vocabulary(WORDS)


def test_words_are_counted_by_caption_and_not_by_occurrence():
    found = describers.shares(
        ["A man and a man.", "Two men, a woman", "a dogged look", "Red dogs"], VOCABULARY
    )
    assert found["man"] == 0.5
    assert found["woman"] == 0.25
    assert found["dog"] == 0.25  # "dogged" is another word
    assert found["red"] == 0.25
    assert found["girl"] == 0
    with pytest.raises(InputError, match="no captions"):
        describers.shares([], VOCABULARY)


def test_people_stand_beside_each_decoder():
    texts = [("a man", "a person"), ("a dog", "a dog")]
    found = describers.count(texts, {"lstm": ["a man", "a man"]}, VOCABULARY)
    assert found["pictures"] == 2
    assert list(found["shares"]) == ["people", "lstm"]
    assert found["shares"]["people"]["man"] == 0.25
    assert found["shares"]["lstm"]["man"] == 1


def test_the_shipped_count_is_read():
    found = describers.read()
    assert found["pictures"] == 1000
    assert set(found["shares"]) >= {"people", "lstm", "transformer"}
    people = found["shares"]["people"]
    assert people["man"] > people["woman"] > 0.05


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"shares": {"people": {}}})])
def test_a_missing_or_damaged_count_is_named(tmp_path, content):
    with pytest.raises(InputError, match=r"describers\.json, .* is missing or damaged"):
        describers.read(tmp_path)
    (tmp_path / describers.FILE).write_text(content)
    with pytest.raises(InputError, match=r"describers\.json"):
        describers.read(tmp_path)
