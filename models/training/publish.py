"""From a training run to shipped weights, but only where they are better than what stands."""

import filecmp
from pathlib import Path

from models.core import checkpoint
from models.core.history import History
from models.training.run import BEST


def publish(run: Path, weights: Path) -> bool:
    """Copy a run's best weights and its history into a folder of weights, if they are better.

    Those of further networks, such as a discriminator, go to sub-folders of their names.

    Args:
        run: the run's folder, named like the weight file to be.
        weights: the topic's folder of weights.

    Returns:
        Whether they were: by the validation metric that both were chosen by.

    Raises:
        InputError: the run has no weights yet.
    """
    best, shipped = run / BEST, weights / f"{run.name}.safetensors"
    if shipped.is_file() and checkpoint.metric(best) >= checkpoint.metric(shipped):
        return False
    history = History.read(run / "history.json")
    for other in set(run.glob("*.safetensors")) - {best}:
        checkpoint.copy(other, weights / other.stem / shipped.name)
    history.write(weights / f"{run.name}.history.json")
    checkpoint.copy(best, shipped)  # last: until then the run is still better
    return True


def refresh(run: Path, weights: Path) -> bool:
    """Copy a run's history beside the shipped weights, if those are this run's best already.

    A run goes on after its best validation, and how far is part of what is told of the weights.
    Their speed was measured once, and stays.

    Args:
        run: the run's folder, named like the weight file.
        weights: the topic's folder of weights.

    Returns:
        Whether there was anything new in it.

    Raises:
        InputError: a history is damaged, or cannot be written.
    """
    best, shipped = run / BEST, weights / f"{run.name}.safetensors"
    if not filecmp.cmp(best, shipped, shallow=False):
        return False
    history, path = History.read(run / "history.json"), weights / f"{run.name}.history.json"
    before = History.read(path)
    history.about |= {"speed": before.about["speed"]} if "speed" in before.about else {}
    if history == before:
        return False
    history.write(path)
    return True
