"""Random changes to a batch that leave its meaning: made on tensors, on any device."""

import torch
from torch.nn import functional as F


def random_flip(images: torch.Tensor) -> torch.Tensor:
    """Mirror half of the pictures (B C H W), by chance, from left to right."""
    mirrored = torch.rand(len(images), device=images.device) < 0.5
    return torch.where(mirrored[:, None, None, None], images.flip(-1), images)


def random_resized_crop(
    images: torch.Tensor,
    size: int,
    scale: tuple[float, float] = (0.35, 1.0),
    ratio: tuple[float, float] = (3 / 4, 4 / 3),
) -> torch.Tensor:
    """Cut a random rectangle out of each picture, flip half of them, and stretch to size x size.

    The rectangles are drawn as in torchvision's `RandomResizedCrop` (Szegedy et al. 2015): area
    evenly in `scale`, ratio of the sides log-evenly in `ratio`; sides too long are cut to fit.

    Args:
        images: float, B C H W.
        size: of the sides of what comes out.
        scale: share of the picture's area.
        ratio: width by height.

    Returns:
        B C size size.
    """
    count, device = len(images), images.device
    area = torch.empty(count, device=device).uniform_(*scale)
    log_ratio = torch.log(torch.tensor(ratio, device=device))
    shape = torch.exp(log_ratio[0] + torch.rand(count, device=device) * log_ratio.diff())
    width = (area * shape).sqrt().clamp(max=1)
    height = (area / shape).sqrt().clamp(max=1)
    x, y = (torch.rand(2, count, device=device) * 2 - 1) * torch.stack([1 - width, 1 - height])
    mirror = torch.where(torch.rand(count, device=device) < 0.5, -1.0, 1.0)
    zero = torch.zeros_like(x)
    rows = [torch.stack([width * mirror, zero, x], 1), torch.stack([zero, height, y], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), [count, 1, size, size], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
