"""What the scene about memorisation says, its presets and its walk-through."""

from demos.kit import Preset, SceneInfo, Step
from models.core import data

FACES_ARE_HERE = data.is_here("simpsons", data.root())
"""Real faces can only be asked about on a machine that has them."""
SOURCES = [("Drawn by the DDPM", "ddpm"), ("Drawn by the face VAE", "vae")]
WITH_FACES = (
    Preset("real", "Real new faces", {"source": "real"}),
    Preset("training", "Known ones, to check", {"source": "training"}),
)
if FACES_ARE_HERE:
    SOURCES += [("Real, held back", "real"), ("Trained on", "training")]
DRAWN, OWN = "ddpm", "photo"
SOURCES += [("Your picture", OWN)]

INFO = SceneInfo(
    slug="new",
    title="Is it new?",
    lead="Does the network draw, or does it remember? Each face is compared with **all** that it "
    "was trained on, in the features of a network that tells characters apart. Real faces that "
    "were held back show how near a new face usually is: one that is closer than 99 % of those "
    r"would be a copy, $\min_i \lVert \phi(x) - \phi(x_i) \rVert < d_{1\%}$.",
    presets=(
        Preset("drawn", "Nine drawn faces"),
        Preset("more", "Nine others", {"number": 10}),
        Preset("vae", "The face VAE's", {"source": "vae"}),
        *(WITH_FACES if FACES_ARE_HERE else ()),
    ),
    walk=(
        Step(
            "Nine faces out of noise. Each pin is the distance of one to the nearest "
            "training face; the hill is how far real new faces are.",
            "drawn",
        ),
        Step("Choose one by a click: the sentence is about it, the nearest are below.", ""),
        Step(
            "Right of the hill is no copy, but no good face either: a network that smears is far "
            "from everything.",
            "vae",
        ),
    ),
)
