"""Scene: a kernel over a photo, every weight of it editable."""

import gradio as gr
import torch

from demos.convolution import controls
from demos.convolution.filter.presets import INFO, START
from demos.convolution.filter.view import Filtered, Pixel, Sum, sum_value
from demos.convolution.kernel_grid import KernelGrid, kernel_text, kernel_value
from demos.kit import Number, Radio, Scene, Slider
from demos.kit.photo import open_photo, photo_row, photo_uri
from demos.kit.pictures import compared
from models.convolution import convolve as convolution
from models.convolution import display, kernels, presets
from models.convolution.convolve import CHANNELS, Settings
from models.convolution.grids import hundredths
from models.convolution.kernels import Kernel
from models.core import images
from models.core.checks import whole

__all__ = ["INFO", "build", "convolve", "pixel_sum", "warm_up"]

MOST_SEED = 2**31 - 1
LONGEST_SIDE = 768  # pixels: fills a projector's half, and answers an edit at once
MEANS = {
    "clipped": "black is 0, white 1",
    "magnitude": "black is 0, white 1 or −1",
    "diverging": "white is 0",
}
"""What the colours of a result mean, by how numbers below 0 are shown."""
PADDINGS = ("same", "valid", "1", "2", "3", "5", "8", "16", "32")


def convolve(
    photo: str | None,
    kernel: dict,
    stride: int = 1,
    dilation: int = 1,
    padding: str = "same",
    padding_mode: str = "zeros",
    channels: str = "per channel",
    operation: str = "cross-correlation",
    repeats: int = 1,
    negatives: str = "clipped",
    gradient: bool = False,
    pixel: list | None = None,
) -> dict:
    """Slide a kernel over a photo.

    Args:
        photo: the picture; its longest side is brought to at most 768 pixels.
        kernel: `{"weights": rows of numbers, "factor": number, "bias": number}`, or the rows alone;
            square, of odd size up to 11. Pixels lie in [0, 1].
        stride: 1 to 4 pixels.
        dilation: 1 to 3 pixels.
        padding: `valid`, `same`, or a number of pixels from 0 to 32.
        padding_mode: `zeros`, `reflect`, `replicate` or `circular`.
        channels: `per channel`, `sum over RGB` or `luminance`.
        operation: `cross-correlation` (what CNNs compute) or `convolution` (the kernel is flipped).
        repeats: how often, 1 to 20; each takes the last one's result.
        negatives: show values below 0 `clipped`, as `magnitude`, or in `diverging` colours.
        gradient: take the kernel and its transpose, and of their results the length, √(Gₓ² + Gᵧ²).
        pixel: of which pixel of the result to tell the sum, `[x, y]`, 0 to 1 from its upper left
            corner; none, or an empty list, for no pixel.

    Returns:
        `before` and `after` as data URIs, `labels` and `caption`; `shape` (C, H, W), `minimum` and
        `maximum` of the result, before it was made a picture; `sum`, see `/pixel_sum`. Of a
        gradient also `pictures`: both results between the two.
    """
    settings = _settings(stride, dilation, padding, padding_mode, channels, operation, repeats)
    chosen = kernels.for_filter(Kernel.from_data(kernel))
    picture = open_photo(photo, LONGEST_SIDE)
    image = images.to_tensor(picture)
    parts = {}
    if gradient:
        found = convolution.gradient(image, chosen, settings)
        result = found.magnitude
        parts = {"Gₓ": found.kernel, "Gᵧ": found.transposed}
    else:
        result = convolution.convolve(image, chosen, settings)
    channel_count, height, width = result.shape
    before = photo_uri(photo, LONGEST_SIDE)
    limit = display.largest(result.result) if parts else None  # no part of a length exceeds it
    after = _shown(result, negatives)
    between = [(name, _shown(part, negatives, limit)) for name, part in parts.items()]
    row = compared([("before", before), *between, ("|G|", after)]) if parts else {}
    low, high = map(hundredths, (result.minimum, result.maximum))
    return {
        **row,
        "before": before,
        "after": after,
        "labels": ["before", "after"],
        "caption": ("Gₓ: the kernel, Gᵧ: transposed, |G| = √(Gₓ² + Gᵧ²) · " if parts else "")
        + f"{picture.width} × {picture.height} → {width} × {height} × {channel_count}, "
        + f"values from {low} to {high} ({MEANS[negatives]})",
        "shape": list(result.shape),
        "minimum": result.minimum,
        "maximum": result.maximum,
        "sum": sum_value(image, chosen, settings, pixel, gradient),
    }


def pixel_sum(
    photo: str | None,
    kernel: dict,
    stride: int = 1,
    dilation: int = 1,
    padding: str = "same",
    padding_mode: str = "zeros",
    channels: str = "per channel",
    operation: str = "cross-correlation",
    repeats: int = 1,
    gradient: bool = False,
    pixel: list | None = None,
) -> dict:
    """Take apart one pixel of what `/convolve` makes of a photo: the sum that it is.

    Args:
        photo: as `/convolve` takes it, and so are the others.
        kernel: what slides over it.
        stride: pixels.
        dilation: pixels.
        padding: how much.
        padding_mode: of what.
        channels: which.
        operation: flipped or not.
        repeats: of the last one.
        gradient: the kernel's sum and that of its transpose.
        pixel: `[x, y]`, 0 to 1 from the upper left corner of the result.

    Returns:
        `row` and `column` of the pixel in the result, from 0; `sums`, one for each kernel, with
        `weights` as applied, `values` of the pixels under them and `totals`, one for each of the
        channels `names`; `border`, which pixels are padding. Nothing where no pixel is chosen.
    """
    settings = _settings(stride, dilation, padding, padding_mode, channels, operation, repeats)
    chosen = kernels.for_filter(Kernel.from_data(kernel))
    image = images.to_tensor(open_photo(photo, LONGEST_SIDE))
    return sum_value(image, chosen, settings, pixel, gradient)


