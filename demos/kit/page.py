"""The page around the tabs: top bar, tabs of scenes, the slides menu, links in and out."""

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr

from demos.kit import links
from demos.kit.blocks import Blocks, keep_signatures
from demos.kit.handlers import handler, warn
from demos.kit.head import SceneInfo
from demos.kit.photo import PhotoInput
from demos.kit.scene import Scene, frame
from demos.kit.view import ASSETS, View
from models.core.errors import InputError

UPLOADS_CHECKED, UPLOADS_KEPT = 3600, 24 * 3600  # seconds
"""How often the visitors' files are looked through, and the age at which they are deleted: their
photos, webcam shots and drawings. What the page itself shows at first stays."""
AT_ONCE = 4
"""Events of one kind that run at a time, where none said otherwise."""
WRITE = "() => glassbox.links.write()"
"""For a row of tabs, not for each tab in it: for every event Gradio's script searches all of the
page, twice, when it opens."""
LOGO = ASSETS / "html" / "logo.svg"


class TopBar(View):
    """The logo, and the buttons for lecture mode, dark mode and help.

    Its value tells too where the last link led: `there` has the `query` that was travelled to, or
    "" for the page's own, the scene's `key`, the `values` of its controls in their order (`None`
    where nothing was set), and which controls were `kept`.
    """

    script = "top-bar"


class Tab:
    """One tab while it is being built: its scenes, and the `gr.Tabs` that holds them."""

    def __init__(self, slug: str, title: str):
        self.slug, self.title = slug, title
        self.scenes: list[Scene] = []
        self.item = gr.Tab(title, id=slug, elem_classes=["gb-tab"])
        self.tabs: gr.Tabs | None = None
        self.slides: gr.Dropdown | None = None


def tab(slug: str, title: str, modules: Sequence[ModuleType]) -> Tab:
    """Lay out one tab as a row of scenes.

    Args:
        slug: its name in links.
        title: its name on the page.
        modules: one per scene, each with `INFO: SceneInfo` and `build(scene: Scene)`.
    """
    built = Tab(slug, title)
    with built.item:
        infos: list[SceneInfo] = [module.INFO for module in modules]
        slides = [
            (f"{preset.slide} · {info.title}: {preset.title}", f"{info.slug}/{preset.slug}")
            for info in infos
            for preset in info.presets
            if preset.slide
        ]
        slides.sort(key=lambda choice: [int(part) for part in choice[0].split(" ")[0].split(".")])
        if slides:
            built.slides = gr.Dropdown(
                [("From the slides …", ""), *slides],
                value="",
                label="From the slides",
                container=False,
                elem_classes=["gb-slides"],
                filterable=False,
            )
        with gr.Tabs(elem_classes=["gb-scenes"], overflow_behavior="wrap") as built.tabs:
            for info, module in zip(infos, modules, strict=True):
                with gr.Tab(info.title, id=info.slug), frame(slug, info) as scene:
                    module.build(scene)
                built.scenes.append(scene)
        built.tabs.change(None, js=WRITE)
    return built


def page(
    builders: Sequence[Callable[[], Tab]], lecture: bool = False, most_waiting: int | None = None
) -> gr.Blocks:
    """The whole page, from the tabs' `build` functions.

    Args:
        builders: one per tab, in their order.
        lecture: whether it opens in lecture mode.
        most_waiting: events that may wait at a time; who comes later is told so. Any, if `None`.
    """
    keep_signatures()
    with Blocks(
        title="Glassbox",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(UPLOADS_CHECKED, UPLOADS_KEPT),
    ) as demo:
        # Before there is anything on it: with each call Gradio describes all of the page anew.
        demo.queue(default_concurrency_limit=AT_ONCE, max_size=most_waiting)
        bar = TopBar({"logo": LOGO.read_text("utf-8"), "lecture": lecture}, label="Glassbox")
        with gr.Tabs(elem_id="gb-tabs", overflow_behavior="wrap") as outer:
            tabs = [build() for build in builders]
        outer.change(None, js=WRITE)
        _wire(demo, bar, outer, tabs)
    return demo


