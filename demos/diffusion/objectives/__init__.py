"""Scene: three objectives. The DDPM beside the network that predicts the next, cleaner state, and
beside itself, asked for the displacement.
"""

from collections.abc import Iterator

import gradio as gr

from demos.diffusion.choices import SAMPLER_CHOICES
from demos.diffusion.film import Film, drawn
from demos.diffusion.objectives.presets import CARDS, INFO
from demos.diffusion.runs import RUNS, ended, missed, new_name, whole_of
from demos.kit import Dropdown, Number, Scene, Slider, View, openings
from demos.kit.head import LATEX
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.core.errors import InputError
from models.diffusion import display, shipped
from models.diffusion.draw import ANYONE, MOST_FACES, begin
from models.diffusion.network import FaceDenoiser
from models.diffusion.next_state import NextState, NextStateConfig
from models.diffusion.objectives import NEXT_STATE, blocks, compare, steps_of
from models.diffusion.samplers import MOST_STEPS, Settings
from models.diffusion.states import State
from models.diffusion.trajectory import Start

__all__ = ["INFO", "build", "objectives"]

OPENING = "diffusion/objectives"
COUNT, SEED = 9, 0
FIRST = Settings("ddim", steps=16)
"""As many steps as the other network has levels; nobody is asked for, since that one cannot be."""


class Objectives(View):
    """The faces of all three side by side, on one player that counts shares of the way."""

    script = "diffusion/objectives"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "steps": {"type": "object", "description": "how many each takes"},
            "films": {"type": "object", "description": "what is new of each"},
            "missing": {"type": "string", "description": "why one of them is not shown"},
            "done": {"type": "boolean"},
        },
    }


def objectives(
    count: int = COUNT,
    seed: int = SEED,
    steps: int = FIRST.steps,
    sampler: str = FIRST.sampler,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Draw faces out of the same noise by the DDPM, by the simple variant, and along displacements.

    Args:
        count: how many faces, 1 to 25; face number i is drawn by the seed `seed` + i.
        seed: whole number from 0.
        steps: of the DDPM, 1 to 100, and of its displacements; the simple variant has a step for
            each of its levels.
        sampler: of the DDPM: `ddpm`, `ddim`, `dpm`, `unipc`, `euler` or `heun`.

    Returns:
        A value for each step, with what is new in `films`, of `denoiser`, of `next_state` or of
        `deblending` (frame k is the state after k steps); the last has the `faces` of all without
        loss. `/run` gives the whole of one by its name, `run/denoiser` say.
        `missing` says why the simple variant is not shown, where its weights are not here.
    """
    settings = Settings(sampler, steps)
    network = shipped.denoiser()
    start = begin(network, count, ANYONE, seed)
    simple, missing = simple_network()
    for value in films(network, settings, start, simple, wanted):
        yield {**value, "missing": missing}


def films(
    network: FaceDenoiser,
    settings: Settings,
    start: Start,
    simple: NextState | None,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """All walks as values of their view; see `objectives`."""
    name, steps = new_name(), steps_of(settings, simple)
    runs = {walk: RUNS.begin({}, Film(("x",)), f"{name}/{walk}") for walk in steps}
    about = {**drawn(network, start), "run": name, "steps": steps}
    for walk, state in compare(network, settings, start, simple, wanted):
        runs[walk].film.add(walk_numbers(state), {"x": display.faces(state.x)})
        yield {**about, "films": {walk: runs[walk].film.newest()}}
    yield {**about, **ended(runs, steps)}


def walk_numbers(state: State) -> dict[str, float]:
    """A step's numbers: the DDPM's `t` and cost, or the `level` of the others."""
    if state.timestep is None:
        return {"level": state.step}
    return {
        "t": round(state.timestep, 2),
        "evaluations": state.evaluations,
        "seconds": round(state.seconds, 3),
    }


def opening(network: FaceDenoiser, simple: NextState | None) -> dict:
    """What the page opens with, by networks that were published."""
    *_, last = films(network, FIRST, begin(network, COUNT, ANYONE, SEED), simple)
    return whole_of(last)


def simple_network() -> tuple[NextState | None, str]:
    """The simple variant; or none, and a sentence that says why."""
    try:
        return shipped.next_state(), ""
    except InputError as error:
        return None, f"The network that predicts the next state is not here. {error}"


def first_value() -> dict:
    """What the page opens with: the run that was saved when the networks were published."""
    value = openings.read(OPENING)
    if NEXT_STATE in value["films"]:
        return {**value, "missing": ""}
    simple, missing = simple_network()
    return {**value, "missing": missing if simple is None else "Press “Draw” to see it."}


def table() -> str:
    """The simple variant's parts as Markdown, from the network itself."""
    simple, _ = simple_network()
    rows = blocks(simple or NextState(NextStateConfig()))
    lines = ["| | what comes out | weights |", "|---|---|--:|"]
    for row in rows:
        shape = " × ".join(map(str, row["shape"]))
        lines.append(f"| {row['part']} | {shape} | {row['weights']:,} |")
    lines.append(f"| **all** | | **{sum(row['weights'] for row in rows):,}** |")
    return "\n".join(lines)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Objectives(None, label="Three objectives", server_functions=[missed])
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            controls = [
                scene.control("count", Slider(1, MOST_FACES, COUNT, step=1, label="Faces")),
                scene.control("seed", Number(SEED, label="Seed", precision=0)),
                scene.control(
                    "steps", Slider(1, MOST_STEPS, FIRST.steps, step=1, label="DDPM steps")
                ),
                scene.control(
                    "sampler",
                    Dropdown(
                        SAMPLER_CHOICES, value=FIRST.sampler, label="Sampler", filterable=False
                    ),
                ),
            ]
            with gr.Row(elem_classes=["gb-tight"]):
                draw, halt = draw_button(), stop_button()
        with gr.Row(elem_classes=["gb-cards"]):
            for text in CARDS:
                gr.Markdown(text, latex_delimiters=LATEX, elem_classes=["gb-objective"])
        with gr.Accordion("The simple network, part by part", open=False):
            gr.Markdown(table(), elem_classes=["gb-blocks"])
    scene.run(objectives, draw, halt, controls, [view], api_name="objectives", first=first_value)
