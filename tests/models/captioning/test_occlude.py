"""Hidden parts of a picture: the right pixels, and the same words as asked one by one."""

import pytest
import torch

from models.captioning.attend import numbers_of, survival
from models.captioning.occlude import MASK_SIDE, hidden, mask_of, occlusion, squares
from models.core.errors import InputError
from models.core.images import squeezed
from tests.models.captioning.tiny import KINDS, captioner

SENTENCE = "a black dog runs"


@pytest.fixture
def picture():
    return torch.rand(1, 3, 30, 70, generator=torch.Generator().manual_seed(2))


def test_what_is_masked_is_grey_and_nothing_else(picture):
    network = captioner()
    mask = torch.zeros(2, 3, 3, dtype=torch.bool)
    mask[1, 0, 2] = True
    whole, part = hidden(network, picture, mask)
    assert torch.equal(whole, squeezed(picture, 48)[0])
    grey = network.encoder.mean[0].expand(3, 16, 16)
    assert torch.equal(part[:, :16, 32:], grey)
    part[:, :16, 32:] = whole[:, :16, 32:]
    assert torch.equal(part, whole)
    odd = torch.ones(1, 5, 7, dtype=torch.bool)  # sides that divide nothing
    odd[:, :, 0] = False
    shown = (hidden(network, picture, odd) != squeezed(picture, 48)).any(1)[0]
    assert not shown[:, :6].any()
    assert shown[:, 8:].all()


def test_a_painted_mask_is_read_row_by_row():
    rows = [0] * MASK_SIDE
    rows[0], rows[19] = 1 << 19, 0b11
    mask = mask_of(rows)
    assert mask.shape == (1, 20, 20)
    assert mask.nonzero().tolist() == [[0, 0, 0], [0, 19, 18], [0, 19, 19]]


@pytest.mark.parametrize("rows", [None, [], [0] * 19, [0] * 19 + [1 << 20], ["1"] * 20, [-1] * 20])
def test_what_is_no_mask_is_refused(rows):
    with pytest.raises(InputError, match="mask"):
        mask_of(rows)


@pytest.mark.parametrize("cells", [1, 3])
def test_squares_lie_around_their_places(cells):
    found = squares(4, cells)
    for place in range(16):
        row, column = divmod(place, 4)
        for y in range(4):
            for x in range(4):
                near = max(abs(y - row), abs(x - column)) <= cells // 2
                assert found[place, y, x].item() == near


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cells", [1, 3])
def test_each_place_s_drop_is_what_hiding_it_alone_does(kind, cells, picture):
    network = captioner()
    decoder = network.decoders[kind]
    numbers = numbers_of(decoder, SENTENCE)
    *_, last = occlusion(network, decoder, picture, numbers, 2, cells)
    assert last.done == 9
    before = survival(network, decoder, picture, numbers, 2)[0].probability
    assert last.log_probability == pytest.approx(torch.tensor(before).log().item(), abs=1e-4)
    for place, mask in enumerate(squares(3, cells)):
        alone = hidden(network, picture, mask[None])
        after = survival(network, decoder, alone, numbers, 2)[0].probability
        expected = torch.tensor(before / after).log().item()
        assert last.drop.flatten()[place].item() == pytest.approx(expected, abs=1e-4)
    assert last.drop.std() > 1e-3


def test_places_come_a_few_at_a_time(picture, monkeypatch):
    monkeypatch.setattr("models.captioning.occlude.BATCH", 4)
    network = captioner()
    decoder = network.decoders["lstm"]
    steps = list(occlusion(network, decoder, picture, numbers_of(decoder, SENTENCE), 1))
    assert [step.done for step in steps] == [4, 8, 9]
    assert [int(step.drop.isnan().sum()) for step in steps] == [5, 1, 0]
    torch.testing.assert_close(steps[0].drop.flatten()[:4], steps[-1].drop.flatten()[:4])


@pytest.mark.parametrize(("step", "cells"), [(9, 3), (0, 2), (0, 7), (0, 0), ("0", 3)])
def test_what_cannot_be_tried_is_refused(picture, step, cells):
    network = captioner()
    decoder = network.decoders["lstm"]
    with pytest.raises(InputError, match=r"The word is|The square's side is"):
        next(occlusion(network, decoder, picture, numbers_of(decoder, SENTENCE), step, cells))
