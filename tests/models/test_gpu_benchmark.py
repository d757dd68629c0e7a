"""The GPU's benchmark, gone through in small where there is no GPU."""

import math

import pytest

from tests.benchmarks.gpu import SECTIONS, Bench


def numbers(value):
    """All numbers in nested dictionaries."""
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, (dict, list)):
            yield from numbers(part)
        elif isinstance(part, (int, float)):
            yield part


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_runs_and_says_numbers(name):
    found = list(numbers(SECTIONS[name](Bench(dry=True))))
    assert found
    assert all(map(math.isfinite, found))
