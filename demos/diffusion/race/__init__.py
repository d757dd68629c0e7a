"""Scene: samplers race from the same noise, and how many evaluations each of them needs."""

from collections.abc import Iterable, Iterator, Sequence

import gradio as gr
import torch
from torch import nn

from demos.diffusion.choices import character_choices
from demos.diffusion.film import Film, drawn
from demos.diffusion.lent import raced
from demos.diffusion.race.presets import INFO, RACE, SHOWN
from demos.diffusion.race.view import Lanes, RaceView
from demos.diffusion.runs import RUNS, ended, missed, new_name, whole_of
from demos.kit import Curves, Dropdown, Number, Radio, Scene, Slider, openings
from demos.kit.curves import chart, series
from demos.kit.gpu import choice
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.core.checks import whole
from models.diffusion import display, quality, shipped
from models.diffusion.draw import ONE_EACH, begin
from models.diffusion.network import FaceDenoiser
from models.diffusion.quality import Quality
from models.diffusion.race import MOST_FACES, lanes_from
from models.diffusion.race import race as run_race
from models.diffusion.samplers import (
    DENOISER,
    LARGEST_SIGMA,
    MOST_GUIDANCE,
    SAMPLERS,
    Lane,
    Settings,
)
from models.diffusion.states import State
from models.diffusion.trajectory import Start

__all__ = ["INFO", "build", "race", "steps_and_quality"]

OPENING = "diffusion/race"
LANES = [["ddpm", 50], ["ddim", 20], ["heun", 10], ["unipc", 6]]
COUNT, CHARACTER, SEED, GUIDANCE = 4, ONE_EACH, 0, 1.0
"""What the controls say at first; the race that the page opens with was run so."""


