"""A caption as it grows: each word, where it looked, and the words that almost were."""

from demos.kit import View


class GrowingCaption(View):
    """The words with their maps, one word's map large, its rivals as bars, and a player.

    Choosing a rival raises `select` with `begin`: the words before it, and it.
    """

    script = "captioning/words"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "words": {"type": "array", "items": {"type": "object"}},
            "caption": {"type": "string"},
            "done": {"type": "boolean"},
            "src": {"type": "string", "description": "data URI of the photo"},
        },
    }
