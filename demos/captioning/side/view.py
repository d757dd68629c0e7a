"""Captions of one photo side by side, in step."""

from demos.kit import View


class Lanes(View):
    """A lane for each writer: its sentence, its map and its rivals at the step in view."""

    script = "captioning/side"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "src": {"type": "string", "description": "data URI of the photo"},
            "lanes": {"type": "array", "items": {"type": "object"}},
            "done": {"type": "boolean"},
        },
    }
