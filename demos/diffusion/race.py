"""Scene: samplers race from the same noise, and how many evaluations each of them needs."""

from collections.abc import Iterator

import gradio as gr

from demos.diffusion.choices import HEAVY, character_choices
from demos.diffusion.race_presets import INFO
from demos.diffusion.race_view import Lanes, RaceView
from demos.diffusion.run_view import RUN_NUMBERS
from demos.kit import Curves, Dropdown, Number, Scene, Slider
from demos.kit.curves import chart, series
from demos.kit.turns import Turns
from models.core.checks import whole
from models.diffusion import first_race, quality, shipped
from models.diffusion.draw import begin
from models.diffusion.race import MOST_FACES, lanes_from
from models.diffusion.race import race as run_race
from models.diffusion.samplers import MOST_GUIDANCE, SAMPLERS, Settings

__all__ = ["INFO", "build", "race", "steps_and_quality", "stop"]

TURNS = Turns()
LANES = [list(lane) for lane in first_race.LANES]


def race(
    lanes: list = LANES,
    count: int = first_race.COUNT,
    character: str = first_race.CHARACTER,
    seed: int = first_race.SEED,
    guidance: float = first_race.GUIDANCE,
    request: gr.Request = None,
) -> Iterator[dict]:
    """Let 2 to 4 samplers run side by side from the same noise.

    Args:
        lanes: pairs of a sampler (`ddpm`, `ddim`, `dpm`, `unipc`, `euler` or `heun`) and its number
            of steps, 1 to 100.
        count: how many faces each draws, 1 to 9; face number i is drawn by the seed `seed` + i.
        character: its name such as `homer_simpson`, `anyone`, or `one of each`.
        seed: whole number from 0.
        guidance: 0 to 10; 1 is none. Any other value costs two evaluations a step.

    Returns:
        A value after each evaluation of the network, with what is new in `films`, by the lanes'
        numbers (`first`, `frames` of `t`, `evaluations` and `seconds`, `film` of data URIs); the
        last has the whole of each lane, and its `faces` without loss.
    """
    settings = lanes_from(lanes, guidance)
    whole("The number of faces", count, 1, MOST_FACES)
    network = shipped.denoiser()
    start = begin(network, count, character, seed)
    run = next(RUN_NUMBERS)
    with TURNS.taken(request and request.session_hash) as wanted:
        for value in run_race(network, settings, start, wanted):
            yield {**value, "run": run}


def steps_and_quality(
    count: int = first_race.COUNT,
    character: str = first_race.CHARACTER,
    seed: int = first_race.SEED,
    guidance: float = first_race.GUIDANCE,
    request: gr.Request = None,
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
    with TURNS.taken(request and request.session_hash) as wanted:
        for found in quality.steps_and_quality(network, start, guidance, wanted):
            yield shown(found, seed, guidance)
    if not found["done"]:
        yield shown({**found, "working": "stopped"}, seed, guidance)


def shown(found: dict, seed: int, guidance: float) -> tuple[dict, str]:
    """Curves of `models.diffusion.quality`, and what they are of, as the page has them."""
    names = list(SAMPLERS)
    curves = [
        series(SAMPLERS[name].title, points, color=names.index(name))
        for name, points in found["points"].items()
    ]
    picture = chart(
        curves, x="evaluations of the network", y="mean squared error in pixels", log=True
    )
    faces = f"{found['faces']} faces" if found["faces"] > 1 else "one face"
    note = (
        f"Compared with {found['reference']}, from the same noise: {faces} from seed {seed} on, "
        f"guidance {guidance:g}."
    )
    return picture, note if found["done"] else f"{note} **{_under_way(found['working'])}**"


def _under_way(working: str) -> str:
    return "Stopped." if working == "stopped" else f"Under way: {working} …"


def first_curves() -> tuple[dict, str]:
    """The curves that the page opens with."""
    return shown(first_race.read()["quality"], first_race.SEED, first_race.GUIDANCE)


def stop(request: gr.Request) -> None:
    """End the visitor's race or measurement; what was drawn stays."""
    TURNS.stop(request.session_hash)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with gr.Column(elem_classes=["gb-card", "gb-race-card"]):
        lanes = scene.control("lanes", Lanes(LANES, label="Who races"))
        with gr.Row(elem_classes=["gb-run-bar", "gb-race-bar"]):
            several = [
                scene.control(
                    "count", Slider(1, MOST_FACES, first_race.COUNT, step=1, label="Faces each")
                ),
                scene.control("character", _character()),
                scene.control("seed", Number(first_race.SEED, label="Seed", precision=0)),
            ]
            draw = gr.Button("Race", variant="primary", elem_classes=["gb-draw"])
            halt = gr.Button("Stop", elem_classes=["gb-halt"])
    view = RaceView(None, label="The race")
    with gr.Column(elem_classes=["gb-card", "gb-quality"]):
        with gr.Row(elem_classes=["gb-quality-head"]):
            gr.Markdown("### Steps against quality")
            measure = gr.Button("Measure for these faces", size="sm", elem_classes=["gb-measure"])
        curves = Curves(None, label="Error by evaluations of the network")
        note = gr.Markdown(elem_classes=["gb-facts"])
    with gr.Accordion("More: guidance", open=False):
        guidance = Slider(0, MOST_GUIDANCE, first_race.GUIDANCE, step=0.5, label="Guidance")
        several.append(scene.control("guidance", guidance))
    run = scene.wire(
        race,
        [lanes, *several],
        [view],
        api_name="race",
        triggers=[draw.click],
        first=lambda: first_race.read()["race"],
        **HEAVY,
    )
    scene.wire(
        steps_and_quality,
        several,
        [curves, note],
        api_name="steps_and_quality",
        triggers=[measure.click],
        first=first_curves,
        **HEAVY,
    )
    scene.stop(stop, halt, [run], api_name="race_stop")


def _character() -> Dropdown:
    """Who is drawn in every lane."""
    choices = character_choices()
    return Dropdown(choices, value=first_race.CHARACTER, label="Character", filterable=False)
