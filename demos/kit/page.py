"""The page around the tabs: top bar, tabs of scenes, the slides menu, links in and out."""

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType

import gradio as gr

from demos.kit import links
from demos.kit.handlers import handler, message
from demos.kit.scene import Scene, SceneInfo, frame
from demos.kit.view import ASSETS, View
from models.core.errors import InputError

LOGO = ASSETS / "html" / "logo.svg"


class TopBar(View):
    """The logo, and the buttons for lecture mode, dark mode and help."""

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
            (f"{preset.slide} · {preset.title}", f"{info.slug}/{preset.slug}")
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
                with gr.Tab(info.title, id=info.slug) as item, frame(slug, info) as scene:
                    module.build(scene)
                item.select(None, js="() => glassbox.links.write()")
                built.scenes.append(scene)
    built.item.select(None, js="() => glassbox.links.write()")
    return built


def page(builders: Sequence[Callable[[], Tab]], lecture: bool = False) -> gr.Blocks:
    """The whole page, from the tabs' `build` functions; with `lecture`, in lecture mode."""
    with gr.Blocks(title="Glassbox", analytics_enabled=False, fill_width=True) as demo:
        TopBar({"logo": LOGO.read_text("utf-8"), "lecture": lecture}, label="Glassbox")
        with gr.Tabs(elem_id="gb-tabs", overflow_behavior="wrap") as outer:
            tabs = [build() for build in builders]
        _wire(demo, outer, tabs)
    return demo


def _wire(demo: gr.Blocks, outer: gr.Tabs, tabs: Sequence[Tab]) -> None:
    """Keep the address and the controls in step, both ways."""
    scenes = {scene.key: scene for tab in tabs for scene in tab.scenes}

    def restore(request: gr.Request):
        """Set every control from the link's query; a link without a scene changes nothing."""
        return _updates(outer, tabs, scenes, dict(request.query_params))

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
    demo.load(
        restore,
        outputs=[outer, *(tab.tabs for tab in tabs), *every_control],
        api_visibility="private",
        show_progress="hidden",
        show_progress_on=tabs[0].scenes[0].status,
    ).then(None, js="() => glassbox.links.open()")
    for tab in tabs:
        if tab.slides is not None:
            outputs = [tab.slides, tab.tabs]
            outputs += [control for scene in tab.scenes for control in scene.controls.values()]
            tab.slides.input(
                _slide(outer, tab, scenes),
                tab.slides,
                outputs,
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


def _warn(sentence: str) -> None:
    """Say what in the page's link was not understood."""
    gr.Warning(message(sentence), title="About this link")


def _updates(outer: gr.Tabs, tabs: Sequence[Tab], scenes: dict[str, Scene], params: dict) -> dict:
    """What a link changes in the page: the tabs to open and the values of the scene's controls."""
    tab = next((tab for tab in tabs if tab.slug == params.get("tab", tabs[0].slug)), None)
    if tab is None:
        _warn(f"There is no tab {params['tab'][:40]!r}.")
        return {outer: gr.skip()}
    key = f"{tab.slug}/{params.get('scene', tab.scenes[0].info.slug)}"
    if key not in scenes:
        _warn(f"There is no scene {params['scene'][:40]!r} in {tab.title}.")
        return {outer: gr.Tabs(selected=tab.slug)}
    scene = scenes[key]
    values, problems = links.read(scene, params)
    for problem in problems:
        _warn(problem)
    if not set(params) & {"preset", *scene.controls}:
        values = {}
    return {
        outer: gr.Tabs(selected=tab.slug),
        tab.tabs: gr.Tabs(selected=scene.info.slug),
        **{scene.controls[name]: value for name, value in values.items()},
    }


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
        values, _ = links.read(scene, {"preset": event.slug})
        return {control: values[name] for name, control in scene.controls.items()}

    if scene.chips is not None:
        scene.chips.select(choose, None, controls, api_visibility="private", show_progress="hidden")
