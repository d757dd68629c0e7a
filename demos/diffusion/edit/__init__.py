"""Scene: the denoiser edits pictures: it redraws them, fills them in, walks from seed to seed."""

from collections.abc import Iterator
from dataclasses import asdict

import torch

from demos.diffusion.edit import layout as edit_layout
from demos.diffusion.edit.presets import (
    CHARACTER,
    EYES,
    FACE,
    GUIDANCE,
    INFO,
    MIDDLE,
    OTHER_SEED,
    SAMPLER,
    SEED,
    STEPS,
    STOPS,
    STRENGTH,
    VARIANTS,
    frame_of,
)
from demos.diffusion.film import drawn
from demos.diffusion.lent import steps_of
from demos.diffusion.pictures import picture_of
from demos.diffusion.run_view import recorded, streamed
from demos.kit import Scene, openings
from demos.kit.photo import EXAMPLES, open_photo
from demos.kit.run import ENGINE, Wanted, always
from models.core.images import LONGEST_SIDE, to_data_uri, to_tensor
from models.diffusion import display, edit, faces, shipped, walk
from models.diffusion.draw import ANYONE, while_wanted
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start

__all__ = ["INFO", "build", "ground", "inpaint", "simpsonify", "walk_seeds"]

OPENING = "diffusion/edit"
EXAMPLE = EXAMPLES["astronaut"]
"""The photo that the page opens with."""
FRAME_SIDE = 320  # pixels of the photo that the frame lies over


