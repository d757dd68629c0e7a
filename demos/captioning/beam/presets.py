"""Named states of the scene `beam`, and its walk-through."""

from demos.kit import Preset, Step

PRESETS = (
    Preset("three", "Three side by side"),
    Preset("greedy", "Width 1: greedy", {"width": 1}),
    Preset("eight", "Eight side by side", {"width": 8}),
    Preset("short", "No reward for length", {"penalty": 0.0}),
    Preset("long", "Too much of it", {"penalty": 2.0}),
    Preset("strict", "No word twice", {"repeat": 1}),
    Preset("circles", "As it likes", {"decoder": "lstm", "repeat": 0, "penalty": 2.0}),
)
WALK = (
    Step("Three beginnings grow side by side. Play: at each step the best of all go on.", "three"),
    Step(
        "Width 1 is greedy decoding: the first word that seemed best is never regretted.", "greedy"
    ),
    Step("Without a reward for length the shortest captions are the most probable ones.", "short"),
    Step("The same tree, another penalty: now a long caption wins.", "long"),
    Step("No word twice: branches that would repeat one are struck out.", "strict"),
)