def race(
    lanes: list = LANES,
    count: int = COUNT,
    character: str = CHARACTER,
    seed: int = SEED,
    guidance: float = GUIDANCE,
    gpu: bool = False,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Let 2 to 4 samplers run side by side from the same noise.

    Args:
        lanes: pairs of a sampler (`ddpm`, `ddim`, `dpm`, `unipc`, `euler`, `heun`, or
            `consistency`, by a network of its own) and its number of steps, 1 to 100.
        count: how many faces each draws, 1 to 9; face number i is drawn by the seed `seed` + i.
        character: its name such as `homer_simpson`, `anyone`, or `one of each`.
        seed: whole number from 0.
        guidance: 0 to 10; 1 is none. Any other value costs two evaluations a step. `consistency`
            is drawn without.
        gpu: as `/generate` takes it.

    Returns:
        A value after each evaluation of the network, with what is new in `films`, by the lanes'
        numbers (`first`, `frames` of `t`, `evaluations` and `seconds`, `film` of data URIs); the
        last has each lane's `faces` without loss. `/run` gives the whole of a lane by its name,
        `run/0` say.
    """
    settings = lanes_from(lanes, guidance)
    whole("The number of faces", count, 1, MOST_FACES)
    networks = networks_of(settings)
    start = begin(networks[DENOISER], count, character, seed)
    yield from films(
        networks, settings, start, wanted, raced(settings, start, wanted) if gpu else None
    )


def networks_of(lanes: Sequence[Lane]) -> nn.ModuleDict:
    """The networks that the lanes ask, and the DDPM.

    Raises:
        InputError: one of them is missing or damaged.
    """
    if all(lane.kind.network == DENOISER for lane in lanes):
        return nn.ModuleDict({DENOISER: shipped.denoiser()})
    return shipped.racers()


def films(
    networks: nn.ModuleDict,
    lanes: Sequence[Lane],
    start: Start,
    wanted: Wanted = always,
    under_way: Iterable[dict[int, State]] | None = None,
) -> Iterator[dict]:
    """A race as values of its view, one that is under way elsewhere or of its own; see `race`."""
    name = new_name()
    runs = [RUNS.begin({}, Film(("x", "x0")), f"{name}/{number}") for number in range(len(lanes))]
    about = {
        **drawn(networks[DENOISER], start),
        "run": name,
        "lanes": [
            {"sampler": lane.sampler, "title": lane.kind.title, "steps": lane.steps}
            for lane in lanes
        ],
    }
    for moved in under_way or run_race(networks, lanes, start, wanted):
        for number, state in moved.items():
            runs[number].film.add(lane_numbers(state), lane_pictures(state))
        yield {**about, "films": {str(number): runs[number].film.newest() for number in moved}}
    yield {**about, **ended(dict(enumerate(runs)), dict(enumerate(lane.steps for lane in lanes)))}


def lane_numbers(state: State) -> dict[str, float]:
    """How noisy the pictures are by then, and what that has cost, rounded to what can be read."""
    return {
        "t": round(state.timestep, 2),
        "evaluations": state.evaluations,
        "seconds": round(state.seconds, 3),
    }


def lane_pictures(state: State) -> dict:
    """The pictures, and the last guess of the faces in them: grey before there is one."""
    x = display.faces(state.x)
    guess = state.predicted_x0
    return {"x": x, "x0": torch.full_like(x, 0.5) if guess is None else display.faces(guess)}


def steps_and_quality(
    count: int = COUNT,
    character: str = CHARACTER,
    seed: int = SEED,
    guidance: float = GUIDANCE,
    *,
    wanted: Wanted = always,
) -> Iterator[tuple[dict, str]]:
    """Measure how far from the end of their common path samplers stay, in how many steps.

    Args:
        count: how many faces, of which the first four count.
        character: its name such as `homer_simpson`, `anyone`, or `one of each`.
        seed: whole number from 0.
        guidance: 0 to 10; 1 is none.

    Returns:
        A chart, longer with every value, whose `series` have for each sampler without fresh noise
        the mean squared error of its faces (pixels in [0, 1]) by evaluations of the network; and
        what they are compared with, as a sentence.
    """
    Settings(guidance=guidance)  # refuses what is no guidance scale
    whole("The number of faces", count, 1, MOST_FACES)
    network = shipped.denoiser()
    start = begin(network, min(count, quality.MOST_FACES), character, seed)
    found = None
    for found in quality.steps_and_quality(network, start, guidance, wanted):
        yield shown(found, seed, guidance)
    if not found.done:
        yield shown(found, seed, guidance, stopped=True)


def shown(found: Quality, seed: int, guidance: float, stopped: bool = False) -> tuple[dict, str]:
    """Curves of `models.diffusion.quality`, and what they are of, as the page has them."""
    names = list(SAMPLERS)
    curves = [
        series(SAMPLERS[name].title, points, color=names.index(name))
        for name, points in found.points.items()
    ]
    picture = chart(
        curves, x="evaluations of the network", y="mean squared error in pixels", log=True
    )
    faces = f"{found.faces} faces" if found.faces > 1 else "one face"
    kind, steps = found.reference.kind, found.reference.steps
    note = (
        f"The error is the mean squared distance to the faces that {kind.title}'s method draws "
        f"from the same noise in {steps} steps: {faces} from seed {seed} on, guidance "
        f"{guidance:g}. Heun's starts with less noise (σ = {LARGEST_SIGMA:g}), and so heads for "
        "slightly other faces."
    )
    if found.done:
        return picture, note
    working = f"{found.under_way} steps each"
    if found.under_way is None:
        working = f"{kind.title}, {found.reference_steps} of {steps} steps"
    return picture, f"{note} **{'Stopped.' if stopped else f'Under way: {working} …'}**"


def first_curves() -> tuple[dict, str]:
    """The curves that the page opens with, and what they are of."""
    curves, note = openings.read(OPENING)["quality"]
    return curves, note


def opening(network: FaceDenoiser) -> dict:
    """What the page opens with, by a network that was published: `race`, and `quality`, the curves
    and what they are of.
    """
    start = begin(network, COUNT, CHARACTER, SEED)
    *_, last = films(nn.ModuleDict({DENOISER: network}), lanes_from(LANES, GUIDANCE), start)
    *_, found = quality.steps_and_quality(network, start, GUIDANCE)
    return {"race": whole_of(last), "quality": shown(found, SEED, GUIDANCE)}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True), gr.Column(elem_classes=["gb-race-stage"]):
        view = RaceView(None, label="The race", server_functions=[missed])
        with gr.Column(elem_classes=["gb-quality"]):
            curves = Curves(None, label="Error by evaluations of the network")
            note = gr.Markdown(label="Facts", elem_classes=["gb-facts"])
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls", "gb-race-bar"]):
            shows = Radio(SHOWN, value=RACE, label="On the stage", elem_classes=["gb-pills"])
            scene.control("shows", shows)
            several = [
                scene.control("count", Slider(1, MOST_FACES, COUNT, step=1, label="Faces each")),
                scene.control("character", _character()),
                scene.control("seed", Number(SEED, label="Seed", precision=0)),
            ]
            with gr.Row(elem_classes=["gb-tight", "gb-race-buttons"]):
                draw, halt = draw_button("Race"), stop_button()
            measure = gr.Button("Measure for these faces", size="sm", elem_classes=["gb-measure"])
        lanes = scene.control("lanes", Lanes(LANES, label="Who races"))
        with gr.Accordion("More: guidance", open=False):
            guidance = Slider(0, MOST_GUIDANCE, GUIDANCE, step=0.5, label="Guidance")
            several.append(scene.control("guidance", guidance))
            lent = choice()
    scene.run(
        race,
        draw,
        halt,
        [lanes, *several, *lent],
        [view],
        api_name="race",
        first=lambda: openings.read(OPENING)["race"],
    )
    scene.run(
        steps_and_quality,
        measure,
        None,
        several,
        [curves, note],
        api_name="steps_and_quality",
        first=first_curves,
    )


def _character() -> Dropdown:
    """Who is drawn in every lane."""
    choices = character_choices()
    return Dropdown(choices, value=CHARACTER, label="Character", filterable=False)
