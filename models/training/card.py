"""Model cards. Their numbers come from the evaluation and the histories, never from a keyboard."""

from dataclasses import dataclass
from pathlib import Path

from models.core import checkpoint
from models.core.history import History
from models.training.evaluation import Rows, table

EVALUATION = "evaluation.json"
"""Beside each card: the rows of numbers that it was written from."""


@dataclass(frozen=True)
class About:
    """What a card says that is not a number; paragraphs of Markdown."""

    title: str
    text: str
    data: str
    limits: str
    metrics: str


def write_card(about: About, weights: Path, rows: Rows) -> None:
    """Write `CARD.md` and `evaluation.json` into a folder of weights.

    Args:
        about: the topic's words.
        weights: the folder, with `<name>.safetensors` and `<name>.history.json` of each model.
        rows: the evaluation on the validation parts.
    """
    checkpoint.write_json(weights / EVALUATION, rows)
    files = sorted(weights.glob("*.safetensors"))
    sections = [
        f"# {about.title}",
        about.text,
        "## Weights",
        "\n".join(
            [
                "| file | network | parameters | MiB | pictures | seen | best at | hours | on |",
                "|---|---|---|---|---|---|---|---|---|",
                *(_weights_line(file) for file in files),
            ]
        ),
        "Half precision, with each network's config in its file. *Pictures* are what it was "
        "trained on, again and again; *seen* is how far that has come, in examples, and *best at* "
        "where the shipped weights are from: where the validation was best.",
        "## Validation",
        table(rows),
        f"{about.metrics} Measured on pictures that were held back from training and that the "
        "weights were chosen by: not a test score.",
        "## Training",
        about.data,
        "\n".join(
            [
                "| file | recipe | on | images a second | bare PyTorch loop |",
                "|---|---|---|---|---|",
                *(_speed_line(file) for file in files),
            ]
        ),
        "Speeds at the end of each recipe, where everything learns that is to learn. Losses of "
        "training and validation, and pictures along the way: `<file>.history.json`.",
        "## Limits",
        about.limits,
    ]
    text = "\n\n".join(sections) + "\n"
    checkpoint.write_atomically(weights / "CARD.md", lambda path: path.write_text(text))


def _history(file: Path) -> History:
    return History.read(file.with_suffix(".history.json"))


def _weights_line(file: Path) -> str:
    about, saved = checkpoint.describe(file), _history(file)
    history = saved.about
    shipped = next(iter(history["parameters"].values()))
    cells = [
        f"`{file.stem}`",
        about["network"],
        f"{shipped / 1e6:.2f} M",
        f"{file.stat().st_size / 2**20:.1f}",
        f"{history['training_examples']:,}",
        f"{history['seen']:,}",
        f"{about['training']['seen']:,}",
        f"{history['seconds'] / 3600:.1f}",
        saved.trained_on or "–",
    ]
    return "| " + " | ".join(cells) + " |"


def _speed_line(file: Path) -> str:
    speed = _history(file).about["speed"]
    return (
        f"| `{file.stem}` | {speed['recipe']} | {speed['device']} | "
        f"{speed['images_per_second']:.0f} | {speed['bare_images_per_second']:.0f} |"
    )
