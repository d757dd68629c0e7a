"""The choices of decoding: n-grams without repeat, prefix, narrowed draws, penalties afterwards."""

import math

import pytest
import torch

from models.captioning.beam import beam, winner
from models.captioning.caption import greedy, read, score, written
from models.captioning.decoding import repeating
from models.captioning.sample import narrowed, sample
from models.captioning.search import beam_search, log_probabilities
from models.captioning.vocabulary import END, START
from models.core.errors import InputError
from tests.models.captioning.tiny import ALL, LSTM, Wrapped, annotated, captioner, ending

NAN, INF = math.nan, math.inf


def numbers(words):
    return [word.number for word in words]


def generated(decoder, annotations, prefix=(), **arguments):
    made = (
        Wrapped(decoder, annotations)
        .generate(
            torch.tensor([[START, *prefix]]),
            max_new_tokens=decoder.config.longest - len(prefix),
            **{"do_sample": False, **arguments},
        )[0]
        .tolist()[1:]
    )
    return made[: made.index(END) + 1] if END in made else made


@ALL
@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_ngram_twice_is_generate_s(decoder, size):
    ending(decoder, -2.0)  # so that there is something to repeat
    changed = 0
    for seed in range(6):
        annotations = annotated(seed)
        ours = numbers(greedy(decoder, annotations, size))
        assert ours == generated(decoder, annotations, no_repeat_ngram_size=size)
        changed += ours != numbers(greedy(decoder, annotations, 0))
        *_, last = beam_search(decoder, annotations, 3, 1.0, size)
        theirs = generated(
            decoder, annotations, num_beams=3, no_repeat_ngram_size=size, length_penalty=1.0,
            early_stopping="never", num_return_sequences=3,
        )  # fmt: skip
        best = last.finished[0, 0].tolist()[1:]
        best = [number for number in best if number]
        if END in theirs or END not in best:
            assert best == theirs
    assert changed or size == 3  # of seven words hardly three come twice


def test_what_repeats_is_counted_over_the_whole_caption():
    words = torch.tensor([[START, 4, 5, 6, 4, 5], [START, 4, 5, 6, 7, 8]])
    assert repeating(words, 3, 10).nonzero().tolist() == [[0, 6]]
    assert repeating(words, 2, 10).nonzero().tolist() == [[0, 6]]
    assert repeating(words, 1, 10).sum(1).tolist() == [4, 6]
    assert not repeating(words, 0, 10).any()
    assert not repeating(words[:, :2], 3, 10).any()


@ALL
def test_struck_captions_are_those_a_free_search_would_have_had(decoder):
    ending(decoder, -3.0)
    seen = 0
    for seed in range(6):
        for step in beam(decoder, annotated(seed), 3, 0.0, 1):
            for each in step.struck:
                assert each.numbers[-1] in each.numbers[:-1]
                seen += 1
            for each in (*step.growing, *step.ending):
                assert len(set(each.numbers)) == len(each.numbers)
    assert seen


@ALL
@pytest.mark.parametrize(
    "how",
    [{}, {"temperature": 0.5}, {"temperature": 3.0}, {"top_k": 3}, {"top_p": 0.6},
     {"temperature": 2.0, "top_k": 4, "top_p": 0.8, "no_repeat_ngram_size": 2}],
)  # fmt: skip
def test_samples_are_generate_s(decoder, how):
    found = set()
    asked = {"no_repeat_ngram_size": 0, **how}
    for seed in range(6):
        annotations = annotated(seed)
        ours = numbers(sample(decoder, annotations, torch.Generator().manual_seed(seed), **asked))
        torch.manual_seed(seed)
        theirs = generated(
            decoder, annotations, do_sample=True, **{"top_k": 0, "top_p": 1.0, **asked}
        )
        assert ours == theirs
        found.add(tuple(ours))
    assert len(found) > 1


@ALL
def test_going_on_from_a_chosen_word_is_a_run_with_that_prefix(decoder):
    """Greedy, beam and drawn: the words after it, their numbers, and what it looked at."""
    for seed in range(4):
        annotations = annotated(seed)
        first = list(greedy(decoder, annotations))
        chosen = next(n for n in range(4, 10) if n != first[1].number)
        prefix = [first[0].number, chosen]
        words = list(greedy(decoder, annotations, prefix=prefix))
        assert numbers(words)[:2] == prefix
        assert [word.given for word in words] == [True, True] + [False] * (len(words) - 2)
        assert (
            numbers(words) == generated(decoder, annotations, prefix, no_repeat_ngram_size=3)
            or words[-1].number != END
        )
        for word, told in zip(words, read(decoder, annotations, numbers(words)), strict=True):
            assert word.probability == pytest.approx(told.probability, rel=1e-4)
            torch.testing.assert_close(word.views, told.views)
        *_, last = beam(decoder, annotations, 2, 1.0, 0, prefix)
        theirs = generated(
            decoder, annotations, prefix, num_beams=2, length_penalty=1.0, early_stopping="never"
        )
        best = list(last.ended[0].numbers)
        assert best[:2] == prefix
        assert best == theirs or END not in theirs


