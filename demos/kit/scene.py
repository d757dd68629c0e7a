"""The scene: one idea on the page, with its controls, presets, endpoints and place in a link."""

import inspect
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import gradio as gr
from gradio.events import Dependency

from demos.kit import files
from demos.kit.handlers import handler, status, trouble
from demos.kit.view import View

CONCURRENT = 4  # runs of one handler at a time; the others wait in Gradio's queue


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


class Scene:
    """A scene while it is being built: it collects the controls that a link must hold.

    `layout` functions call `control` for each of them and `wire` for each handler.
    """

    def __init__(self, tab: str, info: SceneInfo):
        self.tab, self.info = tab, info
        self.controls: dict[str, gr.components.Component] = {}
        self.defaults: dict[str, Any] = {}
        self.chips: Chips | None = None
        self.status = gr.HTML(status(), label="Status", elem_classes=["gb-status"], render=False)

    @property
    def key(self) -> str:
        """The scene's name in the whole page, such as `convolution/filter`."""
        return f"{self.tab}/{self.info.slug}"

    def control(self, name: str, component: gr.components.Component) -> gr.components.Component:
        """Register a component as a part of the scene's state, under its name in links."""
        component.elem_classes = [
            *(component.elem_classes or []),
            "gb-control",
            f"gb-control-{name}",
        ]
        self.controls[name] = component
        self.defaults[name] = getattr(component, "link_value", component.value)
        return component

    def state(self, preset: Preset) -> dict[str, Any]:
        """Every control's value in a preset."""
        return {**self.defaults, **preset.values}

    def wire(
        self,
        function: Callable,
        inputs: Sequence[gr.components.Component],
        outputs: Sequence[gr.components.Component],
        *,
        api_name: str,
        triggers: Sequence | None = None,
        first: Callable[[], Any] | None = None,
        **event: Any,
    ) -> Dependency:
        """Run `function` whenever one of its inputs changes, and expose it as an endpoint.

        The outputs start with what the function makes of the inputs' first values, so that the
        scene is complete when the page opens. The status line is added as the last output.
        Returns the event, for `stop`.

        Args:
            function: the handler; its docstring documents the endpoint.
            inputs: components, in the order of the function's parameters.
            outputs: components, in the order of what it returns.
            api_name: the endpoint's name.
            triggers: events to run on, instead of every input's `change`.
            first: gives what the outputs start with, where running `function` would take too long.
            event: further arguments of the Gradio event.
        """
        run = handler(function)
        if first is None:
            self._begin(run, inputs, outputs)
        else:
            self._begin(handler(first), (), outputs)
        triggers = triggers or [component.change for component in inputs]
        newest = f"(...values) => glassbox.newest({api_name!r}, values)"
        event = {"js": newest, **event}
        return self._on(triggers, run, inputs, [*outputs, self.status], api_name, event)

    def _begin(self, run: Callable, inputs: Sequence, outputs: Sequence) -> None:
        """Give the outputs their first values; a generator's are its last ones.

        Where that fails, because a weight file is missing, say, the status line tells why, and the
        other scenes go on.
        """
        try:
            result = run(*(getattr(control, "path", control.value) for control in inputs))
            *values, line = deque(result, 1).pop() if inspect.isgenerator(result) else result
        except gr.Error as error:
            self.status.value = trouble(error.message)
            return
        for component, value in zip(outputs, values, strict=True):
            shown = component.postprocess(value)
            component.value = files.stored(shown) if isinstance(component, View) else shown
        self.status.value = line

    def edit(
        self,
        function: Callable,
        trigger: Any,
        inputs: Sequence[gr.components.Component],
        outputs: Sequence[gr.components.Component],
        *,
        api_name: str,
        **event: Any,
    ) -> None:
        """Run `function` on an event that sets controls (a button, say); also an endpoint.

        `trigger` is one event, or a list of them. What follows from the new values is `wire`'s
        business.
        """
        triggers = trigger if isinstance(trigger, list) else [trigger]
        self._on(triggers, handler(function, timed=False), inputs, outputs, api_name, event)

    def stop(
        self, function: Callable, button: gr.Button, runs: Sequence[Dependency], *, api_name: str
    ) -> None:
        """Let a button end a run: by `function`, or where it still waits, out of the queue.

        The page presses the second button, which it does not show, where nothing runs yet.
        """
        self.edit(function, button.click, [], [], api_name=api_name, queue=False)
        leave = gr.Button("Leave the queue", visible="hidden", elem_classes=["gb-leave"])
        leave.click(None, cancels=list(runs))

    def offer(self, function: Callable, *, api_name: str) -> None:
        """Expose a function that nothing in the page calls, as an endpoint for programs."""
        run = handler(function, timed=False)
        gr.api(run, api_name=api_name, api_description=inspect.getdoc(function))

    def _on(self, triggers, run, inputs, outputs, api_name, event) -> Dependency:
        defaults = {
            "show_progress": "hidden",
            "show_progress_on": self.status,
            "trigger_mode": "always_last",
            "concurrency_limit": CONCURRENT,
        }
        return gr.on(
            triggers,
            run,
            inputs=list(inputs),
            outputs=list(outputs),
            api_name=api_name,
            api_description=inspect.getdoc(run),
            **{**defaults, **event},
        )


LATEX = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]


@contextmanager
def frame(tab: str, info: SceneInfo):
    """Draw a scene's head and foot around what the `with` block lays out; yields the `Scene`."""
    scene = Scene(tab, info)
    with gr.Column(elem_classes=["gb-scene"]):
        with gr.Row(elem_classes=["gb-head"]):
            gr.Markdown(info.lead, latex_delimiters=LATEX, elem_classes=["gb-lead"])
            header = Header({}, label=info.title, elem_classes=["gb-head-tools"])
        if info.presets:
            chips = [
                {"slug": p.slug, "title": p.title, "slide": p.slide, "icon": p.icon}
                for p in info.presets
            ]
            scene.chips = Chips(chips, label=f"{info.title}: presets")
        yield scene
        if info.walk:
            steps = [{"text": step.text, "preset": step.preset} for step in info.walk]
            Walk(steps, label=f"{info.title}: walk-through")
        scene.status.render()
    header.value = {
        "key": scene.key,
        "title": info.title,
        "defaults": scene.defaults,
        "presets": {preset.slug: dict(preset.values) for preset in info.presets},
    }
