"""Scene: how the face networks were trained, and the same noise after each stretch of it."""

from demos.kit import Preset, Scene, SceneInfo, Step
from demos.kit.training import Plot, Shelf
from models.diffusion.shipped import WEIGHTS

SHELF = Shelf(
    WEIGHTS,
    {
        "denoiser": "DDPM: predicts v",
        "consistency": "Consistency: one or two steps",
        "next_state": "Next state: T = 16",
        "character_classifier": "Character classifier",
    },
    (
        Plot("Loss", ("loss",), ("loss",), "", log=True),
        Plot("KID of faces in two steps", (), ("kid",), ""),
        Plot("Characters told apart", (), ("top1",), "%"),
    ),
    x="faces seen",
    strip="faces out of the same noise each time",
    first="denoiser",
)

INFO = SceneInfo(
    slug="training",
    title="Training",
    lead="A denoiser's loss says little after a short while: most noise is easy to find. What goes "
    "on is in the pictures: **the same noise**, again and again, as the network learns. Colours "
    "come first, then outlines, then eyes that look the same way.",
    presets=(
        Preset("denoiser", "The DDPM"),
        Preset("consistency", "In two steps", {"model": "consistency"}),
        Preset("slides-18", "The simple variant", {"model": "next_state"}, slide="18"),
        Preset("classifier", "The judge", {"model": "character_classifier"}),
    ),
    walk=(
        Step(
            "Training and validation loss lie close: a network of this size does not learn "
            "thousands of faces by heart.",
            "denoiser",
        ),
        Step("Play the strips: what the same eight noises become, as it learns.", "denoiser"),
        Step(
            "This one only tells characters apart. In its features faces are compared: distances "
            "in pixels would count a shift as a difference.",
            "classifier",
        ),
    ),
)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    SHELF.lay_out(scene, api_name="diffusion_training")
