"""What the edit scene says, its presets and its walk-through."""

from pathlib import Path

from demos.kit import Preset, SceneInfo, Step
from demos.kit.photo import PREFIX
from models.diffusion.draw import ANYONE
from models.diffusion.walk import AROUND, CIRCLE, POKE

REDRAW, FILL, WALK = "redraw", "fill", "walk"
MODES = [("Simpsonify", REDRAW), ("Fill in", FILL), ("Walk", WALK)]


SAMPLER, STEPS, GUIDANCE = "ddim", 20, 2.0
CHARACTER, SEED = ANYONE, 0
STRENGTH = 0.65
FACE, VARIANTS = 9, 4
OTHER_SEED, STOPS = 9, 7
"""What the controls say at first; the edits that the page opens with are made so. (Nobody is asked
for, so that a walk passes more than one character; face 9 is yellow, as the eyes are that come.)"""


MIDDLE: list[int] = []
"""The frame that nobody has dragged: the photo's middle square, or the face in an example."""
FACES = {"astronaut": [25, 3, 40]}
"""Where in the example photos there are faces."""


def frame_of(photo: str | None) -> list[int]:
    """The face in an example photo, by its file; of others an empty frame."""
    stem = Path(photo or "").stem
    return FACES.get(stem.removeprefix(PREFIX), MIDDLE) if stem.startswith(PREFIX) else MIDDLE


def _mask(painted) -> list[str]:
    """A mask, 1 where `painted(row, column)`."""
    return ["".join("01"[painted(i, j)] for j in range(32)) for i in range(32)]


EYES = _mask(lambda i, j: 9 <= i < 18 and 4 <= j < 28)
"""The mask that the page opens with: a band where the faces have their eyes."""
RIGHT_HALF = _mask(lambda i, j: j >= 16)
EVERYTHING = _mask(lambda i, j: True)

INFO = SceneInfo(
    slug="edit",
    title="Edit",
    lead="One network, trained for nothing but denoising, edits pictures. **Simpsonify**: noise a "
    "picture as far as $x_t$, and denoise from there. **Fill in**: at each step put back what is "
    r"to stay, as noisy as $x_t$ is, $x_t \leftarrow m \odot x_t + (1 - m) \odot q(x_t \mid x_0)$. "
    "**Walk**: change the noise a little, or go from one seed's to another's.",
    presets=(
        Preset("photo", "A photo becomes a face"),
        Preset("faithful", "Too little noise", {"strength": 0.3}),
        Preset("free", "Too much noise", {"strength": 0.95}),
        Preset(
            "another",
            "One face, another character",
            {"source": "face", "character": "krusty_the_clown", "strength": 0.7, "guidance": 4.0},
        ),
        Preset("eyes", "Other eyes", {"mode": FILL, "mask": EYES}),
        Preset("half", "The other half", {"mode": FILL, "mask": RIGHT_HALF}),
        Preset("everything", "Everything is painted", {"mode": FILL, "mask": EVERYTHING}),
        Preset("between", "From seed to seed", {"mode": WALK}),
        Preset("circle", "In a circle", {"mode": WALK, "way": CIRCLE, "stops": 12}),
        Preset("around", "Around a face", {"mode": WALK, "way": AROUND, "stops": 9}),
        Preset("poke", "Poke the noise", {"mode": WALK, "way": POKE, "stops": 10}),
    ),
    walk=(
        Step(
            "Noise hides the photo's details and leaves its colours and shapes; the network makes "
            "a face of these. On the desk a frame says which part of the photo counts.",
            "photo",
        ),
        Step("With little noise the photo stays, and no cartoon comes of it.", "faithful"),
        Step("With nearly all noise the face is free, and the photo is forgotten.", "free"),
        Step(
            "Only what is painted is drawn anew; four seeds, four answers. Paint something else.",
            "eyes",
        ),
        Step("Between the noise of two seeds lie more faces, and none is a blend.", "between"),
        Step("Round a circle through both: it ends where it began.", "circle"),
        Step("A little of another noise mixed in: relatives of one face.", "around"),
        Step(
            "Another noise in one ninth of the picture only. How much changes inside the frame, "
            "and how much outside of it?",
            "poke",
        ),
    ),
)
