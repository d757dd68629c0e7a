"""The whole training plan: `python -m models.train [topic or run ...] --minutes N`.

Every weight file that the app ships is made here, by small turns: the run that is furthest behind
its share of the time goes next, until the minutes are over or nothing is left. Each turn goes on
where the last one stopped, and is as long as it likes while no other run waits.
"""

import sys
from collections.abc import Callable, Sequence

from tqdm import tqdm

from models.core import device
from models.core.errors import InputError
from models.plan import PLAN, WINGS, Job, chosen_jobs, next_job, standing, weights_of
from models.ship import measure_speeds, publish_better
from models.training.command_line import Options, Stop, parse, parser, run
from models.training.distributed import agreed, of_the_first, part
from models.training.experiment import DivergedError
from models.training.lock import BusyError
from models.training.loop import make_accelerator

TURN_MINUTES = 15.0


class Turn:
    """Says when a run has had its turn: `TURN_MINUTES` after its first step, if another run waits.

    What comes before that step (data are unpacked, annotations computed) does not count: on a slow
    machine it takes longer than a turn, and a run that has to begin anew would get nowhere.
    """

    def __init__(self, another_waits: Callable[[], bool]):
        self.another_waits = another_waits
        self.over: Stop | None = None
        self.begun = False

    def __call__(self) -> bool:
        """Whether it is over. To be asked before every step, as the loop does."""
        if not self.begun:
            self.begun = True
            return False
        if self.over is None:
            self.over = Stop(TURN_MINUTES)
        if not self.over():
            return False
        self.over = Stop(TURN_MINUTES)
        return self.another_waits()


def train(
    jobs: Sequence[Job], options: Options, stop: Callable[[], bool], from_shipped: bool = False
) -> list[Job]:
    """Give the jobs turns until all are done, or it is time to stop.

    Several programs may do so at once: each takes up what no other one has in hand.

    Args:
        jobs: what to train.
        options: as on the command line.
        stop: asked before every step.
        from_shipped: whether what has no state among the runs begins with the shipped weights.

    Returns:
        The jobs that were left out, with a line each: their data or their folder cannot be used, or
        a loss diverged, as it would in every further turn, since each step's numbers are seeded.

    Raises:
        InputError: one of several processes could not go on.
        DivergedError: likewise.
    """
    left_out: list[Job] = []
    engine = make_accelerator(device.current().device)
    while not agreed(stop(), engine):
        able = [job for job in jobs if job not in left_out]
        job = of_the_first(next_job(able, options), engine)
        if job is None:
            break
        others = [other for other in able if other != job]
        turn = Turn(lambda others=others: next_job(others, options) is not None)
        try:
            experiment = WINGS[job.topic].runs[job.name].build(options)
            weights = weights_of(job.topic, options) if from_shipped else None
            run(experiment, options, lambda turn=turn: stop() or turn(), weights)
        except (InputError, DivergedError) as error:
            if engine.num_processes > 1:  # the others are in the middle of a step: all have to end
                raise
            if isinstance(error, BusyError):  # another program took it up since we looked
                continue
            tqdm.write(f"{job.topic}/{job.name} is left out: {error}", file=sys.stderr)
            left_out.append(job)
    part(engine)
    return left_out


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
    arguments.add_argument(
        "--from-shipped",
        action="store_true",
        help="where a run has not begun, go on from the weights that stand, wherever made",
    )
    chosen = arguments.parse_args(argv)
    options = parse(chosen)
    left_out: list[Job] = []
    try:
        jobs = chosen_jobs(chosen.names)
        if chosen.speed:
            measure_speeds(jobs, options)
            return
        if not chosen.publish:
            stop = Stop(options.minutes).on_signals()
            left_out = train(jobs, options, stop, chosen.from_shipped)
        if chosen.publish or options.dry_run:
            publish_better(jobs, options)
    except (InputError, DivergedError) as error:
        arguments.exit(2, f"{arguments.prog}: {error}\n")
    say_what_is_left(jobs, options)
    if left_out:
        arguments.exit(2)


if __name__ == "__main__":
    main()
