"""What a scene is before it is drawn, and its head: lead, presets, copy link; its walk-through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import gradio as gr

from demos.kit.view import View

LATEX = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]


@dataclass(frozen=True)
class Preset:
    """A named state of a scene: the controls that differ from its defaults."""

    slug: str
    title: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    slide: str = ""  # its number in the lecture slides; empty where it is in none
    icon: str = ""  # a small inline SVG, for the chip


@dataclass(frozen=True)
class Step:
    """One step of a scene's walk-through: what to look at, and the preset that shows it."""

    text: str
    preset: str = ""


@dataclass(frozen=True)
class SceneInfo:
    """What a scene is, before it is drawn."""

    slug: str
    title: str
    lead: str  # one paragraph, Markdown; the formula in $...$
    presets: tuple[Preset, ...] = ()
    walk: tuple[Step, ...] = ()


class Chips(View):
    """A scene's presets as a row of buttons; raises `select` with the slug of the one pressed."""

    script = "chips"


class Walk(View):
    """The walk-through: one sentence at a time, each of which may choose a preset."""

    script = "walk"


class Header(View):
    """A scene's name and its *Copy link* button; marks where the scene begins in the page."""

    script = "scene-head"


def head(info: SceneInfo) -> tuple[Header, Chips | None]:
    """Lay out a scene's head; returns the header, whose value is still to be given, and chips."""
    chips = None
    with gr.Row(elem_classes=["gb-head"]):
        gr.Markdown(info.lead, latex_delimiters=LATEX, elem_classes=["gb-lead"])
        header = Header({}, label=info.title, elem_classes=["gb-head-tools"])
        if info.presets:
            shown = [
                {"slug": p.slug, "title": p.title, "slide": p.slide, "icon": p.icon}
                for p in info.presets
            ]
            chips = Chips(shown, label=f"{info.title}: presets", elem_classes=["gb-presets"])
    return header, chips


def tour(info: SceneInfo) -> None:
    """Lay out a scene's walk-through."""
    steps = [{"text": step.text, "preset": step.preset} for step in info.walk]
    Walk(steps, label=f"{info.title}: walk-through", elem_classes=["gb-tour"])
