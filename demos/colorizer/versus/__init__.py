"""Scene: distance or judge; L1 alone beside L1 and a discriminator, on squares as both learned."""

import json

import gradio as gr

from demos.colorizer.squares import square_controls, square_of
from demos.colorizer.versus.view import Versus, said, shown, table
from demos.kit import Preset, Radio, Scene, SceneInfo, Step
from demos.kit.photo import photo_row
from models.colorizer import shipped
from models.colorizer.compare import compare
from models.colorizer.shipped import WEIGHTS

SIDE = 32  # pixels: what both were trained on
PAINTERS = ("cifar_l1", "cifar_gan")
SHOWN = [("This picture", "picture"), ("Held-back pictures", "evaluation")]
ROCKET = {"photo": "rocket", "zoom": 1.6, "x": 0.5, "y": 0.3}

INFO = SceneInfo(
    slug="versus",
    title="Distance or judge",
    lead="Two networks, alike but for what they were asked for. **L1 alone** keeps the distance to "
    r"the true colours small, $\lVert ab - G(L) \rVert_1$: where many colours are possible, the "
    "safest guess is a dull one between them. **L1 + GAN** has to convince a discriminator too. "
    "Both learned on squares of 32 × 32 pixels and are shown such a square of the photo.",
    presets=(
        Preset("slides-13", "Dull beside convinced", slide="13"),
        Preset("evaluation", "Over many pictures", {"show": "evaluation"}, slide="13"),
        Preset("cat", "A cat", {"photo": "cat"}),
        Preset("grey-wins", "Grey scores best", ROCKET),
        Preset("coffee", "Both are wrong", {"photo": "coffee"}),
        Preset("camera", "A photo without colours", {"photo": "camera"}),
    ),
    walk=(
        Step("The same grey square, the same network, two objectives.", "slides-13"),
        Step(
            "PSNR and SSIM compare all of a picture, and most of it is lightness, which grey has "
            "right. Compare what each row of numbers says.",
            "grey-wins",
        ),
        Step(
            "Bright orange cannot be read off the lightness. The distance settles on grey; the "
            "discriminator asks for a colour, any that is plausible.",
            "coffee",
        ),
        Step(
            "Over many pictures: the distances hardly tell the painters apart, colourfulness and "
            "the Fréchet distance do.",
            "evaluation",
        ),
    ),
)


def versus(photo: str | None, zoom: float = 1.0, x: float = 0.5, y: float = 0.5) -> dict:
    """Paint a square of a photo by two networks, and measure both against the true colours.

    Args:
        photo: the picture.
        zoom: how close: 1 is the largest square in it, 4 one of a quarter of that side.
        x: where the square lies, 0 (left) to 1 (right).
        y: likewise, 0 (top) to 1 (bottom).

    Returns:
        `pictures`: the square of 32 x 32 pixels in `grey`, by `cifar_l1`, by `cifar_gan`, and the
        `truth`, lossless data URIs; `numbers`: of each of them `ab_error` (mean absolute error of
        a and b in Lab units), `ciede2000`, `psnr` (dB, 120 without error), `ssim` and
        `colourfulness`; `said`, what they show.
    """
    networks = {name: shipped.colorizer(name) for name in PAINTERS}
    paintings = compare(networks, square_of(photo, SIDE, zoom, x, y))
    return {**shown(paintings), "said": said(paintings)}


def evaluated() -> dict:
    """The shipped evaluation as the view shows it; empty where it is missing or damaged."""
    try:
        return table(json.loads((WEIGHTS / "evaluation.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError, LookupError):
        return {}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Versus(None, label="L1 alone and L1 + GAN", options={"evaluation": evaluated()})
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            show = Radio(SHOWN, value="picture", label="Numbers of", elem_classes=["gb-pills"])
            scene.control("show", show)
            where = square_controls(scene)
        photo = photo_row(scene, "versus_sketch")
    scene.wire(versus, [photo, *where], [view], api_name="versus", kept=True)
