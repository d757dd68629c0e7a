"""The presets of the scene *Train it live*, and its walk-through."""

from demos.kit import Preset, SceneInfo, Step

BETAS = [("0", 0), ("0.1", 0.1), ("1", 1), ("4", 4), ("30", 30)]
SIZES = [("4,000", 4000), ("400", 400), ("40", 40)]
LENGTHS = [("30 s", 30), ("1 min", 60), ("3 min", 180)]

INFO = SceneInfo(
    slug="live",
    title="Train it live",
    lead="A VAE learns here and now, on this computer: a digit becomes a point of the plane and a "
    r"digit again. It pays for both, $\text{reconstruction} + \beta \cdot \text{KL}$. Press Start; "
    "turn β while it learns; drag over the plane to see what lies where.",
    presets=(
        Preset("slides-22", "β = 1: a VAE", slide="22"),
        Preset("slides-22-none", "β = 0: no KL", {"beta": 0}, slide="22"),
        Preset("slides-22-collapse", "β = 30: collapse", {"beta": 30}, slide="22"),
        Preset("four", "β = 4", {"beta": 4}),
        Preset("few", "40 digits: learned by heart", {"digits": 40}),
    ),
    walk=(
        Step(
            "Every dot is a digit that the network never trains on. Before it learns, all of them "
            "lie in one heap. Press Start.",
            "slides-22",
        ),
        Step(
            "Without the KL term the dots wander off, the deviations σ shrink to nothing, and gaps "
            "open between the classes. Start over to see it, or just watch them go.",
            "slides-22-none",
        ),
        Step(
            "With too much of it saying anything is too dear: every digit becomes N(0, 1), KL "
            "falls to 0, and every place decodes to the same blur. That is posterior collapse.",
            "slides-22-collapse",
        ),
        Step(
            "Learn from 40 digits: the training loss falls and falls, the validation loss turns "
            "and rises. Start over to see it.",
            "few",
        ),
    ),
)
