"""Scene: one convolutional layer in stages, from the input to the pooled maps, and its cost."""

import gradio as gr
import torch
from PIL import ImageOps

from demos.convolution import controls
from demos.convolution.kernel_grid import SMALL_SIZES, KernelGrid, NumberGrid, kernel_value, rows
from demos.convolution.layer.presets import PRESETS, WALK
from demos.convolution.layer.view import SMALL, Facts, Pipeline, facts_value, pipeline_value
from demos.kit import Dropdown, PhotoInput, Radio, Scene, SceneInfo, Slider
from demos.kit.photo import open_photo
from models.convolution import bank, kernels, presets, slides
from models.convolution.activations import ACTIVATIONS
from models.convolution.forward import forward
from models.convolution.grids import parse_rows, resized, times
from models.convolution.kernels import Kernel
from models.convolution.layer import MAX_POOL, POOLINGS, LayerSettings
from models.core import images
from models.core.checks import one_of, whole
from models.core.errors import InputError

SOURCES = ("photo", "numbers")
SIDES = (32, 64, 128, 256)  # pixels
PADDINGS = ("same", "valid", "1", "2", "3", "5", "8")
INPUTS = (  # the controls, in the order of the parameters of `layer`
    "source", "matrix", "photo", "kernel", "activation", "pooling", "pool_size", "pool_stride",
    "filters", "second", "side", "stride", "dilation", "padding", "mode",
)  # fmt: skip

INFO = SceneInfo(
    slug="layer",
    title="Layer",
    lead="A convolutional layer, one station after the other: a border is put around the input, "
    "kernels slide over it, an activation bends every number, $a = f(w \\cdot x + b)$, and pooling "
    "keeps one number of each window. Point at a number to see which numbers it was made of.",
    presets=PRESETS,
    walk=WALK,
)


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
    settings = LayerSettings.from_words(
        padding,
        stride=stride,
        dilation=dilation,
        padding_mode=padding_mode,
        activation=activation,
        pooling=pooling,
        pool_size=pool_size,
        pool_stride=pool_stride,
    )
    image = _input(source, matrix, photo, side)
    first = kernels.for_filter(Kernel.from_data(kernel))
    other = Kernel.from_data(second) if activation == "maxout" and second is not None else None
    run = forward(image, first, filters, settings, other)
    return pipeline_value(run, source), facts_value(run)


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
    one_of("Side", side, SIDES)
    picture = ImageOps.fit(open_photo(photo, 4 * max(SIDES)), (side, side))
    return images.to_tensor(picture)


def resize_kernels(kernel: dict, second: dict, size: int) -> tuple[dict, dict]:
    """Put both kernels on a grid of another size (1, 3, 5 or 7), their centres kept."""
    return tuple(kernel_value(Kernel.from_data(each).resized(size)) for each in (kernel, second))


def resize_matrix(matrix: list, size: int) -> list[list[float]]:
    """Give the matrix `size` rows and columns (2 to 12), cut at the end or filled with zeros."""
    whole("Size", size, 2, SMALL)
    return rows(resized(parse_rows(matrix, "input"), size, size))


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        pipeline = Pipeline(None, label="The layer, stage by stage")
        facts = Facts(None, label="Activation and parameters")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            _layer_controls(scene)
        with gr.Row(elem_classes=["gb-cards"]):
            with gr.Column(min_width=300, elem_classes=["gb-card"]):
                matrix, matrix_size = _input_controls(scene)
            with gr.Column(min_width=300, elem_classes=["gb-card"]):
                kernel, second, size = _filter_controls(scene)

    inputs = [scene.controls[name] for name in INPUTS]
    scene.wire(layer, inputs, [pipeline, facts], api_name="layer")
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


def _layer_controls(scene: Scene) -> None:
    """Lay out what the layer is made of."""
    scene.control("source", Radio(SOURCES, value="photo", label="Input", elem_classes=["gb-pills"]))
    scene.control("filters", Slider(1, bank.MOST, 1, step=1, label="Filters"))
    scene.control("activation", Dropdown(ACTIVATIONS, value="ReLU", label="Activation"))
    scene.control(
        "pooling", Radio(POOLINGS, value="max", label="Pooling", elem_classes=["gb-pills"])
    )
    scene.control("pool_size", Slider(1, MAX_POOL, 2, step=1, label="Pool window"))
    scene.control("pool_stride", Slider(1, MAX_POOL, 2, step=1, label="Pool stride"))


def _input_controls(scene: Scene) -> tuple[NumberGrid, gr.Slider]:
    """Lay out matrix and photo, of which the page shows one; returns the matrix and its size."""
    with gr.Column(elem_classes=["gb-if-numbers"]):
        grid = NumberGrid(rows(slides.INPUT_8), label="Input matrix", signed=False)
        matrix = scene.control("matrix", grid)
        matrix_size = Slider(2, SMALL, 8, step=1, label="Rows and columns")
    with gr.Column(elem_classes=["gb-if-photo"]):
        photo = scene.control("photo", PhotoInput("astronaut", label="Your photo", height=220))
        photo.with_sources("layer_sketch")
    return matrix, matrix_size


def _filter_controls(scene: Scene) -> tuple[KernelGrid, KernelGrid, Radio]:
    """Lay out the kernels, their size (all three returned) and how they slide."""
    sobel_x, sobel_y = presets.preset("Sobel x"), presets.preset("Sobel y")
    kernel = scene.control("kernel", KernelGrid(sobel_x, label="First filter"))
    with gr.Column(elem_classes=["gb-if-second"]):
        second = scene.control("second", KernelGrid(sobel_y, label="Second kernel"))
    size = Radio(SMALL_SIZES, value=3, label="Size of the filters", elem_classes=["gb-pills"])
    with gr.Accordion("More: stride, dilation, padding, photo size", open=False):
        controls.sliding(scene, PADDINGS)
        scene.control(
            "side",
            Radio(SIDES, value=128, label="Photo, pixels a side", elem_classes=["gb-pills"]),
        )
    return kernel, second, size
