"""Calls of every kind, mixed with page loads: what a term asks, in one list."""

import io
import random
from collections import deque
from dataclasses import replace
from functools import cache
from typing import Any

from PIL import Image, ImageOps

from tests.load.users import PAGE, PHOTOS, TABS, Change, Kind

LARGE = (4000, 3000)  # pixels: what a phone of today makes


def _seed(rng: random.Random) -> dict[str, Any]:
    return {"seed": rng.randrange(1000)}


def _again(**fixed: Any) -> Change:
    """Another seed, the rest as given."""
    return lambda rng: {**_seed(rng), **fixed}


def large(rng: random.Random) -> tuple[str, bytes]:
    """One of the example photos as a phone would have taken it."""
    number = rng.randrange(2 * len(PHOTOS))
    return f"large-{number}.jpg", _large(number)


@cache
def _large(number: int) -> bytes:
    """Every other one is mirrored."""
    with Image.open(PHOTOS[number // 2]) as opened:
        picture = ImageOps.fit(opened.convert("RGB"), LARGE)
    written = io.BytesIO()
    (ImageOps.mirror(picture) if number % 2 else picture).save(written, "JPEG", quality=90)
    return written.getvalue()


KINDS: dict[str, Kind] = {
    "convolution": replace(TABS["convolution"], share=200),
    "convolution, 12 megapixels": replace(TABS["convolution"], photo=large, share=15),
    "learn": Kind("learn", _again(steps=60), share=10),
    "learned": Kind("learned", lambda rng: {"side": rng.choice((80, 160))}, share=60),
    "colorizer": replace(TABS["colorizer"], share=120),
    "colorizer, 12 megapixels": replace(TABS["colorizer"], photo=large, share=20),
    "colorizer, the whole file": Kind("photo_full", lambda rng: {}, large, share=3),
    "diffusion": replace(TABS["diffusion"], share=60),
    "edit a photo": Kind("simpsonify", _again(steps=8), large, share=15),
    "edit a face": Kind("inpaint", _again(steps=8, variants=2), share=12),
    "race": Kind("race", _again(lanes=[["ddim", 10], ["unipc", 6]], count=4), share=10),
    "vae": replace(TABS["vae"], share=365),
    "path": Kind("path_film", lambda rng: {"a": f"3:{rng.randrange(20)}", "steps": 6}, share=10),
    "live training": Kind("train_live", _again(seconds=3), share=5),
    "captioning": replace(TABS["captioning"], share=80),
    "beam": Kind("beam", lambda rng: {"width": rng.choice((2, 3, 5))}, share=15),
}
"""Every kind of call, by its name in the report."""


def plan(calls: int, pages: int, seed: int = 0) -> deque[str]:
    """What is to be asked, in order: names of `KINDS`, and `page`.

    Every kind is among them in its share, the rare ones at least once; shuffled, so that each
    quarter asks about as much as the others.
    """
    total = sum(kind.share for kind in KINDS.values())
    asked = []
    for name, kind in KINDS.items():
        asked += [name] * max(1, round(calls * kind.share / total))
    rng = random.Random(seed)
    rng.shuffle(asked)
    asked = asked[:calls] + ["vae"] * (calls - len(asked)) + [PAGE] * pages
    rng.shuffle(asked)
    return deque(asked)
