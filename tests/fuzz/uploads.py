"""Files that are no photos, or hardly: what somebody may upload, and what they call it."""

import io
import struct
import zlib
from functools import cache

from hypothesis import strategies as st
from PIL import Image

NAMES = (
    "photo.png", "../../../../etc/cron.d/x", "..\\..\\windows\\win.ini", "/etc/passwd",
    "a\x00b.png", "", ".", "..", ".htaccess", "x" * 400 + ".png", "con.png",
    "<img src=x onerror=alert(1)>.png",
    "a b\n\rSet-Cookie: x=1.jpg", "\u202egnp.exe", "😀.heic", "photo.svg", "page.html", "x.tar.gz",
    "%2e%2e%2fapp.py", "photo.png/../../app.py",
)  # fmt: skip


def _png(width: int, height: int, rows: bytes) -> bytes:
    """A grey PNG whose header says any size at all."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sum_

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(rows, 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b""))
    )


def _saved(kind: str, **how) -> bytes:
    written = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(written, kind, **how)
    return written.getvalue()


@cache
def contents() -> dict[str, bytes]:
    """Each file's content, by what is wrong with it."""
    jpeg, webp, gif = _saved("JPEG"), _saved("WEBP"), _saved("GIF")
    photo = _saved("PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script>'
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg + b"&a;</svg>"
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file\n"
    return {
        "nothing": b"",
        "a picture": photo,
        "a bomb": _png(30_000, 30_000, bytes(9_000_000)),
        "a bomb of a header": _png(2**31 - 1, 2**31 - 1, b""),
        "no pixel": _png(0, 0, b""),
        "one row of many": _png(40_000_000, 1, bytes(1000)),
        "a picture of one pixel": _png(1, 1, b"\0\7"),
        "a sliver": _png(20_000, 1, bytes(20_001)),
        "half a JPEG": jpeg[: len(jpeg) // 2],
        "the first bytes of a JPEG": jpeg[:3],
        "half a WebP": webp[: len(webp) // 2],
        "half a GIF": gif[: len(gif) // 2],
        "a PNG with other bytes": photo[:60] + bytes(200) + photo[260:],
        "no HEIC": b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(range(256)) * 20,
        "no AVIF": b"\0\0\0\x18ftypavif\0\0\0\0" + bytes(999),
        "a TIFF that points at itself": b"II*\0\x08\0\0\0\1\0"
        + b"\x11\1\4\0\1\0\0\0\x08\0\0\0" * 2,
        "an icon of nothing": b"\0\0\1\0\xff\xff" + bytes(64),
        "SVG": svg + b"</svg>",
        "SVG that asks for a file": entity,
        "PostScript": postscript,
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "a program": b"\x7fELF" + bytes(500),
        "an archive": b"PK\3\4" + bytes(300),
        "a text": "überall Text".encode("utf-16"),
    }


named = st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(contents())))
"""A file's name, and which of `contents` is in it."""
