"""The face networks that travel with the app, on the device that the app runs on."""

from functools import cache

from models.backbone.network import Backbone
from models.core import device, shipped
from models.core.errors import InputError
from models.diffusion.evaluate import WEIGHTS
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState

ANYONE = "anyone"
"""Asks for no character in particular."""
ONE_EACH = "one of each"
"""Asks for the characters in turn."""


@cache
def denoiser() -> FaceDenoiser:
    """The DDPM.

    Raises:
        InputError: its file is missing or damaged.
    """
    network = shipped.network(FaceDenoiser, WEIGHTS / "denoiser.safetensors")
    return network.to(device.current().device)


@cache
def next_state() -> NextState:
    """The simple variant.

    Raises:
        InputError: its file is missing or damaged.
    """
    network = shipped.network(NextState, WEIGHTS / "next_state.safetensors")
    return network.to(device.current().device)


@cache
def character_classifier() -> Backbone:
    """The small network in whose features faces are compared.

    Raises:
        InputError: its file is missing or damaged.
    """
    network = shipped.network(Backbone, WEIGHTS / "character_classifier.safetensors")
    return network.to(device.current().device)


def title(character: str) -> str:
    """A character's name as people write it: `homer_simpson` becomes `Homer Simpson`."""
    return character.replace("_", " ").title()


def labels_of(network: FaceDenoiser, character: str, count: int) -> list[int]:
    """The label of each of `count` faces, by a character's name, `ANYONE` or `ONE_EACH`.

    Raises:
        InputError: there is no such character.
    """
    names = network.config.characters
    if character == ANYONE:
        return [network.nobody] * count
    if character == ONE_EACH:
        known = [i for i, name in enumerate(names) if name != "other"]
        return [known[i % len(known)] for i in range(count)]
    if character not in names:
        known = ", ".join((ANYONE, ONE_EACH, *names))
        raise InputError(f"There is no character {str(character)[:40]!r}; one of {known}.")
    return [names.index(character)] * count
