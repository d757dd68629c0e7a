"""Scene: a small VAE learns before everybody's eyes, from noise to a plane of digits."""

from collections.abc import Iterator
from statistics import fmean
from typing import Any

import gradio as gr

from demos.kit import Number, Radio, Scene
from demos.kit.handlers import answer
from demos.vae.live.presets import BETAS, INFO, LENGTHS, SIZES
from demos.vae.live.sessions import Run, Trainings
from demos.vae.live.view import LiveView, frame_value
from models.core import images, one_thread
from models.vae import points
from models.vae.decode import decode
from models.vae.live import LiveTraining, train_live
from models.vae.live_settings import LiveSettings

__all__ = ["INFO", "TRAININGS", "build", "learn", "resume_live", "untrained"]

SECONDS = 60
TRAININGS = Trainings()


def learn(
    beta: float = 1.0,
    seed: int = 0,
    seconds: float = SECONDS,
    digits: int = 4000,
    request: gr.Request | None = None,
) -> Iterator[dict]:
    """Train a small VAE with a latent plane on MNIST digits, and watch: a stream of frames.

    At most two trainings run at a time over all visitors, and one of each; another is refused in
    words. It stops when the client goes away, and may be paused and resumed in the page.

    Args:
        beta: weight of the KL term, 0 (nearly a plain autoencoder) to 1000.
        seed: of first weights, order and noise, a whole number from 0; the same seed gives the same
            losses after the same number of examples.
        seconds: of training, 1 to 180.
        digits: how many to learn from, 10 to 4000.

    Yields:
        A few times a second: `seen` examples in `seconds`, `train` (mean losses since the last
        frame; null in the first) and `validation` (on 500 held-back digits), each `reconstruction`
        and `kl` in nats a picture; `points`, where those digits lie, and `labels`; `deviation`, the
        posteriors' mean one along each axis; `sheet`, the decoded plane of ±`extent` as a picture
        of 15 x 15; and `phase`: `running`, `paused` or `finished`.
    """
    settings = LiveSettings(beta, seed, seconds, digits)
    with TRAININGS.started(_visitor(request), settings) as run:
        yield from _frames(run)
    yield _at_rest(run)


def resume_live(beta: float = 1.0, request: gr.Request | None = None) -> Iterator[dict]:
    """Go on with the training that was paused in this session; yields frames as `/train_live`.

    Args:
        beta: weight of the KL term from here on.
    """
    weight = LiveSettings(beta).beta
    with TRAININGS.resumed(_visitor(request)) as run:
        run.training.beta = weight
        yield from _frames(run)
    yield _at_rest(run)


def _frames(run: Run) -> Iterator[dict]:
    """A training's frames while it runs; it stops after the step in which it is asked to."""
    batches: list[dict[str, float]] = []
    for step in train_live(run.training):
        if step.losses:
            batches.append(step.losses)
        if step.frame is not None:
            yield frame_value(run, step, _mean(batches), "running")
            batches.clear()
        if run.stopping.is_set():
            return


def _at_rest(run: Run) -> dict:
    """The last frame, once the training has given its place back."""
    step = run.training.look()
    return frame_value(run, step, None, "finished" if step.finished else "paused")


def _mean(batches: list[dict[str, float]]) -> dict[str, float] | None:
    if not batches:
        return None
    return {name: fmean(batch[name] for batch in batches) for name in batches[0]}


def _visitor(request: gr.Request | None) -> str:
    return (request.session_hash if request else None) or ""


def untrained(seed: int = 0, request: gr.Request | None = None) -> Any:
    """The plane before anything is learned; nothing new where this visitor has a training."""
    if request is not None and TRAININGS.of(_visitor(request)) is not None:
        return gr.skip()
    training = LiveTraining(LiveSettings(seed=seed))
    return frame_value(None, training.look(), None, "new")


def steer(beta: float, request: gr.Request | None = None) -> None:
    """Let this visitor's training weigh its KL term like this from the next step on."""
    weight = LiveSettings(beta).beta
    run = TRAININGS.of(_visitor(request))
    if run is not None and run.training is not None:
        run.training.beta = weight


def pause(asked: dict) -> dict:
    """Pause the training `{"run": token}`; returns when it has stopped."""
    return answer(_pause, asked)


def _pause(run: str) -> dict:
    TRAININGS.pause(run)
    return {}


def look(asked: dict) -> dict:
    """Decode a point with the network of a training: `{"run": token, "point": [x, y]}`."""
    return answer(_look, asked)


def _look(run: str, point: list[float]) -> dict:
    place = points.parse(point, 2)
    picture = decode(TRAININGS.find(run).training.network, place)
    return {"src": images.to_data_uri(picture, lossless=True)}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    one_thread.workers()  # before there are visitors, whose threads would otherwise keep to one
    with scene.stage(wide=True):
        view = LiveView(None, label="A VAE while it learns", server_functions=[pause, look])
    pills = {"elem_classes": ["gb-pills"]}
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            beta = Radio(BETAS, value=1, label="β weighs the KL term", **pills)
            scene.control("beta", beta)
        about = "More: what the next start learns from, for how long"
        with gr.Accordion(about, open=False), gr.Row(elem_classes=["gb-bar-of-controls"]):
            digits = Radio(SIZES, value=4000, label="Digits to learn from", **pills)
            seconds = Radio(LENGTHS, value=SECONDS, label="Train for", **pills)
            seed = Number(0, label="Seed", precision=0, minimum=0)
    for name, control in (("digits", digits), ("seconds", seconds), ("seed", seed)):
        scene.control(name, control)

    private = {"api_visibility": "private"}
    scene.wire(untrained, [seed], [view], api_name="live_untrained", kept=True, **private)
    wanted, asked = [beta, seed, seconds, digits], {"trigger_mode": "multiple"}
    scene.edit(learn, view.play, wanted, [view], api_name="train_live", **asked)
    scene.edit(resume_live, view.submit, [beta], [view], api_name="resume_live", **asked)
    scene.edit(steer, beta.change, [beta], [], api_name="live_beta", **private)
