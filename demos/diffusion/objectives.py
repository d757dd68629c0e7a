"""Scene: two objectives. The DDPM beside the network that predicts the next, cleaner state."""

from collections.abc import Iterator

import gradio as gr

from demos.diffusion.choices import HEAVY, SAMPLER_CHOICES
from demos.diffusion.objectives_presets import CARDS, INFO
from demos.diffusion.run_view import RUN_NUMBERS
from demos.kit import Dropdown, Number, Scene, Slider, View
from demos.kit.scene import LATEX
from demos.kit.turns import Turns
from models.core.errors import InputError
from models.diffusion import first_objectives, shipped
from models.diffusion.draw import ANYONE, MOST_FACES, begin
from models.diffusion.next_state import NextState, NextStateConfig
from models.diffusion.objectives import NEXT_STATE, blocks, compare
from models.diffusion.samplers import MOST_STEPS, Settings

__all__ = ["INFO", "build", "objectives", "stop"]

TURNS = Turns()
FIRST = first_objectives.SETTINGS


class Objectives(View):
    """Both networks' faces side by side, on one player that counts shares of the way."""

    script = "objectives"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "steps": {"type": "object", "description": "how many each network takes"},
            "films": {"type": "object", "description": "what is new of each network"},
            "missing": {"type": "string", "description": "why one of them is not shown"},
            "done": {"type": "boolean"},
        },
    }


def objectives(
    count: int = first_objectives.COUNT,
    seed: int = first_objectives.SEED,
    steps: int = FIRST.steps,
    sampler: str = FIRST.sampler,
    request: gr.Request = None,
) -> Iterator[dict]:
    """Draw faces out of the same noise by the DDPM and by the simple variant, step by step.

    Args:
        count: how many faces, 1 to 25; face number i is drawn by the seed `seed` + i.
        seed: whole number from 0.
        steps: of the DDPM, 1 to 100; the simple variant has a step for each of its levels.
        sampler: of the DDPM: `ddpm`, `ddim`, `dpm`, `unipc`, `euler` or `heun`.

    Returns:
        A value for each step, with what is new in `films`, of `denoiser` or of `next_state` (frame
        k is the state after k steps); the last has the whole of both, and `faces` without loss.
        `missing` says why the simple variant is not shown, where its weights are not here.
    """
    settings = Settings(sampler, steps)
    network = shipped.denoiser()
    start = begin(network, count, ANYONE, seed)
    simple, missing = simple_network()
    run = next(RUN_NUMBERS)
    with TURNS.taken(request and request.session_hash) as wanted:
        for value in compare(network, settings, start, simple, wanted):
            yield {**value, "missing": missing, "run": run}


def simple_network() -> tuple[NextState | None, str]:
    """The simple variant; or none, and a sentence that says why."""
    try:
        return shipped.next_state(), ""
    except InputError as error:
        return None, f"The network that predicts the next state is not here. {error}"


def first_value() -> dict:
    """What the page opens with: the run that was saved when the networks were published."""
    value = first_objectives.read()
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


def stop(request: gr.Request) -> None:
    """End the visitor's run; what was drawn stays."""
    TURNS.stop(request.session_hash)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with gr.Row(elem_classes=["gb-card", "gb-run-bar", "gb-objectives-bar"]):
        controls = [
            scene.control(
                "count", Slider(1, MOST_FACES, first_objectives.COUNT, step=1, label="Faces")
            ),
            scene.control("seed", Number(first_objectives.SEED, label="Seed", precision=0)),
            scene.control("steps", Slider(1, MOST_STEPS, FIRST.steps, step=1, label="DDPM steps")),
            scene.control(
                "sampler",
                Dropdown(SAMPLER_CHOICES, value=FIRST.sampler, label="Sampler", filterable=False),
            ),
        ]
        draw = gr.Button("Draw", variant="primary", elem_classes=["gb-draw"])
        halt = gr.Button("Stop", elem_classes=["gb-halt"])
    view = Objectives(None, label="Two objectives")
    with gr.Row(elem_classes=["gb-objectives-cards"]):
        for text in CARDS:
            with gr.Column(elem_classes=["gb-card"]):
                gr.Markdown(text, latex_delimiters=LATEX, elem_classes=["gb-objective"])
    with gr.Accordion("The simple network, part by part", open=False):
        gr.Markdown(table(), elem_classes=["gb-blocks"])
    run = scene.wire(
        objectives,
        controls,
        [view],
        api_name="objectives",
        triggers=[draw.click],
        first=first_value,
        **HEAVY,
    )
    scene.stop(stop, halt, [run], api_name="objectives_stop")
