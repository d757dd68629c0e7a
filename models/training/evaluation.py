"""What the evaluation programs share: their command line, and printing numbers as JSON."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from models.core import archive, data
from models.core.archive import Dataset
from models.core.errors import InputError

Rows = dict[str, dict[str, float]]
"""`{model name: {metric: number}}`."""
Evaluate = Callable[[Dataset, Path], Rows]
"""From pictures and a folder of weights to the rows of the models in there that are for them."""


def validation_parts(names: Sequence[str], folder: Path) -> dict[str, Dataset]:
    """The parts of the training data that no network was trained on, by the data's names."""
    return {name: data.parts(name, lambda each: data.load(each, folder))[1] for name in names}


def together(found: dict[str, Rows]) -> Rows:
    """Rows of several data sets as one; a row that several have is told apart by its data."""
    times = Counter(name for rows in found.values() for name in rows)
    return {
        name if times[name] == 1 else f"{name} ({source})": row
        for source, rows in found.items()
        for name, row in rows.items()
    }


def main(
    description: str,
    evaluate: Evaluate,
    names: Sequence[str],
    weights: Path,
    argv: Sequence[str] | None = None,
) -> None:
    """The command line of one topic: print its rows for an archive, or for the validation parts.

    Args:
        description: the program's.
        evaluate: the topic's.
        names: the data sets it was trained on, whose validation parts stand in for an archive.
        weights: the folder of its weights, unless another is named.
        argv: the command line, `sys.argv` where None.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", help="an archive (.npz), or the folder of the training data")
    parser.add_argument("--weights", type=Path, default=weights)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    arguments = parser.parse_args(argv)
    try:
        path = data.root(arguments.data)
        single = path.suffix == ".npz"
        sets = {path.stem: archive.read(path)} if single else validation_parts(names, path)
        rows = together({name: evaluate(part, arguments.weights) for name, part in sets.items()})
        if not rows:
            raise InputError(f"{arguments.weights} has no model for these pictures.")
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(json.dumps(rows, indent=1) + "\n" if arguments.json else table(rows) + "\n")


def table(rows: Rows) -> str:
    """Rows as a Markdown table, one line a model; metrics that a model has not stay empty."""
    metrics = list(dict.fromkeys(metric for row in rows.values() for metric in row))
    lines = ["| model | " + " | ".join(metrics) + " |", "|---" * (len(metrics) + 1) + "|"]
    for name, row in rows.items():
        cells = [f"{row[metric]:.4g}" if metric in row else "" for metric in metrics]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
