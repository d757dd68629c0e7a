"""First weights by a generator of one's own: PyTorch's, number for number, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import torch
from torch import nn

from models.core import initial_weights
from models.vae.live import CONFIG
from models.vae.network import Autoencoder


class Filled(nn.Module):
    """Every way in which layers fill their weights at random."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(
            [
                nn.Linear(5, 7),
                nn.Conv2d(3, 4, 3),
                nn.ConvTranspose2d(4, 3, 2),
                nn.GroupNorm(2, 4),
                nn.Embedding(3, 5),
                nn.LSTM(3, 4),
                nn.MultiheadAttention(4, 2),
            ]
        )
        self.drawn = nn.Parameter(torch.empty(4).normal_())
        self.cut = nn.Parameter(nn.init.trunc_normal_(torch.empty(4)))


BUILDS = [lambda: Autoencoder(CONFIG), Filled]


@pytest.mark.parametrize("build", BUILDS)
def test_they_are_what_pytorch_draws_by_that_seed(build):
    torch.manual_seed(5)
    expected = build()
    torch.manual_seed(6)
    generator = torch.Generator().manual_seed(5)
    network = initial_weights.drawn(build, generator)
    assert all(map(torch.equal, network.parameters(), expected.parameters()))
    torch.manual_seed(5)
    build()
    assert torch.equal(generator.get_state(), torch.get_rng_state())


@pytest.mark.parametrize("build", BUILDS)
def test_pytorchs_own_generator_is_not_touched(build):
    torch.manual_seed(6)
    before = torch.get_rng_state()
    initial_weights.drawn(build, torch.Generator().manual_seed(5))
    assert torch.equal(torch.get_rng_state(), before)


def test_it_holds_in_its_thread_alone_and_ends():
    torch.manual_seed(3)
    expected = torch.empty(2).uniform_()
    torch.manual_seed(3)
    inside, outside = Barrier(2), Barrier(2)

    def build() -> nn.Linear:
        inside.wait()
        outside.wait()
        return nn.Linear(2, 2)

    with ThreadPoolExecutor(1) as other:
        built = other.submit(initial_weights.drawn, build, torch.Generator().manual_seed(0))
        inside.wait()
        got = torch.empty(2).uniform_()
        outside.wait()
        built.result()
    assert torch.equal(got, expected)
    torch.manual_seed(3)
    assert torch.equal(torch.empty(2).uniform_(), expected)
