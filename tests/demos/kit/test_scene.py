"""A scene's parts: what lies neither on the stage nor on the desk is an error when it is built."""

import gradio as gr
import pytest

from demos.kit import Slider
from demos.kit.handlers import handler
from demos.kit.head import SceneInfo
from demos.kit.photo import Upload
from demos.kit.scene import frame
from models.core.checks import whole
from models.core.errors import MissingInputError, MissingPictureError

INFO = SceneInfo("try", "Try", "A scene.")


def built(layout):
    """The scene that a function lays out."""
    with gr.Blocks(), frame("kit", INFO) as scene:
        layout(scene)
    return scene


def on_stage(scene):
    with scene.stage():
        gr.HTML("a picture")


def on_desk(scene):
    with scene.desk():
        scene.control("value", Slider(0, 1, 0, label="Value"))


def both(scene):
    on_stage(scene)
    on_desk(scene)
    gr.State(1)
    scene.offer(lambda: None, api_name="nothing")
    gr.Button("Not laid out", visible="hidden")


def stray(scene):
    both(scene)
    Slider(0, 1, 0, label="Stray")


def twice(scene):
    both(scene)
    on_stage(scene)


def reserved(scene):
    with scene.desk():
        scene.control("step", Slider(0, 1, 0, label="Step"))


def test_stage_and_desk_are_laid_out():
    scene = built(both)
    assert set(scene.parts) == {"stage", "desk"}
    assert set(scene.controls) == {"value"}


def test_a_scene_without_them_keeps_its_own_layout():
    scene = built(lambda scene: Slider(0, 1, 0, label="Anywhere"))
    assert not scene.parts


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (stray, "'Stray' in kit/try lies neither on the stage nor the desk"),
        (on_stage, "kit/try has no desk"),
        (on_desk, "kit/try has no stage"),
        (twice, "kit/try has two stages"),
        (reserved, "links keep the name 'step'"),
    ],
)
def test_what_is_laid_out_wrong_is_an_error(layout, words):
    with pytest.raises(ValueError, match=words):
        built(layout)


def test_no_picture_is_a_state_and_other_things_missing_a_hint(monkeypatch):
    told, line = [], gr.HTML(render=False)
    monkeypatch.setattr(gr, "Info", told.append)

    def lacking(error):
        def function():
            raise error

        return handler(function, line=line)()

    state = lacking(MissingPictureError("There is <none>."))
    assert list(state) == [line]  # the other outputs stay as they are
    assert "There is &lt;none&gt;." in state[line]
    assert "gb-missing" in state[line]
    assert told == []
    lacking(MissingInputError("Paint something."))
    assert told == ["Paint something."]


def test_the_page_hears_of_what_fails_and_goes_on_from_it_but_draws_nothing():
    def convolve(photo=None, times=1):
        return "picture"

    def climb(times=1, *, wanted):
        yield "picture"

    with gr.Blocks() as demo, frame("kit", INFO) as scene:
        with scene.stage():
            shown = gr.HTML()
        with scene.desk():
            photo, times = Upload(label="Photo"), Slider(0, 1, 0, label="Times")
            draw = gr.Button("Draw")
        scene.wire(convolve, [photo, times], [shown], api_name="with_file")
        scene.wire(convolve, [times, times], [shown], api_name="without")
        scene.run(climb, draw, None, [times], [shown], api_name="climb", first=str)
    events = {one["id"]: one for one in demo.config["dependencies"]}
    failing = {
        events[one["trigger_after"]]["api_name"]: one
        for one in events.values()
        if one["trigger_only_on_failure"]
    }
    assert [*failing] == ["with_file", "without", "climb"]
    told = {name: "glassbox.failed('kit/try')" in one["js"] for name, one in failing.items()}
    assert told == {"with_file": True, "without": False, "climb": False}
    after = {one["api_name"]: one["trigger_after"] for one in events.values()}
    assert [after[name] for name in failing] == [
        failing["with_file"]["id"],
        failing["without"]["id"],
        None,
    ]


@pytest.mark.parametrize("told", [None, 7, "word", [1], {}])
def test_an_event_that_tells_something_else_is_refused_and_nothing_worse(told):
    def choose(event: gr.EventData) -> int:
        whole("The word", getattr(event, "word", None), 1, 5)

    with pytest.raises(gr.Error, match="The word is None, but must be a whole number"):
        handler(choose, timed=False)(gr.EventData(None, told))


def test_an_event_tells_what_it_told():
    def choose(event: gr.EventData) -> int:
        return event.word

    assert handler(choose, timed=False)(gr.EventData(None, {"word": 3})) == 3
