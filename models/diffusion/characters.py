"""Some faces of each character, drawn when the denoiser is published: other tabs look at them."""

import json
from pathlib import Path

import torch

from models.core import checkpoint
from models.core.archive import Dataset
from models.core.data import NOBODY, resized
from models.core.images import tiled, to_pil
from models.core.metrics import edge_strength
from models.core.shipped import REPOSITORY
from models.diffusion import display
from models.diffusion.defaults import SETTINGS
from models.diffusion.draw import begin
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample

EACH = 8
PATH = REPOSITORY / "assets" / "characters.webp"
"""A row for each character, in the network's order, of faces by the seeds from 0."""


def known(network: FaceDenoiser) -> tuple[str, ...]:
    """The characters that have a row."""
    return tuple(name for name in network.config.characters if name != NOBODY)


def drawn(network: FaceDenoiser, each: int = EACH) -> torch.Tensor:
    """`each` faces of every character, one character after another: N 3 H W in [0, 1]."""
    rows = []
    for name in known(network):
        *_, last = sample(network, SETTINGS, begin(network, each, name, 0))
        rows.append(display.faces(last.x).cpu())
    return torch.cat(rows)


def real_edges(names: tuple[str, ...], faces: Dataset, size: int) -> dict[str, float]:
    """The mean edge strength of each character's real faces (uint8), at a size in pixels.

    Args:
        names: of characters; one of whom there is no face is left out.
        faces: with their labels.
        size: of their sides.
    """
    shown = resized(faces, size)
    strengths = {}
    for name in names:
        own = shown.images[shown.labels == list(faces.label_names).index(name)]
        if len(own):
            strengths[name] = round(edge_strength(own / 255).mean().item(), 3)
    return strengths


def write(network: FaceDenoiser, faces: Dataset, path: Path = PATH, each: int = EACH) -> None:
    """Draw them, and save them without loss; beside them, as JSON, who they are.

    Args:
        network: draws.
        faces: real ones, of which only the mean edge strength is kept.
        path: of the picture; the JSON has its name.
        each: faces of a character.

    Raises:
        InputError: a file cannot be written.
    """
    sheet = to_pil(tiled(drawn(network, each), each))
    checkpoint.write_atomically(
        path, lambda file: sheet.save(file, "WEBP", lossless=True, quality=100, method=6)
    )
    size = network.config.size
    about = {
        "characters": known(network),
        "each": each,
        "size": size,
        "steps": SETTINGS.steps,
        "real_edges": real_edges(known(network), faces, size),
    }
    text = json.dumps(about, indent=1) + "\n"
    checkpoint.write_atomically(path.with_suffix(".json"), lambda file: file.write_text(text))
