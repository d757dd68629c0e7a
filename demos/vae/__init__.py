"""The VAE tab: drag a finger through latent space, and the picture follows."""

from demos.kit.page import Tab, tab
from demos.vae import encode, paths, plane, training

SCENES = (plane, encode, paths, training)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("vae", "VAE", SCENES)
