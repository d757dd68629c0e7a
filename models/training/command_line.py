"""The command line that all training programs share, and how they run an experiment."""

import argparse
import atexit
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from models.core import data, device
from models.core.archive import Dataset
from models.core.errors import InputError
from models.training.distributed import agreed, part
from models.training.experiment import DivergedError, Experiment
from models.training.lock import hold
from models.training.loop import make_accelerator, train
from models.training.recipe import Recipe

RUNS = Path("runs")
RECIPES = ("cpu", "gpu")


@dataclass(frozen=True)
class Options:
    """What a person asked for on the command line."""

    data: Path = data.DEFAULT_FOLDER
    recipe: str = "cpu"
    minutes: float | None = None
    examples: int | None = None
    seed: int = 0
    dry_run: bool = False
    runs: Path = RUNS

    def load(self, name: str) -> Dataset:
        """The data set `name`, or in a dry run a small stand-in for it."""
        return data.synthetic(name) if self.dry_run else data.load(name, self.data)

    def parts(self, name: str) -> tuple[Dataset, Dataset]:
        """What to train on and what to validate by, of the data set `name`."""
        return data.parts(name, self.load)

    def choose(self, cpu: Recipe, gpu: Recipe) -> Recipe:
        """The recipe asked for, with the command line's seed and length; tiny in a dry run."""
        recipe = replace(cpu if self.recipe == "cpu" else gpu, seed=self.seed)
        if self.examples is not None:
            decay = min(recipe.decay, max(self.examples - recipe.warmup, 0))
            recipe = replace(recipe, examples=self.examples, decay=decay)
        if self.dry_run:
            recipe = replace(recipe, examples=8, batch_size=4, warmup=0, decay=4, validate_every=8)
        return recipe


@dataclass(frozen=True)
class Training:
    """A run that can be asked for by name: what builds its experiment, and its two recipes."""

    build: Callable[[Options], Experiment]
    cpu: Recipe
    gpu: Recipe

    def goal(self, options: Options) -> int:
        """How many examples it is to see in all."""
        return options.choose(self.cpu, self.gpu).examples


def parser(description: str, names: Sequence[str]) -> argparse.ArgumentParser:
    """The arguments that every training program takes."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("names", nargs="*", metavar="run", help=f"of: {', '.join(names)}")
    arguments.add_argument("--data", help=f"folder of the data (or {data.ENVIRONMENT_VARIABLE})")
    arguments.add_argument("--recipe", choices=RECIPES, default="cpu")
    arguments.add_argument("--minutes", type=float, help="stop, resumably, after so many")
    arguments.add_argument("--examples", type=int, help="train to so many instead")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--runs", type=Path, help=f"where checkpoints go, {RUNS} unless named")
    arguments.add_argument("--dry-run", action="store_true", help="a few steps on made-up data")
    return arguments


def parse(arguments: argparse.Namespace) -> Options:
    """The options in parsed arguments; a dry run writes to a folder that does not outlive it."""
    runs = arguments.runs or RUNS
    if arguments.dry_run and not arguments.runs:
        runs = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, runs, ignore_errors=True)
    return Options(
        data=data.root(arguments.data),
        recipe=arguments.recipe,
        minutes=arguments.minutes,
        examples=arguments.examples,
        seed=arguments.seed,
        dry_run=arguments.dry_run,
        runs=runs,
    )


class Stop:
    """Says when to stop: after some minutes, or when the process is asked to end."""

    def __init__(self, minutes: float | None = None):
        self.until = time.monotonic() + 60 * minutes if minutes is not None else float("inf")

    def __call__(self) -> bool:
        """Whether it is time."""
        return time.monotonic() >= self.until

    def on_signals(self) -> "Stop":
        """Let SIGTERM and SIGINT stop at the end of a step, with the state saved."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._now)
        return self

    def _now(self, *_: object) -> None:
        self.until = float("-inf")


def run(
    experiment: Experiment,
    options: Options,
    stop: Callable[[], bool],
    weights: Path | None = None,
) -> None:
    """Train one experiment with a progress bar until it is done or to be stopped.

    Args:
        experiment: what is trained.
        options: among them the folder of the runs, and so where it goes on from.
        stop: asked before every step.
        weights: folder of weights to begin with where there is nothing to go on from.

    Raises:
        InputError: another process is training it, or its folder cannot be used.
        DivergedError: a loss turned NaN or infinite.
    """
    engine = make_accelerator(device.current().device)
    folder = options.runs / experiment.name
    alone = hold(folder) if engine.is_main_process else nullcontext()
    show = tqdm(
        total=experiment.recipe.examples,
        desc=experiment.name,
        unit=" examples",
        mininterval=10,
        disable=not engine.is_main_process,
    )
    with alone, show as bar:
        for progress in train(experiment, folder, engine, stop, weights=weights):
            if bar.n == 0:
                bar.initial = bar.n = progress.seen
            bar.update(progress.seen - bar.n)
            if progress.validation is not None and engine.is_main_process:
                values = "  ".join(f"{k} {v:.4g}" for k, v in progress.validation.items())
                bar.write(f"{experiment.name} {progress.seen}: {values}")


def main(description: str, runs: dict[str, Training], argv: Sequence[str] | None = None) -> None:
    """The command line of one topic: train the runs named, or all of them, one after another."""
    arguments = parser(description, tuple(runs))
    chosen = arguments.parse_args(argv)
    if unknown := set(chosen.names) - set(runs):
        arguments.error(f"no run is called {', '.join(sorted(unknown))}")
    options = parse(chosen)
    stop = Stop(options.minutes).on_signals()
    try:
        engine = make_accelerator(device.current().device)
        for name in chosen.names or runs:
            if not agreed(stop(), engine):  # a signal may have reached one process of several
                run(runs[name].build(options), options, stop)
        part(engine)
    except (InputError, DivergedError) as error:
        arguments.exit(2, f"{arguments.prog}: {error}\n")
