"""Faces of one character: drawn around its codes."""

import pytest
import torch

from models.core.errors import InputError
from models.vae import characters, codes
from models.vae.points import seeded
from models.vae.shipped import FACES, autoencoder

WHO = "bart_simpson"


def test_without_a_spread_it_is_the_face_of_the_mean():
    network, known = autoencoder(FACES), codes.load()
    made = characters.draw(network, known, WHO, 2, seeded(0), 0.0)
    with torch.no_grad():
        mean = network.decode(known.faces[known.index(WHO)].mean(0)[None])
    torch.testing.assert_close(made, mean.repeat(2, 1, 1, 1))


def test_the_same_seed_gives_the_same_faces():
    network, known = autoencoder(FACES), codes.load()
    one, same, other = (characters.draw(network, known, WHO, 3, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert 0 <= one.min() <= one.max() <= 1


@pytest.mark.parametrize(
    ("who", "count", "spread", "words"),
    [("nobody", 1, 1.0, "Character"), (WHO, 0, 1.0, "number of faces"), (WHO, 1, -1, "spread")],
)
def test_what_it_cannot_draw_is_refused(who, count, spread, words):
    with pytest.raises(InputError, match=words):
        characters.draw(autoencoder(FACES), codes.load(), who, count, seeded(0), spread)
