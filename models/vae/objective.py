"""The terms of the autoencoders' losses, each in nats a picture."""

import torch
from torch.nn import functional as F

PIXEL_DEVIATION = 0.1
ACTIVE_VARIANCE = 0.01


def kl_divergence(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL of N(mean, exp(log_variance)) from N(0, 1) for each latent dimension, B D.

    Kingma and Welling 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


def bernoulli_loss(logits: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Minus the log likelihood of grey pixels under Bernoulli pixels, B.

    A grey value in [0, 1] counts as the share of a pixel that is on, so that the best possible
    loss is the pixels' entropy, not zero.
    """
    return F.binary_cross_entropy_with_logits(logits, images, reduction="none").flatten(1).sum(1)


def edge_loss(images: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Squared errors of the pixels and of the steps between neighbours, B.

    The first is a Gaussian likelihood of deviation `PIXEL_DEVIATION`, without its constant; the
    second asks for edges where the picture has them (after Mathieu et al. 2016, equation 6).
    Squares, because where an edge is uncertain the median step, which absolute errors aim at, is
    no step at all: at equal time that came out far more blurred.
    """
    error = images - targets  # B C H W
    squares = sum(
        part.square().flatten(1).sum(1) for part in (error, error.diff(dim=-1), error.diff(dim=-2))
    )
    return squares / (2 * PIXEL_DEVIATION**2)


def active_dimensions(means: torch.Tensor) -> int:
    """Latent dimensions that say anything: whose means (N D) vary by more than 0.01.

    Burda et al. 2016, section 5.2.
    """
    return int((means.var(0) > ACTIVE_VARIANCE).sum())
