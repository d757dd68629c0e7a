"""Scene: one convolutional layer in stages, from the input to the pooled maps, and its cost."""

from dataclasses import asdict

import gradio as gr
import torch
from PIL import ImageOps

from demos.convolution.kernel_grid import KernelGrid, NumberGrid, kernel_value
from demos.kit import Dropdown, PhotoInput, Preset, Radio, Scene, SceneInfo, Slider, Step, View
from demos.kit.photo import open_photo
from models.convolution import bank as banks
from models.convolution import cost as costs
from models.convolution import display, geometry, kernels, presets, slides
from models.convolution.activations import ACTIVATIONS, FORMULAS, MAXOUT_SLOPES
from models.convolution.geometry import Axis, one_of, whole
from models.convolution.grids import parse_rows, times
from models.convolution.kernels import Kernel
from models.convolution.layer import MAX_POOL, POOLINGS, LayerSettings, Stage, stages
from models.convolution.response import response
from models.core import images
from models.core.errors import InputError

SOURCES = ("photo", "numbers")
SIDES = (32, 64, 128, 256)  # pixels
SMALL = 12  # a map of at most 12 x 12 is shown as numbers
KERNEL_SIZES = (1, 3, 5, 7)
PADDINGS = ("same", "valid", "1", "2", "3", "5", "8")
BESIDE = 4  # a scale of its own from here on: below, maps share the feature map's colours

ONE = {"weights": [[1]], "factor": 1, "bias": 0}
UPRIGHT_5 = kernel_value(
    Kernel(tuple(tuple(w * u for u in (-2, -1, 0, 1, 2)) for w in (1, 2, 3, 2, 1)), factor=1 / 27)
)


def rows(values) -> list[list[float]]:
    """A matrix as the page holds it."""
    return [list(row) for row in values]


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

INFO = SceneInfo(
    slug="layer",
    title="Layer",
    lead="A convolutional layer, one station after the other: a border is put around the input, "
    "kernels slide over it, an activation bends every number, $a = f(w \\cdot x + b)$, and pooling "
    "keeps one number of each window. Point at a number to see which numbers it was made of.",
    presets=(
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
    ),
    walk=(
        Step(
            "Eight rows of numbers. A border of zeros lets the kernel reach the corners.", "numbers"
        ),
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
    ),
)


class Pipeline(View):
    """The stages of a layer, as tiles from left to right."""

    script = "layer"
    schema = {  # noqa: RUF012
        "type": "object",
        "description": "stages: name, shape, minimum, maximum, limit (of its colours), window "
        "(which cells of the stage before a cell sees) and maps (label, and values or a data URI)",
        "properties": {"stages": {"type": "array", "items": {"type": "object"}}},
    }


class Facts(View):
    """The activation's curve over this feature map, and the parameter counts."""

    script = "layer-facts"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {"activation": {"type": "object"}, "counts": {"type": "object"}},
    }


def layer(
    source: str = "numbers",
    matrix: list | None = None,
    photo: str | None = None,
    kernel: dict | None = None,
    activation: str = "ReLU",
    pooling: str = "max",
    pool_size: int = 2,
    pool_stride: int = 2,
    filters: int = 1,
    second: dict | None = None,
    side: int = 128,
    stride: int = 1,
    dilation: int = 1,
    padding: str = "same",
    padding_mode: str = "zeros",
) -> tuple[dict, dict]:
    """Take a picture or a matrix through a convolutional layer, and count its parameters.

    Args:
        source: `photo`, or `numbers` for the matrix.
        matrix: rows of numbers, at most 12 x 12.
        photo: the picture; its middle square is brought to `side` x `side` pixels in [0, 1].
        kernel: `{"weights": rows, "factor": number, "bias": number}`, square, of odd size. The
            first filter has it for every channel; the results of the channels are added up.
        activation: `identity`, `ReLU`, `leaky ReLU` (0.1), `ELU`, `sigmoid`, `tanh` or `maxout`.
        pooling: `max`, `average` or `none`.
        pool_size: the window's side, 1 to 8.
        pool_stride: from one window to the next, 1 to 8.
        filters: how many, 1 to 8; those after the first are ready-made, of the kernel's size.
        second: the other kernel of maxout, of the same size.
        side: 32, 64, 128 or 256 pixels.
        stride: of the kernel, 1 to 4.
        dilation: of the kernel, 1 to 3.
        padding: `valid`, `same`, or a number of pixels from 0 to 32.
        padding_mode: `zeros`, `reflect`, `replicate` or `circular`.

    Returns:
        `stages`: from the input to the pooled map, each with `name`, `shape` (C, H, W), `minimum`,
        `maximum`, and its `maps`: `values` (exact) for a matrix and for
        maps up to 12 x 12, else a data URI in `image`.
        Then `activation` (formula, curve, where the numbers fall on it) and `counts` (parameters
        of this layer and of the fully connected one, with the formulas).
    """
    whole("Filters", filters, 1, banks.MOST)
    settings = LayerSettings(
        stride=stride,
        dilation=dilation,
        padding=int(padding) if str(padding).strip().isdecimal() else padding,
        padding_mode=padding_mode,
        activation=activation,
        pooling=pooling,
        pool_size=pool_size,
        pool_stride=pool_stride,
    )
    image = _input(source, matrix, photo, side)
    first = kernels.for_filter(Kernel.from_data(kernel))
    other = Kernel.from_data(second) if activation == "maxout" and second is not None else None
    chosen = banks.bank(first, filters)
    runs = [list(stages(each.tinted(image), each.kernel, settings, other)) for each in chosen]
    through = [
        _joined(image, settings, first, at, same) for at, same in enumerate(zip(*runs, strict=True))
    ]
    windows = {
        "padded": _window((1, 1), offset=settings.pads(first.height, first.width)),
        "pooled": _window((pool_size, pool_size), pool_stride),
        **dict.fromkeys(
            ("feature map", "second feature map"),
            _window((first.height, first.width), stride, dilation),
        ),
    }
    limits = _limits(through)
    parts = [
        _stage(stage, limits.get(stage.name), windows.get(stage.name), chosen, source == "numbers")
        for stage in through
    ]
    pipeline = {
        "stages": parts,
        "pooling": pooling,
        "activation": activation,
        "source": source,
        "second": activation == "maxout",
        "filters": [
            {"name": each.name, "weights": rows(each.kernel.scaled), "bias": each.kernel.bias}
            for each in chosen
        ],
    }
    return pipeline, _facts(through, settings, image, first, filters)


