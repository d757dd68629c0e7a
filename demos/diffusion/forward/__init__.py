"""Scene: a picture drowns in noise, t by t; and the way back from there is another picture."""

from collections.abc import Iterator

import gradio as gr

from demos.diffusion.choices import character_choices
from demos.diffusion.film import drawn
from demos.diffusion.forward.presets import INFO, START_T
from demos.diffusion.forward.view import (
    NoiseLevels,
    Noising,
    Schedules,
    Timestep,
    curves,
    name_of,
    packed,
)
from demos.diffusion.lent import steps_of
from demos.diffusion.pictures import number_control, photo_below, picture_of, source_control
from demos.diffusion.run_view import streamed
from demos.diffusion.runs import missed
from demos.kit import Dropdown, Number, Scene, Slider
from demos.kit.gpu import choice
from demos.kit.run import ENGINE, Wanted, always, draw_button, stop_button
from models.core.images import to_data_uri
from models.diffusion import display, shipped
from models.diffusion import forward as process
from models.diffusion.draw import ANYONE, labels_of, seeds_from, while_wanted
from models.diffusion.faces import SIZE, to_x0
from models.diffusion.sample import standard_normal
from models.diffusion.samplers import MOST_STEPS

__all__ = ["INFO", "build", "forward", "reverse"]

START_FACE, START_STEPS = 1, 50
RATES = [{"title": "Signal and noise rates", "name": ["signal_rate", "noise_rate"]}]
OTHERS = [
    {"title": "log-SNR", "name": ["log_snr"]},
    {"title": "β: variance added by a step", "name": ["beta"], "log": True},
]


def forward(
    source: str = "face",
    number: int = START_FACE,
    photo: str | None = None,
    t: int = START_T,
    seed: int = 0,
) -> dict:
    """Put noise on a picture: a sample of q(x_t | x_0), by the denoiser's cosine schedule.

    Args:
        source: `face` or `photo`: which of the following counts.
        number: a face of our own making, from 1; the first nine are ready.
        photo: a picture; its middle square is squeezed to 32 x 32.
        t: 0 (hardly any noise) to 999 (nothing else).
        seed: of the noise, a whole number from 0.

    Returns:
        `x` (x_t), `x0` and `noise` as data URIs (the first two without loss, values cut to what can
        be shown; noise around grey), `t`, `signal_rate` sqrt(alpha_bar_t), `noise_rate`
        sqrt(1 - alpha_bar_t), `log_snr` (natural), `beta`; in `mixed` the numbers themselves: x_0
        in [-1, 1] and epsilon, 3 x 32 x 32 little-endian float32, base64; and `of`, their name.
    """
    schedule = process.cosine()
    now = schedule.at(t)
    picture = picture_of(source, number, photo)
    noise = standard_normal(seeds_from(seed, 1), SIZE)
    x0 = to_x0(picture)
    x = process.noised(x0, noise, schedule, t)
    return {
        "x": to_data_uri(display.faces(x), lossless=True),
        "x0": to_data_uri(picture, lossless=True),
        "noise": to_data_uri(display.noise(noise)),
        "t": t,
        **now,
        "mixed": {"x0": packed(x0), "noise": packed(noise)},
        "of": name_of(x0, noise),
    }


def reverse(
    source: str = "face",
    number: int = START_FACE,
    photo: str | None = None,
    t: int = START_T,
    seed: int = 0,
    character: str = ANYONE,
    steps: int = START_STEPS,
    gpu: bool = False,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Go back from x_t to a picture, by DDIM without fresh noise, and show every step.

    Args:
        source: as `/forward` takes it.
        number: as `/forward` takes it.
        photo: as `/forward` takes it.
        t: where to turn; the nearest timestep of DDIM's is taken.
        seed: of the noise.
        character: whom the network is told to draw, `homer_simpson` say, or `anyone`.
        steps: how many there are from t = 999, 1 to 100; from a smaller t there are fewer.
        gpu: as `/generate` takes it.

    Returns:
        A value for each step as it comes, and at last one with the end: see `/generate`. The
        `t` of the first frame is where it turned; `of` names x_0 and epsilon, as in `/forward`.
    """
    process.check(t)
    x0 = to_x0(picture_of(source, number, photo))
    noise = standard_normal(seeds_from(seed, 1), SIZE)
    network = shipped.denoiser()
    label = labels_of(network, character, 1)[0]
    settings, start = process.back(network, x0, noise, t, steps, label)
    run = while_wanted(steps_of(settings, start, gpu), wanted)
    total = round(steps * start.strength)
    yield from streamed(run, total, {**drawn(network, start), "of": name_of(x0, noise)})


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    cosine = curves("signal_rate", "noise_rate", "log_snr", "beta")["cosine"]
    with scene.stage(wide=True), gr.Column(elem_classes=["gb-forward"]):
        view = Noising(None, label="A picture under noise", options={"schedule": cosine})
        t = scene.control("t", Timestep(START_T, label="From picture to noise"))
        back = NoiseLevels(None, label="Levels of noise", server_functions=[missed])
        _charts(RATES)
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            source = source_control(scene, "source", "face")
            number = number_control(scene, "number", START_FACE)
            seed = scene.control("seed", Number(0, label="Seed of ε", precision=0))
            with gr.Row(elem_classes=["gb-tight", "gb-buttons"]):
                turn, halt = draw_button("And back"), stop_button()
        with (
            gr.Accordion("More: the way back", open=False),
            gr.Row(elem_classes=["gb-bar-of-controls"]),
        ):
            character, steps = _way_back(scene)
            lent = choice()
        _charts(OTHERS)
        photo = photo_below(scene, "forward_sketch")
    given = [source, number, photo, t, seed]
    scene.wire(
        forward,
        given,
        [view],
        api_name="forward",
        triggers=[source.change, number.change, photo.change, seed.change],
    )
    scene.run(
        reverse,
        turn,
        halt,
        [*given, character, steps, *lent],
        [back],
        api_name="reverse",
        first=lambda: None,
        work=ENGINE,
    )


def _way_back(scene: Scene) -> tuple[Dropdown, Slider]:
    """Whom the network is told to draw on the way back, and in how many steps."""
    whom = Dropdown(character_choices(each=False), value=ANYONE, label="Drawn as", filterable=False)
    steps = Slider(1, MOST_STEPS, START_STEPS, step=1, label="Steps from t = 999 to 0")
    return scene.control("character", whom), scene.control("steps", steps)


def _charts(charts: list[dict]) -> Schedules:
    """Charts of both schedules, by `charts`: `title`, and `name` or names of curves."""
    names = [name for chart in charts for name in chart["name"]]
    options = {"charts": charts, "schedules": curves(*names)}
    return Schedules(None, label="Schedules over t", options=options)
