"""CIDEr-D against what can be worked out by hand, and the loss that rewards the better captions."""

import math

import pytest
import torch

from models.captioning.cider import Cider, ngrams
from models.captioning.reward import advantages, draw_captions, rewards, self_critical_loss
from models.captioning.vocabulary import END, PAD, START, UNKNOWN
from tests.models.captioning.tiny import KINDS, captioner

DOG, CAT = ["a", "dog", "runs", "over", "grass"], ["a", "cat", "sleeps"]


@pytest.fixture
def cider():
    return Cider([[DOG, ["the", "dog", "runs"]], [CAT], [["two", "men", "on", "a", "boat"]]])


def test_the_only_reference_itself_is_a_ten_save_for_n_grams_it_is_too_short_for(cider):
    assert cider.score(CAT, 1) == pytest.approx(7.5)  # three words have no 4-gram


def test_another_pictures_caption_is_worth_little(cider):
    assert cider.score(CAT, 2) < 0.5 < cider.score(["a", "dog", "runs"], 0)


def test_words_that_every_picture_has_weigh_nothing():
    same = Cider([[["a", "b"]], [["a", "b"]]])
    assert same.weigh(["a", "b"]).norms == (0.0, 0.0, 0.0, 0.0)
    assert same.score(["a", "b"], 0) == 0.0


def test_one_word_by_hand():
    """Equation 5 for n = 1 alone: the cosine of equal weights is 1, so a quarter of ten."""
    alone = Cider([[["dog"]], [["cat"]]])
    assert alone.score(["dog"], 0) == pytest.approx(2.5)
    twice = alone.weigh(["dog", "dog"])
    assert twice.weights[0] == {("dog",): pytest.approx(2 * math.log(2))}


def test_repeating_is_cut_and_another_length_costs(cider):
    once, again = cider.score(DOG, 0), cider.score(DOG + DOG, 0)
    assert again < once


def test_n_grams_are_counted():
    assert ngrams(["a", "b", "a", "b"]) == {
        ("a",): 2, ("b",): 2, ("a", "b"): 2, ("b", "a"): 1,
        ("a", "b", "a"): 1, ("b", "a", "b"): 1, ("a", "b", "a", "b"): 1,
    }  # fmt: skip


def made(kind):
    decoder = captioner().decoders[kind]
    return decoder, torch.randn(2, decoder.config.grid**2, decoder.config.widths[-1])


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_captions_are_sentences(kind):
    decoder, annotations = made(kind)
    words = draw_captions(decoder, annotations, 4)
    assert words.shape == (2, 4, decoder.config.longest + 1)
    for row in words.flatten(0, 1).tolist():
        assert row[0] == START
        ends = row.index(END) if END in row else len(row)
        assert all(word > UNKNOWN for word in row[1:ends])
        assert set(row[ends + 1 :]) <= {PAD}


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_makes_the_better_caption_more_probable(kind):
    decoder, annotations = made(kind)
    words = draw_captions(decoder, annotations, 3)
    advantage = torch.tensor([[1.0, -0.5, -0.5]] * 2).flatten()

    def log_p() -> torch.Tensor:
        logits, _ = decoder(annotations, words[..., :-1])
        return torch.stack(
            [
                -self_critical_loss(logits[i : i + 1], words.flatten(0, 1)[i : i + 1], one)
                for i, one in enumerate(torch.ones(6, 1))
            ]
        )

    before = log_p().detach()
    optimizer = torch.optim.SGD(decoder.parameters(), lr=1e-4)
    logits, _ = decoder(annotations, words[..., :-1])
    self_critical_loss(logits, words.flatten(0, 1), advantage).backward()
    optimizer.step()
    gain = (log_p() - before).detach() * (words[:, :, 1:] != PAD).sum(2).flatten()
    assert (advantage * gain).sum() > 0


def test_the_baseline_is_the_mean_of_the_others():
    reward = torch.tensor([[1.0, 2.0, 6.0]])
    assert advantages(reward).tolist() == [[1 - 4, 2 - 3.5, 6 - 1.5]]


def test_the_end_is_part_of_what_is_rewarded():
    numbers = Cider([[[5, 6, END]], [[7, END]]])
    whole = torch.tensor([[[START, 5, 6, END, PAD], [START, 5, 6, PAD, PAD]]])
    ended, broken_off = rewards(whole, torch.tensor([0]), numbers)[0].tolist()
    assert ended == pytest.approx(7.5)
    assert broken_off < ended
