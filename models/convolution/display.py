"""From results of any range to a picture in [0, 1]."""

import torch

from models.core.checks import one_of
from models.core.images import luminance

NEGATIVES = ("clipped", "magnitude", "diverging")

# Blue, near-white, orange: the blue half of ColorBrewer's RdBu and the orange half of its PuOr,
# told apart with every common colour blindness and in greyscale by sign's hue and size's depth.
# The middle is near-white, because zero means "nothing here" and paper is white.
DIVERGING = (
    "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0",
    "#f7f7f7",
    "#fee0b6", "#fdb863", "#e08214", "#b35806", "#7f3b08",
)  # fmt: skip
LEVELS = 257  # odd, so that zero has a level of its own


def display(
    result: torch.Tensor, negatives: str = "clipped", limit: float | None = None
) -> torch.Tensor:
    """A picture (1 3 H W, in [0, 1]) of a result (1 C H W with C 1 or 3, any range).

    negatives: "clipped" cuts to [0, 1]; "magnitude" shows |v|, cut at 1; "diverging" shows one
    signed number per pixel (the luminance of an RGB result), from blue (-m) through near-white
    (0) to orange (m), where m is `limit`, or else the largest |v| in the picture.

    Raises:
        InputError: unknown `negatives`.
    """
    one_of("Negatives", negatives, NEGATIVES)
    if negatives == "diverging":
        return diverging(result, limit)
    picture = result.abs().clamp(max=1) if negatives == "magnitude" else result.clamp(0, 1)
    return picture.expand(-1, 3, -1, -1)


def filters_shown(filters: torch.Tensor) -> torch.Tensor:
    """Filters over colours (N 3 h w, any range) as pictures in [0, 1], grey where they are 0.

    Each has its own scale: its largest weight, of whichever colour and sign, is 0 or 1.
    """
    most = filters.abs().amax((1, 2, 3), keepdim=True).clamp_min(1e-12)
    return filters / (2 * most) + 0.5


def diverging(result: torch.Tensor, limit: float | None = None) -> torch.Tensor:
    """`result` (1 C H W) in `DIVERGING` colours, 1 3 H W; `limit` is the value of full colour."""
    values = _signed(result)
    limit = largest(result) if limit is None else limit
    half = (LEVELS - 1) // 2
    if 0 < limit < half / torch.finfo(torch.float32).max:
        values = values.double()  # their scale would be infinite in float32
    scale = half / limit if limit > 0 else 0.0
    levels = (values * scale).round_().clamp_(-half, half).add_(half).to(torch.int32)
    return table().to(result.device)[levels[0, 0]].permute(2, 0, 1)[None]


def largest(result: torch.Tensor) -> float:
    """The largest |v| of the numbers that `diverging` shows of a result (1 C H W)."""
    return float(_signed(result).abs().max())


def _signed(result: torch.Tensor) -> torch.Tensor:
    return luminance(result) if result.shape[1] == 3 else result


def table() -> torch.Tensor:
    """The colours of `LEVELS` values from -m to m: LEVELS 3, in [0, 1]."""
    anchors = torch.tensor(
        [[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in DIVERGING]
    )
    at = torch.linspace(0, len(DIVERGING) - 1, LEVELS)
    low = at.floor().long().clamp(max=len(DIVERGING) - 2)
    return torch.lerp(anchors[low], anchors[low + 1], (at - low)[:, None])
