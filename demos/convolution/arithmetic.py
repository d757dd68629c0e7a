"""Scene: a convolution of small numbers, every output cell with its whole sum."""

import gradio as gr

from demos.convolution.kernel_grid import KernelGrid, NumberGrid, kernel_value
from demos.kit import PhotoInput, Preset, Radio, Scene, SceneInfo, Slider, Step, View
from demos.kit.photo import open_photo
from models.convolution import arithmetic, geometry, presets, slides
from models.convolution.arithmetic import Worked
from models.convolution.geometry import Axis, Sliding, one_of, whole
from models.convolution.grids import parse_rows, show
from models.convolution.kernels import Kernel
from models.core.errors import InputError

OPERATIONS = ("cross-correlation", "convolution")
PADDINGS = ("valid", "same", "1", "2", "3")
KERNEL_SIZES = (1, 3, 5, 7)
LARGEST = 12  # rows and columns that the page offers
PHOTO_SIDE = 72  # pixels: so small that a patch of twelve holds an eye
DECIMALS = 10  # of a product: hides what binary fractions add to 0.1 × 3

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


def rows(values) -> list[list[float]]:
    """Rows as the page holds them."""
    return [list(row) for row in values]


def counting(height: int, width: int) -> list[list[int]]:
    """A grid of small digits in which neighbours differ: 1 2 3 ... 9 1 2 ..."""
    return [[(row * width + column) % 9 + 1 for column in range(width)] for row in range(height)]


SOBEL = kernel_value(presets.preset("Sobel x"))
BOX = kernel_value(presets.preset("Box blur"))
IMPULSE = [[int(row == column == 2) for column in range(5)] for row in range(5)]

INFO = SceneInfo(
    slug="arithmetic",
    title="Arithmetic",
    lead="One output number at a time: lay the kernel over the input, multiply what lies on top of "
    r"each other, add it all up. How many numbers come out follows from the sizes: "
    r"$O = \lfloor (W - K + 2P)/S \rfloor + 1$.",
    presets=(
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
    ),
    walk=(
        Step("Nine products, one sum, one number. Press play, or the right arrow key.", "valid"),
        Step("The sum is written out: blue terms pull down, orange ones push up.", "sobel"),
        Step("A border of zeros: 5×5 becomes 7×7, and the output stays 5×5.", "padded"),
        Step("Steps of three, and the border: ⌊(7 − 3 + 2)/3⌋ + 1 = 3.", "stride-3"),
        Step("6 − 3 = 3 is no multiple of 2: the floor drops a row and a column.", "does-not-fit"),
        Step("Weights spread out: the same nine numbers see a field of 5×5.", "dilated"),
        Step("A single 1, and the kernel turned by 180°: the kernel itself comes out.", "flip"),
        Step("And a photo is nothing else: pixels from 0 to 255.", "photo"),
    ),
)


class SlidingWindow(View):
    """Input, kernel and output as numbers, and the window that slides from sum to sum."""

    script = "sliding-window"


def _padding(text: str) -> str | int:
    return int(text) if str(text).strip().isdecimal() else text


def _written(text: str) -> str:
    return text.replace("-", "−")


def _axis(axis: Axis) -> dict:
    return {
        "formula": axis.formula,
        "steps": list(axis.steps),
        "text": f"{axis.formula} = {' = '.join(axis.steps)}",
        "size": axis.size,
        "pad": axis.padding,
        "output": axis.output,
        "dropped": list(axis.dropped),
    }


def _note(axis: Axis, name: str) -> str:
    """What the floor drops along one axis, in words."""
    count = len(axis.dropped)
    quotient = (axis.padded - axis.effective_kernel) / axis.stride
    lost = f"last {name} (hatched) is" if count == 1 else f"last {count} {name}s (hatched) are"
    return f"The floor makes {axis.output - 1} of {show(quotient, 2)}: the {lost} never reached."


