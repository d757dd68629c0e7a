"""The filter scene's presets and walk-through: the slides' kernel table, and one pixel's sum."""

from demos.convolution.kernel_grid import kernel_icon, kernel_value
from demos.kit import Preset, SceneInfo, Step
from models.convolution import presets
from models.convolution.kernels import Kernel

START = "Sobel x"
SIGNED = ("edges", "sobel", "scharr", "prewitt", "laplacian", "vertical")


def slug(name: str) -> str:
    """A kernel's name as it stands in links: `Edges 1: diagonal` becomes `edges-1-diagonal`."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _preset(name: str, kernel: Kernel) -> Preset:
    signed = slug(name).startswith(SIGNED)
    values = {
        "kernel": kernel_value(kernel),
        "negatives": "diverging" if signed else "clipped",
        "channels": "luminance" if signed else "per channel",
    }
    slide = "3" if name in presets.SLIDES_TABLE else ""
    return Preset(slug(name), name, values, slide=slide, icon=kernel_icon(kernel))


GRADIENT = Preset(
    "gradient",
    "Gradient magnitude",
    {"gradient": True, "kernel": kernel_value(presets.preset(START)), "channels": "luminance"},
)
PIXEL = Preset(
    "one-pixel",
    "One pixel's sum",
    {
        "kernel": kernel_value(presets.preset(START)),
        "negatives": "diverging",
        "channels": "luminance",
        "pixel": [0.6045, 0.8682],
    },
)

INFO = SceneInfo(
    slug="filter",
    title="Filter",
    lead="A kernel is a small table of weights. It is laid over the picture, each weight is "
    "multiplied with the pixel under it, and the sum becomes one pixel of the result: "
    r"$y_{ij} = b + \sum_{m,n} w_{mn}\, x_{i+m,\,j+n}$. Change a weight and watch.",
    presets=(
        *(_preset(name, kernel) for name, kernel in presets.PRESETS.items()),
        GRADIENT,
        PIXEL,
    ),
    walk=(
        Step("One weight of 1 in the middle: every pixel is copied. Nothing changes.", "identity"),
        Step(
            "Nine equal weights that sum to 1: each pixel becomes its neighbourhood's mean.",
            "box-blur",
        ),
        Step(
            "Minus on the left, plus on the right: flat areas cancel to zero, upright edges stay.",
            "sobel-x",
        ),
        Step(
            "One pixel of it, taken apart: what lies under the kernel, each times its weight, and "
            "all of it added up. Click another one.",
            "one-pixel",
        ),
        Step("The same, turned: now level edges stay.", "sobel-y"),
        Step(
            "Both beside each other, and together: √(Gₓ² + Gᵧ²) finds edges of every direction.",
            "gradient",
        ),
        Step("The picture plus its own edges: sharper.", "sharpen"),
    ),
)
