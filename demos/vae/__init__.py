"""The VAE tab: drag a finger through latent space, and the picture follows."""

from demos.kit.page import Tab, tab
from demos.vae import arithmetic, blur, denoise, directions, encode, live, paths, plane, training

TITLE = "VAE"
SCENES = (plane, encode, paths, arithmetic, directions, denoise, blur, live, training)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("vae", TITLE, SCENES)
