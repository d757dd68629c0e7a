"""The plane scene's text, presets and walk-through: the slides' planes, and their gaps."""

from demos.kit import Preset, SceneInfo, Step

MODELS = {
    "gaps": ("digits_2d_autoencoder", "digits_2d"),
    "betas": ("digits_2d_beta_tenth", "digits_2d", "digits_2d_beta_four"),
    "all": (
        "digits_2d_autoencoder",
        "digits_2d_beta_tenth",
        "digits_2d",
        "digits_2d_beta_four",
    ),
}
"""Which planes stand side by side in each comparison."""
GAP = {"x": 0.62, "y": 0.56}

INFO = SceneInfo(
    slug="plane",
    title="Plane",
    lead="Each digit is squeezed into two numbers, $z = (z_1, z_2)$: a point of a plane. The "
    "decoder turns **every** point of that plane back into an image. Drag the marker, click "
    "anywhere, or use the arrow keys.",
    presets=(
        Preset("marker", "Drag through the digits"),
        Preset("sheet", "The sheet, 20 × 20", {"show": "sheet"}, slide="19"),
        Preset("digits", "Where 1,000 digits lie", {"show": "digits"}, slide="19"),
        Preset(
            "gaps",
            "Autoencoder beside VAE",
            {"model": "gaps", "window": "digits", "at": GAP},
            slide="20",
        ),
        Preset(
            "gaps-digits",
            "Their digits alone",
            {"model": "gaps", "window": "digits", "show": "digits", "at": GAP},
            slide="20",
        ),
        Preset("gaps-same", "The same ±3", {"model": "gaps", "at": GAP}, slide="20"),
        Preset("betas", "β = 0.1, 1, 4", {"model": "betas", "show": "digits"}, slide="22"),
    ),
    walk=(
        Step("Two numbers, one digit. Drag the marker: what lies between a 0 and a 6?", "marker"),
        Step("The decoder at 400 points, from one corner to the other.", "sheet"),
        Step(
            "Where the encoder puts 1,000 digits that it was not trained on; one colour a class. "
            "Classes that overlap are those that two numbers cannot tell apart.",
            "digits",
        ),
        Step(
            "The autoencoder has no KL term: its points lie far out, in streaks, and in the gaps "
            "between them the decoder was never asked for anything. The VAE's lie close together "
            "around 0. Same click in both.",
            "gaps",
        ),
        Step(
            "The weight β of the KL term decides how closely the digits keep to the prior.",
            "betas",
        ),
    ),
)
