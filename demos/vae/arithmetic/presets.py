"""The arithmetic scene's presets and walk-through."""

from demos.kit import Preset, Step

ENDS = {
    "faces": ["ned_flanders", "homer_simpson", "moe_szyslak:8"],
    "digits": ["7:0", "7:1", "1:3"],
}
"""a, b and c when a network is chosen."""


def _preset(slug: str, title: str, model: str, a: str, b: str, c: str) -> Preset:
    values = {"model": model, "a": a, "b": b, "c": c, "strength": 1.0}
    return Preset(slug, title, values, slide="23")


PRESETS = (
    _preset("moustache", "Moe, with Ned's moustache", "faces", *ENDS["faces"]),
    _preset(
        "clown",
        "Bart as a clown",
        "faces",
        "krusty_the_clown",
        "homer_simpson",
        "bart_simpson:0",
    ),
    _preset(
        "open-mouth",
        "Open your mouth",
        "faces",
        "edna_krabappel:7",
        "edna_krabappel:8",
        "homer_simpson:5",
    ),
    _preset("bold", "Bolder", "digits_16d", "7:0", "7:1", "1:3"),
    _preset("thin", "Thinner", "digits_16d", "6:13", "6:12", "0:3"),
    _preset("slanted", "Slanted", "digits_16d", "1:0", "1:4", "7:5"),
    _preset("upright", "Upright", "digits_16d", "1:8", "1:14", "6:1"),
)

WALK = (
    Step("A bold 7 minus a thin 7 is a direction: bolder. Added to a thin 1 …", "bold"),
    Step("A slanted 1 minus an upright 1: the slant. It suits a 7 as well.", "slanted"),
    Step("On faces: Ned minus Homer, means over many pictures, is beard and hair.", "moustache"),
    Step("Two pictures of one person with another mouth: only the mouth moves.", "open-mouth"),
)
