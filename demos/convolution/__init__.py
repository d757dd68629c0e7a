"""The convolution tab: a kernel slides over an image, number by number."""

from demos.convolution import arithmetic, filter, layer, learn, learned, pixels, shift
from demos.convolution.filter import warm_up
from demos.kit.page import Tab, tab

__all__ = ["SCENES", "TITLE", "build", "warm_up"]

TITLE = "Convolution"
SCENES = (filter, arithmetic, layer, learned, learn, shift, pixels)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("convolution", TITLE, SCENES)
