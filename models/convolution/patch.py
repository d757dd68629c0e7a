"""A square cut out of a photo as grey values: numbers that a kernel can slide over by hand."""

from dataclasses import dataclass

from PIL import Image

from models.convolution.grids import Rows
from models.core.checks import between, whole

SMALLEST, LARGEST = 3, 12  # pixels along a side


@dataclass(frozen=True)
class Patch:
    """Where a patch lies and how large it is, so that it fits a photo of any size.

    x, y: from 0 (at the left, at the top) to 100 (at the right, at the bottom), of the way that
    the patch can go. size: pixels along its side, 3 to 12.

    Raises:
        InputError: a value outside of these.
    """

    x: float
    y: float
    size: int

    def __post_init__(self) -> None:
        whole("Patch size", self.size, SMALLEST, LARGEST)
        for name, share in (("X", self.x), ("Y", self.y)):
            between(name, share, 0, 100)

    @classmethod
    def around(
        cls, point: tuple[int, int], clicked: tuple[int, int], cut: tuple[int, int], size: int
    ) -> "Patch":
        """The patch with `point` in its middle, or as near to it as the border lets it.

        Args:
            point: x and y in pixels of the picture that was clicked.
            clicked: that picture's width and height.
            cut: width and height of the picture that the patch will be cut from.
            size: pixels along the patch's side.
        """
        shares = [
            min(1.0, max(0.0, (at / whole_side * side - size / 2) / max(1, side - size)))
            for at, whole_side, side in zip(point, clicked, cut, strict=True)
        ]
        return cls(*(round(100 * share) for share in shares), size)

    def values(self, picture: Image.Image) -> Rows:
        """Rows of grey values from 0 to 255; fewer than `size` where the picture has fewer."""
        grey = picture.convert("L")
        width, height = min(self.size, grey.width), min(self.size, grey.height)
        left = round((grey.width - width) * self.x / 100)
        top = round((grey.height - height) * self.y / 100)
        flat = tuple(grey.crop((left, top, left + width, top + height)).tobytes())
        return tuple(flat[start : start + width] for start in range(0, len(flat), width))
