"""The layer scene's presets and walk-through: the slides' activations, pooling and filters."""

from demos.convolution.kernel_grid import kernel_value, rows
from demos.kit import Preset, Step
from models.convolution import presets, slides
from models.convolution.activations import ACTIVATIONS, MAXOUT_SLOPES
from models.convolution.kernels import Kernel

ONE = {"weights": [[1]], "factor": 1, "bias": 0}
UPRIGHT_5 = kernel_value(
    Kernel(tuple(tuple(w * u for u in (-2, -1, 0, 1, 2)) for w in (1, 2, 3, 2, 1)), factor=1 / 27)
)

RELU = {
    "source": "numbers",
    "matrix": rows(slides.RELU_INPUT),
    "kernel": ONE,
    "padding": "valid",
    "pooling": "none",
}
POOL = {
    "source": "numbers",
    "matrix": rows(slides.INPUT_8),
    "kernel": ONE,
    "padding": "valid",
    "activation": "identity",
    "pool_size": slides.POOL_SIZE,
    "pool_stride": slides.POOL_STRIDE,
}
SECOND = {"weights": [[MAXOUT_SLOPES[1]]], "factor": 1, "bias": 0}

PRESETS = (
    Preset("photo", "Edges of a photo"),
    Preset(
        "numbers",
        "In numbers",
        {
            "source": "numbers",
            "matrix": rows(slides.INPUT_8),
            "kernel": kernel_value(presets.preset("Sobel x")),
        },
    ),
    *(
        Preset(
            "-".join(name.lower().split()),
            name[0].upper() + name[1:],
            {**RELU, "activation": name, **({"second": SECOND} if name == "maxout" else {})},
            slide="5",
        )
        for name in ACTIVATIONS[1:]
    ),
    Preset("max-pooling", "Max pooling 2×2", {**POOL, "pooling": "max"}, slide="6"),
    Preset("average-pooling", "Average pooling 2×2", {**POOL, "pooling": "average"}, slide="6"),
    Preset(
        "same-object",
        "Pooling shrinks the map, not the object",
        {
            "source": "photo",
            "photo": "cat",
            "side": 64,
            "kernel": ONE,
            "activation": "identity",
        },
        slide="6",
    ),
    Preset(
        "four-filters",
        "Four 3×5×5 filters, and their cost",
        {
            "source": "photo",
            "side": slides.LAYER_INPUT[1],
            "kernel": UPRIGHT_5,
            "filters": slides.LAYER_FILTERS,
            "padding": "valid",
        },
        slide="7",
    ),
)

WALK = (
    Step("Eight rows of numbers. A border of zeros lets the kernel reach the corners.", "numbers"),
    Step(
        "ReLU: what is below zero becomes zero, the rest passes. Compare the two matrices.",
        "relu",
    ),
    Step("The sigmoid squeezes every number between 0 and 1.", "sigmoid"),
    Step("Max pooling keeps the largest number of each 2×2 window.", "max-pooling"),
    Step("A quarter of the numbers, and still the same cat.", "same-object"),
    Step(
        "Four filters, four maps. Each number is 75 products and a bias, and the filters are "
        "shared by all places: that is why so few parameters are enough.",
        "four-filters",
    ),
)
