"""The colorizer tab: a grey photo gains colour, and a judge says what it thinks of it."""

from demos.colorizer import judge, photo, planes, quiz, training, versus
from demos.colorizer.photo import warm_up
from demos.kit.page import Tab, tab

__all__ = ["SCENES", "TITLE", "build", "warm_up"]

TITLE = "Colorizer"
SCENES = (photo, planes, versus, judge, quiz, training)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("colorizer", TITLE, SCENES)
