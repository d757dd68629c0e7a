"""Lab colour at the scale of the networks: lightness apart from the two colour axes.

CIE L*a*b* under D65, by kornia. Lightness L in [0, 100] becomes L / 50 - 1, in [-1, 1]; a and b
become a / 110 and b / 110. No colour of a screen is further than 107.9 from grey on either axis,
so that these too stay within [-1, 1] (the scaling of Zhang et al. 2017).
"""

import math
from collections.abc import Callable

import torch
from torch.nn import functional as F

from models.core.once import once

LIGHTNESS_SCALE = 50.0
AB_SCALE = 110.0
FURTHEST = 134.0 / AB_SCALE
"""From grey to the furthest colour of a screen (blue: a 79.2, b -107.9), scaled."""
TOLERANCE = 1e-3
"""How far outside of [0, 1] a channel may lie: a quarter of a grey level, which is cut off."""
PIXELS_AT_ONCE = 2**16
"""On the CPU: what is made of so many on the way fits into its cache."""
HALVINGS = 12
"""After so many the strength of a colour is known to a thirtieth of Lab's units."""

# From XYZ to linear R, G and B, and the white of D65, as kornia has them.
_XYZ_TO_RGB = (
    (3.2404813432005266, -1.5371515162713185, -0.4985363261688878),
    (-0.9692549499965682, 1.8759900014898907, 0.0415559265582928),
    (0.0556466391351772, -0.2040413383665112, 1.0573110696453443),
)
_WHITE = (0.95047, 1.0, 1.08883)
_CUBIC_ABOVE = 0.2068966
_LOWEST, _HIGHEST = -TOLERANCE / 12.92, 1 + TOLERANCE * 2.2  # of linear channels