@ALL
def test_the_winner_at_every_penalty_is_known_from_one_run(decoder):
    ending(decoder, 2.0)
    penalties = [i / 10 for i in range(-10, 21)]
    most = 0
    for seed in range(8):
        annotations, winners = annotated(seed), set()
        steps = list(beam(decoder, annotations, 4, 0.5, 2, penalties=penalties))
        ended = [each for step in steps for each in step.ending]
        for penalty in penalties:
            best = winner(ended, penalty)
            *_, last = beam(decoder, annotations, 4, penalty, 2)
            assert best.words == last.ended[0].words
            winners.add(best.words)
        most = max(most, len(winners))
    assert most > 1  # the penalty matters


def test_both_is_the_mean_of_log_probabilities():
    network, annotations = captioner(), annotated(2)
    said = [word.word for word in greedy(network.writer("both"), annotations)][:-1]
    words = {
        name: score(network.writer(name), annotations, " ".join(said))
        for name in ("lstm", "transformer", "both")
    }
    tokens = torch.tensor([[START, *numbers(words["both"])[:-1]]])
    each = []
    for decoder in network.decoders.values():
        with torch.no_grad():
            memory, state = decoder.begin(annotations)
            each.append(log_probabilities(decoder.decode(tokens, memory, state).logits[0]))
    mean = torch.stack(each).mean(0).softmax(-1)
    for step, word in enumerate(words["both"]):
        assert word.probability == pytest.approx(mean[step, word.number].item(), rel=1e-4)
        assert word.views.shape == (2, 1, 3, 3)
        for i, name in enumerate(("lstm", "transformer")):
            torch.testing.assert_close(word.views[i, 0], words[name][step].attention)


@ALL
def test_a_draw_is_narrowed_to_the_fewest_words(decoder):
    log_p = torch.tensor([0.5, 0.25, 0.15, 0.1]).log()
    assert narrowed(log_p, 1.0, 2, 1.0).tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0])
    assert narrowed(log_p, 1.0, 0, 0.7).tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0])
    assert narrowed(log_p, 0.5, 0, 1.0)[0].item() == pytest.approx(0.25 / 0.345)
    assert narrowed(log_p, 1.0, 0, 0.01).tolist() == pytest.approx([1, 0, 0, 0])


@LSTM
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"temperature": 0}, "temperature is 0, but must be a number from 0.01 to 10"),
        ({"temperature": NAN}, "temperature is nan"),
        ({"temperature": INF}, "temperature is inf"),
        ({"temperature": "hot"}, "temperature is hot"),
        ({"top_k": -1}, "Top-k is -1, but must be a whole number from 0"),
        ({"top_k": 2.5}, "Top-k is 2.5"),
        ({"top_p": 0}, "Top-p is 0, but must be a number from 0.01 to 1"),
        ({"top_p": NAN}, "Top-p is nan"),
        ({"no_repeat_ngram_size": -1}, "n-grams without repeat is -1"),
        ({"no_repeat_ngram_size": True}, "n-grams without repeat is True"),
        ({"prefix": [4] * 6}, "beginning has 6 words; a caption has at most 6"),
    ],
)
def test_what_cannot_be_drawn_by_is_refused_in_words(decoder, how, words):
    with pytest.raises(InputError, match=words):
        list(sample(decoder, annotated(0), torch.Generator(), **how))


@LSTM
@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"width": 0}, "width is 0, but must be a whole number from 1 to 500"),
        ({"width": 1000}, "width is 1000"),
        ({"length_penalty": NAN}, "length penalty is nan"),
        ({"length_penalty": INF}, "length penalty is inf"),
        ({"no_repeat_ngram_size": 99}, "n-grams without repeat is 99"),
        ({"prefix": [4] * 6}, "beginning has 6 words"),
    ],
)
def test_what_cannot_be_searched_by_is_refused_in_words(decoder, how, words):
    with pytest.raises(InputError, match=words):
        list(beam(decoder, annotated(0), **how))


@LSTM
def test_unknown_words_are_told_with_the_nearest_known(decoder):
    with pytest.raises(InputError, match=r"never learned 'blak' \(but black\), 'zzz'; it knows 6"):
        decoder.vocabulary.known_numbers("a blak dog, zzz")


@ALL
def test_a_caption_in_one_line(decoder):
    words = list(greedy(decoder, annotated(0)))
    assert written(words) == decoder.vocabulary.sentence(numbers(words))
