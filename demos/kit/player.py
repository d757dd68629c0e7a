"""The step player: frames are sent once, then played, scrubbed and stepped in the browser."""

from demos.kit.view import View


class StepPlayer(View):
    """Plays `{"frames": [{"src": data URI, "caption": text}, ...], "rate": frames a second}`.

    A frame may have an `x` too: the scene's `Curves` mark that place while it is shown.
    """

    script = "player"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "frames": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "src": {"type": "string"},
                        "caption": {"type": "string"},
                        "x": {"type": "number"},
                    },
                },
            },
            "rate": {"type": "number"},
        },
    }


class Compare(View):
    """Before and after in one picture, with a divider to drag.

    Its value is `{"before": data URI, "after": data URI, "labels": [text, text], "caption": text}`.
    """

    script = "compare"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "before": {"type": "string", "description": "data URI of the picture before"},
            "after": {"type": "string", "description": "data URI of the picture after"},
            "labels": {"type": "array", "items": {"type": "string"}},
            "caption": {"type": "string"},
        },
    }
