"""Every kind of picture file a person may drop in, good and bad."""

import base64
import io
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F

from models.core import images
from models.core.errors import InputError
from models.core.images import (
    check_size,
    cut_apart,
    limited,
    luminance,
    open_image,
    shrunk,
    size_of,
    squeezed,
    tiled,
    to_array,
    to_data_uri,
    to_pil,
    to_rgb,
    to_tensor,
)

HEIC = base64.b64decode(  # the ramp below, as an iPhone's container holds it
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAAOEAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAAB"
    "AABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADw"
    "NgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAA"
    "AAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAA"
    "AAIAAAAAEAAAAQAAAAAf///+AAAAAC////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYEC"
    "AwWEAAAA6W1kYXQAAADdKAGvBjIIgiIdgIkACaI/GuaU4xpMVhaKM2C/8E+37dYYU63oAd9mef7It4Bf3LCo0H6n7f"
    "/za+d5buZW6HPenkZhdAN8USS0pPs+8g6jE9UDgTgzuRxtSyS02qMJWx7/UMv7IDzPJTmsQGWDfji2R+SNC92RyhC4"
    "EW4GMHXoKkFyOj/daVTK6Wbg5P9Acs2eXITaFKHJopUO4RDVOYcBcN7YA12pU6qgQxtcAfzcs+ik1eAU9RVv29898F"
    "Byt8yoAPOec1YeLvaK0GWYj0AzC0ouSovhHu3epHd3TZ8="
)


@pytest.fixture
def ramp() -> Image.Image:
    """32 x 16 pixels, red to the right, green downwards."""
    y, x = np.mgrid[0:16, 0:32]
    return Image.fromarray(np.stack([x * 8, y * 16, x * 0 + 40], -1).astype(np.uint8))


def content(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP", "PPM"])
def test_lossless_files_come_back_exactly(ramp, tmp_path, kind):
    path = tmp_path / "picture"
    ramp.save(path, kind, **({"lossless": True} if kind == "WEBP" else {}))
    assert open_image(path) == ramp
    assert open_image(str(path)) == ramp
    assert open_image(path.read_bytes()) == ramp


def test_an_iphones_file_is_read(ramp):
    read = open_image(HEIC)
    assert (read.mode, read.size) == ("RGB", ramp.size)
    apart = np.abs(np.asarray(read, np.int16) - np.asarray(ramp, np.int16))
    assert apart.mean() < 6  # it was kept with a loss
    with pytest.raises(InputError, match="damaged or cut off"):
        open_image(HEIC[:500])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(ramp, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = content(ramp, "JPEG", exif=exif, quality=95)
    turned = open_image(file)
    assert size_of(file) == turned.size
    assert turned.size == ((32, 16) if orientation < 5 else (16, 32))
    corner = {1: (0, 0), 2: (31, 0), 3: (31, 15), 4: (0, 15)}
    corner |= {5: (0, 0), 6: (15, 0), 7: (15, 31), 8: (0, 31)}
    assert max(turned.getpixel(corner[orientation])[:2]) < 24  # the dark corner


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_leaves_the_picture(ramp):
    file = content(ramp, "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xffnonsense")
    assert open_image(file).size == (32, 16)


def test_an_orientation_in_words_is_none(ramp):
    words = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x026\0\0\0\0\0\0\0"
    file = content(ramp, "JPEG", exif=b"Exif\0\0" + words)
    assert Image.open(io.BytesIO(file)).getexif()[0x0112] == "6"
    assert open_image(file).size == size_of(file) == (32, 16)


def test_transparency_is_laid_on_white():
    rgba = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    rgba.putpixel((1, 0), (255, 0, 0, 128))
    flat = open_image(content(rgba, "PNG"))
    assert flat.getpixel((0, 0)) == (255, 255, 255)
    assert flat.getpixel((1, 0)) == pytest.approx((255, 127, 127), abs=1)
    assert to_rgb(Image.new("LA", (1, 1), (0, 0))).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 0, 9, 9, 9])
    palette.putpixel((1, 0), 1)
    clear = open_image(content(palette, "PNG", transparency=0))
    assert clear.getpixel((0, 0)) == (255, 255, 255)
    assert clear.getpixel((1, 0)) == (9, 9, 9)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(kind):
    deep = Image.fromarray(np.array([[0, 257, 32896, 65535]], np.uint16))
    grey = open_image(content(deep, kind))
    assert [grey.getpixel((x, 0))[0] for x in range(4)] == [0, 1, 128, 255]


