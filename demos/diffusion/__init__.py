"""The diffusion tab: faces out of noise, every step in view."""

from demos.diffusion import edit, forward, generate
from demos.kit.page import Tab, tab

SCENES = (generate, forward, edit)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("diffusion", "Diffusion", SCENES)