def _input(source: str, matrix: list | None, photo: str | None, side: int) -> torch.Tensor:
    """What the layer sees, 1 C H W."""
    one_of("Source", source, SOURCES)
    if source == "numbers":
        values = parse_rows(matrix, "input")
        if max(len(values), len(values[0])) > SMALL:
            raise InputError(
                f"The input is {times(len(values), len(values[0]))}; at most "
                f"{times(SMALL, SMALL)} numbers can be shown."
            )
        return torch.tensor(values)[None, None]
    if side not in SIDES:
        raise InputError(f"Side is {side!r}, but must be one of {', '.join(map(str, SIDES))}.")
    picture = ImageOps.fit(open_photo(photo, 4 * max(SIDES)), (side, side))
    return images.to_tensor(picture)


def _joined(
    image: torch.Tensor, settings: LayerSettings, kernel: Kernel, at: int, same: tuple[Stage, ...]
) -> Stage:
    """One stage of all filters. The first two have the picture's channels, untinted."""
    stage = same[0]
    if at == 0:
        tensor = image
    elif at == 1:
        tensor = geometry.pad(
            image, *settings.pads(kernel.height, kernel.width), settings.padding_mode
        )
    else:
        tensor = torch.cat([each.tensor for each in same], 1)
    return Stage(stage.name, tensor, float(tensor.min()), float(tensor.max()), stage.axes)


def _window(size: tuple[int, int], stride: int = 1, dilation: int = 1, offset=(0, 0)) -> dict:
    """Which cells of the stage before a cell sees: those from `stride * cell - offset` on."""
    return {"size": list(size), "stride": stride, "dilation": dilation, "offset": list(offset)}


def _limits(through: list[Stage]) -> dict[str, float]:
    """The value of full colour per stage: one for all, but for what is far smaller."""
    most = {s.name: max(abs(s.minimum), abs(s.maximum)) for s in through[2:]}
    before = max((most[name] for name in most if "map" in name), default=0.0)
    after = max((most[name] for name in most if "map" not in name), default=0.0)
    if before / BESIDE <= after <= before * BESIDE:
        before = after = max(before, after)
    return {name: before if "map" in name else after for name in most}


def _stage(
    stage: Stage, limit: float | None, window: dict | None, chosen: tuple, numbers: bool
) -> dict:
    """A stage as the page and the API hold it."""
    _, height, width = stage.shape
    if numbers or (limit is not None and max(height, width) <= SMALL):
        maps = [{"values": values} for values in stage.tensor[0].tolist()]
    elif limit is None:
        maps = [{"image": images.to_data_uri(stage.tensor.clamp(0, 1), lossless=True)}]
    else:
        coloured = [display.diverging(each[None, None], limit) for each in stage.tensor[0]]
        maps = [{"image": images.to_data_uri(each, lossless=True)} for each in coloured]
    if limit is not None:
        maps = [{**each, "label": filter_.name} for each, filter_ in zip(maps, chosen, strict=True)]
    axis: Axis | None = stage.axes[1] if stage.axes else None
    return {
        "name": stage.name,
        "shape": list(stage.shape),
        "minimum": stage.minimum,
        "maximum": stage.maximum,
        "limit": limit,
        "window": window or _window((1, 1)),
        "size": axis.substituted if axis else "",
        "dropped": [list(each.dropped) for each in stage.axes] if stage.axes else [[], []],
        "maps": maps,
    }


