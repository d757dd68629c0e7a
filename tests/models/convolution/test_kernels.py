"""Kernels: presets, resizing, JSON, and every way to get one wrong."""

import json
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.convolution.grids import adds_up, hundredths, resized, show
from models.convolution.kernels import MAX_SIZE, SIZES, Kernel, for_filter, random
from models.convolution.presets import PRESETS, SLIDES_TABLE, preset
from models.core.errors import InputError

finite = st.one_of(st.floats(-1e6, 1e6), st.integers(-1_000_000, 1_000_000).map(float))
grids = st.tuples(st.integers(1, 11), st.integers(1, 11)).flatmap(
    lambda size: st.lists(
        st.lists(finite, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


def test_slides_3_kernels():
    third = 1 / 9
    expected = [
        ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1),
        ([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], 1),
        ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], 1),
        ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1),
        ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
        ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], third),
        ([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], 1),
    ]
    for name, (rows, factor) in zip(SLIDES_TABLE, expected, strict=True):
        assert [list(row) for row in PRESETS[name].weights] == rows
        assert PRESETS[name].factor == factor


@pytest.mark.parametrize("kernel", PRESETS.values(), ids=list(PRESETS))
def test_presets_are_filters_with_the_sum_they_should_have(kernel):
    assert for_filter(kernel) is kernel
    total = sum(weight for row in kernel.scaled for weight in row)
    zero = ("Edges", "Vertical", "Sobel", "Scharr", "Prewitt", "Laplacian")
    assert total == pytest.approx(0 if kernel.name.startswith(zero) else 1)
    assert Kernel.from_json(kernel.to_json()) == kernel


def test_gaussians_have_the_deviation_they_state():
    for size in (3, 5, 7):
        rows = preset(f"Gaussian {size}×{size}").scaled
        half = size // 2
        variance = sum(sum(row) * (i - half) ** 2 for i, row in enumerate(rows))
        assert variance == pytest.approx((size - 1) / 4)


def test_unknown_preset():
    with pytest.raises(InputError, match="Kernel 'Blur' is not known; choose one of Identity"):
        preset("Blur")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(grids, finite, finite)
def test_json_round_trip_is_exact(rows, factor, bias):
    kernel = Kernel(rows, factor, bias, name='Mine, "ours"', note="ß\n")
    assert Kernel.from_json(kernel.to_json()) == kernel
    assert json.loads(kernel.to_json())["weights"] == rows
    assert kernel.flipped().flipped() == kernel


@settings(max_examples=80, deadline=None, derandomize=True)
@given(grids)
def test_normalised(rows):
    kernel = Kernel(rows).normalised()
    flat = [weight for row in kernel.scaled for weight in row]
    if kernel.factor != 1:
        positive = sum(weight for weight in flat if weight > 0)
        assert sum(flat) == pytest.approx(1) or positive == pytest.approx(1, rel=1e-4)
    assert Kernel(((0, 0), (0, 0))).normalised().factor == 1


def test_normalised_edges_stay_within_one():
    assert preset("Sobel x").normalised().factor == 1 / 4
    assert Kernel(((2,) * 3,) * 3).normalised().factor == pytest.approx(1 / 18)


@pytest.mark.parametrize("old", SIZES)
@pytest.mark.parametrize("new", SIZES)
def test_resizing_keeps_the_centre(old, new):
    kernel = random(old, torch.Generator().manual_seed(old))
    resized = kernel.resized(new)
    assert (resized.height, resized.width) == (new, new)
    for i in range(new):
        for j in range(new):
            y, x = i - new // 2 + old // 2, j - new // 2 + old // 2
            inside = 0 <= y < old and 0 <= x < old
            assert resized.weights[i][j] == (kernel.weights[y][x] if inside else 0)
    if new >= old:
        assert resized.resized(old) == kernel


def test_a_grid_is_cropped_or_filled_up():
    grid = ((1.0, 2.0), (3.0, 4.0))
    assert resized(grid, 3, 1) == ((1,), (3,), (0,))
    assert resized(grid, 2, 3, top=1, left=-1) == ((0, 0, 0), (2, 0, 0))


def test_buttons_take_every_size_that_a_filter_may_have():
    sizes = [size for size in range(1, MAX_SIZE + 1) if size % 2]
    assert [random(size, torch.Generator()).height for size in sizes] == sizes
    assert [preset("Sharpen").resized(size).width for size in sizes] == sizes


def test_random_is_its_seed():
    one, two = (random(5, torch.Generator().manual_seed(7)) for _ in range(2))
    assert one == two != random(5, torch.Generator().manual_seed(8))
    assert all(abs(weight) <= 1 for row in one.weights for weight in row)


