"""The whole training plan: `python -m models.train [topic or run ...] --minutes N`.

Every weight file that the app ships is made here, by small turns: the run that is furthest behind
its share of the time goes next, until the minutes are over or nothing is left. Each turn goes on
where the last one stopped.

Planned weight files, half precision, in MiB (at most 15 each, 60 in all):

| topic      | file                                               | parameters | MiB     |
|------------|----------------------------------------------------|------------|---------|
| backbone   | `backbone`                                         | 4.3 M      | 8.3     |
| diffusion  | `denoiser`                                         | 6.2 M      | 11.8    |
|            | `next_state`                                       | 1.1 M      | 2.1     |
|            | `character_classifier`                             | 0.3 M      | 0.6     |
| vae        | six on digits                                      | 0.3 M each | 0.6 x 6 |
|            | `faces`                                            | 1.9 M      | 3.6     |
| colorizer  | `cifar_l1`, `cifar_gan`                            | 0.6 M each | 1.2 x 2 |
|            | `photo`                                            | 2.1 M      | 4.0     |
|            | `discriminator/cifar_gan`, `discriminator/photo`   | 0.2 M each | 0.3 x 2 |
| captioning | `captioner`: an encoder and two decoders           | 7.6 M      | 14.6    |
| all        |                                                    |            | 51.8    |
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from tqdm import tqdm

from models.backbone import evaluate as backbone_numbers
from models.backbone import train as backbone
from models.captioning import evaluate as captioning_numbers
from models.captioning import train as captioning
from models.colorizer import evaluate as colorizer_numbers
from models.colorizer import train as colorizer
from models.core import archive, checkpoint, data
from models.core.card import EVALUATION, About, write_card
from models.core.errors import InputError
from models.core.evaluation import Evaluate, Rows, together
from models.core.history import History
from models.core.lock import BusyError, held
from models.core.options import Options, Stop, Training, parse, parser, run
from models.core.publish import add_speed, publish
from models.diffusion import evaluate as diffusion_numbers
from models.diffusion import first_run, openings
from models.diffusion import train as diffusion
from models.vae import codes
from models.vae import evaluate as vae_numbers
from models.vae import train as vae
from models.vae.network import Autoencoder
from models.vae.sample import draw

TURN_MINUTES = 15.0
WEIGHTS = "*.safetensors"


@dataclass(frozen=True)
class Wing:
    """What a topic brings to the plan: its runs, how they are evaluated, where they go."""

    runs: dict[str, Training]
    evaluate: Evaluate
    about: About
    data: tuple[str, ...]
    weights: Path


@dataclass(frozen=True)
class Job:
    """One run of the plan and its share of the time, relative to the others'."""

    topic: str
    name: str
    share: float = 1.0
    after: str = ""
    """The topic whose weights it begins with: until those are published it waits."""


WINGS = {
    topic: Wing(train.RUNS, numbers.evaluate, numbers.ABOUT, numbers.DATA, numbers.WEIGHTS)
    for topic, train, numbers in (
        ("backbone", backbone, backbone_numbers),
        ("vae", vae, vae_numbers),
        ("diffusion", diffusion, diffusion_numbers),
        ("colorizer", colorizer, colorizer_numbers),
        ("captioning", captioning, captioning_numbers),
    )
}
PLAN = (
    *(Job("vae", name) for name in vae.RUNS),
    Job("diffusion", "character_classifier"),
    Job("backbone", "backbone", 6.0),
    Job("diffusion", "denoiser", 12.0),
    Job("diffusion", "next_state", 2.0),
    Job("colorizer", "cifar_l1"),
    Job("colorizer", "cifar_gan", 2.0),
    Job("colorizer", "photo", 4.0),
    Job("captioning", "captioner", 4.0, after="backbone"),
)
FACE_SAMPLES = 500


@dataclass(frozen=True)
class Standing:
    """How far a job is: seconds of training so far, examples seen, and whether that is all."""

    seconds: float
    seen: int
    goal: int
    finished: bool


def standing(job: Job, options: Options) -> Standing:
    """What the history of a job says: done are those that saw enough, or stopped early."""
    about = History.read(options.runs / job.name / "history.json").about
    goal = WINGS[job.topic].runs[job.name].goal(options)
    aimed_at = about.get("recipe", {}).get("examples", 0)  # less than the goal: by another recipe
    finished = about.get("finished", False) and aimed_at >= goal
    return Standing(about.get("seconds", 0.0), about.get("seen", 0), goal, finished)


def next_job(jobs: Sequence[Job], options: Options) -> Job | None:
    """The job that has had the least time for its share, of those that can be trained now.

    Those cannot that another process is training, or whose beginning is not published yet.

    None where all are done or in hand.
    """
    standings = {job: standing(job, options) for job in jobs}
    waiting = [
        job
        for job in jobs
        if not standings[job].finished
        and not held(options.runs / job.name)
        and (not job.after or options.dry_run or any(WINGS[job.after].weights.glob(WEIGHTS)))
    ]
    return min(waiting, key=lambda job: standings[job].seconds / job.share, default=None)


def chosen_jobs(names: Sequence[str]) -> list[Job]:
    """The jobs of these topics or runs; the whole plan where none is named.

    Raises:
        InputError: a name is neither a topic nor a run.
    """
    unknown = set(names) - {job.topic for job in PLAN} - {job.name for job in PLAN}
    if unknown:
        raise InputError(f"no topic or run is called {', '.join(sorted(unknown))}")
    return [job for job in PLAN if not names or job.topic in names or job.name in names]


