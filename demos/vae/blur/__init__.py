"""Scene: why a VAE's faces are blurred, and diffusion's are not: the same characters by both."""

import json
import math
from typing import Any

import gradio as gr
import torch

from demos.kit import Dropdown, Scene, Slider, View
from demos.kit.view import ASSETS
from demos.vae.blur.presets import EVERYBODY, FEW, INFO
from demos.vae.squares import square
from models.core import images
from models.core.checks import one_of, whole
from models.core.errors import InputError
from models.core.metrics import edge_strength
from models.core.once import once
from models.core.shipped import how_to_get_back
from models.vae import characters, codes
from models.vae.ends import spoken
from models.vae.points import seeded
from models.vae.shipped import FACES, autoencoder

__all__ = ["INFO", "blur", "build"]

DRAWN = ASSETS / "characters.webp"
"""By diffusion; written when the denoiser was published, see `models.diffusion.characters`."""
NINE = (
    "homer_simpson", "marge_simpson", "bart_simpson",
    "lisa_simpson", "ned_flanders", "krusty_the_clown",
    "moe_szyslak", "milhouse_van_houten", "principal_skinner",
)  # fmt: skip


class Blur(View):
    """Both sheets of faces side by side, and how strong their edges are."""

    script = "vae/blur"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "names": {"type": "array", "items": {"type": "string"}, "description": "of the cells"},
            "columns": {"type": "integer"},
            "vae": {"type": "string", "description": "data URI of its faces, row after row"},
            "diffusion": {"type": "string", "description": "the same"},
            "edges": {
                "type": "object",
                "description": "mean difference of neighbouring pixels in grey levels: of each "
                "face by `vae` and by `diffusion`, and of each character's `real` ones on average",
            },
            "caption": {"type": "string"},
        },
    }


def blur(who: str = FEW, spread: float = 1.0, seed: int = 0) -> dict:
    """Draw characters by the VAE, and lay them beside the same by diffusion.

    Args:
        who: `nine`, `everybody`, or one character, such as `homer_simpson`: eight faces of it.
        spread: what the deviations of a character's codes are multiplied by, 0 to 1.5.
        seed: whole number from 0 to 7; diffusion's faces of it were drawn when it was published.

    Returns:
        `vae` and `diffusion`: a sheet of faces each, in `columns`, `names` of whom they are;
        `edges`: the mean difference of neighbouring pixels in grey levels, of each face of both,
        and of each character's real faces (`real`); `caption`.
    """
    about, sheet = drawn_by_diffusion()
    names, each = about["characters"], about["each"]
    one_of("Who", who, (FEW, EVERYBODY, *names))
    whole("The seed", seed, 0, each - 1)
    one = who in names
    shown = [who] * each if one else list(NINE if who == FEW else names)
    network, known = autoencoder(FACES), codes.load()
    if one:
        made = characters.draw(network, known, who, each, seeded(seed), spread)
    else:
        parts = [
            characters.draw(network, known, name, 1, seeded(1000 * seed + place), spread)
            for place, name in enumerate(shown)
        ]
        made = torch.cat(parts)
    columns = [names.index(name) * each + (k if one else seed) for k, name in enumerate(shown)]
    diffused = sheet[columns]
    edges = {
        "vae": edge_strength(made).tolist(),
        "diffusion": edge_strength(diffused).tolist(),
        "real": [about["real_edges"][name] for name in shown],
    }
    across = each // 2 if one else math.ceil(math.sqrt(len(shown)))
    return {
        "names": [spoken(name) for name in shown],
        "columns": across,
        "vae": square(made, across),
        "diffusion": square(diffused, across),
        "edges": edges,
        "caption": _caption(edges),
    }


def _caption(edges: dict[str, list[float]]) -> str:
    mean = {name: sum(values) / len(values) for name, values in edges.items()}
    shares = {name: round(100 * value / mean["real"]) for name, value in mean.items()}
    return (
        f"Edges of these faces, beside those of the same characters' real ones: VAE "
        f"{shares['vae']} %, diffusion {shares['diffusion']} %"
    )


@once
def drawn_by_diffusion() -> tuple[dict[str, Any], torch.Tensor]:
    """Who is on the sheet that diffusion drew, and its faces, N 3 32 32 in [0, 1].

    Raises:
        InputError: the files are missing or damaged.
    """
    try:
        about = json.loads(DRAWN.with_suffix(".json").read_text("utf-8"))
        sheet = images.to_tensor(images.open_image(DRAWN, None))
        faces = images.cut_apart(sheet, about["size"])
        if len(faces) != len(about["characters"]) * about["each"]:
            raise ValueError(f"{len(faces)} faces")
        return about, faces
    except (InputError, OSError, ValueError, KeyError) as error:
        raise InputError(
            f"The faces that diffusion drew of each character, {DRAWN}, are missing or damaged "
            f"({error}). {how_to_get_back(DRAWN)}"
        ) from error


def _choices() -> list[tuple[str, str]]:
    try:
        names = drawn_by_diffusion()[0]["characters"]
    except InputError:  # the scene's status says so
        names = ()
    first = [("Nine of them", FEW), ("Everybody", EVERYBODY)]
    return [*first, *((f"{spoken(name)}, eight times", name) for name in names)]


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = Blur(None, label="The same characters by a VAE and by diffusion")
    with scene.desk():
        who = scene.control("who", Dropdown(_choices(), value=FEW, label="Who"))
        spread = scene.control(
            "spread",
            Slider(0, characters.MOST_SPREAD, 1, step=0.05, label="Spread of the VAE's codes"),
        )
        seed = scene.control("seed", Slider(0, 7, 0, step=1, label="Seed"))
        another = gr.Button("Draw others", size="sm")
        another.click(None, seed, seed, js="(seed) => (seed + 1) % 8")
    scene.wire(blur, [who, spread, seed], [view], api_name="blur", kept=True)
