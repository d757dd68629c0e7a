"""Words as numbers: what counts as a word, which are kept, and the way back."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.captioning.vocabulary import END, PAD, SPECIAL, START, UNKNOWN, Vocabulary
from models.core.errors import InputError

SENTENCES = ["A dog's toy .", "The dog runs, the man   RUNS !", "a t-shirt on a dog", "man 's hat"]


def test_the_words_of_a_sentence():
    vocabulary = Vocabulary.learn(SENTENCES, least=1)
    assert vocabulary.split('A man\'s T-shirt: "no. 7" -') == [
        "a",
        "man",
        "'s",
        "t-shirt",
        "no",
        "7",
    ]


def test_words_are_kept_by_how_often_they_occur():
    vocabulary = Vocabulary.learn(SENTENCES, least=2)
    assert vocabulary.words[:4] == SPECIAL
    count = Counter(word for text in SENTENCES for word in vocabulary.split(text))
    frequent = [word for word, times in count.items() if times >= 2]
    assert set(vocabulary.words[4:]) == set(frequent)
    times = [count[word] for word in vocabulary.words[4:]]
    assert times == sorted(times, reverse=True)
    assert vocabulary.words == Vocabulary.learn(SENTENCES, least=2).words


def test_there_and_back():
    vocabulary = Vocabulary.learn(SENTENCES, least=1)
    for text, expected in (("A DOG'S toy!", "a dog's toy"), ("man 's hat", "man's hat")):
        numbers = vocabulary.numbers(text)
        assert vocabulary.sentence(numbers) == expected
        assert vocabulary.numbers(expected) == numbers
    assert vocabulary.sentence([START, *numbers, END, *numbers, PAD]) == "man's hat"


def test_made_anew_from_its_words_it_is_the_same():
    vocabulary = Vocabulary.learn(SENTENCES, least=2)
    again = Vocabulary(vocabulary.words)
    for text in SENTENCES:
        assert again.numbers(text) == vocabulary.numbers(text)


def test_unknown_words_are_counted_or_named():
    vocabulary = Vocabulary.learn(SENTENCES, least=2)
    assert vocabulary.numbers("a zebra") == [vocabulary.words.index("a"), UNKNOWN]
    with pytest.raises(InputError, match="never learned 'zebra', 'toy'; it knows 6 words"):
        vocabulary.known_numbers("A zebra, a toy, a zebra!")
    with pytest.raises(InputError, match="no words"):
        vocabulary.known_numbers(" ... !")


def test_the_table_has_every_caption_between_start_and_end():
    vocabulary = Vocabulary.learn(SENTENCES, least=1)
    table = vocabulary.table([SENTENCES[:2], SENTENCES[2:3]], longest=4)
    assert table.shape == (2, 2, 5)
    a, dog, toy, own = (vocabulary.words.index(word) for word in ("a", "dog", "toy", "'s"))
    assert table[0, 0].tolist() == [START, a, dog, own, toy]  # too long: the end is cut off
    assert table[1, 1].tolist() == [PAD] * 5  # no second caption
    longer = vocabulary.table([SENTENCES[:1]], longest=6)
    assert longer[0, 0].tolist() == [START, a, dog, own, toy, END, PAD]


@pytest.mark.parametrize("apostrophe", ["\u2019", "\u02bc"])
def test_a_phones_apostrophe_is_one(apostrophe):
    vocabulary = Vocabulary.learn(SENTENCES, least=1)
    assert vocabulary.split(f"A man{apostrophe}s hat") == ["a", "man", "'s", "hat"]
    assert vocabulary.known_numbers(f"man{apostrophe}s") == vocabulary.known_numbers("man's")


@pytest.mark.parametrize("word", ["mädchen", "ma\u0308dchen", "naïve-looking", "犬", "д’s"])
def test_a_word_of_other_letters_is_refused_as_a_whole(word):
    vocabulary = Vocabulary.learn(SENTENCES, least=1)
    whole = word.removesuffix("’s")
    with pytest.raises(InputError, match=f"never learned '{whole}'; it knows"):
        vocabulary.known_numbers(f"A {word.upper()} on a t-shirt!")


@settings(max_examples=300)
@given(st.text(st.characters(max_codepoint=127)))
def test_in_plain_text_a_word_is_what_it_was_in_training(text):
    pattern = r"[a-z0-9]+(?:-[a-z0-9]+)*|'s(?![a-z0-9])"
    assert Vocabulary(SPECIAL).split(text) == re.findall(pattern, text.lower())