def train(jobs: Sequence[Job], options: Options, stop: Callable[[], bool]) -> None:
    """Give the jobs turns until all are done, or it is time to stop.

    Several processes may do so at once: each takes up what no other one has in hand.
    """
    while not stop() and (job := next_job(jobs, options)):
        turn = Stop(TURN_MINUTES)
        experiment = WINGS[job.topic].runs[job.name].build(options)
        try:
            run(experiment, options, lambda turn=turn: stop() or turn())
        except BusyError:  # another process took it up since we looked: it is in good hands
            continue


def publish_all(jobs: Sequence[Job], options: Options) -> None:
    """Publish what has become better, and write the cards of the topics it belongs to anew."""
    for topic in dict.fromkeys(job.topic for job in jobs):
        wing = WINGS[topic]
        weights = weights_of(topic, options)
        better = [
            job
            for job in jobs
            if job.topic == topic
            and (options.runs / job.name / "best.safetensors").is_file()
            and publish(options.runs / job.name, weights)
        ]
        for job in better:
            add_speed(wing.runs[job.name].build(options), options.recipe, weights)
            tqdm.write(f"{topic}/{job.name}: published")
            if job.name == vae_numbers.FACES:
                draw_for_comparison(weights, weights_of("diffusion", options))
                measure_codes(weights, options)
            if topic == "diffusion":
                faces = partial(options.parts, "simpsons")
                shown = None if options.dry_run else first_run.OPENINGS
                openings.write(job.name, weights, faces, shown)
        if better:
            write_card(wing.about, weights, evaluate(topic, options, weights))


def measure_speeds(jobs: Sequence[Job], options: Options) -> None:
    """Measure the training speed of what is shipped, and write the cards anew with it."""
    for topic in dict.fromkeys(job.topic for job in jobs):
        wing, weights = WINGS[topic], weights_of(topic, options)
        shipped = [
            job.name
            for job in jobs
            if job.topic == topic and (weights / f"{job.name}.safetensors").is_file()
        ]
        for name in shipped:
            found = add_speed(wing.runs[name].build(options), options.recipe, weights)
            ours, bare = found["images_per_second"], found["bare_images_per_second"]
            tqdm.write(f"{topic}/{name}: {ours:.0f} images a second, a bare loop {bare:.0f}")
        if shipped:
            write_card(wing.about, weights, json.loads((weights / EVALUATION).read_text()))


def weights_of(topic: str, options: Options) -> Path:
    """Where a topic's weights are published: beside its code, or in a dry run among the runs."""
    return options.runs / "weights" / topic if options.dry_run else WINGS[topic].weights


def draw_for_comparison(vae_weights: Path, diffusion_weights: Path) -> None:
    """Let the face VAE draw what the diffusion wing, which may not know it, compares with."""
    network = checkpoint.load(Autoencoder, vae_weights / f"{vae_numbers.FACES}.safetensors")
    faces = draw(network, FACE_SAMPLES, torch.Generator().manual_seed(0))
    path = diffusion_weights / diffusion_numbers.FACE_VAE_SAMPLES
    archive.write(path, (faces * 255).round().byte())


def measure_codes(weights: Path, options: Options) -> None:
    """Let the face VAE encode its training faces, whose codes are shown where they are not."""
    network = checkpoint.load(Autoencoder, weights / f"{vae_numbers.FACES}.safetensors")
    training, _ = options.parts("simpsons")
    found = codes.measure(network, data.resized(training, network.config.size))
    codes.save(found, weights / codes.PATH.name)


def evaluate(topic: str, options: Options, weights: Path) -> Rows:
    """A topic's rows on the validation parts of its data."""
    wing = WINGS[topic]
    return together({name: wing.evaluate(options.parts(name)[1], weights) for name in wing.data})


def say_what_is_left(jobs: Sequence[Job], options: Options) -> None:
    """One line a job: how far it is."""
    for job in jobs:
        at = standing(job, options)
        state = "finished" if at.finished else "not finished"
        tqdm.write(
            f"{job.topic}/{job.name}: {state}, {at.seen} of {at.goal} seen in "
            f"{at.seconds / 60:.0f} min"
        )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    arguments = parser("Train all that the app ships.", [job.name for job in PLAN])
    instead = arguments.add_mutually_exclusive_group()
    instead.add_argument(
        "--publish",
        action="store_true",
        help="do not train: ship what is better by now than the weights that stand",
    )
    instead.add_argument(
        "--speed",
        action="store_true",
        help="do not train: measure anew how fast what is shipped was trained (rest all else)",
    )
    chosen = arguments.parse_args(argv)
    options = parse(chosen)
    try:
        jobs = chosen_jobs(chosen.names)
        if chosen.speed:
            measure_speeds(jobs, options)
            return
        if not chosen.publish:
            train(jobs, options, Stop(options.minutes).on_signals())
        if chosen.publish or options.dry_run:
            publish_all(jobs, options)
    except InputError as error:
        arguments.exit(2, f"{arguments.prog}: {error}\n")
    say_what_is_left(jobs, options)


if __name__ == "__main__":
    main()
