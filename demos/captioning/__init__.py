"""The captioning tab: a sentence grows word by word, each word pointing at what it looked at."""

from demos.captioning import away, beam, inside, side, training, where, words, wrong
from demos.captioning.words import warm_up
from demos.kit.page import Tab, tab

__all__ = ["SCENES", "TITLE", "build", "warm_up"]

TITLE = "Captioning"
SCENES = (words, where, beam, inside, away, side, wrong, training)


def build() -> Tab:
    """The tab's scenes, in order."""
    return tab("captioning", TITLE, SCENES)
