"""The step player: frames are sent once, then played, scrubbed and stepped in the browser."""

from demos.kit.view import View


class StepPlayer(View):
    """Plays `{"frames": [{"src": data URI, "caption": text}, ...], "rate": frames a second}`.

    A frame may have an `x` too: the scene's `Curves` mark that place while it is shown. And it may
    have `texts`, each with a `title` and `lines`, which stand beside the picture.

    With `parts` or `rows` the pictures are strips of squares, which are cut apart and laid out as
    large as there is room for. `parts` names the squares that belong together, in their order, and
    is empty where each stands alone; `rows` names the rows in which all but the first stand.
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
                        "texts": {"type": "array", "items": {"type": "object"}},
                    },
                },
            },
            "rate": {"type": "number"},
            "parts": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "items": {"type": "string"}},
        },
    }
