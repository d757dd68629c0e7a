"""The simple variant: its mixtures, its walk, and that it learns."""

from dataclasses import replace

import torch

from models.core import checkpoint
from models.diffusion.next_state import NextState, NextStateConfig, mix, next_states
from models.diffusion.train_next_state import NextStateTraining
from models.training.command_line import Options
from models.training.loop import make_accelerator, train

TINY = NextStateConfig(size=16, channels=8, halvings=2, time_channels=8, middle=(16, 4))


def test_the_ends_of_the_mixture_are_noise_and_picture():
    x0, noise = torch.randn(2, 3, 3, 4, 4)
    zero = torch.zeros(3, dtype=torch.long)
    assert torch.equal(mix(x0, noise, zero, TINY), noise)
    assert torch.equal(mix(x0, noise, zero + 16, TINY), x0)
    torch.testing.assert_close(mix(x0, noise, zero + 4, TINY), 0.25 * x0 + 0.75 * noise)


def test_it_halves_to_four_pixels_and_comes_back():
    sides = []
    network = NextState(NextStateConfig(channels=8, time_channels=8, middle=(16, 4)))
    for block in (*network.down, *network.up):
        block.register_forward_hook(lambda module, x, out: sides.append(out.shape[-1]))
    out = network(torch.randn(2, 3, 32, 32), torch.tensor([0, 15]))
    assert sides == [32, 16, 8, 4, 4, 8, 16, 32]
    assert out.shape == (2, 3, 32, 32)


def test_a_perfect_predictor_walks_to_the_picture():
    x0, noise = torch.randn(2, 2, 3, 4, 4)

    class Perfect(torch.nn.Module):
        config = TINY

        def forward(self, x, level):
            return mix(x0, noise, level + 1, self.config)

    steps = list(next_states(Perfect(), noise))
    assert [step.step for step in steps] == list(range(1, 17))
    torch.testing.assert_close(steps[-1].x, x0)


def test_a_few_steps_lower_the_loss(tmp_path):
    experiment = NextStateTraining(Options(dry_run=True), TINY)
    experiment.recipe = replace(
        experiment.recipe, examples=480, batch_size=16, validate_every=160, ema=0.5
    )
    engine = make_accelerator(torch.device("cpu"))
    losses = [p.validation["loss"] for p in train(experiment, tmp_path, engine) if p.validation]
    assert losses[-1] < 0.9 * losses[0]
    assert checkpoint.load(NextState, tmp_path / "best.safetensors").config == TINY
