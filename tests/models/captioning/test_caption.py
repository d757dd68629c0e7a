"""Decoding: against exhaustive search and transformers' `generate()`, and what a step tells."""

import itertools
import math

import pytest
import torch

from models.captioning.beam import beam, best, captions
from models.captioning.caption import annotate, annotate_all, greedy, score
from models.captioning.sample import sample
from models.captioning.search import beam_search, log_probabilities
from models.captioning.vocabulary import END, PAD, START, UNKNOWN
from models.core.errors import InputError
from models.core.images import squeezed
from tests.models.captioning.tiny import (
    ALL,
    LSTM,
    TRANSFORMER,
    WORDS,
    WRITERS,
    Wrapped,
    annotated,
    captioner,
    ending,
    until_its_end,
)


@pytest.fixture
def annotations():
    return annotated(3)


def text(words):
    return " ".join(word.word for word in words if word.word != "<end>")


@ALL
@pytest.mark.parametrize("eagerness", [-math.inf, 2.0, 4.0])
@pytest.mark.parametrize(("width", "penalty"), [(1, 0.0), (3, 0.0), (3, 1.0), (4, 0.6)])
def test_beam_search_is_generate_s(decoder, width, penalty, eagerness):
    """But that one of those that ended wins, where `generate()` may prefer one that it cut off."""
    ending(decoder, eagerness)
    for seed in range(4):
        annotations = annotated(seed)
        found = Wrapped(decoder, annotations).generate(
            torch.tensor([[START]]),
            num_beams=width,
            do_sample=False,
            length_penalty=penalty,
            max_new_tokens=decoder.config.longest,
            num_return_sequences=width,
            early_stopping="never",
        )
        *_, last = beam_search(decoder, annotations, width, penalty, 0)
        theirs = [until_its_end(caption) for caption in found.tolist()]
        ours = until_its_end(last.finished[0, 0].tolist())
        ended = [caption for caption in theirs if END in caption]
        if ended or END not in ours:
            assert ours == (ended or theirs)[0]
        else:  # it ended, and theirs, all cut off, have pushed it out
            mine = scored(decoder, annotations, ours, penalty)
            assert all(scored(decoder, annotations, each, penalty) > mine for each in theirs)


def scored(decoder, annotations, caption, penalty):
    """The log-probability of a caption (numbers, `START` before them) by its length."""
    memory, state = decoder.begin(annotations)
    words = torch.tensor([caption])
    with torch.no_grad():
        log_p = log_probabilities(decoder.decode(words[:, :-1], memory, state).logits)
    total = log_p.gather(2, words[:, 1:, None]).sum().item()
    return total / (len(caption) - 1) ** penalty


def test_one_that_was_cut_off_wins_only_where_none_ended():
    seeds = range(8)
    pictures = torch.cat([annotated(seed) for seed in seeds])
    never = ending(captioner().decoders["transformer"], -math.inf)
    *_, last = beam_search(never, pictures, 3, 1.0, 0)
    cut_off = last.finished[:, 0].tolist()
    assert not any(END in caption or PAD in caption for caption in cut_off)
    assert last.score.isfinite().all()

    mixed = ending(captioner().decoders["transformer"], 2.0)
    *_, last = beam_search(mixed, pictures, 3, 1.0, 0)
    assert all(END in caption for caption in last.finished[:, 0].tolist())
    losers = [
        scored(mixed, pictures[[seed]], cut_off[seed], 1.0) > last.score[seed, 0] for seed in seeds
    ]
    assert any(losers)  # of which `generate()` would have made winners
    there = last.score.isfinite()
    assert all(END in caption for caption in last.finished[there].tolist())


@ALL
@pytest.mark.parametrize("eagerness", [-math.inf, 2.0, 4.0])
@pytest.mark.parametrize("width", [1, 3, 8])
def test_parents_are_the_captions_without_their_last_words(decoder, width, eagerness):
    ending(decoder, eagerness)
    for seed in range(3):
        growing = [[()]]  # before the first word there is the empty caption
        for step in beam(decoder, annotated(seed), width):
            for each in (*step.growing, *step.ended):
                parents = growing[len(each.words) - 1]
                assert parents[each.parent] == each.words[:-1]
            growing.append([each.words for each in step.growing])


@pytest.mark.parametrize("eagerness", [-math.inf, 0.0])
@pytest.mark.parametrize("kind", WRITERS)
def test_a_wide_beam_finds_the_best_caption_there_is(kind, eagerness, annotations):
    """The best that ends; the best of the longest ones where none can end."""
    decoder = ending(captioner(longest=4).writer(kind), eagerness)
    usable = [END, *range(UNKNOWN + 1, len(WORDS))]
    possible = [
        numbers
        for length in range(1, 5)
        for numbers in itertools.product(usable, repeat=length)
        if END not in numbers[:-1]
        if (numbers[-1] == END if eagerness == 0 else length == 4 and END not in numbers)
    ]
    best = {0.0: (-math.inf, ()), 1.0: (-math.inf, ())}
    memory, state = decoder.begin(annotations, len(possible))
    padded = torch.tensor([[START, *each, *[PAD] * (4 - len(each))] for each in possible])
    with torch.no_grad():
        log_p = log_probabilities(decoder.decode(padded[:, :-1], memory, state).logits)
    per_word = log_p.gather(2, padded[:, 1:, None])[..., 0]
    for row, each in zip(per_word, possible, strict=True):
        total = row[: len(each)].sum().item()
        for penalty in best:
            best[penalty] = max(best[penalty], (total / len(each) ** penalty, each))
    for penalty, (value, expected) in best.items():
        *_, last = beam_search(decoder, annotations, 400, penalty, 0)
        assert last.score[0, 0].item() == pytest.approx(value, abs=1e-5)
        assert last.finished[0, 0, 1 : len(expected) + 1].tolist() == list(expected)


