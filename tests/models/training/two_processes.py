"""What each of two training processes does in a test: `two_processes WHAT FOLDER`."""

import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from models import train as program
from models.core.errors import InputError
from models.training import command_line
from models.training.command_line import Training
from models.training.distributed import agreed, part
from models.training.loop import make_accelerator, train
from tests.models.training.toy import ToyTraining


def threads():
    """The names of this process' threads; one of Gloo's may abort it while it ends."""
    return [name.read_text() for name in Path("/proc/self/task").glob("*/comm")]


def one_network(engine, folder):
    """Train one, and save the weights that each process has then."""
    experiment = ToyTraining()
    for _ in train(experiment, folder / "run", engine):
        pass
    weights = {key: value.clone() for key, value in experiment.networks["toy"].named_parameters()}
    torch.save(weights, folder / f"{engine.process_index}.pt")


def different_validations(engine, folder):
    """Train one whose loss falls to one process and rises to the other."""
    experiment = ToyTraining()
    experiment.recipe = replace(experiment.recipe, patience=1)
    losses = iter([3.0, 2.0, 1.0, 0.0] if engine.is_main_process else [0.0, 1.0, 2.0, 3.0])
    experiment.validate = lambda networks: {"loss": next(losses)}
    for _ in train(experiment, folder / "run", engine):
        pass


def a_signal_to_one(engine, folder):
    """Train two after another; in the first, the second process is asked to end."""

    def build(options, name):
        experiment = ToyTraining(name=name)
        if not engine.is_main_process:
            validate = experiment.validate
            experiment.validate = lambda networks: (
                os.kill(os.getpid(), signal.SIGTERM) or validate(networks)
            )
        return experiment

    recipe = ToyTraining().recipe
    runs = {name: Training(partial(build, name=name), recipe, recipe) for name in ("one", "two")}
    command_line.main("", runs, ["--runs", str(folder)])
    assert "gloo" not in " ".join(threads())


def an_error_of_one(engine, folder):
    """The first process cannot save, while the other one waits for it."""

    def run(experiment, options, stop, weights):
        if engine.is_main_process:
            raise InputError("The disk is full.")
        agreed(False, engine)

    program.run = run
    program.main(["digits_2d", "--dry-run", "--runs", str(folder)])


if __name__ == "__main__":
    what, folder = sys.argv[1:]
    engine = make_accelerator(torch.device("cpu"))
    assert engine.num_processes == 2
    globals()[what](engine, Path(folder))
    part(engine)
    assert "gloo" not in " ".join(threads())
