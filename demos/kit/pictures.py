"""Pictures beside each other: several of one thing in one frame, and sheets with their titles."""

from collections.abc import Sequence

from demos.kit.view import View

LABELLED = {
    "type": "object",
    "properties": {
        "src": {"type": "string", "description": "data URI"},
        "label": {"type": "string"},
    },
}


class Compare(View):
    """Several pictures of one thing in one frame, with dividers to drag between them.

    Its value is what `compared` makes; of two also `{"before": data URI, "after": data URI,
    "labels": [text, text], "caption": text}`.
    """

    script = "compare"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "before": {"type": "string", "description": "data URI of the picture before"},
            "after": {"type": "string", "description": "data URI of the picture after"},
            "labels": {"type": "array", "items": {"type": "string"}},
            "pictures": {
                "type": "array",
                "items": LABELLED,
                "description": "instead of the two: from left to right",
            },
            "caption": {"type": "string"},
        },
    }


def compared(pictures: Sequence[tuple[str, str]], caption: str = "") -> dict:
    """The value of a `Compare`: grey, prediction and truth, say.

    Args:
        pictures: label and data URI of each, from left to right, at least two, of one shape.
        caption: a sentence below.

    Raises:
        ValueError: there is nothing to compare.
    """
    if len(pictures) < 2:
        raise ValueError(f"got {len(pictures)} pictures, two or more can be compared")
    labelled = [{"src": src, "label": label} for label, src in pictures]
    return {"pictures": labelled, "caption": caption}


class Sheets(View):
    """Sheets of pictures, each with a title and a sentence: `{"pictures": [sheet, ...]}`."""

    script = "sheets"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "pictures": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string"},
                        "src": {"type": "string", "description": "data URI"},
                        "note": {"type": "string"},
                    },
                },
            }
        },
    }


def sheet(title: str, src: str, note: str = "") -> dict[str, str]:
    """One of `Sheets`: a picture (data URI), what it is called, and a sentence about it."""
    return {"title": title, "src": src, "note": note}
