"""Maps of a whole sentence: rollout against a product of matrices, saliency against differences."""

import math

import pytest
import torch

from models.captioning.attend import Looks, looks, numbers_of, rollout, saliency, survival
from models.captioning.caption import annotate, score
from models.captioning.vocabulary import END
from models.core.errors import InputError
from models.core.images import squeezed
from tests.models.captioning.tiny import BOTH, LSTM, TRANSFORMER, captioner

SENTENCE = "a black dog runs on sand"


@pytest.fixture
def picture():
    return torch.rand(1, 3, 48, 60, generator=torch.Generator().manual_seed(5))


def of(network, decoder):
    """The decoder of this network that is of the same kind."""
    (found,) = [one for one in network.decoders.values() if type(one) is type(decoder)]
    return found


def seen(decoder, picture) -> Looks:
    return looks(decoder, annotate(captioner(), picture), numbers_of(decoder, SENTENCE))


@BOTH
def test_it_tells_of_a_sentence_what_scoring_tells_word_by_word(decoder, picture):
    found = seen(decoder, picture)
    words = score(decoder, annotate(captioner(), picture), SENTENCE)
    assert len(found.probabilities) == len(words) == 7
    for t, word in enumerate(words):
        assert found.probabilities[t].item() == pytest.approx(word.probability, rel=1e-5)
        torch.testing.assert_close(found.views[t], word.views)
        torch.testing.assert_close(found.mean[t], word.attention)


@BOTH
def test_every_map_sums_to_one(decoder, picture):
    found = seen(decoder, picture)
    ones = torch.ones(7)
    torch.testing.assert_close(found.mean.sum((1, 2)), ones)
    torch.testing.assert_close(
        found.views.sum((3, 4)), ones[:, None, None].expand(7, *decoder.views)
    )
    if found.rollout is not None:
        torch.testing.assert_close(found.rollout.sum((1, 2)), ones)
    network = captioner()
    for step in (0, 3, 6):
        numbers = numbers_of(decoder, SENTENCE)
        assert saliency(network, of(network, decoder), picture, numbers, step).sum().item() == (
            pytest.approx(1)
        )


def by_matrices(places, between):
    """Abnar and Zuidema's product of (A + I) / 2, over places and words together."""
    layers, words, count = places.shape
    total = torch.eye(count + words)
    for layer in range(layers):
        own = torch.eye(count + words)
        own[count:, count:] = (torch.eye(words) + between[layer]) / 2
        across = torch.eye(count + words)
        across[count:, count:] = torch.eye(words) / 2
        across[count:, :count] = places[layer] / 2
        total = across @ own @ total
    return total[count:, :count], total[count:, count:]


def test_rollout_is_the_product_of_all_layers():
    generator = torch.Generator().manual_seed(0)
    places = torch.randn(3, 5, 9, generator=generator).softmax(-1)
    between = torch.randn(3, 5, 5, generator=generator)
    ahead = torch.ones(5, 5, dtype=torch.bool).triu(1)
    between = between.masked_fill(ahead, -torch.inf).softmax(-1)
    to_places, to_words = by_matrices(places, between)
    torch.testing.assert_close(to_words.sum(-1), torch.full((5,), 1 / 8))  # 2^-layers, as said
    expected = to_places / to_places.sum(-1, keepdim=True)
    torch.testing.assert_close(rollout(places, between), expected)


@TRANSFORMER
def test_rollout_of_a_sentence_is_of_its_own_attention(decoder, picture):
    annotations = annotate(captioner(), picture)
    numbers = numbers_of(decoder, SENTENCE)
    memory, state = decoder.begin(annotations)
    with torch.no_grad():
        decoded = decoder.decode(torch.tensor([[1, *numbers[:-1]]]), memory, state)
    between = decoded.between_words[0]
    assert between.shape == (2, 2, 7, 7)
    torch.testing.assert_close(between.sum(-1), torch.ones(2, 2, 7))
    assert between.triu(1).abs().max() == 0  # no word looks ahead
    to_places, _ = by_matrices(
        decoded.attention[0].unflatten(1, (2, 2)).mean(2).transpose(0, 1), between.mean(1)
    )
    expected = (to_places / to_places.sum(-1, keepdim=True)).unflatten(-1, (3, 3))
    torch.testing.assert_close(looks(decoder, annotations, numbers).rollout, expected)


@LSTM
def test_one_map_has_no_rollout(decoder, picture):
    assert seen(decoder, picture).rollout is None


@BOTH
def test_saliency_is_the_gradient_at_the_pixels(decoder, picture):
    network = captioner()
    kind = of(network, decoder)
    square = squeezed(picture, 48)
    numbers = numbers_of(kind, SENTENCE)
    seen = square.clone().requires_grad_(True)
    memory, state = kind.begin(network.annotate(seen))
    decoded = kind.decode(torch.tensor([[1, *numbers[:2]]]), memory, state)
    allowed = decoded.logits[0, -1].clone()
    allowed[[0, 1, 3]] = -torch.inf  # which no caption says
    (gradient,) = torch.autograd.grad(allowed.log_softmax(-1)[numbers[2]], seen)
    cells = gradient[0].abs().amax(0).unflatten(0, (3, 16)).unflatten(2, (3, 16)).sum((1, 3))
    torch.testing.assert_close(
        saliency(network, kind, square, numbers, 2), cells / cells.sum(), rtol=1e-4, atol=1e-6
    )

    way = gradient / gradient.norm()  # and it is what the word's probability goes by
    step = 0.003
    up, down = (
        math.log(survival(network, kind, square + sign * step * way, numbers, 2)[0].probability)
        for sign in (1, -1)
    )
    assert (up - down) / (2 * step) == pytest.approx(gradient.norm().item(), rel=0.05)


@BOTH
def test_a_word_before_the_whole_picture_survives_as_it_was(decoder, picture):
    network = captioner()
    kind = of(network, decoder)
    numbers = numbers_of(kind, SENTENCE)
    other = torch.rand(1, 3, 48, 60, generator=torch.Generator().manual_seed(9))
    both = survival(network, kind, torch.cat([picture, other]), numbers, 3)
    for image, found in zip((picture, other), both, strict=True):
        word = score(kind, annotate(network, image), SENTENCE)[3]
        assert found.probability == pytest.approx(word.probability, rel=1e-4)
        assert (found.first, found.first_probability) == (
            word.alternatives[0][0],
            pytest.approx(word.alternatives[0][1], rel=1e-4),
        )


@BOTH
@pytest.mark.parametrize("step", [-1, 7, 1.5, None, True])
def test_a_word_that_there_is_not_is_refused(decoder, picture, step):
    numbers = numbers_of(decoder, SENTENCE)
    with pytest.raises(InputError, match=r"The word is .* whole number from 0 to 6"):
        saliency(captioner(), decoder, picture, numbers, step)
    with pytest.raises(InputError, match="The word is"):
        survival(captioner(), decoder, picture, numbers, step)


@LSTM
def test_a_sentence_is_given_by_its_words(decoder):
    assert numbers_of(decoder, "A black DOG, runs!") == [4, 5, 6, 7, END]
    with pytest.raises(InputError, match="never learned 'cat'"):
        numbers_of(decoder, "a cat")
    with pytest.raises(InputError, match="has 7 words, at most 6"):
        numbers_of(decoder, "a dog a dog a dog a")