def test_many_pictures_are_searched_as_one_by_one():
    network = captioner()
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (5, 3, 48, 48), dtype=torch.uint8, generator=generator)
    for name, together in captions(network, annotate_all(network, images), 3, 1.0, 0).items():
        for image, expected in zip(images, together, strict=True):
            *_, last = beam(network.decoders[name], annotate(network, image[None] / 255), 3, 1.0, 0)
            words = [word for word in last.ended[0].words if word != "<end>"]
            assert " ".join(words) == expected
        assert len(set(together)) > 1


@ALL
@pytest.mark.parametrize("prefix", [(), (5, 9)])
@pytest.mark.parametrize(("width", "penalty"), [(1, 0.0), (3, 1.0), (4, -0.5)])
def test_the_best_caption_is_the_first_of_those_that_a_beam_ends_with(
    decoder, annotations, width, penalty, prefix
):
    *_, last = beam(decoder, annotations, width, penalty, 3, prefix)
    assert best(decoder, annotations, width, penalty, 3, prefix) == last.ended[0].numbers


@ALL
def test_greedy_is_a_beam_of_one(decoder, annotations):
    words = list(greedy(decoder, annotations))
    *_, last = beam(decoder, annotations, width=1, length_penalty=0.0)
    assert last.ended[0].words == tuple(word.word for word in words)
    assert last.ended[0].log_probability == pytest.approx(words[-1].log_probability, abs=1e-4)


@ALL
def test_what_a_word_tells_fits_together(decoder, annotations):
    words = list(greedy(decoder, annotations, 0))
    total = 0.0
    for step, word in enumerate(words):
        total += math.log(word.probability)
        assert word.step == step
        assert word.log_probability == pytest.approx(total, abs=1e-4)
        assert word.alternatives[0] == (word.word, pytest.approx(word.probability))
        assert {name for name, _ in word.alternatives}.isdisjoint({"<pad>", "<start>", "<unknown>"})
        shares = [p for _, p in word.alternatives]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1 + 1e-6
        assert word.views.shape == (*decoder.views, 3, 3)
        torch.testing.assert_close(word.views.mean((0, 1)), word.attention)
        assert word.attention.sum().item() == pytest.approx(1, abs=1e-5)
    assert bool(words[0].readings) == (decoder.views != (2, 2))


@ALL
def test_a_scored_caption_is_what_was_said_of_it_when_it_was_made(decoder, annotations):
    drawn = (
        list(sample(decoder, annotations, torch.Generator().manual_seed(i))) for i in range(200)
    )
    made = next(words for words in drawn if len(words) > 2 and words[-1].word == "<end>")
    for said, scored in zip(made, score(decoder, annotations, text(made)), strict=True):
        assert scored.word == said.word
        assert scored.probability == pytest.approx(said.probability, rel=1e-4)
        assert scored.log_probability == pytest.approx(said.log_probability, abs=1e-4)
        torch.testing.assert_close(scored.views, said.views)
        assert scored.readings == pytest.approx(said.readings)


@LSTM
def test_scoring_says_which_words_it_lacks_and_when_there_are_too_many(decoder, annotations):
    with pytest.raises(InputError, match="never learned 'zebra'"):
        score(decoder, annotations, "A zebra runs")
    with pytest.raises(InputError, match="has 7 words, at most 6"):
        score(decoder, annotations, "a dog " * 3 + "runs")


@TRANSFORMER
def test_samples_follow_the_seed_and_the_temperature(decoder, annotations):

    def drawn(seed, temperature=1.0):
        generator = torch.Generator().manual_seed(seed)
        return text(sample(decoder, annotations, generator, temperature))

    assert drawn(1) == drawn(1)
    assert len({drawn(seed) for seed in range(8)}) > 1
    assert drawn(1, temperature=0.01) == text(greedy(decoder, annotations))
    with pytest.raises(InputError, match=r"temperature is 0\.0, but must be a number"):
        drawn(1, temperature=0.0)


@LSTM
def test_first_words_are_drawn_by_their_probability(decoder, annotations):
    count = 400
    generator = torch.Generator().manual_seed(0)
    first = [next(sample(decoder, annotations, generator)).word for _ in range(count)]
    for word, p in next(greedy(decoder, annotations)).alternatives:
        assert first.count(word) / count == pytest.approx(p, abs=4 * (p * (1 - p) / count) ** 0.5)


@ALL
def test_beams_grow_by_a_word_and_are_sorted(decoder, annotations):
    steps = list(beam(decoder, annotations, width=3))
    for number, step in enumerate(steps):
        assert step.step == number
        assert all(len(each.words) == number + 1 for each in step.growing)
        growing = [each.log_probability for each in step.growing]
        assert growing == sorted(growing, reverse=True)
        scores = [each.log_probability / len(each.words) for each in step.ended]
        assert scores == sorted(scores, reverse=True)
    assert steps[-1].ended


def test_pictures_of_any_size_are_squeezed():
    network = captioner()
    wide = torch.rand(1, 3, 48, 96, generator=torch.Generator().manual_seed(3))
    assert squeezed(wide, 48).shape == (1, 3, 48, 48)
    assert torch.equal(annotate(network, wide), annotate(network, squeezed(wide, 48)))
