"""Captions at hand for the example photos: right, slightly wrong, unrelated; and references.

All are our own sentences. The references are what several people might say of the photo; a caption
is compared with them by BLEU and CIDEr-D.
"""

from dataclasses import dataclass
from pathlib import Path

from demos.captioning.photos import CaptionPhoto
from models.core.once import once


@dataclass(frozen=True)
class Ready:
    """Sentences about one example photo."""

    right: str
    slightly_wrong: str
    unrelated: str
    references: tuple[str, ...]


READY = {
    "camera": Ready(
        "a man in a black coat is standing by a camera",
        "a woman in a black coat is standing by a camera",
        "two dogs are playing with a ball in the snow",
        (
            "a man in a black coat looks through a camera on a tripod",
            "a photographer is standing in a field with his camera",
            "a man takes a picture with a camera on a tripod",
            "a man in a dark coat is standing by a camera outside",
        ),
    ),
    "astronaut": Ready(
        "a woman in an orange suit is smiling",
        "a man in an orange suit is smiling",
        "a dog in the snow is running",
        (
            "a smiling woman in an orange suit",
            "a woman in an orange suit is standing in front of a flag",
            "a woman wearing an orange space suit is smiling",
            "a woman poses in front of an american flag",
        ),
    ),
    "cat": Ready(
        "a brown cat looks at the camera",
        "a brown dog looks at the camera",
        "two men play soccer on grass",
        (
            "a close up of a brown cat",
            "the face of a brown cat with green eyes",
            "a cat looks at the camera",
            "a brown cat is looking up",
        ),
    ),
    "hopper": Ready(
        "a woman wearing a black hat and glasses",
        "a man wearing a black hat and glasses",
        "a boy jumps into a pool",
        (
            "an older woman wearing a hat and glasses",
            "a woman in a navy hat looks at the camera",
            "an elderly woman with glasses wears a black hat",
            "an older lady in glasses and a hat",
        ),
    ),
    "raccoon": Ready(
        "a small brown animal lies in the grass",
        "a small brown dog lies in the grass",
        "a man rides a red bike",
        (
            "a small animal in the grass looks at the camera",
            "a furry animal is lying on green leaves",
            "a grey and black animal sits on a tree",
            "a small animal lies on a green plant",
        ),
    ),
    "smile": Ready(
        "a woman is smiling at the camera",
        "a man is smiling at the camera",
        "a dog runs through the snow",
        (
            "a woman with short hair smiles",
            "a smiling woman with short brown hair",
            "a woman is smiling at the camera",
            "a blond woman smiles for a picture",
        ),
    ),
}


@once
def _content(name: str) -> bytes:
    return Path(CaptionPhoto.examples[name]).read_bytes()


def ready_for(photo: str) -> str | None:
    """Which example a file is, by its content; None for a photo of somebody's own."""
    content = Path(photo).read_bytes()
    return next((name for name in READY if content == _content(name)), None)