def _view(result: Worked, sliding: Sliding) -> dict:
    first = result.cells[0].positions
    axes = ((result.rows, "row"), (result.columns, "column"))
    return {
        "padded": rows(result.padded),
        "kernel": rows(result.kernel),
        "output": rows(result.output),
        "taps": [list(position) for position in first],
        "span": [axis.effective_kernel for axis, _ in axes],
        "cells": [
            {
                "row": cell.row,
                "column": cell.column,
                "corner": list(cell.positions[0]),
                "text": _written(cell.text),
                "ascii": cell.ascii,
                "products": [round(weight * value, DECIMALS) for weight, value in cell.terms],
                "total": cell.total,
            }
            for cell in result.cells
        ],
        "rows": _axis(result.rows),
        "columns": _axis(result.columns),
        "notes": [_note(axis, name) for axis, name in axes if axis.dropped],
        "flipped": sliding.flip,
    }


def convolution_steps(
    grid: list,
    kernel: dict,
    stride: int = 1,
    dilation: int = 1,
    padding: str = "valid",
    padding_mode: str = "zeros",
    operation: str = "cross-correlation",
    grey: bool = False,
    all_at_once: bool = False,
) -> dict:
    """Slide a kernel over a small grid of numbers, with every sum written out.

    Args:
        grid: rows of numbers, at most 16x16.
        kernel: `{"weights": rows of numbers, "factor": number, "bias": number}`, or the rows alone;
            at most 7x7.
        stride: 1 to 4 cells.
        dilation: 1 to 3 cells.
        padding: `valid`, `same`, or a number of cells, `1` to `3`.
        padding_mode: `zeros`, `reflect`, `replicate` or `circular`.
        operation: `cross-correlation` (as in CNNs), or `convolution` (the kernel is flipped).
        grey: whether the page shades the input as pixels from 0 (black) to 255 (white).
        all_at_once: whether the page shows the whole output, and not just the cells reached.

    Returns:
        `padded` (the input with its border), `kernel` (the weights as applied) and `output`, each
        as rows; `cells`, one per output number in reading order: `row`, `column`, `corner` (its
        window's upper left in the padded input), `text` and `ascii` (the sum, with × or x),
        `products` and `total`. A window covers `corner` + each of `taps`, and spans `span` rows and
        columns. `rows` and `columns` explain the output's size: `formula`, `steps`, the whole
        `text`, and the indices in the padded input that are `dropped`, with `notes` in words.
    """
    one_of("Operation", operation, OPERATIONS)
    flip = operation == "convolution"
    sliding = Sliding(stride, dilation, _padding(padding), padding_mode, flip)
    result = arithmetic.worked(grid, Kernel.from_data(kernel), sliding)
    return {**_view(result, sliding), "grey": bool(grey), "all": bool(all_at_once)}


def resize_input(grid: list, height: int, width: int) -> list:
    """Give the input another size (1 to 12 rows and columns): cropped, or filled up with zeros."""
    whole("Rows", height, 1, LARGEST)
    whole("Columns", width, 1, LARGEST)
    held = parse_rows(grid, "input")
    return [
        [
            held[row][column] if row < len(held) and column < len(held[0]) else 0
            for column in range(width)
        ]
        for row in range(height)
    ]


def resize_kernel(kernel: dict, size: int) -> dict:
    """Put the kernel on a grid of another size (1, 3, 5 or 7), its centre kept."""
    if size not in KERNEL_SIZES:
        raise InputError(f"Kernel size {size!r} is not available; choose one of 1, 3, 5 or 7.")
    return kernel_value(Kernel.from_data(kernel).resized(size))


