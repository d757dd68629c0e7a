"""The arithmetic scene's presets and walk-through: the slides' grids, and an eye in pixels."""

from demos.convolution.kernel_grid import kernel_value, rows
from demos.kit import Preset, Step
from models.convolution import slides
from models.convolution.presets import preset

EYE = (  # `photo_patch` of the cat, 12 pixels at 35 %, 33 %: presets open no pictures
    (146, 149, 153, 149, 143, 138, 130, 139, 131, 124, 136, 138),
    (152, 146, 113, 97, 92, 85, 98, 106, 129, 135, 140, 140),
    (93, 41, 33, 61, 65, 51, 36, 35, 41, 83, 140, 144),
    (75, 32, 99, 111, 103, 91, 50, 22, 30, 30, 68, 134),
    (69, 69, 133, 117, 123, 80, 51, 33, 39, 59, 38, 65),
    (68, 81, 129, 112, 126, 38, 16, 38, 46, 80, 73, 19),
    (89, 69, 128, 113, 94, 17, 11, 19, 59, 88, 91, 22),
    (133, 55, 120, 111, 93, 31, 1, 26, 68, 94, 96, 25),
    (163, 87, 68, 129, 113, 62, 26, 62, 88, 119, 76, 52),
    (127, 152, 76, 87, 132, 117, 100, 113, 130, 90, 55, 44),
    (90, 118, 150, 97, 68, 91, 103, 98, 67, 33, 42, 24),
    (98, 92, 118, 144, 128, 81, 47, 33, 32, 46, 54, 42),
)


def counting(height: int, width: int) -> list[list[int]]:
    """A grid of small digits in which neighbours differ: 1 2 3 ... 9 1 2 ..."""
    return [[(row * width + column) % 9 + 1 for column in range(width)] for row in range(height)]


SOBEL = kernel_value(preset("Sobel x"))
IMPULSE = [[int(row == column == 2) for column in range(5)] for row in range(5)]

PRESETS = (
    Preset("valid", "5×5, kernel 3×3, valid", slide="1"),
    Preset(
        "sobel",
        "8×8, Sobel: the whole sum",
        {"grid": rows(slides.INPUT_8), "kernel": SOBEL},
        slide="2",
    ),
    Preset(
        "stride-3",
        "W=7, K=3, P=1, S=3 → 3",
        {"grid": counting(7, 7), "kernel": SOBEL, "padding": "1", "stride": 3},
        slide="4",
    ),
    Preset("same", "Same: P = (K−1)/2", {"padding": "same", "all": True}, slide="4"),
    Preset("padded", "5×5 padded by 1 → 7×7", {"padding": "1"}, slide="4"),
    Preset(
        "does-not-fit",
        "It does not fit: W=6, K=3, S=2",
        {"grid": counting(6, 6), "kernel": SOBEL, "stride": 2},
        slide="4",
    ),
    Preset(
        "dilated",
        "Dilation 2: 3×3 spans 5×5",
        {"grid": counting(7, 7), "kernel": SOBEL, "dilation": 2},
    ),
    Preset(
        "flip",
        "True convolution copies the kernel",
        {
            "grid": IMPULSE,
            "kernel": {"weights": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "factor": 1, "bias": 0},
            "padding": "same",
            "operation": "convolution",
        },
    ),
    Preset(
        "photo",
        "A cat's eye, in pixels",
        {"grid": rows(EYE), "kernel": SOBEL, "grey": True, "all": True},
    ),
)

WALK = (
    Step("Nine products, one sum, one number. Press play, or the right arrow key.", "valid"),
    Step("The sum is written out: blue terms pull down, orange ones push up.", "sobel"),
    Step("A border of zeros: 5×5 becomes 7×7, and the output stays 5×5.", "padded"),
    Step("Steps of three, and the border: ⌊(7 − 3 + 2)/3⌋ + 1 = 3.", "stride-3"),
    Step("6 − 3 = 3 is no multiple of 2: the floor drops a row and a column.", "does-not-fit"),
    Step("Weights spread out: the same nine numbers see a field of 5×5.", "dilated"),
    Step("A single 1, and the kernel turned by 180°: the kernel itself comes out.", "flip"),
    Step("And a photo is nothing else: pixels from 0 to 255.", "photo"),
)
