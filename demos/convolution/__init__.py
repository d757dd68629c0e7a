"""The convolution tab: a kernel slides over an image, number by number."""

from demos.convolution import arithmetic, filter, layer, learn, learned, pixels, shift
from demos.kit.page import Tab, tab

TITLE = "Convolution"
SCENES = (filter, arithmetic, layer, learned, learn, shift, pixels)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("convolution", TITLE, SCENES)