def photo_patch(photo: str | None, x: float, y: float, size: int) -> tuple[list, bool]:
    """Cut a square of grey values out of a photo, to be the input.

    Args:
        photo: the picture; its longest side is brought to at most 72 pixels.
        x: where the patch lies, from 0 (left) to 100 (right).
        y: where the patch lies, from 0 (top) to 100 (bottom).
        size: pixels along its side, 3 to 12 (fewer where the photo has fewer).

    Returns:
        Rows of grey values from 0 to 255, and `true`: shade the cells.
    """
    whole("Patch size", size, 3, LARGEST)
    for name, value in (("X", x), ("Y", y)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
            raise InputError(f"{name} is {value!r}, but must be a number from 0 to 100.")
    picture = open_photo(photo, PHOTO_SIDE).convert("L")
    width, height = min(size, picture.width), min(size, picture.height)
    left = round((picture.width - width) * x / 100)
    top = round((picture.height - height) * y / 100)
    cut = picture.crop((left, top, left + width, top + height))
    values = list(cut.tobytes())
    return [values[start : start + width] for start in range(0, len(values), width)], True


def aim(photo: str | None, size: int, event: gr.SelectData) -> tuple[float, float, list, bool]:
    """Take the patch around the point of the photo that was clicked: its place and its values."""
    full, small = open_photo(photo, None), open_photo(photo, PHOTO_SIDE)
    share = [
        min(1.0, max(0.0, (at / whole_side * side - size / 2) / max(1, side - size)))
        for at, whole_side, side in zip(event.index, full.size, small.size, strict=True)
    ]
    x, y = (round(100 * part) for part in share)
    return (x, y, *photo_patch(photo, x, y, size))


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with gr.Column(elem_classes=["gb-card", "gb-worked"]):
        picture = SlidingWindow(None, label="The kernel slides over the input")
    with gr.Row(elem_classes=["gb-trio"]):
        with gr.Column(elem_classes=["gb-card"]):
            gr.Markdown("Input", elem_classes=["gb-card-title"])
            grid = scene.control(
                "grid", NumberGrid(rows(slides.INPUT_5), label="Input", signed=False)
            )
            with gr.Row(elem_classes=["gb-tight"]):
                height = gr.Slider(1, LARGEST, 5, step=1, label="Rows")
                width = gr.Slider(1, LARGEST, 5, step=1, label="Columns")
            with gr.Accordion("Take a patch of a photo", open=False):
                photo = PhotoInput("cat", label="Click where", height=220)
                with gr.Row(elem_classes=["gb-tight"]):
                    x = gr.Slider(0, 100, 35, step=1, label="Across, %")
                    y = gr.Slider(0, 100, 33, step=1, label="Down, %")
                size = gr.Slider(3, LARGEST, LARGEST, step=1, label="Pixels")
                take = gr.Button("Take this patch", size="sm")
        with gr.Column(elem_classes=["gb-card"]):
            gr.Markdown("Kernel", elem_classes=["gb-card-title"])
            kernel = scene.control("kernel", KernelGrid(Kernel(slides.KERNEL_5), label="Kernel"))
            kernel_size = Radio(
                KERNEL_SIZES, value=3, label="Kernel size", elem_classes=["gb-pills"]
            )
        with gr.Column(elem_classes=["gb-card"]):
            gr.Markdown("How it slides", elem_classes=["gb-card-title"])
            stride = scene.control("stride", Slider(1, 4, 1, step=1, label="Stride S"))
            padding = scene.control(
                "padding",
                Radio(PADDINGS, value="valid", label="Padding P", elem_classes=["gb-pills"]),
            )
            dilation = scene.control("dilation", Slider(1, 3, 1, step=1, label="Dilation D"))
            everything = scene.control(
                "all", gr.Checkbox(False, label="Show the whole output at once")
            )
            with gr.Accordion("More: border, operation, shading", open=False):
                mode = scene.control(
                    "mode",
                    Radio(
                        geometry.PADDING_MODES,
                        value="zeros",
                        label="Padding made of",
                        elem_classes=["gb-pills"],
                    ),
                )
                operation = scene.control(
                    "operation", Radio(OPERATIONS, value="cross-correlation", label="Operation")
                )
                grey = scene.control("grey", gr.Checkbox(False, label="Shade cells as pixels"))

    scene.wire(
        convolution_steps,
        [grid, kernel, stride, dilation, padding, mode, operation, grey, everything],
        [picture],
        api_name="convolution_steps",
    )
    grid.change(None, grid, [height, width], js="(rows) => [rows.length, rows[0].length]")
    kernel.change(None, kernel, kernel_size, js="(kernel) => glassbox.kernelFacts(kernel)[0]")
    resized = {"inputs": [grid, height, width], "outputs": [grid]}
    scene.edit(resize_input, [height.input, width.input], api_name="resize_input", **resized)
    scene.edit(
        resize_kernel,
        kernel_size.input,
        [kernel, kernel_size],
        [kernel],
        api_name="resize_small_kernel",
    )
    scene.edit(
        aim,
        photo.select,
        [photo, size],
        [x, y, grid, grey],
        api_name="aim_patch",
        api_visibility="private",
    )
    scene.edit(
        photo_patch,
        [take.click, photo.input, x.input, y.input, size.input],
        [photo, x, y, size],
        [grid, grey],
        api_name="photo_patch",
    )
