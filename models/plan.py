"""The plan: every run that makes a weight file of the app, whose turn is next, where it goes.

Planned weight files, half precision, in MiB (at most 15 each, 90 in all):

| topic      | file                                               | parameters | MiB     |
|------------|----------------------------------------------------|------------|---------|
| backbone   | `backbone`                                         | 4.3 M      | 8.3     |
| diffusion  | `denoiser`                                         | 6.2 M      | 11.8    |
|            | `consistency`: the denoiser, for one or two steps  | 6.2 M      | 11.8    |
|            | `next_state`                                       | 1.1 M      | 2.1     |
|            | `character_classifier`                             | 0.3 M      | 0.6     |
| vae        | six on digits                                      | 0.3 M each | 0.6 x 6 |
|            | `faces`                                            | 1.9 M      | 3.6     |
| colorizer  | `cifar_l1`, `cifar_gan`                            | 0.6 M each | 1.2 x 2 |
|            | `photo`: with the backbone as its guide            | 6.5 M      | 12.4    |
|            | `discriminator/cifar_gan`, `discriminator/photo`   | 0.2 M each | 0.3 x 2 |
| captioning | `captioner`: an encoder and two decoders           | 7.6 M      | 14.6    |
| all        |                                                    |            | 72.0    |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.backbone import evaluate as backbone_numbers
from models.backbone import train as backbone
from models.captioning import evaluate as captioning_numbers
from models.captioning import train as captioning
from models.colorizer import evaluate as colorizer_numbers
from models.colorizer import train as colorizer
from models.core.errors import InputError
from models.core.history import History
from models.diffusion import evaluate as diffusion_numbers
from models.diffusion import train as diffusion
from models.training.card import About
from models.training.command_line import Options, Training
from models.training.evaluation import Evaluate
from models.training.lock import held
from models.vae import evaluate as vae_numbers
from models.vae import train as vae

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
    Job("diffusion", "consistency", 2.0, after="diffusion"),
    Job("diffusion", "next_state", 2.0),
    Job("colorizer", "cifar_l1"),
    Job("colorizer", "cifar_gan", 2.0),
    Job("colorizer", "photo", 4.0),
    Job("captioning", "captioner", 4.0, after="backbone"),
)


@dataclass(frozen=True)
class Standing:
    """How far a job is: seconds of training so far, examples seen, and whether that is all."""

    seconds: float
    seen: int
    goal: int
    finished: bool


def standing(job: Job, options: Options) -> Standing:
    """What the history of a job says: done are those that saw enough, or stopped early.

    A damaged one says nothing; whoever trains the job is told.
    """
    try:
        about = History.read(options.runs / job.name / "history.json").about
    except InputError:
        about = {}
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


def weights_of(topic: str, options: Options) -> Path:
    """Where a topic's weights are published: beside its code, or in a dry run among the runs."""
    return options.runs / "weights" / topic if options.dry_run else WINGS[topic].weights
