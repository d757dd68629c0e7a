"""What the edit scene says, its presets and its walk-through."""

from demos.kit import Preset, SceneInfo, Step
from models.diffusion.first_edits import eyes

REDRAW, FILL, WALK = "redraw", "fill", "walk"
MODES = [("Simpsonify", REDRAW), ("Fill in", FILL), ("Walk between seeds", WALK)]


def _mask(painted) -> list[str]:
    """A mask, 1 where `painted(row, column)`."""
    return ["".join("01"[painted(i, j)] for j in range(32)) for i in range(32)]


RIGHT_HALF = _mask(lambda i, j: j >= 16)
EVERYTHING = _mask(lambda i, j: True)

INFO = SceneInfo(
    slug="edit",
    title="Edit",
    lead="One network, trained for nothing but denoising, edits pictures. **Simpsonify**: noise a "
    "picture as far as $x_t$, and denoise from there. **Fill in**: at each step put back what is "
    r"to stay, as noisy as $x_t$ is, $x_t \leftarrow m \odot x_t + (1 - m) \odot q(x_t \mid x_0)$. "
    "**Walk**: go from one seed's noise to another's, and watch the faces between.",
    presets=(
        Preset("photo", "A photo becomes a face"),
        Preset("faithful", "Too little noise", {"strength": 0.3}),
        Preset("free", "Too much noise", {"strength": 0.95}),
        Preset(
            "another",
            "One face, another character",
            {"source": "face", "character": "krusty_the_clown", "strength": 0.7, "guidance": 4.0},
        ),
        Preset("eyes", "Other eyes", {"mode": FILL, "mask": eyes()}),
        Preset("half", "The other half", {"mode": FILL, "mask": RIGHT_HALF}),
        Preset("everything", "Everything is painted", {"mode": FILL, "mask": EVERYTHING}),
        Preset("between", "From seed to seed", {"mode": WALK}),
    ),
    walk=(
        Step(
            "Noise hides the photo's details and leaves its colours and shapes; the network makes "
            "a face of these.",
            "photo",
        ),
        Step("With little noise the photo stays, and no face comes of it.", "faithful"),
        Step("With nearly all noise the face is free, and the photo is forgotten.", "free"),
        Step(
            "Only what is painted is drawn anew; four seeds, four answers. Paint something else.",
            "eyes",
        ),
        Step("Between the noise of two seeds lie more faces, and none is a blend.", "between"),
    ),
)
