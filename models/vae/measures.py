"""How alike two pictures are."""

import torch


def psnr(made: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Peak signal-to-noise ratio of pictures (B C H W in [0, 1]) in dB, B: 10 log10(1 / MSE).

    Infinite where the two are equal.
    """
    return -10 * (made - target).square().flatten(1).mean(1).log10()
