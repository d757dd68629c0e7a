"""The colorizers that travel with the app, by name, and who judges them."""

from pathlib import Path

from models.colorizer.network import Colorizer, PatchDiscriminator
from models.core import device, shipped
from models.core.checks import one_of

WEIGHTS = Path(__file__).with_name("weights")
NAMES = ("photo", "cifar_gan", "cifar_l1")
JUDGED = ("photo", "cifar_gan")
"""Those that learned against a discriminator, which travels with them."""


def colorizer(name: str = "photo") -> Colorizer:
    """A trained colorizer, on the app's device.

    Raises:
        InputError: there is none of this name, or its file is missing or damaged.
    """
    one_of("Colorizer", name, NAMES)
    path = WEIGHTS / f"{name}.safetensors"
    return shipped.network_on(Colorizer, path, device.current().device)


def discriminator(name: str = "photo") -> PatchDiscriminator:
    """The discriminator that the colorizer `name` learned against, on the app's device.

    Raises:
        InputError: there is none of this name, or its file is missing or damaged.
    """
    one_of("Discriminator", name, JUDGED)
    path = WEIGHTS / "discriminator" / f"{name}.safetensors"
    return shipped.network_on(PatchDiscriminator, path, device.current().device)
