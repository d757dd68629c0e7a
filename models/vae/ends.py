"""Where a path begins or a sum takes its terms from: a place of latent space, by a short name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.core.errors import InputError
from models.vae import codes, digits, drawing, points
from models.vae.decode import decode
from models.vae.encode import encode
from models.vae.shipped import FACES, autoencoder

PRIOR = "prior"
DIGIT_FORMS = "a digit and which one (`3:12`)"
FACE_FORMS = "a character (`{example}`), one of its faces (`{example}:4`)"


@dataclass(frozen=True)
class End:
    """One place of a network's latent space.

    Attributes:
        text: its name, in its shortest form: `3:12`, `homer_simpson`, `homer_simpson:4`, `prior:7`,
            or coordinates with commas.
        label: what the page calls it.
        latent: the point, 1 D; of a picture, its posterior's mean.
        image: the picture that was encoded, or what is decoded at the point: 1 C H W.
    """

    text: str
    label: str
    latent: torch.Tensor
    image: torch.Tensor


def find(model: str, place: str | int | Sequence[float]) -> End:
    """The place that a name means to a shipped network.

    Args:
        model: one of `shipped.NAMES`.
        place: on digits, a held-back digit: its class from 0 to 9 and which of them, `3:12` (`3` is
            the first). On faces a character, which is the mean of its codes, or one of its faces,
            `homer_simpson:4`. Everywhere `prior:7`, the point drawn from N(0, 1) by seed 7, and
            coordinates: a list of numbers, or the numbers with commas.

    Raises:
        InputError: nothing of this network has such a name; or a file is missing.
    """
    network = autoencoder(model)
    if isinstance(place, Sequence) and not isinstance(place, str):
        latent = points.parse(place, network.config.latent, farthest=points.farthest(network))
        text = ",".join(f"{value:g}" for value in latent[0].tolist())
        shown = ", ".join(f"{value:.2f}" for value in latent[0, :2].tolist())
        return End(text, f"({shown}{', …' if network.config.latent > 2 else ''})".replace("-", "−"),
                   latent, decode(network, latent))  # fmt: skip
    text = str(place).strip()
    if "," in text:
        return find(model, _numbers(text))
    name, _, which = text.partition(":")
    if name == PRIOR:
        seed = _whole(which or "0", text)
        latent = points.drawn(network.config.latent, 1, seed)
        return End(f"{PRIOR}:{seed}", f"drawn, seed {seed}", latent, decode(network, latent))
    return _face(name, which, text) if model == FACES else _digit(model, name, which, text)


def drawn(model: str, strokes: Sequence[Sequence[float]]) -> End:
    """The place of a drawn digit: see `drawing.from_strokes`.

    Raises:
        InputError: the strokes are no drawing, or a file is missing.
    """
    image = drawing.from_strokes(strokes)
    return End("drawn", "your drawing", encode(autoencoder(model), image).mean, image)


def _digit(model: str, name: str, which: str, text: str) -> End:
    if not re.fullmatch(r"[0-9]", name):
        raise InputError(
            f"{text[:40]!r} is no place among the digits: give {DIGIT_FORMS}, a drawn point "
            f"(`prior:7`), or {autoencoder(model).config.latent} coordinates."
        )
    number = _whole(which or "0", text)
    image = digits.example(int(name), number)
    latent = encode(autoencoder(model), image).mean
    return End(f"{name}:{number}", f"a {name}, number {number}", latent, image)


def _face(name: str, which: str, text: str) -> End:
    known = codes.load()
    if re.fullmatch(r"[0-9]*", name):
        forms = FACE_FORMS.format(example=known.characters[0])
        raise InputError(
            f"{text[:40]!r} is no place among the faces: give {forms}, a drawn point (`prior:7`), "
            f"or {known.centre.numel()} coordinates."
        )
    row = known.index(name)
    if not which:
        latent = known.means[row][None]
        return End(name, f"{spoken(name)}, mean", latent, decode(autoencoder(FACES), latent))
    number = _whole(which, text)
    if number >= known.faces.shape[1]:
        raise InputError(
            f"There are {known.faces.shape[1]} faces of {spoken(name)}, "
            f"0 to {known.faces.shape[1] - 1}: {text[:60]}."
        )
    latent = known.faces[row, number][None]
    label = f"{spoken(name)}, face {number}"
    return End(f"{name}:{number}", label, latent, decode(autoencoder(FACES), latent))


def spoken(character: str) -> str:
    """A character's name for the page: `homer_simpson` becomes `Homer Simpson`."""
    return character.replace("_", " ").title()


def _whole(digits_: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", digits_):
        raise InputError(f"After the colon of {text[:40]!r} comes a whole number from 0 on.")
    return int(digits_)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InputError(
            f"{text[:40]!r} is no list of coordinates: numbers with commas."
        ) from error
