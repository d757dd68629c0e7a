"""Scene: the judge; what the discriminator makes of each patch, and the objective in numbers."""

import os
from functools import lru_cache

import gradio as gr

from demos.colorizer.judge.view import SATURATIONS, Judge, judged, saturation_of
from demos.kit import Preset, Radio, Scene, SceneInfo, Slider, Step
from demos.kit.handlers import heard
from demos.kit.photo import open_photo, photo_row
from models.colorizer import shipped
from models.colorizer.game import MOST_SATURATION, Painted, by_saturation, painted, play
from models.colorizer.square import square
from models.core import images
from models.core.checks import one_of

FIRST = "photo"
SMALL = "cifar_gan"
NETWORKS = [("Photos, up to 160 pixels", FIRST), ("Squares of 32 × 32", SMALL)]
LONGEST_SIDE = 1024  # pixels, of the photo before it is shrunk to what the networks know

INFO = SceneInfo(
    slug="judge",
    title="The judge",
    lead="The discriminator $D$ looks at lightness and colours together and says of each patch of "
    r"34 × 34 pixels how likely its colours are real. The generator $G$ learns against it: "
    r"$\min_G \max_D \; \mathbb{E}[\log D(L, ab)] + \mathbb{E}[\log(1 - D(L, G(L)))]$, "
    "here with the numbers of this picture.",
    presets=(
        Preset("slides-14", "The objective, in numbers", slide="14"),
        Preset("dull", "Duller", {"saturation": 0.5}),
        Preset("strong", "Too strong", {"saturation": 1.8}),
        Preset("cat", "A cat", {"photo": "cat"}),
        Preset("coffee", "Coffee", {"photo": "coffee"}),
        Preset("small", "32 × 32, as in CIFAR-10", {"photo": "cat", "network": SMALL}),
    ),
    walk=(
        Step(
            "Each cell is one answer of D: orange is taken for real, blue for made. Point at one "
            "to see the patch that it is about.",
            "slides-14",
        ),
        Step("Less colour than G painted: what does D think of dull pictures?", "dull"),
        Step("More colour than G painted.", "strong"),
        Step(
            "Small pictures: every patch is larger than the picture, and what lies outside is "
            "padding.",
            "small",
        ),
    ),
)


def judge(photo: str | None, network: str = FIRST, saturation: float = 1.0) -> dict:
    """Let a photo be painted, and ask the discriminator what it makes of every patch.

    Args:
        photo: the picture, in colours; without any, painting and truth cannot be told apart fairly.
        network: `photo`, the networks for photos, which see the whole one at up to 160 pixels, or
            `cifar_gan`, those for small pictures, which see its middle square at 32 x 32.
        saturation: what the painted a and b are multiplied with, 0 to 2.

    Returns:
        `overlays` of `truth`, `painted` and `grey`: `src`, and `grid`, the discriminator's answer
        for each patch, 0 (made) to 1 (real); `means` of these; `believed`, the shares of patches
        above 1/2; `terms` of the objective in nats: `log_real`, `log_made`, their sum `value`, and
        of the generator's loss `distance`, `fooling`, `weight` and `generator_loss`; `curve`: by
        saturation the mean answer for the painting and for the true colours; `patch`: its side in
        pixels, `size`: height and width of the picture that was judged.
    """
    one_of("Network", network, [name for _, name in NETWORKS])
    path, written = photo or "", _written(photo)
    picture, curve = _painting(path, written, network)
    return judged(play(shipped.discriminator(network), picture, saturation), saturation, curve)


def _written(path: str | None) -> int:
    try:
        return os.stat(path or "").st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _painting(path: str, written: int, network: str) -> tuple[Painted, list[tuple[float, float]]]:
    """What G made of a photo, and D's mean answers by saturation: the same while one drags."""
    painter, image = shipped.colorizer(network), images.to_tensor(open_photo(path, LONGEST_SIDE))
    if network == SMALL:
        image = square(image, painter.config.sides[1])
    picture = painted(painter, image)
    return picture, by_saturation(shipped.discriminator(network), picture, SATURATIONS)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Judge(None, label="The discriminator's opinion, patch by patch")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            saturation = scene.control(
                "saturation",
                Slider(0, MOST_SATURATION, 1, step=0.05, label="Saturation of the painting"),
            )
            network = scene.control(
                "network",
                Radio(NETWORKS, value=FIRST, label="Networks", elem_classes=["gb-pills"]),
            )
        photo = photo_row(scene, "judge_sketch")
    scene.wire(judge, [photo, network, saturation], [view], api_name="judge", kept=True)
    heard(view.select, saturation_of, None, saturation, trigger_mode="multiple")
