"""Scene: sums of codes, a − b + c, beside the same sums of pixels."""

import gradio as gr
import torch

from demos.kit import Scene, SceneInfo, Slider, View
from demos.kit.handlers import heard
from demos.vae.arithmetic.presets import ENDS, PRESETS, WALK
from demos.vae.ends import Place, end_value, fitting, model_choice, numbers, picker, uri
from models.core.errors import InputError
from models.vae.decode import decode
from models.vae.ends import find
from models.vae.path import STRONGEST, combine
from models.vae.shipped import FACES, autoencoder

STRENGTHS = tuple(STRONGEST * eighth / 8 for eighth in range(9))
TITLES = {"a": "a gives", "b": "b is taken off", "c": "c receives"}

INFO = SceneInfo(
    slug="arithmetic",
    title="Arithmetic",
    lead=r"Codes can be added and subtracted: $z = z_c + s\,(z_a - z_b)$. What sets a apart from b "
    "is a direction; given to c, it does there what it did to b. With a strength $s$ of 1 that is "
    "$a - b + c$. The same sum of pixels makes ghosts.",
    presets=PRESETS,
    walk=WALK,
)


class SumView(View):
    """What a sum of codes decodes to, and the same sum of pixels."""

    script = "vae/arithmetic"


class StrengthsView(View):
    """The same sum, weak to strong: codes above, pixels below.

    Pressing one of them raises `select` with `strength`.
    """

    script = "vae/arithmetic-strengths"


def latent_arithmetic(
    model: str = "digits_16d",
    a: Place = ENDS["digits"][0],
    b: Place = ENDS["digits"][1],
    c: Place = ENDS["digits"][2],
    strength: float = 1.0,
) -> tuple[dict, dict]:
    """Compute c + strength (a − b) on latent codes, and decode it.

    Args:
        model: `faces`, `digits_16d`, `digits_2d` or another of the digits' autoencoders.
        a: a place of latent space: a held-back digit and which one (`3:12`), a character
            (`homer_simpson`, the mean of its codes), one of its faces (`homer_simpson:4`), a point
            drawn from the prior by a seed (`prior:7`), or a list of coordinates.
        b: what is taken off.
        c: what it is added to.
        strength: 0 to 2; with 1 it is a − b + c.

    Returns:
        First `a`, `b`, `c` (`text`, `label`, `src`, `z`), `z` and what it decodes to, `image`; and
        `pixels`, the same sum of the three pictures, cut to [0, 1]; lossless data URIs. Then the
        same for nine `strengths` from 0 to 2: `images` and `pixels`.
    """
    network = autoencoder(model)
    places = [find(model, place) for place in (a, b, c)]
    latents, pictures = [p.latent for p in places], [p.image for p in places]
    z = combine(*latents, strength)
    sums = [z, *(combine(*latents, each) for each in STRENGTHS)]
    decoded, *scaled = decode(network, torch.cat(sums)).split(1)
    result = {
        "model": model,
        "strength": strength,
        **{name: end_value(place) for name, place in zip("abc", places, strict=True)},
        "z": numbers(z),
        "image": uri(decoded),
        "pixels": uri(combine(*pictures, strength)),
    }
    scale = {
        "strengths": list(STRENGTHS),
        "strength": strength,
        "images": [uri(picture) for picture in scaled],
        "pixels": [uri(combine(*pictures, each)) for each in STRENGTHS],
    }
    return result, scale


def pressed(event: gr.EventData) -> float:
    """The strength that was pressed in the strip."""
    strength = getattr(event, "strength", None)
    if strength not in STRENGTHS:
        raise InputError(f"There is no strength {str(strength)[:20]} in the strip.")
    return strength


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        result = SumView(None, label="a − b + c")
        scale = StrengthsView(None, label="The same sum, weak to strong")
    with scene.desk(), gr.Row(elem_classes=["gb-bar-of-controls", "gb-places-desk"]):
        model = scene.control("model", model_choice())
        strength = scene.control(
            "strength", Slider(0, STRONGEST, 1.0, step=0.05, label="Strength s of a − b")
        )
        starts = ENDS["faces" if model.value == "faces" else "digits"]
        places = [
            picker(scene, name, start, TITLES[name])
            for name, start in zip("abc", starts, strict=True)
        ]
    heard(scale.select, pressed, None, strength, queue=True)
    scene.wire(
        latent_arithmetic,
        [model, *places, strength],
        [result, scale],
        api_name="latent_arithmetic",
        kept=model.value == FACES,  # what lies on disk is of faces
        **fitting("latent_arithmetic", model, places, ENDS),
    )
