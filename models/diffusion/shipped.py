"""The face networks that travel with the app, on the device that the app runs on."""

from functools import cache

from models.backbone.network import Backbone
from models.core import device, shipped
from models.diffusion.evaluate import WEIGHTS
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState


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
