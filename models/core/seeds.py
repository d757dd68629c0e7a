"""Seeds for everything that is drawn: the same numbers, the same stream."""


def mixed_seed(*numbers: int) -> int:
    """One 63-bit seed out of several small numbers, so that near numbers give unrelated streams."""
    state = 0
    for number in numbers:  # splitmix64 (Steele et al. 2014), one round for each number
        state = (state + number + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return state >> 1
