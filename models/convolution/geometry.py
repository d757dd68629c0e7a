"""How a window slides over a picture: settings, padding, and the size that comes out."""

from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch.nn import functional as F

from models.convolution.axis import Axis, output_size
from models.convolution.grids import times
from models.core.checks import one_of, whole
from models.core.errors import InputError

AnySliding = TypeVar("AnySliding", bound="Sliding")

OPERATIONS = ("cross-correlation", "convolution")
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
MAX_STRIDE, MAX_DILATION, MAX_PADDING = 4, 3, 32


@dataclass(frozen=True)
class Sliding:
    """How a kernel slides.

    stride: pixels from one window to the next, 1 to 4. dilation: pixels from one weight to the
    next, 1 to 3. padding: "valid" (none), "same" (P = (K_eff - 1)/2 on every side, with any
    stride; with stride 1 this is torch's "same") or a number of pixels, 0 to 32. padding_mode:
    what the border is made of. flip: turn the kernel by 180° first (true convolution); without
    it the operation is cross-correlation, as in torch and in every CNN.

    Raises:
        InputError: a value outside of these.
    """

    stride: int = 1
    dilation: int = 1
    padding: str | int = "valid"
    padding_mode: str = "zeros"
    flip: bool = False

    def __post_init__(self) -> None:
        whole("Stride", self.stride, 1, MAX_STRIDE)
        whole("Dilation", self.dilation, 1, MAX_DILATION)
        if isinstance(self.padding, str):
            if self.padding not in ("valid", "same"):
                raise InputError(
                    f"Padding {self.padding!r} is not known; use valid, same or a whole number "
                    f"from 0 to {MAX_PADDING}."
                )
        else:
            whole("Padding", self.padding, 0, MAX_PADDING)
        one_of("Padding mode", self.padding_mode, PADDING_MODES)
        if not isinstance(self.flip, bool):
            raise InputError(f"Flip is {self.flip!r}, but must be true or false.")

    @classmethod
    def from_words(
        cls: type[AnySliding], padding: str | int, operation: str = OPERATIONS[0], **fields: Any
    ) -> AnySliding:
        """The settings in the words of the page and the API.

        padding: "valid", "same", or a number, which may be text. operation: "cross-correlation",
        or "convolution", which flips the kernel. fields: the others, by name.

        Raises:
            InputError: an unknown operation, or what the class itself refuses.
        """
        one_of("Operation", operation, OPERATIONS)
        number = str(padding).strip().isdecimal()
        return cls(
            padding=int(padding) if number else padding,
            flip=operation == "convolution",
            **fields,
        )

    def pads(self, kernel_height: int, kernel_width: int) -> tuple[int, int]:
        """Rows added above and below, columns added left and right, for a kernel of that size.

        Raises:
            InputError: "same" with an even kernel, whose (K_eff - 1)/2 is not a whole number.
        """
        if not isinstance(self.padding, str):
            return self.padding, self.padding
        if self.padding == "valid":
            return 0, 0
        spans = [self.dilation * (size - 1) for size in (kernel_height, kernel_width)]
        if any(span % 2 for span in spans):
            raise InputError(
                f"A {times(kernel_height, kernel_width)} kernel has no centre, so that same "
                "padding, (K - 1)/2, is not a whole number; use an odd size or a number."
            )
        return spans[0] // 2, spans[1] // 2


def output_axes(
    height: int, width: int, kernel_height: int, kernel_width: int, sliding: Sliding
) -> tuple[Axis, Axis]:
    """Rows and columns of the output of a kernel that slides over a picture.

    Raises:
        InputError: the kernel is larger than the padded picture; says by how much.
    """
    pad_rows, pad_columns = sliding.pads(kernel_height, kernel_width)
    rows = output_size(height, kernel_height, pad_rows, sliding.stride, sliding.dilation, "H")
    columns = output_size(width, kernel_width, pad_columns, sliding.stride, sliding.dilation, "W")
    if rows.too_large_by or columns.too_large_by:
        raise InputError(_too_large(rows, columns))
    return rows, columns


def pad(image: torch.Tensor, rows: int, columns: int, mode: str = "zeros") -> torch.Tensor:
    """`image` (B C H W) with a border of `rows` above and below, `columns` left and right.

    Raises:
        InputError: reflect or circular padding that needs more pixels than the image has.
    """
    if rows == columns == 0:
        return image
    if mode == "zeros":
        return F.pad(image, (columns, columns, rows, rows))
    height, width = image.shape[-2:]
    check_padding(height, width, rows, columns, mode)
    return window(image, range(-rows, height + rows), range(-columns, width + columns), mode)


def check_padding(height: int, width: int, rows: int, columns: int, mode: str) -> None:
    """See to it that a picture of that size can be given such a border.

    Raises:
        InputError: reflect or circular padding that needs more pixels than the picture has.
    """
    spare = {"reflect": 1, "circular": 0}.get(mode)
    if spare is not None and (rows > height - spare or columns > width - spare):
        most = max(0, min(height, width) - spare)
        raise InputError(
            f"{mode.capitalize()} padding of {max(rows, columns)} is too much for a picture of "
            f"{times(width, height)}: at most {most} is possible. Use less, or zeros or replicate."
        )


def window(image: torch.Tensor, rows: range, columns: range, mode: str) -> torch.Tensor:
    """The rows and columns of `image` (B C H W) with these numbers, which may lie outside of it:
    those are what the padding mode (not "zeros") says that they are."""
    for axis, places in ((-2, rows), (-1, columns)):
        size = image.shape[axis]
        if places != range(size):
            where = torch.arange(places.start, places.stop, device=image.device)
            image = image.index_select(axis, _source(where, size, mode))
    return image


def _source(places: torch.Tensor, size: int, mode: str) -> torch.Tensor:
    """Which of `size` pixels in a row stand at places outside of it."""
    if mode == "reflect":
        return (size - 1) - ((size - 1) - places.abs()).abs()
    return places % size if mode == "circular" else places.clamp(0, size - 1)


def _too_large(rows: Axis, columns: Axis) -> str:
    kernel = times(columns.kernel, rows.kernel)
    article = "An" if kernel.startswith(("8", "11", "18")) else "A"
    if rows.dilation > 1:
        covered = times(columns.effective_kernel, rows.effective_kernel)
        first = f"{article} {kernel} kernel with dilation {rows.dilation} covers {covered}"
    else:
        first = f"{article} {kernel} kernel covers {kernel}"
    short = [
        f"{axis.too_large_by} too {word}"
        for axis, word in ((columns, "wide"), (rows, "high"))
        if axis.too_large_by
    ]
    picture = "padded picture" if rows.padding or columns.padding else "picture"
    more = max(axis.padding + -(-axis.too_large_by // 2) for axis in (rows, columns))
    smaller = "a smaller kernel or dilation" if rows.dilation > 1 else "a smaller kernel"
    advice = f"Use padding of at least {more}" if more <= MAX_PADDING else "Use a larger picture"
    return (
        f"{first}, but the {picture} is only {times(columns.padded, rows.padded)}: "
        f"{', '.join(short)}. {advice}, or {smaller}."
    )
