"""What is measured of colours, on pictures B 3 H W in [0, 1]; each returns one number a picture."""

import torch
from torch.nn import functional as F

from models.colorizer import lab
from models.core.metrics import psnr

MOST_DECIBELS = 120.0
"""Of a picture without any error."""
COLOUR_GRID = 4
REACH = 5
"""Pixels from the middle of SSIM's window to its edge."""


def colourfulness(images: torch.Tensor) -> torch.Tensor:
    """How colourful people would call a picture, B: 0 is grey, 109 "extremely colourful".

    Hasler and Süsstrunk 2003, equation 12 (M3, in RGB values of 0 to 255).
    """
    red, green, blue = (255 * images).flatten(2).unbind(1)  # B N
    opponents = torch.stack([red - green, (red + green) / 2 - blue], 1)  # B 2 N
    spread = opponents.std(2, correction=0).norm(dim=1)
    return spread + 0.3 * opponents.mean(2).norm(dim=1)


def signal_to_noise(made: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """PSNR in dB, B, at most 120."""
    return psnr(made, images).clamp(max=MOST_DECIBELS)


def structural_similarity(made: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """SSIM (Wang et al. 2004, equation 13) with its Gaussian window of 11 pixels, B.

    Around every pixel, as torchmetrics has it: pictures, 6 pixels each way at least, are mirrored
    at their borders.
    """
    made, images = (F.pad(one, (REACH,) * 4, mode="reflect") for one in (made, images))
    planes = torch.stack([made, images, made * made, images * images, made * images])  # 5 B 3 H W
    smooth = _windowed(planes.flatten(0, 1)).unflatten(0, (5, -1))  # 5 B 3 H W
    one, two, squared_one, squared_two, product = smooth
    variances = (squared_one - one**2).clamp(min=0) + (squared_two - two**2).clamp(min=0)
    covariance = product - one * two
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * one * two + c1) / (one**2 + two**2 + c1)
    return (luminance * (2 * covariance + c2) / (variances + c2)).flatten(1).mean(1)


def _windowed(planes: torch.Tensor) -> torch.Tensor:
    """Means of planes weighted by a Gaussian (sigma 1.5) in each window: B C H W to H-10 W-10."""
    offsets = torch.arange(-REACH, REACH + 1, dtype=planes.dtype, device=planes.device)
    weights = (-((offsets / 1.5) ** 2) / 2).exp()
    weights = weights / weights.sum()
    channels = planes.shape[1]
    down, across = (weights.reshape(shape) for shape in ((1, 1, -1, 1), (1, 1, 1, -1)))
    rows = F.conv2d(planes, down.expand(channels, 1, -1, -1), groups=channels)
    return F.conv2d(rows, across.expand(channels, 1, -1, -1), groups=channels)


def ab_error(made: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Mean absolute error of a and b, in Lab's units, B."""
    return (lab.to_lab(made) - lab.to_lab(images))[:, 1:].abs().flatten(1).mean(1)


def mean_ciede2000(made: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """Mean colour difference of the pixels as people see it, B: about 2 is just noticeable."""
    return ciede2000(lab.to_lab(made), lab.to_lab(images)).flatten(1).mean(1)


def ciede2000(one: torch.Tensor, two: torch.Tensor) -> torch.Tensor:
    """Differences of colours in L*a*b* (B 3 ...), B ...

    Sharma, Wu and Dalal 2005, equations 2 to 22, whose symbols these are, with k_L = k_C = k_H = 1.
    """
    (l1, a1, b1), (l2, a2, b2) = one.unbind(1), two.unbind(1)
    c_ab = (torch.hypot(a1, b1) + torch.hypot(a2, b2)) / 2
    g = 0.5 * (1 - (c_ab**7 / (c_ab**7 + 25.0**7)).sqrt())
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = torch.hypot(a1, b1), torch.hypot(a2, b2)
    h1, h2 = (torch.atan2(b, a).rad2deg() % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0  # no hue to speak of

    turn = h2 - h1
    turn = turn - 360 * (turn > 180) + 360 * (turn < -180)  # the shorter way round
    delta_h = 2 * (c1 * c2).sqrt() * (turn / 2).deg2rad().sin()
    h = torch.where(grey, h1 + h2, _between(h1, h2))
    c = (c1 + c2) / 2
    from_middle = ((l1 + l2) / 2 - 50) ** 2

    t = 1 - 0.17 * _cos(h - 30) + 0.24 * _cos(2 * h) + 0.32 * _cos(3 * h + 6)
    t = t - 0.20 * _cos(4 * h - 63)
    r_c = 2 * (c**7 / (c**7 + 25.0**7)).sqrt()
    r_t = -r_c * (60 * torch.exp(-(((h - 275) / 25) ** 2))).deg2rad().sin()
    lightness = (l2 - l1) / (1 + 0.015 * from_middle / (20 + from_middle).sqrt())
    chroma = (c2 - c1) / (1 + 0.045 * c)
    hue = delta_h / (1 + 0.015 * c * t)
    squared = lightness**2 + chroma**2 + hue**2 + r_t * chroma * hue
    return squared.clamp(min=0).sqrt()


def _cos(degrees: torch.Tensor) -> torch.Tensor:
    return degrees.deg2rad().cos()


def _between(h1: torch.Tensor, h2: torch.Tensor) -> torch.Tensor:
    """The mean of two hues in degrees, across zero where that is the shorter way (equation 14)."""
    total, apart = h1 + h2, (h1 - h2).abs()
    total = torch.where(apart > 180, total + torch.where(total < 360, 360.0, -360.0), total)
    return total / 2


def colour_layout(ab: torch.Tensor) -> torch.Tensor:
    """Where in a picture which colours are, coarsely: ab (B 2 H W, scaled) to features, B 32.

    In Lab's units, means over a 4x4 grid. The Frechet distance of these tells dull pictures from
    colourful ones, which no error of pixels does, and needs no other network.
    """
    cells = F.adaptive_avg_pool2d(ab * lab.AB_SCALE, COLOUR_GRID)
    return cells.flatten(1)