def simpsonify(
    source: str = "photo",
    number: int = 1,
    photo: str | None = None,
    strength: float = STRENGTH,
    character: str = CHARACTER,
    guidance: float = GUIDANCE,
    seed: int = SEED,
    steps: int = STEPS,
    frame: list = MIDDLE,
    gpu: bool = False,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Make a face of a picture: noise it, though not all the way, and denoise it (SDEdit).

    Args:
        source: `photo` or `face`: which of the following counts.
        number: a face of our own making, from 1; the first nine are ready.
        photo: a picture; a square of it is squeezed to 32 x 32.
        strength: of the noise, 0.05 (nearly the picture) to 1 (nothing of it).
        character: whom the network is told to draw, `homer_simpson` say, or `anyone`.
        guidance: how far it is driven towards the character, 0 to 10; 1 is not at all.
        seed: of the noise, a whole number from 0.
        steps: how many there are from pure noise, 1 to 100; at less strength there are fewer.
        frame: of that square of the photo left and top, in percent of width and height, and side,
            in percent of the shorter one; empty: the middle, or the face of an example photo.
        gpu: as `/generate` takes it.

    Returns:
        A value for each step as it comes, and at last one with the end: see `/generate`; and
        `picture`, the one before. The first frame's `x` is the noised picture.
    """
    settings = Settings(SAMPLER, steps, guidance)
    picture = _meant(source, number, photo, frame)
    network = shipped.denoiser()
    start = edit.redrawn(network, picture, strength, character, seed)
    yield from _run(settings, start, gpu, wanted)


def inpaint(
    on: str = "face",
    face: int = FACE,
    photo: str | None = None,
    mask: list | None = None,
    variants: int = VARIANTS,
    character: str = CHARACTER,
    guidance: float = GUIDANCE,
    seed: int = SEED,
    steps: int = STEPS,
    frame: list = MIDDLE,
    gpu: bool = False,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Draw the painted part of a picture anew, several times; the rest stays exactly as it is.

    Args:
        on: `face` or `photo`: which of the following counts.
        face: a face of our own making, from 1; the first nine are ready.
        photo: a picture; a square of it is squeezed to 32 x 32.
        mask: 32 texts of 32 times `0` (stays) or `1` (drawn anew), or rows of such numbers.
        variants: how many, 1 to 6; each by its own seed.
        character: whom the network is told to draw, or `anyone`.
        guidance: 0 to 10; 1 is none.
        seed: of the first variant; the others' follow.
        steps: 1 to 100.
        frame: of the photo, as `/simpsonify` takes it.
        gpu: as `/generate` takes it.

    Returns:
        A value for each step as it comes, and at last one with the end: see `/generate`; with
        `picture`, the one before, and `painted`, how many of the 1024 pixels are drawn anew.
    """
    settings = Settings(SAMPLER, steps, guidance)
    painted = edit.mask_of([] if mask is None else mask)
    picture = _meant(on, face, photo, frame)
    network = shipped.denoiser()
    start = edit.filled(network, picture, painted, character, seed, variants)
    yield from _run(settings, start, gpu, wanted)


def walk_seeds(
    seed: int = SEED,
    other: int = OTHER_SEED,
    stops: int = STOPS,
    character: str = CHARACTER,
    guidance: float = GUIDANCE,
    steps: int = STEPS,
    way: str = walk.LINE,
    amount: float = walk.AMOUNT,
    gpu: bool = False,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Draw faces out of noises that lie between those of two seeds or near one, as one batch.

    Args:
        seed: of the first face, a whole number from 0.
        other: of the last one, or of what is mixed in.
        stops: faces, both ends included, 3 to 12.
        character: whom the network is told to draw, or `anyone`.
        guidance: 0 to 10; 1 is none.
        steps: 1 to 100.
        way: `to another seed` along the arc (slerp), `in a circle` through both seeds' noise,
            `around it` (each stop has `amount` of a further seed's noise mixed in), or `poked`
            (each stop but the first has the other seed's noise in one region of the picture).
        amount: 0 to 1.
        gpu: as `/generate` takes it.

    Returns:
        A value for each step as it comes, and at last one with the end: see `/generate`; `way`,
        `amount`, and `regions` of what was poked, in pixels.
    """
    settings = Settings(SAMPLER, steps, guidance)
    start = walk.walked(shipped.denoiser(), seed, other, stops, character, way, amount)
    yield from _run(settings, start, gpu, wanted, **walk_about(way, amount, stops))


def walk_about(way: str, amount: float, stops: int) -> dict:
    """What is told of a walk besides: how it goes, and where it was poked."""
    poked = walk.regions(stops - 1) if way == walk.POKE else ()
    return {"way": way, "amount": amount, "regions": [asdict(region) for region in poked]}


def _run(settings: Settings, start: Start, gpu: bool, wanted: Wanted, **more) -> Iterator[dict]:
    """An edit's run as values of its view, for as long as its visitor wants it."""
    network = shipped.denoiser()
    run = while_wanted(steps_of(settings, start, gpu), wanted)
    yield from streamed(run, _total(settings, start), {**about(network, start), **more})


def _total(settings: Settings, start: Start) -> int:
    """How many steps there are: from less than pure noise fewer."""
    return max(1, round(settings.steps * start.strength))


def about(network: FaceDenoiser, start: Start) -> dict:
    """What is told of an edit: who is drawn (see `film.drawn`); of what there is, `picture`, a data
    URI without loss, and `painted`, how many pixels are drawn anew.
    """
    told = drawn(network, start)
    if start.image is not None:
        told["picture"] = to_data_uri(display.faces(start.image), lossless=True)
    if start.mask is not None:
        told["painted"] = int(start.mask.sum())
    return told


def opening(network: FaceDenoiser) -> dict:
    """What the page opens with, by a network that was published: `redrawn`, `filled` and `walked`,
    a whole run each, of their films what the page shows.
    """
    settings = Settings(SAMPLER, STEPS, GUIDANCE)
    photo, face = picture_of("photo", 1, EXAMPLE, frame_of(EXAMPLE)), faces.drawn(network, FACE)
    whom = CHARACTER if CHARACTER in network.config.characters else ANYONE
    mask = edit.mask_of(EYES)
    runs = {
        "redrawn": (edit.redrawn(network, photo, STRENGTH, whom, SEED), ("x", "x0")),
        "filled": (edit.filled(network, face, mask, whom, SEED, VARIANTS), ("x",)),
        "walked": (walk.walked(network, SEED, OTHER_SEED, STOPS, whom), ("x",)),
    }
    return {
        name: recorded(
            sample(network, settings, start),
            _total(settings, start),
            about(network, start),
            parts,
        )
        for name, (start, parts) in runs.items()
    }


def _meant(source: str, number: int, photo: str | None, frame: list) -> torch.Tensor:
    """The face or the photo's square; an empty frame is the example's own, or the middle."""
    return picture_of(source, number, photo, frame or frame_of(photo))


def ground(
    on: str = "face", face: int = FACE, photo: str | None = None, frame: list = MIDDLE
) -> dict:
    """Look at a picture as the network takes it in, before painting on it.

    Args:
        on: `face` or `photo`: which of the following counts.
        face: a face of our own making, from 1.
        photo: a picture; a square of it is squeezed to 32 x 32.
        frame: of the photo, as `/simpsonify` takes it.

    Returns:
        `src`, 32 x 32 pixels, a data URI without loss.
    """
    picture = _meant(on, face, photo, frame)
    return {"src": to_data_uri(picture, lossless=True)}


def frame_ground(photo: str | None = None) -> dict:
    """Look at a photo before a square of it is chosen.

    Args:
        photo: a picture.

    Returns:
        `src`, a small data URI; `frame`, what an empty frame means for it: left and top, in percent
        of width and height, and side, in percent of the shorter one.
    """
    picture = open_photo(photo, LONGEST_SIDE)
    picture.thumbnail((FRAME_SIDE, FRAME_SIDE))
    return {
        "src": to_data_uri(to_tensor(picture)),
        "frame": frame_of(photo) or middle(picture.size),
    }


def middle(size: tuple[int, int]) -> list[int]:
    """The frame of the middle square of a picture of that width and height."""
    left, top = (round(50 * (1 - min(size) / side)) for side in size)
    return [left, top, 100]


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    parts = edit_layout.lay_out(scene)
    for function, inputs, view, name in (
        (simpsonify, parts.redraw_inputs, parts.redrawing, "redrawn"),
        (inpaint, parts.fill_inputs, parts.filling, "filled"),
        (walk_seeds, parts.walk_inputs, parts.seed_walk, "walked"),
    ):
        scene.run(
            function,
            parts.draw[name],
            parts.halt,
            inputs,
            [view],
            api_name=function.__name__,
            first=lambda name=name: openings.read(OPENING)[name],
            stop_name="edit_stop",
            work=ENGINE,
        )
    scene.wire(frame_ground, [parts.photo], [parts.frame_ground], api_name="edit_frame")
    scene.wire(ground, parts.ground_inputs, [parts.ground], api_name="inpaint_ground")
    parts.photo.change(None, None, None, js="() => glassbox.photoChanged()")
