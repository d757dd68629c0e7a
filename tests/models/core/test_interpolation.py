"""Straight and arc between two points: closed forms, exact ends, and the cases without an arc."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from models.core.interpolation import lerp, slerp

NUMBERS = st.floats(-5, 5, width=32)
POINTS = st.integers(2, 16).flatmap(
    lambda size: st.tuples(*[st.lists(NUMBERS, min_size=size, max_size=size)] * 2)
)
SHARES = st.floats(0, 1)


def _pair(points: tuple[list, list], smallest: float = 0.1) -> tuple[torch.Tensor, torch.Tensor]:
    start, end = (torch.tensor([point], dtype=torch.float32) for point in points)
    assume(min(start.norm(), end.norm()) > smallest)
    return start, end


def _angle(one: torch.Tensor, other: torch.Tensor) -> float:
    """Between two points, by Kahan's formula: exact where the cosine's is not."""
    u, v = (point[0].double().numpy() / np.linalg.norm(point[0].double()) for point in (one, other))
    return 2 * math.atan2(np.linalg.norm(u - v), np.linalg.norm(u + v))


@given(POINTS, SHARES)
def test_the_arc_keeps_the_length_of_equally_long_ends(points, share):
    start, end = _pair(points)
    end = end / end.norm() * start.norm()
    between = slerp(start, end, share)
    assert between.norm().item() == pytest.approx(start.norm().item(), rel=1e-5)


@given(POINTS, SHARES)
def test_the_length_goes_evenly_from_one_to_the_other(points, share):
    start, end = _pair(points)
    assume(_angle(start, end) > 1e-3)
    expected = (1 - share) * start.norm().item() + share * end.norm().item()
    assert slerp(start, end, share).norm().item() == pytest.approx(expected, rel=1e-5)


@given(POINTS, SHARES)
def test_the_angle_grows_evenly(points, share):
    start, end = _pair(points)
    expected = share * _angle(start, end)
    assert _angle(start, slerp(start, end, share)) == pytest.approx(expected, abs=3e-4)


@given(POINTS, SHARES)
def test_the_closed_form(points, share):
    start, end = _pair(points)
    omega = _angle(start, end)
    assume(1e-2 < omega < math.pi - 1e-2)
    one, other = start.double().numpy(), end.double().numpy()
    one, other = one / np.linalg.norm(one), other / np.linalg.norm(other)
    expected = (math.sin((1 - share) * omega) * one + math.sin(share * omega) * other) / math.sin(
        omega
    )
    length = (1 - share) * start.norm().item() + share * end.norm().item()
    np.testing.assert_allclose(
        slerp(start, end, share).numpy(), length * expected, rtol=1e-4, atol=1e-4
    )


def test_nearly_opposite_ends_of_unequal_length_stay_near():
    start, end = torch.tensor([[1.0, 0.0]]), torch.tensor([[-3.0, 1e-3]])
    assert slerp(start, end, 0.5).norm().item() == pytest.approx(2.0, rel=1e-4)


@given(POINTS)
def test_both_ways_hit_their_ends(points):
    start, end = (torch.tensor([point], dtype=torch.float32) for point in points)
    for between in (lerp, slerp):
        assert torch.equal(between(start, end, 0.0), start)
        assert torch.equal(between(start, end, 1.0), end)


@given(POINTS, SHARES)
def test_nothing_is_ever_nan_and_the_straight_way_is_never_longer(points, share):
    start, end = (torch.tensor([point], dtype=torch.float32) for point in points)
    between = slerp(start, end, share)
    assert torch.isfinite(between).all()
    longest = max(start.norm(), end.norm())
    assert lerp(start, end, share).norm() <= longest * 1.0001 + 1e-6


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.0])
def test_parallel_ends_and_the_origin_are_straight(factor):
    start = torch.tensor([[3.0, 4.0, 0.0]])
    torch.testing.assert_close(
        slerp(start, factor * start, 0.25), lerp(start, factor * start, 0.25)
    )
    torch.testing.assert_close(slerp(0 * start, start, 0.25), 0.25 * start)


def test_opposite_ends_go_round_through_a_right_angle():
    start = torch.tensor([[3.0, 4.0, 0.0], [1.0, 0.0, 0.0]])
    halfway = slerp(start, -start, 0.5)
    torch.testing.assert_close(halfway.norm(dim=1), start.norm(dim=1))
    torch.testing.assert_close((halfway * start).sum(1), torch.zeros(2), atol=1e-5, rtol=0)
    assert torch.equal(lerp(start, -start, 0.5), torch.zeros(2, 3))


def test_rows_are_independent():
    torch.manual_seed(0)
    start, end = torch.randn(2, 5, 7)
    together = slerp(start, end, 0.3)
    for i in range(5):
        torch.testing.assert_close(
            together[i : i + 1], slerp(start[i : i + 1], end[i : i + 1], 0.3)
        )