def test_integers_and_floats_beyond_16_bits_are_stretched():
    wide = Image.fromarray(np.array([[0, 70_000, 140_000]], np.int32))
    assert [to_rgb(wide).getpixel((x, 0))[0] for x in range(3)] == [0, 128, 255]
    unit = Image.fromarray(np.array([[0.0, 0.2, 0.4]], np.float32))
    assert [to_rgb(unit).getpixel((x, 0))[0] for x in range(3)] == [0, 51, 102]
    signed = Image.fromarray(np.array([[-1.0, 0.0, 3.0, np.nan]], np.float32))
    assert [to_rgb(signed).getpixel((x, 0))[0] for x in range(4)] == [0, 64, 255, 64]
    flat = Image.fromarray(np.full((1, 2), 7e9, np.float32))
    assert to_rgb(flat).getpixel((0, 0)) == (0, 0, 0)


def test_cmyk_jpeg():
    cyan = open_image(content(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG"))
    red, green, blue = cyan.getpixel((4, 4))
    assert cyan.mode == "RGB"
    assert red < 10 < 240 < min(green, blue)


@pytest.mark.parametrize("mode", ["1", "L", "P", "HSV", "YCbCr", "RGBX", "RGBa", "La"])
def test_every_mode_becomes_rgb(ramp, mode):
    via = {"RGBa": "RGBA", "La": "LA"}.get(mode)
    image = (ramp.convert(via) if via else ramp).convert(mode)
    assert to_rgb(image).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_animations_give_their_first_frame(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    file = content(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert open_image(file).getpixel((3, 3)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_one_pixel(kind):
    image = open_image(content(Image.new("RGB", (1, 1), (200, 200, 200)), kind))
    assert image.size == (1, 1)
    assert to_tensor(image).shape == (1, 3, 1, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1500), (500, 250)), ((700, 1400), (250, 500)), ((9000, 2), (500, 1))],
)
def test_longest_side_is_limited(kind, size, expected):
    file = content(Image.new("RGB", size, (10, 120, 240)), kind)
    image = open_image(file, longest_side=500)
    assert image.size == expected
    assert image.getpixel((0, 0)) == pytest.approx((10, 120, 240), abs=3)
    assert open_image(file, longest_side=None).size == size
    assert limited(image, 5000) is image


def test_a_jpeg_decoded_smaller_looks_like_one_that_was_shrunk_from_its_full_size():
    photo = Path(__file__).parents[3] / "assets/examples/glassbox-astronaut.webp"
    full = open_image(photo, None).resize((3000, 3000), Image.Resampling.BICUBIC)
    file = content(full, "JPEG", quality=92)
    found = np.asarray(open_image(file, 900), np.float64)
    expected = np.asarray(full.resize((900, 900), Image.Resampling.LANCZOS), np.float64)
    error = np.square(found - expected).mean()
    assert 10 * np.log10(255**2 / error) > 38  # dB


def test_large_pictures_are_opened_one_at_a_time_and_small_ones_meanwhile(ramp, monkeypatch):
    large = content(Image.new("RGB", (2500, 2000)), "PNG")
    first, second, go_on = threading.Event(), threading.Event(), threading.Event()
    convert = images.to_rgb

    def held(image, longest_side):
        if image.width > 2000:
            (second if first.is_set() else first).set()
            go_on.wait(20)
        return convert(image, longest_side)

    monkeypatch.setattr(images, "to_rgb", held)
    waiting = [threading.Thread(target=open_image, args=(large, 100)) for _ in range(4)]
    for thread in waiting:
        thread.start()
    try:
        assert first.wait(20)
        assert open_image(content(ramp, "PNG")).size == (32, 16)
        assert not second.wait(0.5)
    finally:
        go_on.set()
        for thread in waiting:
            thread.join(20)
    assert second.is_set()  # it was only late


def test_a_picture_that_was_handed_in_stays_as_it_is_and_its_notes_do_not_travel_on(ramp):
    ramp.info["comment"] = "at home"
    made = to_rgb(ramp)
    assert made is not ramp
    assert made.info == {}
    assert ramp.info == {"comment": "at home"}
    assert np.array_equal(np.asarray(made), np.asarray(ramp))


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "There is no picture yet: choose one first."),
        (b"", "The file is empty (0 bytes): there is no picture in it."),
        (b"Dear all, here are the notes.", "This file is not a picture; please choose a JPEG, PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "This file is not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "its beginning could not be read"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "damaged or cut off: its beginning could not be read"),
        (b"\x89PNG\r\n\x1a\n\0\0", "its beginning could not be read"),
        (png_header(64, 64), "The picture file is damaged or cut off: its end could not be read."),
        (png_header(8000, 6250), "The picture is 8000 × 6250 pixels (50.0 megapixels); at most 40"),
        (png_header(10_000, 10_000), "The picture is 10000 × 10000 pixels (100.0 megapixels)"),
        (png_header(20_000, 20_000), "The picture has 400 megapixels; at most 40 megapixels"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bad_files_are_told_apart(file, sentence):
    with pytest.raises(InputError) as error:
        open_image(file)
    assert sentence in str(error.value)


def test_missing_file_names_only_the_file(tmp_path):
    with pytest.raises(InputError, match=r"The file 'gone\.jpg' could not be found") as error:
        open_image(tmp_path / "gone.jpg")
    assert str(tmp_path) not in str(error.value)
    with pytest.raises(InputError, match="could not be found"):
        open_image(tmp_path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_files(kind, share):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    file = content(Image.fromarray(noise), kind)
    with pytest.raises(InputError, match="damaged or cut off"):
        open_image(file[: int(len(file) * share)])


def test_size_limit_is_forty_megapixels():
    check_size(8000, 5000)
    with pytest.raises(InputError, match="40 megapixels"):
        check_size(8000, 5001)
    with pytest.raises(InputError, match="megapixels"):
        to_rgb(Image.new("1", (8000, 6250)))


def test_tensor_and_back_is_exact():
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    image = Image.fromarray(np.stack([every, every.T, 255 - every], -1))
    tensor = to_tensor(image)
    assert tensor.shape == (1, 3, 16, 16)
    assert tensor.dtype == torch.float32
    assert (float(tensor.min()), float(tensor.max())) == (0.0, 1.0)
    assert to_pil(tensor) == image
    assert np.array_equal(to_array(tensor), np.array(image))
    assert to_pil(tensor[:, :1]).getpixel((3, 2)) == (35, 35, 35)
    assert to_pil(tensor * 9 - 4).getpixel((15, 15))[0] == 255  # cut, not wrapped


def test_luminance_is_rec_601():
    image = torch.rand(1, 3, 5, 4, generator=torch.Generator().manual_seed(0))
    red, green, blue = image[0]
    expected = 0.299 * red + 0.587 * green + 0.114 * blue
    assert luminance(image).shape == (1, 1, 5, 4)
    assert torch.allclose(luminance(image)[0, 0], expected, atol=1e-6)


def test_data_uris_can_be_read_back(ramp):
    uri = to_data_uri(ramp, lossless=True)
    assert uri.startswith("data:image/webp;base64,")
    assert open_image(base64.b64decode(uri.partition(",")[2])) == ramp
    uri = to_data_uri(to_tensor(ramp))
    assert uri.startswith("data:image/jpeg;base64,")
    back = np.array(open_image(base64.b64decode(uri.partition(",")[2])), int)
    assert np.abs(back - np.array(ramp, int)).mean() < 3


@pytest.mark.parametrize("shape", [(300, 200), (50, 90)])
def test_squeezing_is_torchs_bicubic_and_as_near_pillows_as_rounding(shape):
    pixels = torch.randint(256, (2, 3, *shape), generator=torch.Generator().manual_seed(0)).byte()
    found = squeezed(pixels, 64)
    assert (found.shape, found.dtype) == ((2, 3, 64, 64), torch.uint8)
    floats = F.interpolate(pixels.float(), (64, 64), mode="bicubic", antialias=True)
    assert torch.equal(found, floats.round().clamp(0, 255).byte())
    shares = squeezed(pixels / 255, 64)
    torch.testing.assert_close(shares, (floats / 255).clamp(0, 1))


@pytest.mark.parametrize("shape", [(300, 200), (50, 90)])
def test_squeezing_is_pillows_but_for_rounding(shape):
    """Of middle greys, which do not overshoot: Pillow cuts what does between its two passes."""
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(80, 176, (*shape, 3), generator=generator).byte()
    pillows = Image.fromarray(pixels.numpy()).resize((64, 64), Image.Resampling.BICUBIC)
    found = squeezed(pixels.permute(2, 0, 1)[None], 64)[0].permute(1, 2, 0)
    assert abs(found.numpy().astype(int) - np.array(pillows).astype(int)).max() <= 1


def test_what_fits_is_handed_on_as_it_is():
    square, wide = torch.rand(1, 3, 64, 64), torch.rand(1, 1, 30, 64)
    assert squeezed(square, 64) is square
    assert shrunk(wide, 64) is wide


def test_shrinking_keeps_the_shape_and_any_range():
    planes = 200 * torch.rand(1, 2, 90, 200, generator=torch.Generator().manual_seed(0)) - 100
    found = shrunk(planes, 64)
    assert found.shape == (1, 2, 29, 64)
    expected = F.interpolate(planes, (29, 64), mode="bilinear", antialias=True)
    torch.testing.assert_close(found, expected)
    assert shrunk(torch.rand(1, 1, 2, 999), 64).shape == (1, 1, 1, 64)


def test_a_sheet_is_cut_into_the_pictures_that_it_was_made_of():
    pictures = torch.rand(6, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(cut_apart(tiled(pictures, 3), 5), pictures)
