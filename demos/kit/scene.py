"""The scene: one idea on the page, with its controls, presets, endpoints and place in a link."""

import inspect
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import Context
from gradio.events import Dependency

from demos.kit import files, openings
from demos.kit.handlers import handler, status, trouble
from demos.kit.head import Chips, Preset, SceneInfo, head, tour
from demos.kit.run import HEAVY, stopping, turn_by_turn
from demos.kit.view import View

CONCURRENT = 4  # runs of one handler at a time; the others wait in Gradio's queue


RESERVED = ("tab", "scene", "preset", "lecture", "hide", "step", "split")  # of a link's own
NO_PLACE = (gr.State, Api)  # components that no page shows
UNSEEN = (False, "hidden")  # a component's `visible` where it is laid out nowhere


class Scene:
    """A scene while it is being built: it collects the controls that a link must hold.

    Its `build` lays what the eye follows on the `stage` and the controls on the `desk`, calls
    `control` for each control that a link must hold, and `wire` for each handler.
    """

    def __init__(self, tab: str, info: SceneInfo):
        self.tab, self.info = tab, info
        self.controls: dict[str, gr.components.Component] = {}
        self.defaults: dict[str, Any] = {}
        self.passing: list[str] = []
        self.chips: Chips | None = None
        self._leave: gr.Button | None = None
        self.parts: dict[str, gr.Column] = {}
        self.wide = False
        self.openings: dict[str, Callable[[], Any]] = {}
        self.status = gr.HTML(status(), label="Status", elem_classes=["gb-status"], render=False)

    @property
    def key(self) -> str:
        """The scene's name in the whole page, such as `convolution/filter`."""
        return f"{self.tab}/{self.info.slug}"

    @contextmanager
    def stage(self, wide: bool = False):
        """Lay out the one picture with its player: all that the eye follows.

        Args:
            wide: it wants the width of the window, and the desk stands below it.
        """
        self.wide = wide
        with self._part("stage"):
            yield

    @contextmanager
    def desk(self):
        """Lay out the controls, "More" included: beside the stage, or below it."""
        with self._part("desk"):
            yield

    @contextmanager
    def _part(self, name: str):
        if name in self.parts:
            raise ValueError(f"{self.key} has two {name}s: a scene has one.")
        with gr.Column(elem_classes=[f"gb-scene-{name}"]) as self.parts[name]:
            yield

    def check_layout(self, laid_out: Sequence[gr.blocks.Block]) -> None:
        """See to it that in a scene with a stage everything lies on it or on the desk.

        Args:
            laid_out: what the scene's `build` added to its column.

        Raises:
            ValueError: something lies in neither, or one of the two is missing.
        """
        if not self.parts:
            return  # a scene in the layout that it makes for itself
        if missing := {"stage", "desk"} - set(self.parts):
            raise ValueError(f"{self.key} has no {missing.pop()}.")
        for block in laid_out:
            unseen = isinstance(block, NO_PLACE) or getattr(block, "visible", True) in UNSEEN
            if block not in self.parts.values() and not unseen:
                name = getattr(block, "label", None) or type(block).__name__
                raise ValueError(f"{name!r} in {self.key} lies neither on the stage nor the desk.")

    def control(
        self, name: str, component: gr.components.Component, *, passing: bool = False
    ) -> gr.components.Component:
        """Register a component as a part of the scene's state, under its name in links.

        Args:
            name: in links.
            component: the control.
            passing: it moves on while a preset stays the one in view (a quiz's question, say).

        Raises:
            ValueError: links keep that name for something else.
        """
        if name in RESERVED:
            raise ValueError(f"{self.key}: links keep the name {name!r} for something else.")
        component.elem_classes = [
            *(component.elem_classes or []),
            "gb-control",
            f"gb-control-{name}",
        ]
        self.controls[name] = component
        self.defaults[name] = getattr(component, "link_value", component.value)
        if passing:
            self.passing.append(name)
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
        kept: bool = False,
        again: bool = True,
        **event: Any,
    ) -> Dependency:
        """Run `function` whenever one of its inputs changes, and expose it as an endpoint.

        The outputs start with what the function makes of the inputs' first values, so that the
        scene is complete when the page opens. The status line is added as the last output.
        Returns the event, for who wants to cancel it.

        Args:
            function: the handler; its docstring documents the endpoint.
            inputs: components, in the order of the function's parameters.
            outputs: components, in the order of what it returns.
            api_name: the endpoint's name.
            triggers: events to run on, instead of every input's `change`.
            first: gives what the outputs start with, where running `function` would take too long.
            kept: what `function` makes of the first values lies on disk, among the openings; it is
                written by `python -m demos.<tab>.openings`.
            again: where it fails, and its inputs have changed meanwhile, it runs once more.
            event: further arguments of the Gradio event.
        """
        run = handler(function, views=len(outputs), line=self.status)
        if kept:
            name = f"{self.tab}/{api_name}"
            self.openings[name] = lambda: function(*map(_value, inputs))
            first = partial(_read, name, many=len(outputs) > 1)
        if first is None:
            self._begin(run, inputs, outputs)
        else:
            self._begin(handler(first), (), outputs, timed=False)
        triggers = triggers or [component.change for component in inputs]
        newest = f"(...values) => glassbox.newest({api_name!r}, values)"
        event = {"js": newest, **event}
        wired = self._on(triggers, run, inputs, [*outputs, self.status], api_name, event)
        told = [
            f"glassbox.changed({api_name!r}, values)" if again else f"glassbox.ended({self.key!r})"
        ]
        if any(getattr(component, "holds_files", False) for component in inputs):
            # A file that cannot be used: the stage says so, and shows none of the picture before.
            told.insert(0, f"glassbox.failed({self.key!r})")
        js = f"(...values) => {{ {'; '.join(told)}; }}"
        known = list(inputs) if again else None
        failing = wired.failure(None, inputs=known, js=js, show_progress="hidden")
        if again:
            # Gradio defers changes that come while it runs, and forgets them where it fails: the
            # controls would say one thing for good, the stage another. The page goes on from the
            # failure only where something has changed, so that no error is asked about twice.
            event = Context.root_block.default_config.fns[wired["id"]]
            event.trigger_after, event.trigger_only_on_success = failing["id"], True
        return wired

    def _begin(
        self, run: Callable, inputs: Sequence, outputs: Sequence, timed: bool = True
    ) -> None:
        """Give the outputs their first values; a generator's are its last ones.

        Where they were read from a file the time that took says nothing, and is not told.

        Where that fails, because a weight file is missing, say, the status line tells why, and the
        other scenes go on.
        """
        try:
            result = run(*map(_value, inputs))
            result = deque(result, 1).pop() if inspect.isgenerator(result) else result
            if isinstance(result, dict):  # something is missing from the start
                self.status.value = result[self.status]
                return
            *values, line = result
        except gr.Error as error:
            self.status.value = trouble(error.message)
            return
        for component, value in zip(outputs, values, strict=True):
            shown = component.postprocess(value)
            component.value = files.stored(shown) if isinstance(component, View) else shown
        self.status.value = line if timed else status()

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

    def run(
        self,
        function: Callable,
        draw: gr.Button,
        halt: gr.Button | None,
        inputs: Sequence[gr.components.Component],
        outputs: Sequence[gr.components.Component],
        *,
        api_name: str,
        first: Callable[[], Any] | None = None,
        also: Sequence = (),
        stop_name: str = "",
        work: Mapping[str, Any] = HEAVY,
    ) -> None:
        """Let `draw` begin a long run and `halt` end it; both become endpoints.

        A visitor has one run in a scene: a newer one, or *Stop*, ends it after the step that it is
        in, or takes it out of the queue. All tabs' runs wait in one queue, but for those whose work
        an engine does.

        Args:
            function: the handler, a generator with a keyword `wanted`; see `kit.run.turn_by_turn`.
            draw: its button.
            halt: the scene's Stop, one for all of its runs; None for what it cannot take out of
                the queue.
            inputs: as `wire` takes them.
            outputs: as `wire` takes them.
            api_name: the endpoint's name.
            first: as `wire` takes it.
            also: further events that begin a run.
            stop_name: the endpoint of `halt`, which the first run names; else `<api_name>_stop`.
            work: who does it: `HEAVY` or `ENGINE`, see `kit.run`.
        """
        event = self.wire(
            turn_by_turn(function, self.key),
            inputs,
            outputs,
            api_name=api_name,
            triggers=[draw.click, *also],
            first=first,
            again=False,  # only who presses the button wants a run
            **work,
        )
        if halt is None:
            return
        if self._leave is None:
            stop = stop_name or f"{api_name}_stop"
            self.edit(stopping(self.key), halt.click, [], [], api_name=stop, queue=False)
            # The page presses this one, which it does not show, where nothing runs yet.
            self._leave = gr.Button("Leave the queue", visible="hidden", elem_classes=["gb-leave"])
        self._leave.click(None, cancels=[event])

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


def _value(control: gr.components.Component) -> Any:
    """What a handler gets of a control when the page is built."""
    return getattr(control, "path", control.value)


def _read(name: str, many: bool) -> Any:
    """A kept opening, as the handler itself would return it."""
    found = openings.read(name)
    return tuple(found) if many else found


@contextmanager
def frame(tab: str, info: SceneInfo):
    """Draw a scene's head and foot around what the `with` block lays out; yields the `Scene`.

    Raises:
        ValueError: the block uses stage or desk, and lays something in neither.
    """
    scene = Scene(tab, info)
    with gr.Column(elem_classes=["gb-scene"]) as column:
        header, scene.chips = head(info)
        before = len(column.children)
        yield scene
        scene.check_layout(column.children[before:])
        if scene.parts:
            column.elem_classes += ["gb-staged", *(["gb-wide"] if scene.wide else [])]
        if info.walk:
            tour(info)
        scene.status.render()
    header.value = {
        "key": scene.key,
        "title": info.title,
        "defaults": scene.defaults,
        "presets": {preset.slug: dict(preset.values) for preset in info.presets},
        "passing": scene.passing,
    }
