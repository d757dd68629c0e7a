"""The named kernels. Those of the lecture decks come first, in the decks' order (SLIDES 3)."""

from models.convolution.kernels import Kernel
from models.core.checks import one_of

SLIDES = "Kernel table of the lecture decks."

_ALL = (
    Kernel(((0, 0, 0), (0, 1, 0), (0, 0, 0)), name="Identity", note=SLIDES),
    Kernel(((1, 0, -1), (0, 0, 0), (-1, 0, 1)), name="Edges 1: diagonal", note=SLIDES),
    Kernel(
        ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
        name="Edges 2: four neighbours",
        note=SLIDES + " The Laplacian over four neighbours.",
    ),
    Kernel(
        ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
        name="Edges 3: eight neighbours",
        note=SLIDES + " The negative Laplacian over eight neighbours.",
    ),
    Kernel(((0, -1, 0), (-1, 5, -1), (0, -1, 0)), name="Sharpen", note=SLIDES),
    Kernel(((1, 1, 1),) * 3, factor=1 / 9, name="Box blur", note=SLIDES),
    Kernel(((-1, 0, 1),) * 3, name="Vertical edges", note=SLIDES + " Also Prewitt's x kernel."),
    Kernel(
        ((1, 2, 1), (2, 4, 2), (1, 2, 1)),
        factor=1 / 16,
        name="Gaussian 3×3",
        note="Binomial weights (1 2 1): standard deviation √½ ≈ 0.71 pixels.",
    ),
    Kernel(
        tuple(tuple(a * b for b in (1, 4, 6, 4, 1)) for a in (1, 4, 6, 4, 1)),
        factor=1 / 256,
        name="Gaussian 5×5",
        note="Binomial weights (1 4 6 4 1): standard deviation 1 pixel.",
    ),
    Kernel(
        tuple(tuple(a * b for b in (1, 6, 15, 20, 15, 6, 1)) for a in (1, 6, 15, 20, 15, 6, 1)),
        factor=1 / 4096,
        name="Gaussian 7×7",
        note="Binomial weights (1 6 15 20 15 6 1): standard deviation √1.5 ≈ 1.22 pixels.",
    ),
    Kernel(
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
        name="Sobel x",
        note="Sobel and Feldman 1968: slope to the right, smoothed by 1 2 1. Also SLIDES 2.",
    ),
    Kernel(
        ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
        name="Sobel y",
        note="Sobel and Feldman 1968: slope downwards, smoothed by 1 2 1.",
    ),
    Kernel(
        ((-3, 0, 3), (-10, 0, 10), (-3, 0, 3)),
        name="Scharr x",
        note="Scharr 2000: like Sobel, nearer to equal in all directions.",
    ),
    Kernel(
        ((-3, -10, -3), (0, 0, 0), (3, 10, 3)),
        name="Scharr y",
        note="Scharr 2000: like Sobel, nearer to equal in all directions.",
    ),
    Kernel(
        ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
        name="Prewitt x",
        note="Prewitt 1970: slope to the right, smoothed by a box.",
    ),
    Kernel(
        ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
        name="Prewitt y",
        note="Prewitt 1970: slope downwards, smoothed by a box.",
    ),
    Kernel(
        ((1, 1, 1), (1, -8, 1), (1, 1, 1)),
        name="Laplacian",
        note="The sum of second derivatives, over eight neighbours.",
    ),
    Kernel(
        ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
        name="Emboss",
        note="The picture plus its slope towards the lower right: light from the upper left.",
    ),
    Kernel(
        tuple(tuple(1 if i == j else 0 for j in range(7)) for i in range(7)),
        factor=1 / 7,
        name="Motion blur",
        note="A mean along the diagonal: the camera moved while the shutter was open.",
    ),
)

PRESETS: dict[str, Kernel] = {kernel.name: kernel for kernel in _ALL}
SLIDES_TABLE: tuple[str, ...] = tuple(kernel.name for kernel in _ALL[:7])


def preset(name: str) -> Kernel:
    """The preset kernel of that name.

    Raises:
        InputError: there is none.
    """
    one_of("Kernel", name, PRESETS)
    return PRESETS[name]
