"""How near sets of pictures are to each other, in our networks' features.

The formulas are torchmetrics'; its Inception weights are not shipped, so features come from
the caller and the values compare with each other, not with published ones. They are measured in
float64 on the CPU, wherever the features are: torchmetrics keeps its sums there, and not every
device has such numbers.
"""

import torch
from torch import nn


class _AsTheyAre(nn.Module):
    """Stands where torchmetrics expects a feature network: its inputs are features already."""

    def __init__(self, size: int):
        super().__init__()
        self.num_features = size

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features


def frechet_distance(real: torch.Tensor, made: torch.Tensor) -> float:
    """Of two Gaussians fitted to features, N D each (Heusel et al. 2017, equation 6)."""
    from torchmetrics.image.fid import FrechetInceptionDistance

    metric = FrechetInceptionDistance(feature=_AsTheyAre(real.shape[1])).set_dtype(torch.float64)
    metric.update(real.cpu().double(), real=True)
    metric.update(made.cpu().double(), real=False)
    return metric.compute().item()


def kernel_distance(real: torch.Tensor, made: torch.Tensor) -> float:
    """KID: the unbiased squared MMD under a cubic kernel (Binkowski et al. 2018, section 4).

    Of all features at once, N D each, so that nothing in it is drawn at random.
    """
    from torchmetrics.image.kid import poly_mmd

    count = min(len(real), len(made))  # torchmetrics' estimator takes sets of one size
    return poly_mmd(real[:count].cpu().double(), made[:count].cpu().double()).item()


def memorised_share(
    made: torch.Tensor, training: torch.Tensor, held_back: torch.Tensor, quantile: float = 0.01
) -> float:
    """Share of made pictures closer to a training picture than real new ones ever are.

    "Ever": closer than that `quantile` of the held-back pictures' own distances to their nearest
    training picture. Features are N D each; a model that copies nothing scores about `quantile`.
    """
    threshold = torch.cdist(held_back, training).min(1).values.quantile(quantile)
    return (torch.cdist(made, training).min(1).values < threshold).float().mean().item()
