"""Pictures: the one place that owns files, ranges and layouts.

Outside, a picture is an 8-bit RGB `PIL.Image`; inside, a float32 tensor 1 3 H W in [0, 1].
"""

import base64
import io
import re
import struct
import threading
import zlib
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from models.core.errors import InputError, MissingPictureError

if TYPE_CHECKING:
    from torchvision.transforms.v2 import Resize

LONGEST_SIDE = 1024
MAX_MEGAPIXELS = 40
LARGE_MEGAPIXELS = 4
DRAFT = 1.5
"""How much larger than wanted a JPEG is decoded at least, where it can be decoded smaller."""
UPRIGHT = 1  # as EXIF has it
SIDEWAYS = 5  # and beyond: width and height change places
# Only formats that Pillow decodes itself: never EPS, which would start Ghostscript on an upload.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "PPM", "ICO")
READABLE = "JPEG, PNG, WebP, HEIC, AVIF, GIF, TIFF or BMP"
BAD_BEGINNING = "The picture file is damaged or cut off: its beginning could not be read."
REC_601 = (0.299, 0.587, 0.114)

_HEIF = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"))
_BEGINNINGS = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"BM")
_DECODING = (
    OSError, SyntaxError, EOFError, ValueError, TypeError, KeyError, IndexError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip

_ONE_LARGE = threading.Lock()


def open_image(
    source: str | Path | bytes | None, longest_side: int | None = LONGEST_SIDE
) -> Image.Image:
    """A picture file, given by path or content, as RGB: see `to_rgb`.

    The size is read from the header and checked before anything is decoded. Colour profiles are
    not applied. Large pictures are decoded one at a time: sixty visitors' photos of 12 megapixels
    take 48 MB each until they are shrunk.

    Raises:
        MissingPictureError: `source` is None or empty.
        InputError: no such file, an empty file, not a picture, more than 40
            megapixels, or a damaged file.
    """
    content = _read(source)
    image = _header(content)
    width, height = image.size
    check_size(width, height)
    if longest_side and max(width, height) > DRAFT * longest_side:
        # JPEG can be decoded at 1/2, 1/4 or 1/8; some of the way is left for Lanczos.
        share = DRAFT * longest_side / max(width, height)
        image.draft(None, (max(1, int(width * share)), max(1, int(height * share))))
    large = image.size[0] * image.size[1] > LARGE_MEGAPIXELS * 1_000_000
    with _ONE_LARGE if large else nullcontext():
        try:
            image.load()
        except Image.DecompressionBombError as error:
            raise InputError(_too_many(str(error))) from error
        except _DECODING as error:
            raise InputError(
                "The picture file is damaged or cut off: its end could not be read. "
                "Please save or download it again."
            ) from error
        return to_rgb(image, longest_side)


def size_of(source: str | Path | bytes | None) -> tuple[int, int]:
    """Width and height of a picture file as it is seen, upright: nothing is decoded.

    Raises:
        InputError: as `open_image`, but for what only decoding would tell.
    """
    image = _header(_read(source))
    width, height = image.size
    check_size(width, height)
    return (height, width) if _orientation(image) >= SIDEWAYS else (width, height)


def to_rgb(image: Image.Image, longest_side: int | None = LONGEST_SIDE) -> Image.Image:
    """Any PIL picture as 8-bit RGB, upright, its longest side at most `longest_side` pixels.

    EXIF orientation is applied, transparency laid on white, 16 bits scaled to 8, palettes, grey,
    1-bit and CMYK converted, the first frame taken of an animation, and Lanczos used to shrink
    (never to enlarge). `longest_side=None` keeps the size.

    Raises:
        InputError: more than 40 megapixels, or a kind of picture that cannot be converted.
    """
    check_size(*image.size)
    source = image
    try:
        image = _eight_bits(_upright(image))
        if image.has_transparency_data:
            image = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image if image.mode == "RGB" else image.convert("RGB")
    except _DECODING as error:
        raise InputError(
            f"A picture of the kind {image.mode} can't be shown; save it as RGB."
        ) from error
    small = limited(image, longest_side)
    small = small.copy() if small is source else small
    small.info = {}  # no EXIF, place or thumbnail of the user's travels on
    return small


def limited(image: Image.Image, longest_side: int | None) -> Image.Image:
    """`image` shrunk (Lanczos), if need be, so that no side is longer than `longest_side`."""
    if longest_side is None or max(image.size) <= longest_side:
        return image
    share = longest_side / max(image.size)
    size = tuple(max(1, round(side * share)) for side in image.size)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def check_size(width: int, height: int) -> None:
    """Refuse a picture of more than `MAX_MEGAPIXELS`.

    Raises:
        InputError: with the picture's size and the limit.
    """
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise InputError(
            f"The picture is {width} × {height} pixels ({width * height / 1e6:.1f} megapixels); "
            f"at most {MAX_MEGAPIXELS} megapixels can be used. Please make it smaller first."
        )


def to_tensor(image: Image.Image) -> torch.Tensor:
    """An RGB picture as a tensor, 1 3 H W float32 in [0, 1]; `to_pil` is its inverse.

    The memory layout is channels-last, as the picture's own: see `convolution.convolve`.
    """
    array = np.array(image if image.mode == "RGB" else to_rgb(image, None))  # H W 3
    return torch.from_numpy(array)[None].permute(0, 3, 1, 2).to(torch.float32).div_(255)


def to_pil(tensor: torch.Tensor) -> Image.Image:
    """A tensor (1 C H W, C 1 or 3, values cut to [0, 1]) as an RGB picture; inverts `to_tensor`."""
    return Image.fromarray(to_array(tensor), "RGB")


def to_array(tensor: torch.Tensor) -> np.ndarray:
    """A tensor (1 C H W, C 1 or 3, values cut to [0, 1]) as H W 3 uint8."""
    pixels = tensor.detach().clamp(0, 1).mul_(255).round_().to(torch.uint8)
    pixels = pixels[0].expand(3, -1, -1).permute(1, 2, 0)
    return np.ascontiguousarray(pixels.cpu().numpy())


def squeezed(pictures: torch.Tensor, size: int) -> torch.Tensor:
    """Pictures at size x size, whatever their shape: the one resize that goes with a network.

    What a network was trained on and what it is asked about go through it, so that they are
    smoothed alike: torchvision's `Resize`, bicubic, antialiased.

    Args:
        pictures: B C H W, uint8, or float in [0, 1].
        size: of both sides.

    Returns:
        B C size size of the same type and range; `pictures` itself where it is of that size.
    """
    return resized(pictures, size, size)


def resized(pictures: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The same resize to any shape: B C H W to B C height width; see `squeezed`."""
    if pictures.shape[-2:] == (height, width):
        return pictures
    resize = _resize((height, width), "bicubic")
    if pictures.dtype == torch.uint8:
        return resize(pictures.float()).round_().clamp_(0, 255).byte()
    return resize(pictures).clamp(0, 1)  # bicubic overshoots at edges


def shrunk(planes: torch.Tensor, longest_side: int) -> torch.Tensor:
    """Planes of any range (B C H W) made smaller, if need be, until no side is longer than that.

    For networks that take any shape: torchvision's `Resize`, bilinear, which stays in the range.
    """
    height, width = planes.shape[-2:]
    if max(height, width) <= longest_side:
        return planes
    share = longest_side / max(height, width)
    return shrunk_to(planes, max(1, round(height * share)), max(1, round(width * share)))


def shrunk_to(planes: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The same to a shape: for planes that go with others, which came there by another way.

    Sides are rounded at each step: 500 x 333 is 160 x 107 at once, and 160 x 106 by 256 x 170.
    """
    if planes.shape[-2:] == (height, width):
        return planes
    return _resize((height, width), "bilinear")(planes)


@cache
def _resize(size: tuple[int, int], interpolation: str) -> "Resize":
    """Imported here: a page that shrinks nothing should not wait for torchvision."""
    from torchvision.transforms import v2

    return v2.Resize(size, v2.InterpolationMode(interpolation), antialias=True)


def tiled(pictures: torch.Tensor, columns: int) -> torch.Tensor:
    """Pictures (B C H W) side by side, row after row, as one: 1 C H' W'.

    Where the last row is not full, white follows.
    """
    colours, height, width = pictures.shape[1:]
    missing = -len(pictures) % columns
    pictures = torch.cat([pictures, pictures.new_ones(missing, colours, height, width)])
    rows = pictures.unflatten(0, (-1, columns))  # R K C H W
    return rows.permute(2, 0, 3, 1, 4).reshape(1, colours, -1, columns * width)


def cut_apart(sheet: torch.Tensor, size: int) -> torch.Tensor:
    """The square pictures that `tiled` put together (1 C R*size K*size), row after row: N C H W."""
    cells = sheet.unfold(2, size, size).unfold(3, size, size)  # 1 C R K size size
    return cells.permute(0, 2, 3, 1, 4, 5).flatten(0, 2).contiguous()


def luminance(tensor: torch.Tensor) -> torch.Tensor:
    """Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B of gamma-encoded values: B 3 H W to B 1 H W.

    The weights of ITU-R BT.601, which `PIL.Image.convert("L")` and OpenCV use too.
    """
    red, green, blue = tensor.unbind(1)
    return (red * REC_601[0]).add_(green, alpha=REC_601[1]).add_(blue, alpha=REC_601[2])[:, None]


def to_data_uri(picture: Image.Image | torch.Tensor, lossless: bool = False) -> str:
    """A picture (RGB, or a tensor as `to_pil` takes it) as a data URI for the page.

    JPEG at quality 90 without colour subsampling, or lossless WebP at its fastest where every pixel
    counts (on photos half the time of PNG, and smaller).
    """
    image = to_pil(picture) if isinstance(picture, torch.Tensor) else picture
    buffer = io.BytesIO()
    if lossless:
        image.save(buffer, "WEBP", lossless=True, quality=0, method=0)
    else:
        image.save(buffer, "JPEG", quality=90, subsampling=0)
    kind = "webp" if lossless else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _read(source: str | Path | bytes | None) -> bytes:
    if source is None or source == "":
        raise MissingPictureError("There is no picture yet: choose one first.")
    if not isinstance(source, bytes):
        path = Path(source)
        try:
            source = path.read_bytes()
        except (OSError, ValueError) as error:
            raise InputError(f"The file {path.name!r} could not be found or read.") from error
    if not source:
        raise InputError("The file is empty (0 bytes): there is no picture in it.")
    return source


def _header(content: bytes) -> Image.Image:
    formats = FORMATS
    if content[4:12] in _HEIF:
        _read_heif()
        formats = (*FORMATS, "HEIF")
    try:
        return Image.open(io.BytesIO(content), formats=formats)
    except Image.DecompressionBombError as error:
        raise InputError(_too_many(str(error))) from error
    except UnidentifiedImageError as error:
        raise InputError(_unknown(content)) from error
    except _DECODING as error:
        raise InputError(BAD_BEGINNING) from error


@cache
def _read_heif() -> None:
    """Let Pillow read HEIC, as iPhones write it: with the first such file, by pi-heif."""
    import pi_heif

    pi_heif.register_heif_opener()


def _unknown(content: bytes) -> str:
    if content.startswith(_BEGINNINGS) or content[4:12] in _HEIF:
        return BAD_BEGINNING
    return f"This file is not a picture; please choose a {READABLE} file."


def _too_many(message: str) -> str:
    """Pillow refuses above 179 megapixels by itself, and tells the count in its message."""
    count = re.search(r"\((\d+) pixels\)", message)
    size = f"has {int(count[1]) / 1e6:.0f} megapixels" if count else "is too large"
    return (
        f"The picture {size}; at most {MAX_MEGAPIXELS} megapixels can be used. "
        "Please make it smaller first."
    )


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except _DECODING:  # the EXIF data is damaged: the picture itself may well be fine
        return UPRIGHT
    return found if isinstance(found, int) else UPRIGHT


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image) if _orientation(image) != UPRIGHT else image
    except _DECODING:
        return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Deep greyscale (16-bit, 32-bit, float) scaled to 8 bits; everything else as it is.

    16 bits are divided by 257. Integers beyond 16 bits, and floats beyond [0, 1], have no agreed
    white, and so their range is stretched.
    """
    if not (image.mode == "F" or image.mode.startswith("I")):
        return image
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    if image.mode == "F":
        low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
    elif low >= 0 and high <= 65535:
        low, high = 0.0, 65535.0
    scaled = (values - low) * (255 / (high - low)) if high > low else values * 0
    return Image.fromarray(np.rint(scaled).astype(np.uint8), "L")
