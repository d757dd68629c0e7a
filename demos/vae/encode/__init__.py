"""Scene: a digit's Gaussian, the point drawn from it, what is decoded there, and what it costs."""

import zlib
from typing import Any

import gradio as gr
import torch

from demos.kit import Dropdown, Number, Scene
from demos.kit.handlers import answer
from demos.vae.encode.controls import SOURCES, START_DIGIT, START_NUMBER, pictures
from demos.vae.encode.presets import INFO
from demos.vae.encode.view import (
    ByHand,
    PosteriorCosts,
    PosteriorView,
    inspection_value,
    packed,
    unpacked,
)
from demos.vae.plane import plane
from models.core import images
from models.core.checks import one_of
from models.core.errors import MissingInputError
from models.core.once import once
from models.vae import digits, drawing, points
from models.vae.inspection import Inspection, active, inspect
from models.vae.plane import check, landmarks, reach
from models.vae.shipped import BETA, DIGITS, PLANES, autoencoder

__all__ = ["INFO", "build", "encode", "reparameterise"]


def encode(
    model: str = "digits_2d",
    source: str = "digit",
    digit: int = START_DIGIT,
    number: int = START_NUMBER,
    strokes: list | None = None,
    photo: str | None = None,
    seed: int = 0,
) -> dict:
    """Encode a digit: its Gaussian, a point drawn from it, what is decoded there, and its loss.

    Args:
        model: `digits_2d_autoencoder`, `digits_2d_beta_tenth`, `digits_2d`, `digits_2d_beta_four`
            or `digits_16d`.
        source: `digit`, `drawing` or `photo`: which of the following counts.
        digit: the class of a held-back digit, 0 to 9.
        number: which of that class, 0 to 99.
        strokes: a drawing: lists x, y, x, y, ... from 0 to 280, drawn with a brush 36 wide.
        photo: a picture of one digit, dark on light or light on dark.
        seed: of eps, 0 to 2**31 - 1.

    Returns:
        `x`, the digit as the model sees it (data URI; drawings and photos are brought to MNIST's
        form), and its `pixels` (base64 of 784 bytes); `now`: `mean`, `deviation`, `noise`, `z`,
        `image`, and in nats `reconstruction`, `kl` (one number a dimension; null for the
        autoencoder) and `loss`, reconstruction + `beta` KL; `extent`, half the side of the plane
        behind (null in 16 dimensions); `models`: the same numbers of every digit model, with
        `active`: which of its dimensions vary over the held-back digits. Where there is no digit,
        the pad being empty, say, `missing`: a sentence, and no numbers.
    """
    one_of("Model", model, DIGITS)
    try:
        picture, of = _picture(source, digit, number, strokes, photo)
    except MissingInputError as hint:
        return {"model": model, "plane": model in PLANES, "source": source, "missing": str(hint)}
    found = {name: _inspect(name, picture, seed) for name in DIGITS}
    return {
        "key": f"{model}/{of}",
        "model": model,
        "title": DIGITS[model],
        "plane": model in PLANES,
        "seed": int(seed),
        "source": source,
        "label": int(digit) if source == "digit" else None,
        "x": images.to_data_uri(picture, lossless=True),
        "pixels": packed(picture),
        "beta": BETA[model],
        "extent": float(reach(landmarks(model).means)) if model in PLANES else None,
        "now": inspection_value(found[model], BETA[model]),
        "models": [_row(name, found[name]) for name in DIGITS],
    }


def _picture(source, digit, number, strokes, photo) -> tuple[torch.Tensor, str]:
    """The digit (1 1 28 28 in [0, 1]), and a name that tells it from others."""
    one_of("Source", source, (value for _, value in SOURCES))
    if source == "digit":
        return digits.example(digit, number), f"{int(digit)}:{int(number)}"
    if source == "drawing":
        picture = drawing.from_strokes([] if strokes is None else strokes)
    else:
        if photo is None:
            raise MissingInputError("There is no photo yet: choose one first.")
        picture = drawing.from_file(photo)
    picture = unpacked(packed(picture))  # whole grey values, as in every file of digits
    return picture, f"{source}:{zlib.crc32(packed(picture).encode()):08x}"


