"""The face networks that travel with the app, on the device that the app runs on."""

from pathlib import Path

import torch
from torch import nn

from models.backbone.network import Backbone
from models.core import device, shipped
from models.core.checkpoint import Network
from models.core.once import once
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState
from models.diffusion.samplers import CONSISTENCY, DENOISER

WEIGHTS = Path(__file__).with_name("weights")
FACE_VAE_SAMPLES = "face_vae_samples.npz"
"""What the face VAE draws, put beside the weights when it is published."""


@once
def denoiser(where: torch.device | None = None) -> FaceDenoiser:
    """The DDPM, on the app's device or on another one.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(FaceDenoiser, "denoiser", where)


@once
def consistency(where: torch.device | None = None) -> FaceDenoiser:
    """The network for one and two steps, on the app's device or on another one.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(FaceDenoiser, "consistency", where)


@once
def racers(where: torch.device | None = None) -> nn.ModuleDict:
    """All networks that faces can be drawn by in steps of a sampler, by their names.

    Raises:
        InputError: a file is missing or damaged.
    """
    return nn.ModuleDict({DENOISER: denoiser(where), CONSISTENCY: consistency(where)})


@once
def next_state() -> NextState:
    """The simple variant.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(NextState, "next_state")


@once
def character_classifier() -> Backbone:
    """The small network in whose features faces are compared.

    Raises:
        InputError: its file is missing or damaged.
    """
    return _network(Backbone, "character_classifier")


def _network(kind: type[Network], name: str, where: torch.device | None = None) -> Network:
    path = WEIGHTS / f"{name}.safetensors"
    network = shipped.network_on(kind, path, where or device.current().device)
    if next(network.parameters()).device.type != "cpu":
        return network
    return network.to(memory_format=torch.channels_last)  # a CPU convolves so the faster
