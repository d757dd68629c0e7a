"""The edit scene's components: three kinds of runs, and a mask to paint."""

from contextlib import suppress
from typing import Any

from demos.kit import View
from models.core.errors import MissingInputError
from models.diffusion.edit import mask_of

RUN = {
    "type": "object",
    "properties": {
        "frames": {"type": "array", "items": {"type": "object"}},
        "film": {"type": "object"},
        "faces": {"type": "string", "description": "the finished pictures, lossless data URI"},
        "picture": {"type": "string", "description": "the picture before, lossless data URI"},
    },
}


class Redrawing(View):
    """Before, noised and after, and the steps between."""

    script = "redrawing"
    schema = RUN


class Filling(View):
    """Variants of a picture whose painted part is drawn anew."""

    script = "filling"
    schema = RUN


class SeedWalk(View):
    """Faces from seed to seed: one large, all of them at some of the steps."""

    script = "seed-walk"
    schema = RUN


class Ground(View):
    """The picture under the mask, as `{"src": data URI}`; drawn by `MaskPainter`."""

    script = "ground"


class MaskPainter(View):
    """A mask to paint over the `Ground`, 32 x 32 cells.

    Its value: 32 texts of `0` (stays) and `1` (drawn anew), from top to bottom.
    """

    script = "mask-painter"
    schema = {  # noqa: RUF012
        "type": "array",
        "items": {"type": "string", "description": "32 times 0 (stays) or 1 (drawn anew)"},
    }

    def check(self, value: Any) -> list[str]:
        """A mask out of a link, an empty one as well.

        Raises:
            InputError: it is none.
        """
        with suppress(MissingInputError):
            mask_of(value)
        return ["".join(str(cell) for cell in row) for row in value]
