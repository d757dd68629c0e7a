"""The weights that travel with the app, each file loaded once and shared by everybody."""

import copy
from pathlib import Path

import torch

from models.core import checkpoint
from models.core.checkpoint import Network
from models.core.errors import InputError
from models.core.once import once

REPOSITORY = Path(__file__).resolve().parents[2]


@once
def network(kind: type[Network], path: Path) -> Network:
    """The network in a shipped weight file: float32, on the CPU, in `eval` mode, never changed.

    A failure is not remembered: once the file is back, the next call finds it.

    Raises:
        InputError: the file is missing or damaged; says which, where, and how to get it back.
    """
    try:
        return checkpoint.load(kind, path).requires_grad_(False)
    except InputError as error:
        raise InputError(f"{error} {how_to_get_back(path)}") from error


@once
def network_on(kind: type[Network], path: Path, device: torch.device) -> Network:
    """The same network on another device: a copy, made once; what `network` gives stays in place.

    Raises:
        InputError: as `network`.
    """
    shared = network(kind, path)
    return shared if device.type == "cpu" else copy.deepcopy(shared).to(device)


def how_to_get_back(path: Path) -> str:
    """What to type to have a shipped file again."""
    try:
        place = path.resolve().relative_to(REPOSITORY)
    except ValueError:
        return "Put the file back, or train it anew with `python -m models.train`."
    return (
        f"`git checkout -- {place.as_posix()}` in the app's folder brings it back; "
        "`python -m models.train` trains it anew."
    )
