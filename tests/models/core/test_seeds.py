"""Seeds: near numbers give unrelated streams."""

from models.core.seeds import mixed_seed


def test_seeds_do_not_collide():
    assert len({mixed_seed(a, b) for a in range(50) for b in range(50)}) == 2500
    assert all(0 <= mixed_seed(a) < 2**63 for a in range(100))
