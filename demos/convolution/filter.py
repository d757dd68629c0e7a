"""Scene: a kernel over a photo, every weight of it editable."""

import gradio as gr
import torch

from demos.convolution import controls
from demos.convolution.kernel_grid import KernelGrid, kernel_icon, kernel_value
from demos.kit import Compare, Number, Preset, Radio, Scene, SceneInfo, Slider, Step
from demos.kit.photo import open_photo, photo_row, photo_uri
from demos.kit.pictures import compared
from models.convolution import convolve as convolution
from models.convolution import display, kernels, presets
from models.convolution.convolve import CHANNELS, Settings
from models.convolution.kernels import Kernel
from models.core import images
from models.core.checks import whole

MOST_SEED = 2**31 - 1
LONGEST_SIDE = 768  # pixels: fills a projector's half, and answers an edit at once
PADDINGS = ("same", "valid", "1", "2", "3", "5", "8", "16", "32")
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

INFO = SceneInfo(
    slug="filter",
    title="Filter",
    lead="A kernel is a small table of weights. It is laid over the picture, each weight is "
    "multiplied with the pixel under it, and the sum becomes one pixel of the result: "
    r"$y_{ij} = b + \sum_{m,n} w_{mn}\, x_{i+m,\,j+n}$. Change a weight and watch.",
    presets=(
        *(_preset(name, kernel) for name, kernel in presets.PRESETS.items()),
        GRADIENT,
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
        Step("The same, turned: now level edges stay.", "sobel-y"),
        Step(
            "Both beside each other, and together: √(Gₓ² + Gᵧ²) finds edges of every direction.",
            "gradient",
        ),
        Step("The picture plus its own edges: sharper.", "sharpen"),
    ),
)


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

    Returns:
        `before` and `after` as data URIs, `labels` and `caption`; `shape` (C, H, W), `minimum` and
        `maximum` of the result, before it was made a picture. Of a gradient also `pictures`: both
        results between the two.
    """
    settings = Settings.from_words(
        padding,
        operation,
        stride=stride,
        dilation=dilation,
        padding_mode=padding_mode,
        channels=channels,
        repeats=repeats,
    )
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
    after = _shown(result, negatives)
    between = [(name, _shown(part, negatives)) for name, part in parts.items()]
    row = compared([("before", before), *between, ("|G|", after)]) if parts else {}
    return {
        **row,
        "before": before,
        "after": after,
        "labels": ["before", "after"],
        "caption": ("Gₓ: the kernel, Gᵧ: transposed, |G| = √(Gₓ² + Gᵧ²) · " if parts else "")
        + f"{picture.width} × {picture.height} → {width} × {height} × {channel_count}, "
        f"values from {result.minimum:.2f} to {result.maximum:.2f} (black is 0, white 1)".replace(
            "-", "−"
        ),
        "shape": list(result.shape),
        "minimum": result.minimum,
        "maximum": result.maximum,
    }


def _shown(result: convolution.Convolved, negatives: str) -> str:
    return images.to_data_uri(display.display(result.result, negatives))


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
    """Put the kernel on a grid of another size (1, 3, 5, 7 or 11), its centre kept."""
    return kernel_value(Kernel.from_data(kernel).resized(size))


def kernel_from_json(text: str) -> dict:
    """Read a kernel from JSON: `{"weights": [[...]], "factor": 1, "bias": 0}`, or just the rows."""
    return kernel_value(kernels.for_filter(Kernel.from_json(text)))


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        picture = Compare(None, label="The photo before and after the filter")
    with scene.desk():
        kernel = scene.control("kernel", KernelGrid(presets.preset(START), label="Kernel"))
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
        with gr.Accordion("More: gradient, stride, padding, JSON", open=False):
            gradient = scene.control(
                "gradient", gr.Checkbox(False, label="With the transposed kernel: √(Gₓ² + Gᵧ²)")
            )
            stride, dilation, padding, mode = controls.sliding(scene, PADDINGS)
            operation = controls.operation(scene)
            seed = Number(0, label="Seed of Random", precision=0)
            text = gr.Textbox(label="Kernel as JSON", lines=6, max_length=kernels.MAX_JSON)
        photo = photo_row(scene, "filter_sketch")

    scene.wire(
        convolve,
        [
            photo,
            kernel,
            stride,
            dilation,
            padding,
            mode,
            channels,
            operation,
            repeats,
            negatives,
            gradient,
        ],
        [picture],
        api_name="convolve",
    )
    edit = scene.edit
    edit(normalise, normalise_button.click, [kernel], [kernel], api_name="normalise_kernel")
    edit(flip, flip_button.click, [kernel], [kernel], api_name="flip_kernel")
    edit(resize, size.input, [kernel, size], [kernel], api_name="resize_kernel")
    edit(randomise, random_button.click, [kernel, seed], [kernel, seed], api_name="random_kernel")
    edit(kernel_from_json, text.blur, [text], [kernel], api_name="kernel_from_json")
    kernel.change(None, kernel, [size, text], js="(kernel) => glassbox.kernelFacts(kernel)")
