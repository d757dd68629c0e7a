"""One sentence's BLEU against sacrebleu's, and CIDEr-D's parts against its score."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from models.captioning.bleu import bleu
from models.captioning.cider import (
    LONGEST,
    SCALE,
    Cider,
    Rarity,
    clipped_cosines,
    length_penalty,
    ngrams,
)
from models.core.errors import InputError

WORDS = st.sampled_from(["a", "dog", "runs", "on", "the", "sand"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=9)


@given(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=4), st.integers(1, 4))
def test_it_is_sacrebleu_s(candidate, references, order):
    found = bleu(candidate, references)
    theirs = BLEU(
        tokenize="none", max_ngram_order=order, smooth_method="none", effective_order=False
    ).sentence_score(" ".join(candidate), [" ".join(words) for words in references])
    assert 100 * found.score(order) == pytest.approx(theirs.score)
    assert [right for right, _ in found.precisions[:order]] == theirs.counts
    assert [total for _, total in found.precisions[:order]] == theirs.totals
    assert found.brevity == pytest.approx(theirs.bp)
    assert (found.length, found.closest) == (theirs.sys_len, theirs.ref_len)


def test_repeating_a_word_counts_once():
    """Papineni et al. 2002, example 2: 'the the the ...' has a precision of 2/7."""
    sentences = ("the cat is on the mat", "there is a cat on the mat")
    references = [list(sentence.split()) for sentence in sentences]
    found = bleu(["the"] * 7, references)
    (match,) = found.matches[0]
    assert (match.gram, match.said, match.most, match.clipped) == (("the",), 7, 2, 2)
    assert found.precisions[0] == (2, 7)
    assert found.score() == 0


@pytest.mark.parametrize(("candidate", "references"), [([], [["a"]]), (["a"], []), (["a"], [[]])])
def test_nothing_to_compare_is_refused(candidate, references):
    with pytest.raises(InputError, match="BLEU compares"):
        bleu(candidate, references)


@given(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=3))
def test_the_parts_of_cider_d_make_its_score(candidate, references):
    others = [[["a", "dog"]], [["on", "the", "sand"]]]
    cider = Cider([references, *others])
    made = cider.weigh(candidate)
    parts = [
        sum(clipped_cosines(made, one)) / LONGEST * length_penalty(made, one)
        for one in cider.weighed(0)
    ]
    assert SCALE * sum(parts) / len(parts) == pytest.approx(cider.score(candidate, 0))
    shares = cider.contributions(candidate, 0)
    assert sum(shares.values()) == pytest.approx(cider.score(candidate, 0))
    said = {gram for words in references for gram in ngrams(words)}
    assert {gram for gram, share in shares.items() if share > 0} <= said
    assert set(shares) == set(ngrams(candidate))


def test_rarity_may_come_from_elsewhere():
    references = [[["a", "dog"]], [["a", "cat"]], [["the", "sand"]]]
    own = Cider(references)
    lent = Cider([references[0]], Rarity(len(references), own.frequencies))
    assert lent.score(["a", "dog"], 0) == own.score(["a", "dog"], 0) > 0
    assert lent.inverse_frequency(("a",)) == pytest.approx(math.log(3 / 2))
    assert lent.inverse_frequency(("zebra",)) == pytest.approx(math.log(3))
