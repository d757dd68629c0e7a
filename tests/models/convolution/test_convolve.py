"""The photo verb against `torch.nn.functional.conv2d`."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from models.convolution.convolve import (
    Settings,
    channels_last,
    convolve,
    gradient,
    repeats,
    slide,
)
from models.convolution.display import DIVERGING, display, diverging, table
from models.convolution.geometry import Sliding, output_axes
from models.convolution.kernels import Kernel
from models.convolution.presets import PRESETS, preset
from models.core.errors import InputError
from models.core.images import luminance

sweep = settings(max_examples=150, deadline=None, derandomize=True)
MODES = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
}


def photo(height: int, width: int, seed: int = 0, channels: int = 3) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(1, channels, height, width, generator=generator)


@st.composite
def kernels(draw, sizes=(1, 3, 5, 7, 9, 11)):
    size = draw(st.sampled_from(sizes))
    seed = draw(st.integers(0, 10**6))
    weights = torch.rand(size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    bias = draw(st.sampled_from([0.0, 0.5, -1.0]))
    return Kernel(weights.tolist(), factor=1 / size, bias=bias)


@st.composite
def cases(draw):
    kernel = draw(kernels())
    config = Settings(
        stride=draw(st.integers(1, 4)),
        dilation=draw(st.integers(1, 3)),
        padding=draw(st.one_of(st.sampled_from(["valid", "same"]), st.integers(0, 9))),
        padding_mode=draw(st.sampled_from(sorted(MODES))),
        channels=draw(st.sampled_from(["per channel", "sum over RGB", "luminance"])),
        repeats=draw(st.integers(1, 3)),
        flip=draw(st.booleans()),
    )
    return (
        photo(draw(st.integers(1, 40)), draw(st.integers(1, 40)), draw(st.integers(0, 99))),
        (kernel),
        config,
    )


def oracle(image: torch.Tensor, kernel: Kernel, config: Settings) -> torch.Tensor:
    """The same by the book: F.pad, then F.conv2d with an ordinary weight, in double precision."""
    weight = torch.tensor(kernel.scaled, dtype=torch.float64)
    weight = weight.flip(0, 1) if config.flip else weight
    x = image.double()
    if config.channels == "luminance":
        x = (x * torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64).view(1, 3, 1, 1)).sum(
            1, keepdim=True
        )
    size = weight.shape[0]
    half = config.dilation * (size - 1) // 2
    width = {"valid": 0, "same": half}.get(config.padding, config.padding)
    for _ in range(config.repeats):
        channels = x.shape[1]
        groups = 1 if config.channels == "sum over RGB" else channels
        filters = weight.expand(groups, channels // groups, size, size)
        x = F.pad(x, (width,) * 4, mode=MODES[config.padding_mode]) if width else x
        bias = torch.full((groups,), kernel.bias, dtype=torch.float64)
        x = F.conv2d(x, filters, bias, config.stride, dilation=config.dilation, groups=groups)
    return x


@sweep
@given(cases())
def test_equals_torch(case):
    image, kernel, config = case
    try:
        expected = oracle(image, kernel, config)
    except RuntimeError:  # torch cannot: then we must say why
        with pytest.raises(InputError):
            convolve(image, kernel, config)
        return
    found = convolve(image, kernel, config)
    assert found.repeat == config.repeats
    assert found.shape == tuple(expected.shape[1:])
    scale = max(1.0, float(expected.abs().max()))
    assert float((found.result - expected).abs().max()) / scale < 1e-5
    assert found.minimum == float(found.result.min())
    assert found.maximum == float(found.result.max())


@sweep
@given(kernels(sizes=(1, 2, 3, 4, 6)), st.integers(1, 3), st.integers(12, 20), st.integers(1, 4))
def test_same_with_stride_one_is_torchs_same(kernel, dilation, size, channels):
    image = photo(size, size + 3, channels=channels)
    sliding = Sliding(dilation=dilation, padding="same")
    if dilation * (kernel.height - 1) % 2:
        with pytest.raises(InputError, match="has no centre"):
            slide(image, kernel, sliding)
        return
    weight = kernel.tensor().expand(channels, 1, -1, -1)
    bias = torch.full((channels,), kernel.bias)
    expected = F.conv2d(image, weight, bias, padding="same", dilation=dilation, groups=channels)
    assert torch.allclose(slide(image, kernel, sliding), expected, atol=1e-5)


def test_repeats_yield_every_step():
    image, kernel = photo(12, 9), preset("Box blur")
    steps = list(repeats(image, kernel, Settings(repeats=20)))
    assert [step.repeat for step in steps] == list(range(1, 21))
    assert torch.equal(steps[-1].result, convolve(image, kernel, Settings(repeats=20)).result)
    assert not steps[0].result.requires_grad


def test_identity_keeps_the_photo_and_its_input_is_not_written_on():
    image = photo(8, 8)
    before = image.clone()
    for config in (Settings(), Settings(channels="sum over RGB"), Settings(channels="luminance")):
        convolve(image, preset("Sharpen"), config)
    assert torch.equal(image, before)
    assert torch.equal(convolve(image, preset("Identity")).result, image)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_runs_on_one_pixel(name):
    found = convolve(photo(1, 1), PRESETS[name], Settings(repeats=3))
    assert found.shape == (3, 1, 1)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_channels_last_strides_are_spelled_out(channels):
    for image in (photo(5, 6, channels=channels), photo(6, 5, channels=channels).transpose(2, 3)):
        laid = channels_last(image)
        assert torch.equal(laid, image)
        assert laid.stride() == (30 * channels, 1, 6 * channels, channels)
    window = photo(9, 9, channels=channels)[:, :, 2:7, 1:7]
    assert torch.equal(channels_last(window), window)


SENTENCES = [
    (
        (20, 20), 11, {"dilation": 3, "padding": "valid"},
        "An 11×11 kernel with dilation 3 covers 31×31, but the picture is only 20×20: 11 too wide, "
        "11 too high. Use padding of at least 6, or a smaller kernel or dilation.",
    ),
    (
        (30, 4), 7, {"padding": 1},
        "A 7×7 kernel covers 7×7, but the padded picture is only 6×32: 1 too wide. "
        "Use padding of at least 2, or a smaller kernel.",
    ),
    (
        (12, 12), 5, {"padding": "valid", "repeats": 20},
        "After 2 of 20 repeats the picture has shrunk to 4×4. A 5×5 kernel covers 5×5, but the "
        "picture is only 4×4: 1 too wide, 1 too high. Use padding of at least 1, or a smaller "
        "kernel.",
    ),
    (
        (3, 9), 7, {"padding_mode": "reflect"},
        "Reflect padding of 3 is too much for a picture of 9×3: at most 2 is possible. "
        "Use less, or zeros or replicate.",
    ),
    (
        (3, 9), 11, {"padding_mode": "circular"},
        "Circular padding of 5 is too much for a picture of 9×3: at most 3 is possible. "
        "Use less, or zeros or replicate.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("size", "kernel", "options", "sentence"), SENTENCES)
def test_what_does_not_fit_is_said(size, kernel, options, sentence):
    with pytest.raises(InputError) as error:
        convolve(photo(*size), Kernel(((1,) * kernel,) * kernel, factor=0.01), Settings(**options))
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"stride": 0}, "Stride is 0, but must be a whole number from 1 to 4."),
        ({"stride": 1.5}, "Stride is 1.5, but must be a whole number from 1 to 4."),
        ({"dilation": 4}, "Dilation is 4, but must be a whole number from 1 to 3."),
        ({"repeats": 10**9}, "Repeats is 1000000000, but must be a whole number from 1 to 20."),
        ({"repeats": True}, "Repeats is True, but must be a whole number from 1 to 20."),
        ({"padding": -1}, "Padding is -1, but must be a whole number from 0 to 32."),
        ({"padding": "full"}, "Padding 'full' is not known; use valid, same or a whole number"),
        ({"padding": None}, "Padding is None, but must be a whole number from 0 to 32."),
        ({"padding_mode": "mirror"}, "Padding mode 'mirror' is not known; choose one of zeros,"),
        ({"channels": "CMYK"}, "Channels 'CMYK' is not known; choose one of per channel, sum"),
        ({"flip": "yes"}, "Flip is 'yes', but must be true or false."),
    ],
)
def test_settings_refuse_nonsense(options, sentence):
    with pytest.raises(InputError) as error:
        Settings(**options)
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize(
    ("padding", "meant"), [("same", "same"), ("valid", "valid"), (" 3 ", 3), ("0", 0), (2, 2)]
)
def test_settings_in_words(padding, meant):
    found = Settings.from_words(padding, "convolution", stride=2, repeats=3)
    assert found == Settings(padding=meant, flip=True, stride=2, repeats=3)
    assert Sliding.from_words(padding) == Sliding(padding=meant)


@pytest.mark.parametrize("padding", ["-1", "1.5", "", "much"])
def test_padding_that_is_no_word_is_refused(padding):
    with pytest.raises(InputError, match="is not known; use valid, same or a whole number"):
        Sliding.from_words(padding)


def test_an_operation_that_is_none_is_refused():
    with pytest.raises(InputError, match="Operation 'magic' is not known; choose one of cross-"):
        Sliding.from_words("same", "magic")


def test_values_that_outgrow_float32_are_said():
    with pytest.raises(InputError, match="After repeat 7 the values are too large to be stored"):
        convolve(photo(4, 4), Kernel(((1e6,),)), Settings(repeats=20))


def test_a_gradient_that_outgrows_float32_is_said():
    """Each of its two parts can still be stored, their length cannot."""
    kernel, settings = Kernel(((1e6,),), factor=2.6), Settings(repeats=6)
    assert convolve(torch.ones(1, 3, 2, 2), kernel, settings).maximum < float("inf")
    with pytest.raises(InputError, match="After repeat 6 the values are too large to be stored"):
        gradient(torch.ones(1, 3, 2, 2), kernel, settings)


def test_the_largest_padding_and_the_smallest_picture():
    assert convolve(photo(1, 1), preset("Box blur"), Settings(padding=32)).shape == (3, 63, 63)
    rows, columns = output_axes(1, 1, 3, 3, Sliding(padding=32, stride=4))
    assert (rows.output, columns.output) == (16, 16)


def test_display_clips_or_folds_negatives():
    values = torch.tensor([[-2.0, -0.5, 0.0, 0.25, 3.0]])[None, None]
    assert display(values, "clipped")[0, :, 0].tolist() == [[0, 0, 0, 0.25, 1]] * 3
    assert display(values, "magnitude")[0, :, 0].tolist() == [[1, 0.5, 0, 0.25, 1]] * 3
    with pytest.raises(InputError, match="Negatives 'red' is not known"):
        display(values, "red")


def test_diverging_colours_are_symmetric_around_near_white():
    colours = [[int(hex_[i : i + 2], 16) / 255 for i in (1, 3, 5)] for hex_ in DIVERGING]
    values = torch.tensor([[-4.0, 0.0, 4.0, 2.0]])[None, None]
    found = display(values, "diverging")[0, :, 0].T
    for row, colour in zip(found, (colours[0], colours[5], colours[10]), strict=False):
        assert torch.allclose(row, torch.tensor(colour), atol=1e-6)
    assert torch.allclose(diverging(values, 8.0)[0, :, 0, 2], found[3], atol=1e-6)
    assert torch.equal(display(values * 0, "diverging")[0, :, 0, 0], table()[128])
    rgb = photo(4, 4) - 0.5
    assert torch.equal(display(rgb, "diverging"), diverging(luminance(rgb)))
    brightness = luminance(table().T[None, :, None])[0, 0, 0]
    assert (brightness[:129].diff() > 0).all()
    assert (brightness[128:].diff() < 0).all()


@pytest.mark.parametrize("most", [1e-30, 3.7e-37, 1e-38, 1e-44])
def test_diverging_colours_of_the_smallest_numbers(most):
    """Those whose scale is beyond float32 are shown as larger ones are."""
    shares = torch.tensor([[-1.0, -0.5, 0.0, 0.25, 1.0]])[None, None]
    tiny = (shares.double() * most).float()
    near = diverging(shares)
    if most == 1e-44:  # 7 of float32's smallest steps: no half and no quarter
        near = diverging(tiny / torch.finfo(torch.float32).smallest_normal * 2**20)
    assert torch.equal(diverging(tiny), near)
    assert torch.equal(diverging(tiny[..., :1])[0, :, 0, 0], table()[0])
