"""Faces, the training faces nearest to the chosen one, and how near real new faces are."""

from demos.kit import View


class Novelty(View):
    """Faces to choose from; raises `select` with the number of the one that was clicked."""

    script = "diffusion/new"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "faces": {"type": "string", "description": "sheet of faces, data URI"},
            "found": {"type": "array", "items": {"type": "object"}},
            "held_back": {"type": "array", "items": {"type": "number"}},
            "threshold": {"type": "number"},
        },
    }
