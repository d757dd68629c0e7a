"""What scenes open with, compared with what the networks make."""

import math

from tests.pictures import pixels


def differences(one, other, place=""):
    """Where two values of the page differ by more than another machine's rounding."""
    if isinstance(one, dict) and isinstance(other, dict) and set(one) == set(other):
        keys = set(one) - {"seconds"}  # how long it took
        return [d for key in keys for d in differences(one[key], other[key], f"{place}.{key}")]
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [d for i, pair in pairs for d in differences(*pair, f"{place}[{i}]")]
    if isinstance(one, str) and isinstance(other, str) and one.startswith("data:image"):
        a, b = (pixels(uri).astype(float) for uri in (one, other))
        same = a.shape == b.shape and abs(a - b).mean() < 0.5  # of 255
        return [] if same else [place]
    numbers = isinstance(one, float | int) and isinstance(other, float | int)
    if numbers and math.isclose(one, other, rel_tol=2e-3, abs_tol=5e-3):
        return []
    return [] if one == other else [f"{place}: {one} and {other}"]