def test_cells_as_people_type_them():
    kernel = Kernel([["1/9", " 0.5 ", "−1"], ["1e-3", "-.5", 2], [0, 1.0, "7"]])
    assert kernel.weights[0] == (1 / 9, 0.5, -1)
    assert kernel.weights[1] == (0.001, -0.5, 2)
    assert Kernel(torch.eye(3).numpy()).weights[0] == (1, 0, 0)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([[1, 2], [3, "abc"]], "Row 2, column 2 of the kernel holds 'abc', which is not a number."),
        ([[1, "1/0"]], "Row 1, column 2 of the kernel holds '1/0', which is not a number."),
        ([[1, True]], "Row 1, column 2 of the kernel holds True, which is not a number."),
        ([[[1], 2]], "Row 1, column 1 of the kernel holds [1], which is not a number."),
        ([["x" * 99]], f"Row 1, column 1 of the kernel holds '{'x' * 36}..., which is not a"),
        ([[1], [""]], "Row 2, column 1 of the kernel is empty; write a number, such as 0."),
        ([[1, None]], "Row 1, column 2 of the kernel is empty; write a number, such as 0."),
        ([[math.nan]], "Row 1, column 1 of the kernel is NaN (not a number); write a finite"),
        ([["nan"]], "Row 1, column 1 of the kernel is NaN (not a number); write a finite"),
        ([[1, -math.inf]], "Row 1, column 2 of the kernel is infinite; write a finite number."),
        ([[10**400]], "Row 1, column 1 of the kernel is infinite; write a finite number."),
        ([[2e6]], "Row 1, column 1 of the kernel is 2e+06, but at most ±1,000,000 is allowed."),
        ([[1, 2, 3], [1, 2]], "Row 2 of the kernel has 2 numbers, but row 1 has 3: all rows must"),
        ([], "The kernel must be a list of rows of numbers, with at least one row."),
        ("[[1]]", "The kernel must be a list of rows of numbers, with at least one row."),
        ([[]], "Row 1 of the kernel must be a list of numbers."),
        ([1, 2], "Row 1 of the kernel must be a list of numbers."),
        ([[1] * 12] * 3, "The kernel is 3×12; at most 11×11 is allowed."),
    ],
)
def test_bad_weights(rows, sentence):
    with pytest.raises(InputError) as error:
        Kernel(rows)
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The kernel's JSON is empty"),
        ("[[1, 2", "The kernel is not valid JSON: Expecting ',' delimiter at line 1, column 7."),
        ("7", "The kernel's JSON must be an object or a list of rows."),
        ("[" * 9000, "The kernel is not valid JSON"),
        ("9" * 6000, "The kernel is not valid JSON for a grid of numbers."),
        (" " * 30_000 + "1", "The kernel's JSON is 30,001 characters long; at most 20,000."),
        ('{"name": "A"}', "The kernel's JSON has no weights."),
        ('{"weights": [[1]], "scale": 2}', "The kernel's JSON has an unknown key 'scale'; known"),
        ("[[1, NaN]]", "Row 1, column 2 of the kernel is NaN"),
        ("[[1, Infinity]]", "Row 1, column 2 of the kernel is infinite"),
        ('{"weights": [[1]], "factor": "two"}', "The kernel's factor holds 'two', which is not"),
        ('{"weights": [[1]], "bias": null}', "The kernel's bias is empty"),
    ],
)
def test_bad_json(text, sentence):
    with pytest.raises(InputError) as error:
        Kernel.from_json(text)
    assert str(error.value).startswith(sentence)


def test_filters_need_a_centre():
    for rows in ([[1, 2], [3, 4]], [[1, 2, 3]]):
        with pytest.raises(InputError, match="a filter for photos must be square, with an odd"):
            for_filter(Kernel(rows))
    for size in (2, 10, 13, "3", True, None):
        with pytest.raises(InputError, match="is not known; choose one of 1, 3, 5, 7, 9, 11"):
            preset("Sharpen").resized(size)
        with pytest.raises(InputError, match="is not known"):
            random(size, torch.Generator())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5.0, "5"),
        (-0.0, "0"),
        (1 / 9, "0.1111"),
        (-2.50, "-2.5"),
        (1e-6, "1e-06"),
        (1e6, "1000000"),
    ],
)
def test_numbers_on_the_board(number, text):
    assert show(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(-0.004, "0.00"), (-0.0, "0.00"), (-0.006, "−0.01"), (1.345, "1.34"), (12, "12.00")],
)
def test_two_decimals_have_no_sign_where_they_are_zero(number, text):
    assert hundredths(number) == text


def test_rounded_numbers_add_up_or_not():
    assert adds_up((1.31, 0.03), 1.34)
    assert adds_up((1.306, -0.001), 1.312)
    assert not adds_up((1.314, 0.034), 1.348)  # 1.31 + 0.03, and 1.35