def _wire(demo: gr.Blocks, bar: TopBar, outer: gr.Tabs, tabs: Sequence[Tab]) -> None:
    """Keep the address and the controls in step, both ways."""
    scenes = {scene.key: scene for tab in tabs for scene in tab.scenes}

    def restore(request: gr.Request):
        """Set every control from the link's query; a link without a scene changes nothing."""
        return _updates(outer, tabs, scenes, dict(request.query_params), bar)

    def travel(event: gr.EventData):
        """Set every control as an entry of the browser's history has it."""
        query, own = str(getattr(event, "query", "")), getattr(event, "own", [])
        params = dict(parse_qsl(query.removeprefix("?")))
        names = [name for name in own if isinstance(name, str)] if isinstance(own, list) else []
        updates = _updates(outer, tabs, scenes, params, bar, complete=True, own=names)
        if there := updates[bar]["there"]:
            there["query"] = query
        return updates

    def preset(scene: str, name: str) -> dict:
        """Look up a preset: the value of each of its scene's controls, by their names in links.

        Args:
            scene: tab and scene, such as `convolution/filter`.
            name: the preset, such as `sobel-x`.
        """
        shown = scenes.get(str(scene))
        found = [p for p in shown.info.presets if p.slug == name] if shown else []
        if not found:
            raise InputError(f"There is no preset {name!r} in a scene {scene!r}.")
        return shown.state(found[0])

    gr.api(handler(preset, timed=False), api_name="preset", api_description=inspect.getdoc(preset))

    # Wherever an event shows progress, Gradio copies all that lies inside, at every later event:
    # for a `gr.Tabs` that is the whole page, and half of an edit's time. So a leaf shows it.
    every_control = [control for scene in scenes.values() for control in scene.controls.values()]
    quiet = {
        "outputs": [bar, outer, *(tab.tabs for tab in tabs), *every_control],
        "api_visibility": "private",
        "show_progress": "hidden",
        "show_progress_on": tabs[0].scenes[0].status,
    }
    told = {"inputs": bar, "js": "({ there }) => glassbox.links.open(there)"}
    demo.load(restore, **quiet).then(None, **told)
    bar.select(
        handler(travel, timed=False), None, queue=False, trigger_mode="always_last", **quiet
    ).then(None, **told)
    for tab in tabs:
        if tab.slides is not None:
            outputs = [tab.slides, tab.tabs]
            outputs += [control for scene in tab.scenes for control in scene.controls.values()]
            tab.slides.input(
                _slide(outer, tab, scenes),
                tab.slides,
                outputs,
                js=f"(choice) => glassbox.links.slide({tab.slug!r}, choice)",
                api_visibility="private",
                show_progress="hidden",
                show_progress_on=tab.slides,
            )
        for scene in tab.scenes:
            _follow(scene)


def _slide(outer: gr.Tabs, tab: Tab, scenes: dict[str, Scene]) -> Callable:
    """The handler of a tab's slides menu."""

    def show(choice: str):
        if not choice:
            return {tab.slides: ""}
        scene, preset = choice.split("/")
        updates = _updates(
            outer, [tab], scenes, {"tab": tab.slug, "scene": scene, "preset": preset}
        )
        updates.pop(outer, None)
        return {**updates, tab.slides: ""}

    return show


def _warn(*sentences: str) -> None:
    """Say what in the page's link was not understood, all of it in one message."""
    warn("About this link", sentences)


def _updates(
    outer: gr.Tabs,
    tabs: Sequence[Tab],
    scenes: dict[str, Scene],
    params: dict,
    bar: TopBar | None = None,
    complete: bool = False,
    own: Sequence[str] = (),
) -> dict:
    """What a link changes in the page: the tabs to open and the values of the scene's controls.

    Args:
        outer: the tabs' `gr.Tabs`.
        tabs: all of them, or the one that it is about.
        scenes: by their keys.
        params: the link's query.
        bar: tells the page where it leads.
        complete: whether controls that it does not name go back to their defaults even where it
            names none.
        own: photo controls that held a picture of the user's, which no link does: they are left.
    """
    tab = next((tab for tab in tabs if tab.slug == params.get("tab", tabs[0].slug)), None)
    told = {bar: {**bar.value, "there": None}} if bar else {}
    if tab is None:
        _warn(f"There is no tab {params['tab'][:40]!r}.")
        return {**told, outer: gr.skip()}
    key = f"{tab.slug}/{params.get('scene', tab.scenes[0].info.slug)}"
    if key not in scenes:
        _warn(f"There is no scene {params['scene'][:40]!r} in {tab.title}.")
        return {**told, outer: gr.Tabs(selected=tab.slug)}
    scene = scenes[key]
    values, problems = links.read(scene, params)
    _warn(*problems)
    if not complete and not set(params) & {"preset", *scene.controls}:
        values = {}
    kept = {name for name in own if isinstance(scene.controls.get(name), PhotoInput)}
    values = {name: value for name, value in values.items() if name not in kept}
    if bar and values:
        held = [_held(control, values.get(name)) for name, control in scene.controls.items()]
        told[bar]["there"] = {"query": "", "key": key, "values": held, "kept": sorted(kept)}
    return {
        **told,
        outer: gr.Tabs(selected=tab.slug),
        tab.tabs: gr.Tabs(selected=scene.info.slug),
        **{scene.controls[name]: value for name, value in values.items()},
    }


def _held(control: gr.components.Component, value: Any) -> Any:
    """A control's value as it is in the page, where a photo is a file."""
    return {"path": Path(value).name} if value and isinstance(control, PhotoInput) else value


def _follow(scene: Scene) -> None:
    """Write the address when a control changes; set the controls when a preset is pressed."""
    controls = list(scene.controls.values())
    if not controls:
        return
    gr.on(
        [control.change for control in controls],
        None,
        inputs=controls,
        js=f"(...values) => glassbox.links.hold({scene.key!r}, values)",
    )

    def choose(event: gr.EventData):
        values, _ = links.read(scene, {"preset": str(getattr(event, "slug", ""))})
        return {control: values[name] for name, control in scene.controls.items()}

    if scene.chips is not None:
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        scene.chips.select(handler(choose, timed=False), None, controls, **quiet)
