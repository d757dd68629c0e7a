"""Lab colour at the scale of the networks: lightness apart from the two colour axes.

CIE L*a*b* under D65, by kornia. Lightness L in [0, 100] becomes L / 50 - 1, in [-1, 1]; a and b
become a / 110 and b / 110. No colour of a screen is further than 107.9 from grey on either axis,
so that these too stay within [-1, 1] (the scaling of Zhang et al. 2017).
"""

import torch

LIGHTNESS_SCALE = 50.0
AB_SCALE = 110.0


def split(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (B 3 H W in [0, 1]) as lightness (B 1 H W) and ab (B 2 H W); `join` inverts it."""
    lab = to_lab(images)
    return lab[:, :1] / LIGHTNESS_SCALE - 1, lab[:, 1:] / AB_SCALE


def join(lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """Lightness (B 1 H W) and ab (B 2 H W) as pictures, B 3 H W in [0, 1].

    A pair that no screen can show is cut to what it can, which changes its lightness a little.
    """
    from kornia.color import lab_to_rgb

    lab = torch.cat([(lightness + 1) * LIGHTNESS_SCALE, ab * AB_SCALE], 1)  # B 3 H W
    with torch.autocast(lab.device.type, enabled=False):
        return lab_to_rgb(lab.float())


def to_lab(images: torch.Tensor) -> torch.Tensor:
    """Pictures (B 3 H W in [0, 1]) in L*a*b*'s own units, B 3 H W.

    Never in half precision: kornia multiplies by matrices, which autocast would round.
    """
    from kornia.color import rgb_to_lab

    with torch.autocast(images.device.type, enabled=False):
        return rgb_to_lab(images.float())
