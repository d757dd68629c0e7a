"""The README's sheet of faces, none of them chosen: `python -m models.diffusion.sheet FILE`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from models.core.errors import InputError
from models.core.images import tiled, to_pil
from models.diffusion import display
from models.diffusion.draw import ANYONE, MOST_FACES, begin
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.shipped import denoiser

SETTINGS = Settings("ddim", steps=50, guidance=1.0)
SCALE = 3


def uncurated(network: FaceDenoiser) -> torch.Tensor:
    """The faces of the seeds 0 to 24, nobody asked for in particular: 25 3 H W in [0, 1]."""
    *_, last = sample(network, SETTINGS, begin(network, MOST_FACES, ANYONE, 0))
    return display.faces(last.x)


def main(argv: Sequence[str] | None = None) -> None:
    """Draw them and save one picture, 5 x 5."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where to, with the picture format's suffix")
    file = parser.parse_args(argv).file
    if file.suffix.lower() not in Image.registered_extensions():
        parser.error(f"{file} does not end like a picture's file; .png, say")
    try:
        picture = to_pil(tiled(uncurated(denoiser()), 5))
        size = (picture.width * SCALE, picture.height * SCALE)
        picture.resize(size, Image.Resampling.NEAREST).save(file)
    except (InputError, OSError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