def warm_up() -> None:
    """Load what filters and ask it once, so that the first edit is answered at once."""
    convolution.convolve(torch.zeros(1, 3, 16, 16), presets.preset(START))


def _settings(
    stride: int,
    dilation: int,
    padding: str,
    padding_mode: str,
    channels: str,
    operation: str,
    repeats: int,
) -> Settings:
    return Settings.from_words(
        padding,
        operation,
        stride=stride,
        dilation=dilation,
        padding_mode=padding_mode,
        channels=channels,
        repeats=repeats,
    )


def _shown(result: convolution.Convolved, negatives: str, limit: float | None = None) -> str:
    return images.to_data_uri(display.display(result.result, negatives, limit))


def normalise(kernel: dict) -> dict:
    """Give the kernel the factor that keeps brightness: scaled weights that sum to 1."""
    return kernel_value(Kernel.from_data(kernel).normalised())


def flip(kernel: dict) -> dict:
    """Turn the kernel by 180 degrees: cross-correlation with it is convolution with the old one."""
    return kernel_value(Kernel.from_data(kernel).flipped())


def randomise(kernel: dict, seed: int) -> tuple[dict, int]:
    """Draw every weight from [-1, 1] by a seed, and step the seed on for the next press."""
    whole("The seed", seed, 0, MOST_SEED)
    size = len(Kernel.from_data(kernel).weights)
    generator = torch.Generator().manual_seed(seed)
    return kernel_value(kernels.random(size, generator)), (seed + 1) % (MOST_SEED + 1)


def resize(kernel: dict, size: int) -> dict:
    """Put the kernel on a grid of another size (1, 3, 5, 7, 9 or 11), its centre kept."""
    return kernel_value(Kernel.from_data(kernel).resized(size))


def kernel_from_json(text: str) -> dict:
    """Read a kernel from JSON: `{"weights": [[...]], "factor": 1, "bias": 0}`, or just the rows."""
    return kernel_value(kernels.for_filter(Kernel.from_json(text)))


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        picture = Filtered(None, label="The photo before and after the filter")
        taken_apart = Sum({}, label="The sum behind one pixel")
    with scene.desk():
        start = presets.preset(START)
        kernel = scene.control("kernel", KernelGrid(start, label="Kernel"))
        size = Radio(kernels.SIZES, value=3, label="Size", elem_classes=["gb-pills"])
        with gr.Row(elem_classes=["gb-tight"]):
            normalise_button = gr.Button("Normalise", size="sm")
            random_button = gr.Button("Random", size="sm")
            flip_button = gr.Button("Flip", size="sm")
        negatives = scene.control(
            "negatives",
            Radio(
                display.NEGATIVES,
                value="diverging",
                label="Values below zero",
                elem_classes=["gb-pills"],
            ),
        )
        channels = scene.control(
            "channels",
            Radio(CHANNELS, value="luminance", label="Channels", elem_classes=["gb-pills"]),
        )
        repeats = scene.control("repeats", Slider(1, 20, 1, step=1, label="Repeat"))
        pixel = scene.control("pixel", Pixel([], label="One pixel's sum"))
        with gr.Accordion("More: gradient, stride, padding, JSON", open=False):
            gradient = scene.control(
                "gradient", gr.Checkbox(False, label="With the transposed kernel: √(Gₓ² + Gᵧ²)")
            )
            stride, dilation, padding, mode = controls.sliding(scene, PADDINGS)
            operation = controls.operation(scene)
            seed = Number(0, label="Seed of Random", precision=0)
            text = gr.Textbox(
                kernel_text(start), label="Kernel as JSON", lines=6, max_length=kernels.MAX_JSON
            )
        photo = photo_row(scene, "filter_sketch")

    sliding = [photo, kernel, stride, dilation, padding, mode, channels, operation, repeats]
    scene.wire(
        convolve,
        [*sliding, negatives, gradient, pixel],
        [picture],
        api_name="convolve",
        triggers=[control.change for control in (*sliding, negatives, gradient)],
    )
    edit = scene.edit
    newest = "(...values) => glassbox.newest('pixel_sum', values)"
    edit(
        pixel_sum,
        pixel.change,
        [*sliding, gradient, pixel],
        [taken_apart],
        api_name="pixel_sum",
        js=newest,
    )
    edit(normalise, normalise_button.click, [kernel], [kernel], api_name="normalise_kernel")
    edit(flip, flip_button.click, [kernel], [kernel], api_name="flip_kernel")
    edit(resize, size.input, [kernel, size], [kernel], api_name="resize_kernel")
    edit(randomise, random_button.click, [kernel, seed], [kernel, seed], api_name="random_kernel")
    edit(kernel_from_json, text.blur, [text], [kernel], api_name="kernel_from_json")
    kernel.change(None, kernel, [size, text], js="(kernel) => glassbox.kernelFacts(kernel)")
