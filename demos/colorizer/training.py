"""Scene: how the colorizers were trained; both players' losses, and what was painted on the way."""

from demos.kit import Preset, Scene, SceneInfo, Step
from demos.kit.training import Plot, Shelf
from models.colorizer.shipped import WEIGHTS

NATS = "nats a patch"

SHELF = Shelf(
    WEIGHTS,
    {
        "cifar_gan": "L1 + GAN, 32 × 32",
        "cifar_l1": "L1 alone, 32 × 32",
        "photo": "Photos: L1, then L1 + GAN",
    },
    (
        Plot("Discriminator", ("discriminator",), ("discriminator",), NATS),
        Plot("Generator: −log D(L, G(L))", ("adversarial",), ("adversarial",), NATS),
        Plot("Generator: distance, L1", ("l1",), ("l1",), "share of 110 Lab units"),
        Plot("Fréchet distance to true colours", (), ("colour_distance",)),
    ),
    parts={
        "": ("in grey", "as painted", "true colours"),
        "photo": ("in grey", "as painted", "told 8 squares", "true colours"),
    },
    first="cifar_gan",
)

INFO = SceneInfo(
    slug="training",
    title="Training",
    lead="Generator and discriminator learn against each other. What one gains the other loses: "
    "their losses **stay where they are** while the pictures change, so the validation and the "
    "pictures painted along the way have to say how far it is. $\\ln 2 = 0.69$ nats would be a "
    "discriminator that cannot tell.",
    presets=(
        Preset("slides-12", "Generator against discriminator", slide="12"),
        Preset("l1", "Only the distance", {"model": "cifar_l1"}, slide="12"),
        Preset("photo", "The one for photos", {"model": "photo"}),
    ),
    walk=(
        Step(
            "Dotted is training, solid is validation. Neither player wins: both losses stay "
            "between being sure and a coin's toss.",
            "slides-12",
        ),
        Step("Play the pictures: the same five, painted again along the way.", "slides-12"),
        Step("Without the judge there is one loss, which falls, and dull pictures.", "l1"),
        Step(
            "For photos the judge was there twice. Each time the last chart ends lower than it "
            "began: the colours spread more like true ones. While it was away, that was lost.",
            "photo",
        ),
    ),
)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    SHELF.lay_out(scene, api_name="colorizer_training")
