"""Refusals in one wording: what is a number, and which ones are taken."""

import math

import numpy as np
import pytest

from models.core import checks
from models.core.errors import InputError


@pytest.mark.parametrize("value", [0, -1, 2.5, math.nan, math.inf, np.float64(1)])
def test_numbers(value):
    assert checks.is_number(value)


@pytest.mark.parametrize("value", [True, False, "1", None, [1], 1j])
def test_what_is_no_number(value):
    assert not checks.is_number(value)
    with pytest.raises(InputError, match=r"The size is .* must be a number from 0 to 1"):
        checks.between("The size", value, 0, 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.1])
def test_numbers_out_of_range_are_refused(value):
    with pytest.raises(InputError, match=f"The size is {value}, but must be a number from 0 to 1"):
        checks.between("The size", value, 0, 1)


@pytest.mark.parametrize("value", ["c", ["a"], {"a": 1}, None, True, 1.5])
def test_what_is_no_choice_is_refused(value):
    with pytest.raises(InputError, match=r"The way .* is not known; choose one of a, b, 1."):
        checks.one_of("The way", value, iter(["a", "b", 1]))


@pytest.mark.parametrize("value", ["x" * 5000, ["x"] * 5000])
def test_a_refusal_is_short_whatever_came(value):
    for refuse in (
        lambda: checks.one_of("It", value, "ab"),
        lambda: checks.whole("It", value, 0, 1),
    ):
        with pytest.raises(InputError) as caught:
            refuse()
        assert len(str(caught.value)) < 160


@pytest.mark.parametrize("value", ["a", 1])
def test_what_is_a_choice_is_taken(value):
    checks.one_of("The way", value, ("a", 1))
