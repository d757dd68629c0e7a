"""Decoding: against exhaustive search and transformers' `generate()`, and what a step tells."""

import itertools
import math

import pytest
import torch
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from models.captioning.caption import (
    annotate,
    annotate_all,
    beam,
    captions,
    greedy,
    sample,
    score,
    squeezed,
)
from models.captioning.search import beam_search, log_probabilities
from models.captioning.vocabulary import END, PAD, START, UNKNOWN
from models.core.errors import InputError
from tests.models.captioning.tiny import BOTH, KINDS, LSTM, TRANSFORMER, WORDS, captioner


@pytest.fixture
def annotations():
    return annotated(3)


def annotated(seed):
    generator = torch.Generator().manual_seed(seed)
    return annotate(captioner(), torch.rand(1, 3, 48, 48, generator=generator))


def text(words):
    return " ".join(word.word for word in words if word.word != "<end>")


class Wrapped(PreTrainedModel, GenerationMixin):
    """A decoder before one picture, as transformers calls a language model."""

    config_class = PretrainedConfig
    _supports_cache_class = False

    def __init__(self, decoder, annotations):
        super().__init__(PretrainedConfig(vocab_size=len(decoder.config.words)))
        self.decoder, self.annotations = decoder, annotations
        self.generation_config = GenerationConfig(
            bos_token_id=START, eos_token_id=END, pad_token_id=PAD, use_cache=False
        )

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}

    def forward(self, input_ids, **_):
        memory, state = self.decoder.begin(self.annotations, len(input_ids))
        logits = self.decoder.decode(input_ids, memory, state).logits
        return CausalLMOutput(logits=log_probabilities(logits))


@BOTH
@pytest.mark.parametrize(("width", "penalty"), [(1, 0.0), (3, 0.0), (3, 1.0), (4, 0.6)])
def test_beam_search_is_generate_s(decoder, width, penalty):
    for seed in range(4):
        annotations = annotated(seed)
        found = Wrapped(decoder, annotations).generate(
            torch.tensor([[START]]),
            num_beams=width,
            do_sample=False,
            length_penalty=penalty,
            max_new_tokens=decoder.config.longest,
            early_stopping="never",
        )
        *_, last = beam_search(decoder, annotations, width, penalty)
        theirs = found[0].tolist()
        assert last.finished[0, 0, : len(theirs)].tolist() == theirs


@pytest.mark.parametrize("kind", KINDS)
def test_a_wide_beam_finds_the_best_caption_there_is(kind, annotations):
    decoder = captioner(longest=4).decoders[kind]
    usable = [END, *range(UNKNOWN + 1, len(WORDS))]
    possible = [
        numbers
        for length in range(1, 5)
        for numbers in itertools.product(usable, repeat=length)
        if END not in numbers[:-1] and (numbers[-1] == END or length == 4)
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
        *_, last = beam_search(decoder, annotations, 400, penalty)
        assert last.score[0, 0].item() == pytest.approx(value, abs=1e-5)
        assert last.finished[0, 0, 1 : len(expected) + 1].tolist() == list(expected)


def test_many_pictures_are_searched_as_one_by_one():
    network = captioner()
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (5, 3, 48, 48), dtype=torch.uint8, generator=generator)
    for name, together in captions(network, annotate_all(network, images)).items():
        for image, expected in zip(images, together, strict=True):
            *_, last = beam(network.decoders[name], annotate(network, image[None] / 255))
            words = [word for word in last.ended[0].words if word != "<end>"]
            assert " ".join(words) == expected
        assert len(set(together)) > 1


@BOTH
def test_greedy_is_a_beam_of_one(decoder, annotations):
    words = list(greedy(decoder, annotations))
    *_, last = beam(decoder, annotations, width=1, length_penalty=0.0)
    assert last.ended[0].words == tuple(word.word for word in words)
    assert last.ended[0].log_probability == pytest.approx(words[-1].log_probability, abs=1e-4)


@BOTH
def test_what_a_word_tells_fits_together(decoder, annotations):
    words = list(greedy(decoder, annotations))
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
    assert bool(words[0].readings) == hasattr(decoder, "gates")


@BOTH
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
    assert drawn(1, temperature=1e-4) == text(greedy(decoder, annotations))
    with pytest.raises(InputError, match="above 0"):
        drawn(1, temperature=0.0)


@LSTM
def test_first_words_are_drawn_by_their_probability(decoder, annotations):
    count = 400
    generator = torch.Generator().manual_seed(0)
    first = [next(sample(decoder, annotations, generator)).word for _ in range(count)]
    for word, p in next(greedy(decoder, annotations)).alternatives:
        assert first.count(word) / count == pytest.approx(p, abs=4 * (p * (1 - p) / count) ** 0.5)


@BOTH
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
