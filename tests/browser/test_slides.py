"""Every preset that shows a line of the lecturers' slides, opened by its link in a real browser."""

import gradio as gr
import pytest

import app


def slides() -> dict[str, list[str]]:
    """The presets of slides of each scene, by tab/scene."""
    with gr.Blocks(), gr.Tabs():
        tabs = [tab.build() for tab in app.TABS]
    scenes = [scene for tab in tabs for scene in tab.scenes]
    found = {
        scene.key: [preset.slug for preset in scene.info.presets if preset.slide]
        for scene in scenes
    }
    return {key: presets for key, presets in found.items() if presets}


SLIDES = slides()


@pytest.mark.filterwarnings("error:The link")  # where there is no message to show it in
@pytest.mark.parametrize("key", SLIDES)
def test_the_links_open_the_slides(same_page, key):
    """A tab's first by a new page, and then, as one goes on in a talk, each in the page that is
    open: from there the same function restores a link."""
    tab, scene = key.split("/")
    first = next(one for one in SLIDES if one.startswith(f"{tab}/")) == key
    for number, preset in enumerate(SLIDES[key]):
        link = f"?tab={tab}&scene={scene}&preset={preset}"
        page = same_page(link, anew=first and number == 0)
        page.wait_for_selector(f'.gb-chip[data-slug="{preset}"][aria-pressed="true"]:visible')
        assert page.locator(".gb-trouble:visible").count() == 0, preset
        assert page.locator(".toast-body").count() == 0, preset  # no error, no warning