def _facts(
    through: list[Stage], settings: LayerSettings, image: torch.Tensor, kernel: Kernel, filters: int
) -> dict:
    """The activation's curve, and the layer's cost beside the fully connected one's."""
    named = {stage.name: stage for stage in through}
    name = settings.activation
    before, after = named["feature map"].tensor, named["activation"].tensor
    pairs = 2 if name == "maxout" else 1
    counted = costs.cost(*image.shape[1:], kernel.height, filters * pairs, settings)
    return {
        "activation": {
            "name": name,
            "formula": FORMULAS[name],
            **asdict(response(name, before, after)),
        },
        "counts": {**asdict(counted), "ratio": counted.ratio, "kernels_per_filter": pairs},
    }


def resize_kernels(kernel: dict, second: dict, size: int) -> tuple[dict, dict]:
    """Put both kernels on a grid of another size (1, 3, 5 or 7), their centres kept."""
    return tuple(kernel_value(Kernel.from_data(each).resized(size)) for each in (kernel, second))


def resize_matrix(matrix: list, size: int) -> list[list[float]]:
    """Give the matrix `size` rows and columns (2 to 12), cut at the end or filled with zeros."""
    whole("Size", size, 2, SMALL)
    values = parse_rows(matrix, "input")
    return [
        [
            values[i][j] if i < len(values) and j < len(values[0]) else 0.0
            for j in range(size)
        ]
        for i in range(size)
    ]  # fmt: skip


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with gr.Row(elem_classes=["gb-layer-bar", "gb-card"]):
        source = scene.control(
            "source", Radio(SOURCES, value="photo", label="Input", elem_classes=["gb-pills"])
        )
        filters = scene.control("filters", Slider(1, banks.MOST, 1, step=1, label="Filters"))
        activation = scene.control(
            "activation", Dropdown(ACTIVATIONS, value="ReLU", label="Activation")
        )
        pooling = scene.control(
            "pooling",
            Radio(POOLINGS, value="max", label="Pooling", elem_classes=["gb-pills"]),
        )
        pool_size = scene.control("pool_size", Slider(1, MAX_POOL, 2, step=1, label="Pool window"))
        pool_stride = scene.control(
            "pool_stride", Slider(1, MAX_POOL, 2, step=1, label="Pool stride")
        )
    pipeline = Pipeline(None, label="The layer, stage by stage")
    with gr.Row(elem_classes=["gb-layer-under"]):
        with gr.Column(scale=3, min_width=300, elem_classes=["gb-card"]):
            with gr.Column(elem_classes=["gb-if-numbers"]):
                matrix = scene.control(
                    "matrix",
                    NumberGrid(
                        rows(slides.INPUT_8),
                        label="Input matrix",
                        signed=False,
                    ),
                )
                matrix_size = gr.Slider(2, SMALL, 8, step=1, label="Rows and columns")
            with gr.Column(elem_classes=["gb-if-photo"]):
                photo = scene.control(
                    "photo", PhotoInput("astronaut", label="Your photo", height=220)
                )
                photo.with_sources("layer_sketch")
        with gr.Column(scale=3, min_width=300, elem_classes=["gb-card"]):
            kernel = scene.control(
                "kernel", KernelGrid(presets.preset("Sobel x"), label="First filter")
            )
            with gr.Column(elem_classes=["gb-if-second"]):
                second = scene.control(
                    "second", KernelGrid(presets.preset("Sobel y"), label="Second kernel")
                )
            size = Radio(
                KERNEL_SIZES, value=3, label="Size of the filters", elem_classes=["gb-pills"]
            )
            with gr.Accordion("More: stride, dilation, padding, photo size", open=False):
                stride = scene.control("stride", Slider(1, 4, 1, step=1, label="Stride"))
                dilation = scene.control("dilation", Slider(1, 3, 1, step=1, label="Dilation"))
                padding = scene.control(
                    "padding",
                    Dropdown(
                        PADDINGS,
                        value="same",
                        label="Padding",
                        info="valid, same, or pixels",
                        allow_custom_value=True,
                    ),
                )
                mode = scene.control(
                    "mode",
                    Dropdown(geometry.PADDING_MODES, value="zeros", label="Padding made of"),
                )
                side = scene.control(
                    "side",
                    Radio(
                        SIDES, value=128, label="Photo, pixels a side", elem_classes=["gb-pills"]
                    ),
                )
        with gr.Column(scale=4, min_width=300):
            facts = Facts(None, label="Activation and parameters")

    scene.wire(
        layer,
        [
            source, matrix, photo, kernel, activation, pooling, pool_size, pool_stride, filters,
            second, side, stride, dilation, padding, mode,
        ],
        [pipeline, facts],
        api_name="layer",
    )  # fmt: skip
    scene.edit(
        resize_kernels,
        size.input,
        [kernel, second, size],
        [kernel, second],
        api_name="resize_layer_kernels",
    )
    scene.edit(
        resize_matrix, matrix_size.input, [matrix, matrix_size], [matrix], api_name="resize_matrix"
    )
    kernel.change(None, kernel, size, js="(kernel) => kernel.weights.length")
    matrix.change(None, matrix, matrix_size, js="(matrix) => matrix.length")
