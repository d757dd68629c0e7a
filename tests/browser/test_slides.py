"""Every preset that shows a line of the lecturers' slides, opened by its link in a real browser."""

import gradio as gr
import pytest

import app


def slides():
    """(tab/scene, preset, slide) of every one."""
    with gr.Blocks(), gr.Tabs():
        tabs = [tab.build() for tab in app.TABS]
    return [
        pytest.param(scene.key, preset.slug, id=f"{preset.slide}-{scene.key}-{preset.slug}")
        for tab in tabs
        for scene in tab.scenes
        for preset in scene.info.presets
        if preset.slide
    ]


@pytest.mark.parametrize(("key", "preset"), slides())
def test_the_link_opens_the_slide(open_page, key, preset):
    tab, scene = key.split("/")
    page = open_page(f"?tab={tab}&scene={scene}&preset={preset}")
    page.wait_for_selector(f'.gb-chip[data-slug="{preset}"][aria-pressed="true"]:visible')
    assert page.locator(".gb-trouble:visible").count() == 0
    assert page.locator(".toast-body").count() == 0  # no error, no warning
