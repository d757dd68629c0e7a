"""Scene: the denoiser edits pictures: it redraws them, fills them in, walks from seed to seed."""

from collections.abc import Iterator

import gradio as gr

from demos.diffusion import edit_layout
from demos.diffusion.choices import HEAVY
from demos.diffusion.edit_presets import INFO
from demos.diffusion.pictures import picture_of
from demos.diffusion.run_view import streamed
from demos.kit import Scene
from demos.kit.turns import Turns
from models.core.images import to_data_uri
from models.diffusion import edit, first_edits, shipped
from models.diffusion.draw import while_wanted
from models.diffusion.first_edits import (
    CHARACTER,
    FACE,
    GUIDANCE,
    OTHER_SEED,
    SAMPLER,
    SEED,
    STEPS,
    STOPS,
    STRENGTH,
    VARIANTS,
)
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start

__all__ = ["INFO", "build", "ground", "inpaint", "simpsonify", "stop", "walk_seeds"]

TURNS = Turns()


def simpsonify(
    source: str = "photo",
    number: int = 1,
    photo: str | None = None,
    strength: float = STRENGTH,
    character: str = CHARACTER,
    guidance: float = GUIDANCE,
    seed: int = SEED,
    steps: int = STEPS,
    request: gr.Request = None,
) -> Iterator[dict]:
    """Make a face of a picture: noise it, though not all the way, and denoise it (SDEdit).

    Args:
        source: `photo` or `face`: which of the following counts.
        number: a face of our own making, from 1; the first nine are ready.
        photo: a picture; its middle square is squeezed to 32 x 32.
        strength: of the noise, 0.05 (nearly the picture) to 1 (nothing of it).
        character: whom the network is told to draw, `homer_simpson` say, or `anyone`.
        guidance: how far it is driven towards the character, 0 to 10; 1 is not at all.
        seed: of the noise, a whole number from 0.
        steps: how many there are from pure noise, 1 to 100; at less strength there are fewer.

    Returns:
        A value for each step as it comes, and at last one with all of them: see `/generate`; and
        `picture`, the one before. The first frame's `x` is the noised picture.
    """
    settings = Settings(SAMPLER, steps, guidance)
    picture = picture_of(source, number, photo)
    network = shipped.denoiser()
    start = edit.redrawn(network, picture, strength, character, seed)
    yield from _run(settings, start, request)


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
    request: gr.Request = None,
) -> Iterator[dict]:
    """Draw the painted part of a picture anew, several times; the rest stays exactly as it is.

    Args:
        on: `face` or `photo`: which of the following counts.
        face: a face of our own making, from 1; the first nine are ready.
        photo: a picture; its middle square is squeezed to 32 x 32.
        mask: 32 texts of 32 times `0` (stays) or `1` (drawn anew), or rows of such numbers.
        variants: how many, 1 to 6; each by its own seed.
        character: whom the network is told to draw, or `anyone`.
        guidance: 0 to 10; 1 is none.
        seed: of the first variant; the others' follow.
        steps: 1 to 100.

    Returns:
        A value for each step as it comes, and at last one with all of them: see `/generate`; with
        `picture`, the one before, and `painted`, how many of the 1024 pixels are drawn anew.
    """
    settings = Settings(SAMPLER, steps, guidance)
    painted = edit.mask_of([] if mask is None else mask)
    picture = picture_of(on, face, photo)
    network = shipped.denoiser()
    start = edit.filled(network, picture, painted, character, seed, variants)
    yield from _run(settings, start, request)


def walk_seeds(
    seed: int = SEED,
    other: int = OTHER_SEED,
    stops: int = STOPS,
    character: str = CHARACTER,
    guidance: float = GUIDANCE,
    steps: int = STEPS,
    request: gr.Request = None,
) -> Iterator[dict]:
    """Draw the faces between two seeds: their noise mixed along the arc (slerp), as one batch.

    Args:
        seed: of the first face, a whole number from 0.
        other: of the last one.
        stops: faces, both ends included, 3 to 12.
        character: whom the network is told to draw, or `anyone`.
        guidance: 0 to 10; 1 is none.
        steps: 1 to 100.

    Returns:
        A value for each step as it comes, and at last one with all of them: see `/generate`.
    """
    settings = Settings(SAMPLER, steps, guidance)
    start = edit.walked(shipped.denoiser(), seed, other, stops, character)
    yield from _run(settings, start, request)


def _run(settings: Settings, start: Start, request: gr.Request | None) -> Iterator[dict]:
    """An edit's run as values of its view, for as long as its visitor wants it."""
    network = shipped.denoiser()
    with TURNS.taken(request and request.session_hash) as wanted:
        run = while_wanted(sample(network, settings, start), wanted)
        total = max(1, round(settings.steps * start.strength))
        yield from streamed(run, total, edit.about(network, start))


def ground(on: str = "face", face: int = FACE, photo: str | None = None) -> dict:
    """Look at a picture as the network takes it in, before painting on it.

    Args:
        on: `face` or `photo`: which of the following counts.
        face: a face of our own making, from 1.
        photo: a picture; its middle square is squeezed to 32 x 32.

    Returns:
        `src`, 32 x 32 pixels, a data URI without loss.
    """
    return {"src": to_data_uri(picture_of(on, face, photo), lossless=True)}


def stop(request: gr.Request) -> None:
    """End the visitor's run after the step that it is in; what was drawn stays."""
    TURNS.stop(request.session_hash)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    parts = edit_layout.lay_out(scene)
    runs = []
    for function, inputs, view, name in (
        (simpsonify, parts.redraw_inputs, parts.redrawing, "redrawn"),
        (inpaint, parts.fill_inputs, parts.filling, "filled"),
        (walk_seeds, parts.walk_inputs, parts.seed_walk, "walked"),
    ):
        run = scene.wire(
            function,
            inputs,
            [view],
            api_name=function.__name__,
            triggers=[parts.draw[name].click],
            first=lambda name=name: first_edits.read()[name],
            **HEAVY,
        )
        runs.append(run)
    scene.wire(ground, parts.ground_inputs, [parts.ground], api_name="inpaint_ground")
    scene.stop(stop, parts.halt, runs, api_name="edit_stop")
    parts.photo.change(None, None, None, js="() => glassbox.photoChanged()")
