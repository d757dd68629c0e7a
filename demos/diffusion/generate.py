"""Scene: faces out of noise, every step in view."""

from collections.abc import Iterator
from contextlib import suppress

import gradio as gr

from demos.diffusion.choices import SAMPLER_CHOICES, character_choices, follow_clicks
from demos.diffusion.film import drawn
from demos.diffusion.lent import steps_of
from demos.diffusion.run_view import Denoising, film_of, recorded, streamed
from demos.diffusion.runs import missed, whole_run
from demos.kit import (
    Dropdown,
    Number,
    Preset,
    Radio,
    Scene,
    SceneInfo,
    Slider,
    Step,
    openings,
)
from demos.kit.gpu import choice
from demos.kit.run import ENGINE, Wanted, always, draw_button, stop_button
from models.core import one_thread
from models.core.errors import InputError
from models.diffusion import defaults, faces, shipped
from models.diffusion.draw import ANYONE, MOST_FACES, begin, while_wanted
from models.diffusion.engines import engine
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import MOST_GUIDANCE, MOST_STEPS, Settings
from models.diffusion.trajectory import Start

OPENING = "diffusion/generate"
COUNT, CHARACTER, SEED = faces.READY, defaults.WHOM, 0
FIRST = defaults.SETTINGS
"""The page opens with the faces that the other scenes, too, have at hand, and how they came."""
SHEETS, EVERY = "sheets", "steps"
SHOWN = [("All faces, one step", SHEETS), ("One face, every step", EVERY)]

INFO = SceneInfo(
    slug="generate",
    title="Generate",
    lead="From noise to faces, a little at a time. At each step the network sees $x_t$ and says "
    r"how much of it is noise, $\hat\epsilon$, and what face it takes to be in it, $\hat x_0$: "
    r"$x_t = \sqrt{\bar\alpha_t}\,\hat x_0 + \sqrt{1 - \bar\alpha_t}\,\hat\epsilon$. Then a part "
    "of the noise is taken away. Choose a face by a click; step with the arrow keys.",
    presets=(
        Preset("faces", "Nine faces"),
        Preset("slides-15", "5 × 5 faces", {"count": 25}, slide="15"),
        Preset(
            "slides-16",
            "Every step of one",
            {"count": 1, "steps": 50, "shows": EVERY},
            slide="16",
        ),
        Preset("character", "One character", {"character": "bart_simpson", "guidance": 3.0}),
        Preset("anyone", "Nobody in particular", {"character": "anyone", "guidance": 1.0}),
        Preset("too-much", "Too much guidance", {"guidance": 9.0}),
        Preset("few", "Only four steps", {"steps": 4}),
        Preset("ddpm", "DDPM: fresh noise at each step", {"sampler": "ddpm", "steps": 50}),
    ),
    walk=(
        Step(
            "Nine faces out of noise. The first guesses are blurred: they are means of all faces "
            "that could be in there.",
            "faces",
        ),
        Step("Step back to the start and go on slowly: first the colours, then the shape.", ""),
        Step("With four steps there is no time to make up its mind.", "few"),
        Step(
            "More guidance: more like the character asked for, and less like a picture.", "too-much"
        ),
        Step("Without a name the network draws whom it likes.", "anyone"),
    ),
)


def generate(
    count: int = COUNT,
    character: str = CHARACTER,
    guidance: float = FIRST.guidance,
    steps: int = FIRST.steps,
    sampler: str = FIRST.sampler,
    seed: int = SEED,
    eta: float = 0.0,
    gpu: bool = False,
    *,
    wanted: Wanted = always,
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
        gpu: on the GPU that a Space on ZeroGPU lends; elsewhere there is none.

    Returns:
        A value for each step as it comes: `first`, its number, `frames` (`t`, `signal_rate`,
        `noise_rate`, `evaluations` of the network for each face, `seconds`) and `film` (sheets of
        `x`, `x0` and `noise` as data URIs), whether it is `guided`, and the `method` where that
        asks twice a step; and a last one with what came out, and `faces`, without loss. `/run`
        gives all of it in one by its name, `run`. While too many draw at once there are updates
        before that change nothing; the status says the place.
    """
    settings = Settings(sampler, steps, guidance, eta)
    network = shipped.denoiser()
    start = begin(network, count, character, seed)
    run = while_wanted(steps_of(settings, start, gpu), wanted)
    yield from streamed(run, steps, _about(network, start, settings))


def _about(network: FaceDenoiser, start: Start, settings: Settings) -> dict:
    """Who is drawn, and why a step may ask the network more than once."""
    return {
        **drawn(network, start),
        "guided": settings.guidance != 1 and bool((start.labels != network.nobody).any()),
        "method": settings.kind.title if settings.kind.stages > 1 else "",
    }


def opening(network: FaceDenoiser) -> dict:
    """What the page opens with, by a network that was published."""
    start = begin(network, COUNT, CHARACTER, SEED)
    about = _about(network, start, FIRST)
    return recorded(sample(network, FIRST, start), FIRST.steps, about)


def warm_up() -> None:
    """Load the network and ask it once, so that the first visitor's run begins at once."""
    with suppress(InputError):  # a missing file is told to whoever draws
        network = shipped.denoiser()
        for _ in engine().follow(Settings("ddim", 1), begin(network, 1, ANYONE, 0)):
            pass


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    one_thread.workers_a_core()  # before there are visitors, whose threads would keep to one
    with scene.stage():
        view = Denoising(None, label="From noise to faces", server_functions=[film_of, missed])
    with scene.desk():
        controls = [
            scene.control("count", Slider(1, MOST_FACES, COUNT, step=1, label="Faces")),
            scene.control("character", _character()),
            scene.control(
                "guidance", Slider(0, MOST_GUIDANCE, FIRST.guidance, step=0.5, label="Guidance")
            ),
            scene.control("steps", Slider(1, MOST_STEPS, FIRST.steps, step=1, label="Steps")),
            scene.control(
                "sampler",
                Dropdown(SAMPLER_CHOICES, value=FIRST.sampler, label="Sampler", filterable=False),
            ),
            scene.control("seed", Number(SEED, label="Seed", precision=0)),
        ]
        with gr.Row(elem_classes=["gb-tight"]):
            draw, halt = draw_button(), stop_button()
        with gr.Accordion("More: the chosen face, every step, fresh noise", open=False):
            face = Slider(1, MOST_FACES, 1, step=1, label="Chosen face")
            follow_clicks(view, scene.control("face", face))
            shows = Radio(SHOWN, value=SHEETS, label="On the stage", elem_classes=["gb-pills"])
            scene.control("shows", shows)
            eta = Slider(
                0, 1, 0, step=0.1, label="Eta of DDIM: 0 is no fresh noise, 1 as much as DDPM"
            )
            controls += [scene.control("eta", eta), *choice()]
    scene.run(
        generate,
        draw,
        halt,
        controls,
        [view],
        api_name="generate",
        first=lambda: openings.read(OPENING),
        work=ENGINE,
    )
    scene.offer(whole_run, api_name="run")


def _character() -> Dropdown:
    """Who is asked for."""
    choices = character_choices()
    return Dropdown(choices, value=CHARACTER, label="Character", filterable=False)
