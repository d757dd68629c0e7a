"""Small grids written out, against `F.conv2d` and the slides."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from models.convolution import slides
from models.convolution.arithmetic import output_size, padded, trace, worked
from models.convolution.geometry import Sliding
from models.convolution.kernels import Kernel
from models.core.errors import InputError
from tests.models.convolution import answers

sweep = settings(max_examples=120, deadline=None, derandomize=True)
numbers = st.one_of(st.integers(-9, 9).map(float), st.floats(-9, 9, width=32))


def grid(most: int):
    sizes = st.tuples(st.integers(1, most), st.integers(1, most))
    return sizes.flatmap(
        lambda size: st.lists(
            st.lists(numbers, min_size=size[1], max_size=size[1]),
            min_size=size[0],
            max_size=size[0],
        )
    )


@st.composite
def slidings(draw):
    return Sliding(
        draw(st.integers(1, 4)),
        draw(st.integers(1, 3)),
        draw(st.one_of(st.sampled_from(["valid", "same"]), st.integers(0, 4))),
        draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
        draw(st.booleans()),
    )


@sweep
@given(grid(12), grid(7), slidings(), numbers)
def test_equals_torch(values, weights, sliding, bias):
    kernel = Kernel(weights, factor=0.5, bias=bias)
    x = torch.tensor(values, dtype=torch.float64)[None, None]
    weight = torch.tensor(weights, dtype=torch.float64)[None, None] * 0.5
    weight = weight.flip(2, 3) if sliding.flip else weight
    mode = "constant" if sliding.padding_mode == "zeros" else sliding.padding_mode
    try:
        rows, columns = sliding.pads(kernel.height, kernel.width)
        if rows or columns:
            x = F.pad(x, (columns, columns, rows, rows), mode=mode)
        bias_ = torch.tensor([bias], dtype=torch.float64)
        expected = F.conv2d(x, weight, bias_, sliding.stride, dilation=sliding.dilation)[0, 0]
    except (RuntimeError, InputError):
        with pytest.raises(InputError):
            list(trace(values, kernel, sliding))
        return
    found = worked(values, kernel, sliding)
    assert found.span == (found.taps[-1][0] + 1, found.taps[-1][1] + 1)
    assert torch.allclose(torch.tensor(found.output, dtype=torch.float64), expected, atol=1e-9)
    assert torch.equal(torch.tensor(found.padded, dtype=torch.float64), x[0, 0])
    assert (found.rows.output, found.columns.output) == tuple(expected.shape)
    for cell in found.cells:
        top, left = cell.corner
        assert cell.positions == tuple((top + i, left + j) for i, j in found.taps)
        assert sum(cell.products) + cell.bias == pytest.approx(cell.total, abs=1e-8)
        for (row, column), (_, value) in zip(cell.positions, cell.terms, strict=True):
            assert found.padded[row][column] == value
    last = found.cells[-1].positions[-1]
    assert found.rows.dropped == tuple(range(last[0] + 1, x.shape[2]))
    assert found.columns.dropped == tuple(range(last[1] + 1, x.shape[3]))


@sweep
@given(
    st.integers(1, 60), st.integers(1, 11), st.integers(0, 9), st.integers(1, 5), st.integers(1, 4)
)
def test_output_size_is_torchs(size, kernel, padding, stride, dilation):
    axis = output_size(size, kernel, padding, stride, dilation)
    line, weight = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel)
    if axis.too_large_by:
        assert axis.output < 1
        with pytest.raises(RuntimeError):
            F.conv1d(line, weight, None, stride, padding, dilation)
        return
    expected = F.conv1d(line, weight, None, stride, padding, dilation).shape[-1]
    assert axis.output == expected
    assert axis.substituted.endswith(f"= {expected}")
    assert len(axis.dropped) < stride


def test_slides_1():
    found = worked(slides.INPUT_5, Kernel(slides.KERNEL_5))
    assert found.output == answers.OUTPUT_5 == ((4, 3, 4), (2, 4, 3), (2, 3, 4))
    assert [(cell.row, cell.column) for cell in found.cells] == [
        (row, column) for row in range(3) for column in range(3)
    ]


def test_slides_2():
    cell = next(trace(slides.INPUT_8, Kernel(answers.KERNEL_8)))
    written = "(-1x2)+(0x2)+(1x6)+(-2x4)+(0x3)+(2x4)+(-1x3)+(0x9)+(1x4) = 5"
    assert cell.ascii == answers.FIRST_SUM_8 == written
    assert cell.text == written.replace("x", "×")
    rows = "22682012 43451963 39447769 13468221 84623188 58901023 92663621 98826345"
    assert [list(row) for row in slides.INPUT_8] == [[int(c) for c in row] for row in rows.split()]


def test_slides_4():
    axis = output_size(**answers.SIZE_CASE)
    assert axis.output == answers.SIZE_CASE_OUTPUT == 3
    assert axis.formula == "O = ⌊(W − K + 2P) / S⌋ + 1"
    assert axis.substituted == ("O = ⌊(7 − 3 + 2×1) / 3⌋ + 1 = ⌊6 / 3⌋ + 1 = ⌊2⌋ + 1 = 2 + 1 = 3")
    assert axis.dropped == ()
    for size in (1, 3, 5, 7):
        assert Sliding(padding="same").pads(size, size) == ((size - 1) // 2,) * 2
    bordered = padded(slides.INPUT_5, Kernel(slides.KERNEL_5), Sliding(padding=1))
    assert len(bordered) == len(bordered[0]) == answers.PADDED_5 == 7


def test_products_hide_what_binary_fractions_add():
    assert next(trace([[3]], Kernel(((0.1,),)))).products == (0.3,)


def test_the_derivation_is_formula_and_steps():
    axis = output_size(**answers.SIZE_CASE)
    assert axis.quotient == 2
    assert axis.derivation == f"{axis.formula} = {axis.substituted.removeprefix('O = ')}"


def test_what_the_floor_drops():
    axis = output_size(8, 3, stride=2)
    assert (axis.output, axis.dropped) == (3, (7,))
    assert axis.substituted == ("O = ⌊(8 − 3 + 2×0) / 2⌋ + 1 = ⌊5 / 2⌋ + 1 = ⌊2.5⌋ + 1 = 2 + 1 = 3")
    dilated = output_size(9, 3, 1, 4, 2, "H")
    assert dilated.formula == "O = ⌊(H − (D(K − 1) + 1) + 2P) / S⌋ + 1"
    assert dilated.steps[0] == "⌊(9 − (2×(3 − 1) + 1) + 2×1) / 4⌋ + 1"
    assert (dilated.effective_kernel, dilated.output, dilated.dropped) == (5, 2, (9, 10))


def test_sums_with_a_bias():
    assert next(trace([[2]], Kernel([[0.5]], bias=-1.25))).text == "(0.5×2)-1.25 = -0.25"
    assert next(trace([[2]], Kernel([[3]], bias=1))).text == "(3×2)+1 = 7"


@pytest.mark.parametrize(
    ("values", "weights", "sentence"),
    [
        ([[1, "x"]], [[1]], "Row 1, column 2 of the input holds 'x', which is not a number."),
        ([[1, 2], [3]], [[1]], "Row 2 of the input has 1 numbers, but row 1 has 2"),
        ([[0] * 17], [[1]], "The input is 1×17; to be written out it may be at most 16×16."),
        ([[0] * 16] * 16, [[1] * 8], "The kernel is 1×8; to be written out it may be at most 7×7."),
        ([[1, 2]], [[1] * 3] * 2, "A 3×2 kernel covers 3×2, but the picture is only 2×1: 1 too"),
    ],
)
def test_what_cannot_be_written_out(values, weights, sentence):
    with pytest.raises(InputError) as error:
        list(trace(values, Kernel(weights)))
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize("wrong", [{"size": 0}, {"kernel": 0}, {"stride": 0}, {"padding": -1}])
def test_sizes_that_are_none(wrong):
    with pytest.raises(InputError, match="must be a whole number from"):
        output_size(**{"size": 5, "kernel": 3, **wrong})
