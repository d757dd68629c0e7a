"""The convolution tab: a kernel slides over an image, number by number."""

from demos.convolution import arithmetic, filter, layer, pixels, shift
from demos.kit.page import Tab, tab

SCENES = (filter, arithmetic, layer, shift, pixels)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("convolution", "Convolution", SCENES)
