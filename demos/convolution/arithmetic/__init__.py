"""Scene: a convolution of small numbers, every output cell with its whole sum."""

import gradio as gr

from demos.convolution import controls
from demos.convolution.arithmetic.presets import PRESETS, WALK
from demos.convolution.arithmetic.view import SlidingWindow, worked_value
from demos.convolution.kernel_grid import SMALL_SIZES, KernelGrid, NumberGrid, kernel_value, rows
from demos.kit import PhotoInput, Radio, Scene, SceneInfo, Slider
from demos.kit.photo import open_photo
from models.convolution import arithmetic, geometry, patch, slides
from models.convolution.geometry import Sliding
from models.convolution.grids import parse_rows, resized
from models.convolution.kernels import Kernel
from models.convolution.patch import Patch
from models.core import images
from models.core.checks import one_of, whole

PADDINGS = ("valid", "same", "1", "2", "3")
LARGEST = 12  # rows and columns that the page offers
PHOTO_SIDE = 72  # pixels: so small that a patch of twelve holds an eye

INFO = SceneInfo(
    slug="arithmetic",
    title="Arithmetic",
    lead="One output number at a time: lay the kernel over the input, multiply what lies on top of "
    r"each other, add it all up. How many numbers come out follows from the sizes: "
    r"$O = \lfloor (W - K + 2P)/S \rfloor + 1$.",
    presets=PRESETS,
    walk=WALK,
)


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
    sliding = Sliding.from_words(
        padding, operation, stride=stride, dilation=dilation, padding_mode=padding_mode
    )
    result = arithmetic.worked(grid, Kernel.from_data(kernel), sliding)
    shown = {"flipped": sliding.flip, "grey": bool(grey), "all": bool(all_at_once)}
    return {**worked_value(result), **shown}


def resize_input(grid: list, height: int, width: int) -> list:
    """Give the input another size (1 to 12 rows and columns): cropped, or filled up with zeros."""
    whole("Rows", height, 1, LARGEST)
    whole("Columns", width, 1, LARGEST)
    return rows(resized(parse_rows(grid, "input"), height, width))


def resize_kernel(kernel: dict, size: int) -> dict:
    """Put the kernel on a grid of another size (1, 3, 5 or 7), its centre kept."""
    one_of("Kernel size", size, SMALL_SIZES)
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
    cut = Patch(x, y, size)
    return rows(cut.values(open_photo(photo, PHOTO_SIDE))), True


def aim(photo: str | None, size: int, event: gr.SelectData) -> tuple[float, float, list, bool]:
    """Take the patch around the point of the photo that was clicked: its place and its values."""
    small = open_photo(photo, PHOTO_SIDE)
    cut = Patch.around(event.index, images.size_of(photo), small.size, size)
    return cut.x, cut.y, rows(cut.values(small)), True


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        picture = SlidingWindow(None, label="The kernel slides over the input")
    with scene.desk(), gr.Row(elem_classes=["gb-cards"]):
        with gr.Column(elem_classes=["gb-card"]):
            gr.Markdown("Input", elem_classes=["gb-card-title"])
            grid = scene.control(
                "grid", NumberGrid(rows(slides.INPUT_5), label="Input", signed=False)
            )
            with gr.Row(elem_classes=["gb-tight"]):
                height = Slider(1, LARGEST, 5, step=1, label="Rows")
                width = Slider(1, LARGEST, 5, step=1, label="Columns")
            photo, x, y, size, take = _patch_controls()
        with gr.Column(elem_classes=["gb-card"]):
            gr.Markdown("Kernel", elem_classes=["gb-card-title"])
            kernel = scene.control("kernel", KernelGrid(Kernel(slides.KERNEL_5), label="Kernel"))
            kernel_size = Radio(
                SMALL_SIZES, value=3, label="Kernel size", elem_classes=["gb-pills"]
            )
        with gr.Column(elem_classes=["gb-card"]):
            gr.Markdown("How it slides", elem_classes=["gb-card-title"])
            stride, padding, dilation, everything, mode, operation, grey = _sliding_controls(scene)

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


def _patch_controls() -> tuple[PhotoInput, gr.Slider, gr.Slider, gr.Slider, gr.Button]:
    """Lay out a photo, where in it the patch lies, how large it is, and the button to take it."""
    with gr.Accordion("Take a patch of a photo", open=False):
        photo = PhotoInput("cat", label="Click where", height=220)
        with gr.Row(elem_classes=["gb-tight"]):
            x = Slider(0, 100, 35, step=1, label="Across, %")
            y = Slider(0, 100, 33, step=1, label="Down, %")
        size = Slider(patch.SMALLEST, patch.LARGEST, patch.LARGEST, step=1, label="Pixels")
        take = gr.Button("Take this patch", size="sm")
    return photo, x, y, size, take


def _sliding_controls(scene: Scene) -> tuple[gr.components.Component, ...]:
    """Lay out what says how the kernel slides; unlike other scenes', in the formula's letters."""
    stride = scene.control("stride", Slider(1, geometry.MAX_STRIDE, 1, step=1, label="Stride S"))
    padding = scene.control(
        "padding", Radio(PADDINGS, value="valid", label="Padding P", elem_classes=["gb-pills"])
    )
    dilation = scene.control(
        "dilation", Slider(1, geometry.MAX_DILATION, 1, step=1, label="Dilation D")
    )
    everything = scene.control("all", gr.Checkbox(False, label="Show the whole output at once"))
    with gr.Accordion("More: border, operation, shading", open=False):
        modes = Radio(
            geometry.PADDING_MODES,
            value="zeros",
            label="Padding made of",
            elem_classes=["gb-pills"],
        )
        mode = scene.control("mode", modes)
        operation = controls.operation(scene)
        grey = scene.control("grey", gr.Checkbox(False, label="Shade cells as pixels"))
    return stride, padding, dilation, everything, mode, operation, grey
