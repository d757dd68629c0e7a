"""What begins a run of a scene that has a button for it."""

import gradio as gr
import pytest

from demos.captioning import SCENES
from demos.captioning.photos import CaptionPhoto
from demos.kit.scene import frame


@pytest.mark.parametrize("part", SCENES, ids=lambda part: part.INFO.slug)
def test_a_change_of_the_photo_is_drawn_by_the_page_alone(part):
    """The page presses the button once the controls rest: a second event were a second run."""
    with gr.Blocks() as demo, frame("captioning", part.INFO) as scene:
        part.build(scene)
    draws = {i for i, one in demo.blocks.items() if "gb-draw" in (one.elem_classes or ())}
    photos = {i for i, one in demo.blocks.items() if isinstance(one, CaptionPhoto)}
    runs = [
        {target for target, _ in one["targets"]}
        for one in demo.config["dependencies"]
        if draws & {target for target, _ in one["targets"]}
    ]
    assert bool(runs) == bool(draws)
    assert not any(run & photos for run in runs)
