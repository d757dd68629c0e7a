"""The convolution tab: a kernel slides over an image, number by number."""

from demos.convolution import filter, pixels
from demos.kit.page import Tab, tab

SCENES = (filter, pixels)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("convolution", "Convolution", SCENES)
