"""The blur scene's presets and walk-through: slide 25, and where the blur comes from."""

from demos.kit import Preset, SceneInfo, Step

FEW, EVERYBODY = "nine", "everybody"

INFO = SceneInfo(
    slug="blur",
    title="Blur",
    lead="The same characters, drawn by a VAE and by a diffusion model out of the same training "
    r"faces. The VAE's decoder answers at once, by the picture with the least error for **all** "
    r"faces that may lie at $z$: their mean $\mathbb{E}[x \mid z]$, and a mean is blurred. "
    "Diffusion decides in many small steps for one of them.",
    presets=(
        Preset("slides-25", "Blurred, and decided", {}, slide="25"),
        Preset("means", "The mean of each", {"spread": 0.0}),
        Preset("homer", "Eight Homers", {"who": "homer_simpson"}),
        Preset(
            "eight-means", "Homer, eight times the mean", {"who": "homer_simpson", "spread": 0.0}
        ),
        Preset("everybody", "Everybody", {"who": EVERYBODY}),
    ),
    walk=(
        Step(
            "Nine characters, each by both: on which side do you know more of them at a glance?",
            "slides-25",
        ),
        Step(
            "The VAE at the mean of each character's codes: what all of its faces share is left.",
            "means",
        ),
        Step("One character eight times: on the right each is another face.", "homer"),
        Step(
            "Without a spread the VAE has one answer to one code, however often it is asked.",
            "eight-means",
        ),
    ),
)
