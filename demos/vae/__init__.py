"""The VAE tab: drag a finger through latent space, and the picture follows."""

from demos.kit.page import Tab, tab
from demos.vae import paths, plane

SCENES = (plane, paths)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("vae", "VAE", SCENES)