def split(images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (B 3 H W in [0, 1]) as lightness (B 1 H W) and ab (B 2 H W); `join` inverts it."""
    lab = to_lab(images)
    return lab[:, :1] / LIGHTNESS_SCALE - 1, lab[:, 1:] / AB_SCALE


def join(lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """Lightness (B 1 H W) and ab (B 2 H W) as pictures, B 3 H W in [0, 1].

    A colour that no screen can show is made less strong, at its lightness and hue, until one can.
    """
    with torch.autocast(lightness.device.type, enabled=False):
        lab = torch.cat([(lightness + 1) * LIGHTNESS_SCALE, ab * AB_SCALE], 1).float()  # B 3 H W
        return _by_rows(_shown, lab)


def _shown(lab: torch.Tensor) -> torch.Tensor:
    """Colours in Lab's own units (B 3 H W), or what a screen can show of them, in [0, 1]."""
    from kornia.color import lab_to_rgb

    rgb = lab_to_rgb(lab, clip=False)
    outside = ((rgb < -TOLERANCE) | (rgb > 1 + TOLERANCE)).any(1)  # B H W
    if outside.any():
        pixels = lab.movedim(1, 0)[:, outside]  # 3 N
        pixels[1:] *= _shares(*pixels)
        shown = lab_to_rgb(pixels[None, :, None], clip=False)[0, :, 0]
        rgb.movedim(1, 0)[:, outside] = shown
    return rgb.clamp_(0, 1)


def fitted(lightness: torch.Tensor, ab: torch.Tensor) -> torch.Tensor:
    """ab (B 2 H W), each colour as strong as it is or as a screen can show it at that lightness."""
    lab = torch.cat([(lightness + 1) * LIGHTNESS_SCALE, ab * AB_SCALE], 1).float()
    outside = _outside(*lab.unbind(1))  # B H W
    if not outside.any():
        return ab
    share = torch.ones_like(lab[:, 0])
    share[outside] = _shares(*lab.movedim(1, 0)[:, outside])
    return ab * share[:, None]


def border(lightness: torch.Tensor, hues: int = 72) -> torch.Tensor:
    """The strongest colours of a screen at some lightnesses, in each hue.

    Args:
        lightness: L in [0, 100], any number of them, N.
        hues: how many, evenly all around from the axis of a on.

    Returns:
        a and b in Lab's own units, N hues 2.
    """
    angles = torch.arange(hues) * (2 * math.pi / hues)
    way = torch.stack([angles.cos(), angles.sin()]) * FURTHEST  # 2 hues
    a, b = (axis.expand(len(lightness), hues) * AB_SCALE for axis in way)
    share = _bisected(lightness.float()[:, None].expand_as(a), a, b)
    return torch.stack([a * share, b * share], -1)


def lightness_of(images: torch.Tensor) -> torch.Tensor:
    """What `split` returns first, B 1 H W, without the colours: for large pictures."""
    from kornia.color import rgb_to_linear_rgb

    with torch.autocast(images.device.type, enabled=False):
        red, green, blue = rgb_to_linear_rgb(images.float()).unbind(1)
        y = 0.212671 * red + 0.715160 * green + 0.072169 * blue  # kornia's, of rgb_to_xyz
        root = torch.where(y > 0.008856, y.clamp(min=0.008856).pow(1 / 3), 7.787 * y + 4 / 29)
        return (116 * root - 16)[:, None] / LIGHTNESS_SCALE - 1


def to_lab(images: torch.Tensor) -> torch.Tensor:
    """Pictures (B 3 H W in [0, 1]) in L*a*b*'s own units, B 3 H W.

    Never in half precision: kornia multiplies by matrices, which autocast would round.
    """
    from kornia.color import rgb_to_lab

    with torch.autocast(images.device.type, enabled=False):
        return _by_rows(rgb_to_lab, images.float())


def _by_rows(
    of_pixels: Callable[[torch.Tensor], torch.Tensor], planes: torch.Tensor
) -> torch.Tensor:
    """What a function of single pixels makes of planes (B C H W), on the CPU some rows at a time:
    as quick, in a third of the memory.
    """
    batch, _, height, width = planes.shape
    rows = max(1, PIXELS_AT_ONCE // (batch * width))
    if rows >= height or planes.device.type != "cpu":
        return of_pixels(planes)
    return torch.cat([of_pixels(part) for part in planes.split(rows, 2)], 2)


def _shares(lightness: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """How much of colours (N, Lab's own units) that no screen can show one can, at most all."""
    where = torch.stack([torch.atan2(b, a) / math.pi, lightness / LIGHTNESS_SCALE - 1], -1)
    table = _strongest().to(lightness.device)
    found = F.grid_sample(
        table, where[None, None], "bilinear", padding_mode="border", align_corners=True
    )
    return (found[0, 0, 0] / torch.hypot(a, b)).clamp_(max=1)


@once
def _strongest() -> torch.Tensor:
    """The distance from grey of the strongest colours: 1 1 201 361, each half L and each degree."""
    lightness = torch.linspace(0, 100, 201)[:, None]
    hue = torch.linspace(-math.pi, math.pi, 361)
    far = FURTHEST * AB_SCALE
    rows = torch.broadcast_tensors(lightness, far * hue.cos(), far * hue.sin())
    return _bisected(*rows)[None, None] * far


def _bisected(lightness: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """How much of colours of any shape a screen can show, from below."""
    low, high = torch.zeros_like(a), torch.ones_like(a)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        outside = _outside(lightness, a * middle, b * middle)
        low = torch.where(outside, low, middle)
        high = torch.where(outside, middle, high)
    return low


def _outside(lightness: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Whether colours in Lab's own units, of any shape, have a channel beyond what RGB holds.

    The channels before their gamma, which does not change that (IEC 61966-2-1, CIE 15:2004 8.2.1).
    """
    y = (lightness + 16) / 116
    x, y, z = (
        white * torch.where(f > _CUBIC_ABOVE, f * f * f, (f - 4 / 29) / 7.787)
        for white, f in zip(_WHITE, (y + a / 500, y, y - b / 200), strict=True)
    )
    outside = None
    for from_x, from_y, from_z in _XYZ_TO_RGB:
        channel = from_x * x + from_y * y + from_z * z
        beyond = (channel < _LOWEST) | (channel > _HIGHEST)
        outside = beyond if outside is None else outside | beyond
    return outside