def _inspect(name: str, picture: torch.Tensor, seed: Any) -> Inspection:
    network = autoencoder(name)
    return inspect(network, picture, points.drawn(network.config.latent, 1, seed))


def _row(name: str, found: Inspection) -> dict:
    """A model's numbers for the comparison."""
    value = inspection_value(found, BETA[name])
    kept = ("deviation", "kl", "reconstruction", "loss")
    return {"model": name, "title": DIGITS[name], "active": list(active(name))} | {
        key: value[key] for key in kept
    }


def reparameterise(
    model: str = "digits_2d",
    mean: list[float] | None = None,
    deviation: list[float] | None = None,
    noise: list[float] | None = None,
    pixels: str | None = None,
    seed: int = 0,
) -> dict:
    """Set a Gaussian by hand: z = mean + deviation * noise, decoded; eps is held.

    Args:
        model: a digit model, as for `/encode`.
        mean: one number a dimension within ±20 (±100 for the autoencoder); the encoder's if none.
        deviation: likewise; above 0, for the autoencoder also 0.
        noise: eps, likewise; drawn by `seed` if none.
        pixels: the digit, base64 of 28 x 28 bytes as `/encode` returns it; an 8 if none.
        seed: of eps.

    Returns:
        `mean`, `deviation`, `noise`, `z`, `image`, `reconstruction`, `kl`, `loss`: see `/encode`.
    """
    one_of("Model", model, DIGITS)
    network = autoencoder(model)
    size, far = network.config.latent, points.farthest(network)

    def given(values: list[float] | None, name: str) -> torch.Tensor | None:
        return None if values is None else points.parse(values, size, name, far)

    eps = given(noise, "The noise")
    found = inspect(
        network,
        digits.example(START_DIGIT, START_NUMBER) if pixels is None else unpacked(pixels),
        points.drawn(size, 1, seed) if eps is None else eps,
        given(mean, "The mean"),
        given(deviation, "The deviation"),
    )
    return inspection_value(found, BETA[model])


def by_hand(asked: dict) -> dict:
    """What the page asks for while a slider or the mean moves: `reparameterise`'s arguments.

    Returns:
        `now`, as `/reparameterise` returns it; or `error`, a sentence.
    """
    found = answer(reparameterise, asked)
    return found if "error" in found else {"now": found}


def plane_behind(asked: dict) -> dict:
    """The sheet and the digits behind a Gaussian, as far as the digits reach; or `error`.

    Args:
        asked: `model`, one whose latent space is a plane.
    """
    return answer(_checked_plane, asked)


def _checked_plane(model: str) -> dict:
    return _plane(check(model))


@once
def _plane(model: str) -> dict:
    shown = plane(model, "digits")
    return {**shown["planes"][0], "labels": shown["labels"]}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = PosteriorView(
            None, label="The Gaussian of a digit", server_functions=[by_hand, plane_behind]
        )
    with scene.desk():
        models = [(title, name) for name, title in DIGITS.items()]
        model = scene.control("model", Dropdown(models, value="digits_2d", label="Model"))
        source, digit, number, strokes, photo = pictures(scene)
        resample = gr.Button("Resample ε", size="sm")
        scene.control("hand", ByHand({}, label="z = μ + σ ⊙ ε, by hand"))
        with gr.Accordion("More: the seed of ε", open=False):
            seed = scene.control(
                "seed", Number(0, label="Seed", precision=0, minimum=0, maximum=2**31 - 1)
            )
        PosteriorCosts({}, label="This digit, this ε, every model")
    inputs = [model, source, digit, number, strokes, photo, seed]
    scene.wire(encode, inputs, [view], api_name="encode", kept=True)
    resample.click(None, seed, seed, js="(seed) => (Number(seed) + 1) % 2147483648")
    source.change(None, source, js="(source) => glassbox.posterior.source(source)")
    scene.offer(reparameterise, api_name="reparameterise")
