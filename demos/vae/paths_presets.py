"""The path scene's presets and walk-through."""

from demos.kit import Preset, SceneInfo, Step

STEPS = 12
ENDS = {"faces": ["homer_simpson", "marge_simpson"], "digits": ["3:12", "8:5"]}
"""Where paths begin and end when a network is chosen."""

DIGITS = {"model": "digits_16d", "from": "3:12", "to": "8:5", "steps": STEPS}
PLANE = {"model": "digits_2d", "from": "1:3", "to": "0:7", "steps": 20}
FACES = {"model": "faces", "from": "homer_simpson", "to": "marge_simpson", "steps": STEPS}

INFO = SceneInfo(
    slug="paths",
    title="Paths",
    lead="Encode two pictures, walk from code to code, decode every stop: "
    r"$z_t = (1 - t)\,z_a + t\,z_b$. Mixing codes passes through other pictures; mixing pixels only "
    "shows both at once. The straight way dips towards the middle; the arc keeps its distance. "
    "Play, or step with the arrow keys.",
    presets=(
        Preset("three-to-eight", "A 3 becomes an 8", {**DIGITS, "kind": "linear"}, slide="23"),
        Preset("on-the-plane", "On the plane", {**PLANE, "kind": "linear"}, slide="23"),
        Preset("round-the-hole", "Round the middle", {**PLANE, "kind": "slerp"}),
        Preset(
            "two-draws",
            "Between two draws",
            {**DIGITS, "from": "prior:4", "to": "prior:9", "kind": "slerp", "steps": 24},
        ),
        Preset("homer-to-marge", "Homer to Marge", {**FACES, "kind": "linear"}, slide="23"),
        Preset(
            "one-face-to-another",
            "One face to another",
            {**FACES, "from": "bart_simpson:2", "to": "lisa_simpson:3", "kind": "slerp"},
        ),
    ),
    walk=(
        Step(
            "A 3 and an 8, each encoded as 16 numbers. Between them lies a way.", "three-to-eight"
        ),
        Step("In two dimensions the way can be drawn: other digits lie on it.", "on-the-plane"),
        Step("The arc keeps its distance from the middle, and passes others.", "round-the-hole"),
        Step(
            "Between two draws from the prior the straight line dips to a distance that draws "
            "hardly ever have; the arc does not.",
            "two-draws",
        ),
    ),
)
