"""The edit scene's components: three kinds of runs, and a mask to paint."""

from contextlib import suppress
from typing import Any

from PIL import Image

from demos.kit import View
from models.core.errors import MissingInputError
from models.diffusion.edit import mask_of
from models.diffusion.faces import framed

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

    script = "diffusion/edit-redraw"
    schema = RUN


class Filling(View):
    """Variants of a picture whose painted part is drawn anew."""

    script = "diffusion/edit-fill"
    schema = RUN


class SeedWalk(View):
    """Faces from seed to seed: one large, all of them at some of the steps."""

    script = "diffusion/edit-walk"
    schema = RUN


class Ground(View):
    """The picture under the mask, as `{"src": data URI}`; drawn by `MaskPainter`."""

    script = "diffusion/edit-ground"


class FrameGround(View):
    """The photo under the frame, as `/edit_frame` gives it; drawn by `Frame`."""

    script = "diffusion/edit-frame-photo"


class Frame(View):
    """A square frame over the photo, to drag and to size.

    Its value: left, top and side in percent, see `models.diffusion.faces.framed`; or nothing.
    """

    script = "diffusion/edit-frame"
    schema = {  # noqa: RUF012
        "type": "array",
        "items": {"type": "integer", "description": "left, top, side, in percent"},
    }
    example = [25, 3, 40]  # noqa: RUF012

    def check(self, value: Any) -> list[int]:
        """A frame out of a link, an empty one as well.

        Raises:
            InputError: it is none.
        """
        if value != []:
            framed(Image.new("L", (100, 100)), value)
        return value


class MaskPainter(View):
    """A mask to paint over the `Ground`, 32 x 32 cells.

    Its value: 32 texts of `0` (stays) and `1` (drawn anew), from top to bottom.
    """

    script = "diffusion/edit-mask"
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
