"""The diffusion tab: faces out of noise, every step in view."""

from demos.diffusion import edit, forward, generate, new, objectives, race, training
from demos.diffusion.generate import warm_up
from demos.kit.page import Tab, tab

__all__ = ["SCENES", "TITLE", "build", "warm_up"]

TITLE = "Diffusion"
SCENES = (generate, forward, edit, race, objectives, new, training)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("diffusion", TITLE, SCENES)
