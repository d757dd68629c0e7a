"""A layer in stages, its activations, pooling and cost, against `torch.nn.functional`."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from models.convolution import slides
from models.convolution.activations import ACTIVATIONS, FORMULAS, LEAKY_SLOPE, activate, curve
from models.convolution.cost import cost
from models.convolution.geometry import Sliding
from models.convolution.kernels import Kernel
from models.convolution.layer import LayerSettings, pool, stages
from models.convolution.presets import preset
from models.core.errors import InputError
from tests.models.convolution import answers

sweep = settings(max_examples=100, deadline=None, derandomize=True)
MODES = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
}
ORACLE = {
    "identity": lambda x: x,
    "ReLU": F.relu,
    "leaky ReLU": lambda x: F.leaky_relu(x, 0.1),
    "ELU": F.elu,
    "sigmoid": F.sigmoid,
    "tanh": F.tanh,
}


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def matrix(rows: object) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float32)[None, None]


@st.composite
def layers(draw):
    return LayerSettings(
        draw(st.integers(1, 4)),
        draw(st.integers(1, 3)),
        draw(st.one_of(st.sampled_from(["valid", "same"]), st.integers(0, 5))),
        draw(st.sampled_from(sorted(MODES))),
        draw(st.booleans()),
        draw(st.sampled_from(ACTIVATIONS)),
        draw(st.sampled_from(["max", "average", "none"])),
        draw(st.integers(1, 8)),
        draw(st.integers(1, 8)),
    )


@sweep
@given(
    layers(), st.integers(1, 4), st.integers(3, 24), st.integers(3, 24), st.sampled_from([1, 3, 5])
)
def test_stages_equal_torch(config, channels, height, width, size):
    x = random(1, channels, height, width, seed=height)
    kernels = [Kernel(random(size, size, seed=seed).tolist(), bias=seed) for seed in (1, 2)]
    extent = config.pads(size, size)[0]
    try:
        bordered = F.pad(x, (extent,) * 4, mode=MODES[config.padding_mode]) if extent else x
        maps = []
        for kernel in kernels:
            weight = kernel.tensor().flip(0, 1) if config.flip else kernel.tensor()
            weight = weight.expand(1, channels, -1, -1)
            bias = torch.tensor([kernel.bias])
            maps.append(F.conv2d(bordered, weight, bias, config.stride, dilation=config.dilation))
        maxout = config.activation == "maxout"
        active = torch.maximum(*maps) if maxout else ORACLE[config.activation](maps[0])
        expected = {"input": x, "padded": bordered, "feature map": maps[0], "activation": active}
        if maxout:
            expected["second feature map"] = maps[1]
        if config.pooling != "none":
            function = F.max_pool2d if config.pooling == "max" else F.avg_pool2d
            expected["pooled"] = function(active, config.pool_size, config.pool_stride)
    except RuntimeError:
        with pytest.raises(InputError):
            list(stages(x, kernels[0], config, kernels[1]))
        return
    found = list(stages(x, kernels[0], config, kernels[1]))
    assert {stage.name for stage in found} == set(expected)
    for stage in found:
        assert stage.shape == tuple(expected[stage.name].shape[1:])
        assert torch.allclose(stage.tensor, expected[stage.name], atol=1e-5, rtol=1e-5)
        assert stage.minimum == float(stage.tensor.min())
        assert stage.maximum == float(stage.tensor.max())
        if stage.axes:
            assert tuple(axis.output for axis in stage.axes) == stage.shape[1:]


def test_slides_5_relu():
    assert activate("ReLU", matrix(slides.RELU_INPUT)).equal(matrix(answers.RELU_OUTPUT))
    assert answers.RELU_OUTPUT == ((1, 14, 0, 4), (0, 0, 10, 6), (0, 3, 11, 1), (2, 54, 0, 80))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slides_5_curves(name):
    x, y = curve(name)
    assert x.shape == y.shape == (201,)
    assert (x[0], x[-1]) == (-5, 5)
    x = torch.from_numpy(x)
    expected = torch.maximum(x, -0.5 * x) if name == "maxout" else ORACLE[name](x)
    assert np.abs(y - expected.numpy()).max() < 1e-12
    assert name in FORMULAS
    assert LEAKY_SLOPE == answers.LEAKY_SLOPE


def test_slides_6_pooling():
    x = matrix(slides.RELU_INPUT)
    size, stride = slides.POOL_SIZE, slides.POOL_STRIDE
    assert pool(x, "max", size, stride)[0].equal(matrix([[14, 10], [54, 80]]))
    assert pool(x, "average", size, stride)[0].equal(matrix([[-1.75, 2.75], [14, 22.5]]))
    _, (rows, columns) = pool(random(1, 1, 7, 8), "max", size, stride)
    assert (rows.output, rows.dropped) == (3, (6,))
    assert (columns.output, columns.dropped) == (4, ())


def test_slides_7_counts():
    channels, height, width = slides.LAYER_INPUT
    found = cost(channels, height, width, answers.LAYER_KERNEL, slides.LAYER_FILTERS)
    assert found.terms == answers.LAYER_TERMS == 75
    assert found.inputs == answers.DENSE_INPUTS == 3072
    assert found.output == answers.LAYER_OUTPUT == (4, 28, 28)
    convolution = torch.nn.Conv2d(3, 4, 5)
    assert found.convolution == sum(p.numel() for p in convolution.parameters()) == 304
    with torch.device("meta"):
        dense = torch.nn.Linear(3072, 4 * 28 * 28)
    assert found.dense == sum(p.numel() for p in dense.parameters()) == 9_636_928
    assert found.ratio == 9_636_928 / 304
    assert found.convolution_formula == "5×5×3×4 + 4 = 304"
    assert found.dense_formula == "(3×32×32)×(4×28×28) + 4×28×28 = 9,636,928"
    assert found.inputs_formula == "3×32×32 = 3,072 inputs"
    assert found.terms_formula == "5×5×3 = 75 terms + 1 bias"
    assert found.output_formula == "4×28×28 = 3,136 outputs"
    one = cost(1, 1, 1, 1, 1)
    assert one.terms_formula == "1×1×1 = 1 term + 1 bias"
    assert (one.inputs_formula, one.output_formula) == ("1×1×1 = 1 input", "1×1×1 = 1 output")
    assert cost(3, 32, 32, 5, 4, Sliding(stride=2, padding="same")).output == (4, 16, 16)


def test_slides_7_dot_product():
    """Each output number is a dot product of 75 terms and a bias."""
    image, weights = random(1, 3, 32, 32), random(4, 3, 5, 5, seed=1)
    expected = F.conv2d(image, weights, torch.full((4,), 0.25))
    assert tuple(expected.shape[1:]) == answers.LAYER_OUTPUT
    for filter_, row, column in ((0, 0, 0), (3, 27, 27), (2, 5, 19)):
        window = image[0, :, row : row + 5, column : column + 5]
        terms = (weights[filter_] * window).double().flatten()
        assert len(terms) == answers.LAYER_TERMS
        total = float(terms.sum()) + 0.25
        assert total == pytest.approx(float(expected[0, filter_, row, column]), abs=1e-5)


def test_slides_8_face():
    assert len(slides.FACE) == len(slides.FACE[0]) == 12
    assert all(0 <= value <= 255 for row in slides.FACE for value in row)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"activation": "GELU"}, "Activation 'GELU' is not known; choose one of identity, ReLU"),
        ({"pooling": "min"}, "Pooling 'min' is not known; choose one of max, average, none."),
        ({"pool_size": 0}, "Pooling size is 0, but must be a whole number from 1 to 8."),
        ({"pool_stride": 9}, "Pooling stride is 9, but must be a whole number from 1 to 8."),
        ({"stride": 0}, "Stride is 0, but must be a whole number from 1 to 4."),
    ],
)
def test_settings_refuse_nonsense(options, sentence):
    with pytest.raises(InputError) as error:
        LayerSettings(**options)
    assert str(error.value).startswith(sentence)


def test_layers_that_do_not_fit():
    x, kernel = random(1, 1, 4, 4), preset("Sobel x")
    with pytest.raises(InputError, match="A 3×3 pooling window does not fit on a feature map of"):
        list(stages(x, kernel, LayerSettings(pool_size=3)))
    with pytest.raises(InputError, match="A 7×7 kernel covers 7×7, but the picture is only 4×4"):
        list(stages(x, preset("Motion blur")))
    with pytest.raises(InputError, match="give a second kernel"):
        list(stages(x, kernel, LayerSettings(activation="maxout")))
    with pytest.raises(InputError, match="must have the same size"):
        list(stages(x, kernel, LayerSettings(activation="maxout"), preset("Motion blur")))
    with pytest.raises(InputError, match="give a second kernel"):
        activate("maxout", x)
    with pytest.raises(InputError, match="A curve needs low < high"):
        curve("ReLU", 1, 1)
    with pytest.raises(InputError, match="Filters is 0"):
        cost(3, 32, 32, 5, 0)
