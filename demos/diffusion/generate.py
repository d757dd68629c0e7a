"""Scene: faces out of noise, every step in view."""

from collections.abc import Iterator
from contextlib import suppress

import gradio as gr

from demos.diffusion.choices import HEAVY, SAMPLER_CHOICES, character_choices, follow_clicks
from demos.diffusion.generate_presets import INFO
from demos.diffusion.run_view import Denoising, film_of, streamed
from demos.kit import Dropdown, Number, Scene, Slider
from demos.kit.turns import Turns
from models.core.errors import InputError
from models.diffusion import first_run, shipped
from models.diffusion.draw import ANYONE, MOST_FACES, begin, described, while_wanted
from models.diffusion.sample import sample
from models.diffusion.samplers import MOST_GUIDANCE, MOST_STEPS, Settings

__all__ = ["INFO", "build", "generate", "stop"]

TURNS = Turns()
FIRST = first_run.SETTINGS


def generate(
    count: int = first_run.COUNT,
    character: str = first_run.CHARACTER,
    guidance: float = FIRST.guidance,
    steps: int = FIRST.steps,
    sampler: str = FIRST.sampler,
    seed: int = first_run.SEED,
    eta: float = 0.0,
    request: gr.Request = None,
) -> Iterator[dict]:
    """Draw faces out of noise and show every step.

    Args:
        count: how many faces, 1 to 25; face number i is drawn by the seed `seed` + i.
        character: its name such as `homer_simpson`, `anyone`, or `one of each`.
        guidance: how far the network is driven towards the character, 0 to 10; 1 is not at all.
        steps: 1 to 100.
        sampler: `ddpm`, `ddim`, `dpm` (DPM-Solver++), `unipc`, `euler` or `heun`.
        seed: whole number from 0; the same seed gives the same faces.
        eta: fresh noise in DDIM's steps, 0 to 1.

    Returns:
        A value for each step as it comes, and at last one with all of them: `frames` (`t`,
        `signal_rate`, `noise_rate`, `evaluations` of the network for each face, `seconds`),
        `film` (sheets of `x`, `x0` and `noise` as data URIs, the steps one below the other) and
        `faces`, the finished ones without loss.
    """
    settings = Settings(sampler, steps, guidance, eta)
    network = shipped.denoiser()
    start = begin(network, count, character, seed)
    with TURNS.taken(request and request.session_hash) as wanted:
        run = while_wanted(sample(network, settings, start), wanted)
        yield from streamed(run, steps, described(network, start))


def warm_up() -> None:
    """Load the network and ask it once, so that the first visitor's run begins at once."""
    with suppress(InputError):  # a missing file is told to whoever draws
        network = shipped.denoiser()
        for _ in sample(network, Settings("ddim", 1), begin(network, 1, ANYONE, 0)):
            pass


def stop(request: gr.Request) -> None:
    """End the visitor's run after the step that it is in; what was drawn stays."""
    TURNS.stop(request.session_hash)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with gr.Row(elem_classes=["gb-card", "gb-run-bar"]):
        controls = [
            scene.control("count", Slider(1, MOST_FACES, first_run.COUNT, step=1, label="Faces")),
            scene.control("character", _character()),
            scene.control(
                "guidance", Slider(0, MOST_GUIDANCE, FIRST.guidance, step=0.5, label="Guidance")
            ),
            scene.control("steps", Slider(1, MOST_STEPS, FIRST.steps, step=1, label="Steps")),
            scene.control(
                "sampler",
                Dropdown(SAMPLER_CHOICES, value=FIRST.sampler, label="Sampler", filterable=False),
            ),
            scene.control("seed", Number(first_run.SEED, label="Seed", precision=0)),
        ]
        draw = gr.Button("Draw", variant="primary", elem_classes=["gb-draw"])
        halt = gr.Button("Stop", elem_classes=["gb-halt"])
    view = Denoising(None, label="From noise to faces", server_functions=[film_of])
    with gr.Accordion("More: the chosen face, fresh noise on the way", open=False):
        face = Slider(1, MOST_FACES, 1, step=1, label="Chosen face")
        follow_clicks(view, scene.control("face", face))
        eta = Slider(0, 1, 0, step=0.1, label="Eta of DDIM: 0 is no fresh noise, 1 as much as DDPM")
        controls.append(scene.control("eta", eta))
    run = scene.wire(
        generate,
        controls,
        [view],
        api_name="generate",
        triggers=[draw.click],
        first=first_run.read,
        **HEAVY,
    )
    scene.stop(stop, halt, [run], api_name="generate_stop")


def _character() -> Dropdown:
    """Who is asked for."""
    choices = character_choices()
    return Dropdown(choices, value=first_run.CHARACTER, label="Character", filterable=False)
