"""The face networks that travel with the app, on the device that the app runs on."""

from functools import cache

from models.backbone.network import Backbone
from models.core import device, shipped
from models.core.checkpoint import Network
from models.diffusion.evaluate import WEIGHTS
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState


@cache
def denoiser() -> FaceDenoiser:
    """The DDPM.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(FaceDenoiser, "denoiser")


@cache
def next_state() -> NextState:
    """The simple variant.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(NextState, "next_state")


@cache
def character_classifier() -> Backbone:
    """The small network in whose features faces are compared.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(Backbone, "character_classifier")


def _network(kind: type[Network], name: str) -> Network:
    network = shipped.network(kind, WEIGHTS / f"{name}.safetensors")
    return network.to(device.current().device)
