"""The denoiser for diffusers: `python -m models.diffusion.export FOLDER`."""

import argparse
from pathlib import Path

from models.core.checkpoint import write_json
from models.core.errors import InputError
from models.diffusion.network import FaceDenoiser
from models.diffusion.shipped import denoiser


def export(network: FaceDenoiser, folder: Path) -> None:
    """Write a network in the layout that diffusers reads.

    `UNet2DModel.from_pretrained(folder, subfolder="unet")` loads the network, and
    `DDIMScheduler.from_pretrained(folder, subfolder="scheduler")` its schedule, as any other
    scheduler's. `characters.json` names the class labels; one more, the last, is nobody in
    particular.

    Raises:
        InputError: the folder cannot be written to.
    """
    from diffusers import DDIMScheduler

    try:
        (folder / "unet").mkdir(parents=True, exist_ok=True)  # diffusers only logs what fails
        network.unet.save_pretrained(folder / "unet")
        scheduler = DDIMScheduler(**network.schedule_config(), timestep_spacing="trailing")
        scheduler.save_pretrained(folder / "scheduler")
    except OSError as error:
        raise InputError(f"Could not write to {folder}: {error}") from error
    write_json(folder / "characters.json", list(network.config.characters))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    try:
        export(denoiser(), folder)
    except InputError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
