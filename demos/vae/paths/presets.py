"""The path scene's presets and walk-through."""

from demos.kit import Preset, Step

STEPS = 12
ENDS = {"faces": ["marge_simpson:3", "homer_simpson:5"], "digits": ["3:12", "8:5"]}
"""Where paths begin and end when a network is chosen."""

DIGITS = {"model": "digits_16d", "from": "3:12", "to": "8:5", "steps": STEPS}
PLANE = {"model": "digits_2d", "from": "1:4", "to": "0:7", "steps": 20}
FACES = {"model": "faces", "from": "marge_simpson:3", "to": "homer_simpson:5", "steps": STEPS}

PRESETS = (
    Preset("three-to-eight", "A 3 becomes an 8", {**DIGITS, "kind": "linear"}, slide="23"),
    Preset("marge-to-homer", "Marge to Homer", {**FACES, "kind": "linear"}, slide="23"),
    Preset(
        "bart-to-krusty",
        "Bart to Krusty",
        {**FACES, "from": "bart_simpson:0", "to": "krusty_the_clown:11", "kind": "linear"},
        slide="23",
    ),
    Preset("on-the-plane", "On the plane", {**PLANE, "kind": "linear"}, slide="23"),
    Preset("round-the-middle", "Round the middle", {**PLANE, "kind": "slerp"}, slide="23"),
    Preset(
        "two-draws",
        "Between two draws",
        {**DIGITS, "from": "prior:4", "to": "prior:9", "kind": "linear", "steps": 24},
    ),
)

WALK = (
    Step("A 3 and an 8, each encoded as 16 numbers. Between them is a way.", "three-to-eight"),
    Step("In two dimensions it can be drawn: other digits lie on the way.", "on-the-plane"),
    Step("The arc goes round the middle, and passes others.", "round-the-middle"),
    Step(
        "Between two draws from the prior: the straight line comes nearer to the middle than most "
        "draws are. The arc does not.",
        "two-draws",
    ),
    Step("Faces, in 96 dimensions: hair goes, the head turns.", "marge-to-homer"),
)
