"""Training scenes of all tabs: curves, pictures along the way, and the model card.

A tab's scene is its `INFO`, a `Shelf` and one call::

    SHELF = Shelf(WEIGHTS, {"faces": "Faces"}, (Plot("Loss", "loss"),), "pictures seen")

    def build(scene):
        SHELF.lay_out(scene, api_name="vae_training")
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gradio as gr

from demos.kit.controls import Dropdown
from demos.kit.curves import Curves, chart, series
from demos.kit.player import StepPlayer
from demos.kit.scene import Scene
from models.core.checks import one_of
from models.core.errors import InputError
from models.core.history import History
from models.core.shipped import how_to_get_back

FRAMES_A_SECOND = 3


@dataclass(frozen=True)
class Plot:
    """One chart of a training: a loss on training and on validation pictures.

    `train` and `validation` are its names in the history's records, the first of several that is
    there; either may be empty. A chart of which nothing is recorded is left out.
    """

    title: str
    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    y: str = ""
    log: bool = False


@dataclass(frozen=True)
class Shelf:
    """What one topic ships: the folder of its weights, its models by name, and what to plot.

    Attributes:
        weights: the folder, with `<name>.history.json` of each model, and `CARD.md`.
        names: the models' file names, and what they are called on the page.
        plots: the charts, in order.
        x: what the horizontal axis counts.
        strip: what the rows of pictures show, for their captions.
        parts: what the pictures of a strip that belong together are called, by the model's name;
            under the empty name those of all others. None where each stands alone.
        rows: the strip's first picture stands by itself, the others in so many rows: their names.
        writers: who wrote the sentences along the way, where there are some: each as many, in this
            order.
        first: the model that is shown when the page opens; else the first that is here.
    """

    weights: Path
    names: Mapping[str, str]
    plots: tuple[Plot, ...]
    x: str = "pictures seen"
    strip: str = ""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[str, ...] = ()
    writers: tuple[str, ...] = ("",)
    first: str = ""

    def choices(self) -> list[tuple[str, str]]:
        """The models whose training is recorded here: titles and names, as a dropdown takes them.

        All of them where none is, so that the page says what is missing.
        """
        found = [(title, name) for name, title in self.names.items() if self._file(name).is_file()]
        return found or [(title, name) for name, title in self.names.items()]

    def missing(self) -> list[str]:
        """The titles of the models that are not here."""
        return [title for name, title in self.names.items() if not self._file(name).is_file()]

    def _file(self, name: str) -> Path:
        return self.weights / f"{name}.history.json"

    def history(self, name: str) -> History:
        """The record of one model's training.

        Raises:
            InputError: there is no such model, or its record is missing or damaged.
        """
        one_of("Model", name, self.names)
        path = self._file(name)
        try:
            found = History.read(path)
            sound = isinstance(found.about, dict) and all(map(_is_record, found.records))
            sound = sound and all(map(_is_strip, found.strips))
        except (OSError, ValueError, TypeError, LookupError):
            sound = False
        if not sound or not found.records:
            what = "is not here" if sound else "is damaged"
            record = f"{path.name}, the record of how “{self.names[name]}” was trained, {what}."
            raise InputError(f"{record} {how_to_get_back(path)}")
        return found

    def training(self, model: str) -> tuple[dict, dict, str, str]:
        """Look at how a shipped model was trained.

        Args:
            model: its name, as on the page's list.

        Returns:
            `charts`, each with its `series` of `points` (examples seen, value) in training and in
            validation; `frames`, pictures along the way with `caption` and examples seen, `x`, and
            `texts`, what was written then, where anything was: `title` and `lines`, and `parts` or
            `rows`, what is seen in a picture; facts of the run as Markdown; and the card of all
            this topic's models as Markdown.
        """
        history = self.history(model)
        strips = self.strips(history, model)
        return self.charts(history), strips, self.facts(history), self.card()

    def charts(self, history: History) -> dict[str, Any]:
        """A history as the value of `Curves`."""
        return {"charts": [found for plot in self.plots if (found := self._chart(history, plot))]}

    def _chart(self, history: History, plot: Plot) -> dict | None:
        curves = []
        for name, part, keys in (
            ("training", "train", plot.train),
            ("validation", "validation", plot.validation),
        ):
            key = next(
                (key for key in keys if any(key in one[part] for one in history.records)), ""
            )
            points = [(one["seen"], _finite(one[part].get(key))) for one in history.records]
            curve = series(name, points, dashed=part == "train", color=part == "train")
            if curve["points"]:
                curves.append(curve)
        if not curves:
            return None
        return chart(curves, x=self.x, y=plot.y, title=plot.title, log=plot.log)

    def strips(self, history: History, model: str = "") -> dict[str, Any]:
        """The pictures along the way of a model as the value of a `StepPlayer`."""
        about = f" · {self.strip}" if self.strip else ""
        written = {one["step"]: one["texts"] for one in history.records if one.get("texts")}
        frames = []
        for one in history.strips:
            frame = {"src": one["image"], "caption": f"{one['seen']:,} {self.x}{about}"}
            texts = self._by_writers(written.get(one["step"], []))
            frames.append({**frame, "x": one["seen"], **({"texts": texts} if texts else {})})
        parts = self.parts.get(model, self.parts.get("", ()))
        seen = {"rows": list(self.rows)} if self.rows else {"parts": list(parts)}
        return {"frames": frames, "rate": FRAMES_A_SECOND, **seen}

    def _by_writers(self, lines: list[str]) -> list[dict[str, Any]]:
        """Sentences, those of each writer under its name."""
        each = math.ceil(len(lines) / len(self.writers))
        parts = [lines[start : start + each] for start in range(0, len(lines), each or 1)]
        return [
            {"title": title, "lines": part}
            for title, part in zip(self.writers, parts, strict=False)
        ]

    def facts(self, history: History) -> str:
        """How long, on what, on how many examples: a line of Markdown, as far as it is recorded."""
        about, last = history.about, history.records[-1]
        count = sum((about.get("parameters") or {}).values())
        parts = [
            f"**{count:,}** weights" if count else "",
            f"**{about['training_examples']:,}** training pictures"
            if about.get("training_examples")
            else "",
            f"**{last['seen']:,}** seen in **{last.get('seconds', 0) / 60:.0f}** minutes",
            f"on {history.trained_on}" if history.trained_on else "",
        ]
        return " · ".join(filter(None, parts))

    def card(self) -> str:
        """The topic's model card as Markdown, or a sentence where it cannot be read."""
        path = self.weights / "CARD.md"
        try:
            text = path.read_text("utf-8")
        except (OSError, ValueError):
            return f"The model card, {path.name}, is missing or damaged. {how_to_get_back(path)}"
        return text.replace("\n#", "\n##").replace("# ", "### ", 1)

    def lay_out(
        self,
        scene: Scene,
        *,
        api_name: str,
        aside: gr.components.Component | None = None,
        controls: Callable[[Dropdown], None] | None = None,
    ) -> None:
        """Lay out the scene and wire it.

        Args:
            scene: the scene, whose controls begin with `model`.
            api_name: the name of the endpoint `training`.
            aside: what else a tab shows on the stage, not rendered yet.
            controls: lays out, beside the list of models that it is given, what else a tab sets.
        """
        choices = self.choices()
        here = [name for _, name in choices]
        first = self.first if self.first in here else here[0]
        kind = ["gb-training", *(["gb-training-more"] if aside is not None else [])]
        with scene.stage(wide=True), gr.Column(elem_classes=kind):
            curves = Curves(None, label="Losses in training and validation")
            strips = StepPlayer(None, label="Pictures along the way")
            if aside is not None:
                aside.render()
        with scene.desk():
            with gr.Row(elem_classes=["gb-bar-of-controls"]):
                model = Dropdown(choices, value=first, label="Model", filterable=False)
                scene.control("model", model)
                if controls is not None:
                    controls(model)
            facts = gr.Markdown(label="Facts", elem_classes=["gb-facts"])
            if self.missing():
                gr.Markdown(f"Not here yet: {', '.join(self.missing())}.")
            with gr.Accordion("Model card: data, numbers, limits", open=False):
                card = gr.Markdown(label="Card", elem_classes=["gb-model-card"])
        scene.wire(self.training, [model], [curves, strips, facts, card], api_name=api_name)


def _finite(value: Any) -> float | None:
    number = isinstance(value, int | float) and math.isfinite(value)
    return value if number else None


def _is_record(record: Any) -> bool:
    parts = ("train", "validation")
    sound = isinstance(record["seen"], int) and all(isinstance(record[p], dict) for p in parts)
    if not sound or "texts" not in record:
        return sound
    texts = record["texts"]
    return isinstance(record["step"], int) and all(isinstance(text, str) for text in texts)


def _is_strip(strip: Any) -> bool:
    return all(isinstance(strip[part], int) for part in ("step", "seen")) and isinstance(
        strip["image"], str
    )
