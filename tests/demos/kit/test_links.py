"""Links: what a control's value looks like in one, and what nonsense does."""

import contextlib
import json
from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from demos.convolution.kernel_grid import KernelGrid, NumberGrid
from demos.kit import (
    CheckboxGroup,
    Dropdown,
    Number,
    PhotoInput,
    Preset,
    Radio,
    SceneInfo,
    Slider,
    links,
)
from demos.kit.scene import Scene
from models.convolution import presets
from models.core.errors import InputError

SLIDER = Slider(1, 20, 1, step=1, label="Repeat")
FACE = Number(1, label="Face", precision=0, minimum=1)
BELOW = Number(1, label="Below", maximum=2)
SHARE = Slider(0, 1, 0.5, step=0.01, label="Share")
RADIO = Radio(["same", "valid"], label="Padding")
SIZES = Radio([1, 3, 5], label="Size")
KERNEL = KernelGrid(presets.preset("Sharpen"), label="Kernel")
GRID = NumberGrid([[1, 2]], label="Input")
PHOTO = PhotoInput("cat", label="Photo")


def scenes_of(tab) -> list[Scene]:
    """The scenes of a tab, built outside of any page."""
    with gr.Blocks(), gr.Tabs():
        return tab.build().scenes


def encode(value: Any) -> str:
    """A control's value as `assets/kit/links.js` writes it into a link."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


@given(st.integers(1, 20))
def test_whole_numbers_come_back(number):
    decoded = links.decode(SLIDER, encode(number))
    assert decoded == number
    assert isinstance(decoded, int)


@given(st.floats(0, 1))
def test_fractions_come_back(number):
    assert links.decode(SHARE, encode(number)) == number


@given(
    st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=3, max_size=3),
    st.floats(-1e6, 1e6),
)
def test_kernels_come_back(weights, bias):
    value = {"weights": weights, "factor": 1.0, "bias": bias}
    assert links.decode(KERNEL, encode(value)) == value


@pytest.mark.parametrize(
    ("component", "value"),
    [
        (RADIO, "valid"),
        (SIZES, 5),
        (Dropdown(["a"], label="Free", allow_custom_value=True), "17"),
        (gr.Checkbox(label="All"), True),
        (CheckboxGroup(["blip", "vit-gpt2"], label="More"), ["blip"]),
        (CheckboxGroup(["blip", "vit-gpt2"], label="More"), []),
        (gr.Textbox(label="Text"), "a & b = c"),
        (GRID, [[1, 2.5], [-3, 0]]),
    ],
)
def test_values_come_back(component, value):
    assert links.decode(component, encode(value)) == value


def test_what_is_named_twice_is_chosen_once():
    models = CheckboxGroup(["blip", "vit-gpt2"], label="More")
    assert links.decode(models, '["blip","blip","vit-gpt2","blip"]') == ["blip", "vit-gpt2"]


def test_a_photo_is_its_name():
    assert links.decode(PHOTO, "cat").endswith("glassbox-cat.webp")


@pytest.mark.parametrize(
    ("component", "text", "words"),
    [
        (SLIDER, "many", "is not a number"),
        (SLIDER, "nan", "is not between"),
        (SLIDER, "inf", "is not between"),
        (FACE, "1e30", "1e30 is too large"),
        (SLIDER, "0", "is not between 1 and 20"),
        (SLIDER, "2.5", "is not a whole number"),
        (FACE, "0", "0 is not at least 1"),
        (BELOW, "3", "3 is not at most 2"),
        (RADIO, "some", "is not one of same, valid"),
        (SIZES, "4", "is not one of 1, 3, 5"),
        (gr.Checkbox(label="All"), "yes", "neither 0 nor 1"),
        (CheckboxGroup(["a", "b"], label="More"), '["c"]', "is not a list of some of a, b"),
        (CheckboxGroup(["a", "b"], label="More"), "a", "is not a list of some of a, b"),
        (CheckboxGroup(["a", "b"], label="More"), "[" * 3000, "is not a list of some of a, b"),
        (KERNEL, "{", "is not a value"),
        (KERNEL, "[[1, 2], [3]]", "equally long"),
        (KERNEL, "[" * 3000, "is not a value"),
        (GRID, '"text"', "list of rows"),
        (PHOTO, "../secret", "no example photo"),
    ],
)
def test_nonsense_is_refused_in_words(component, text, words):
    with pytest.raises(InputError, match=words.replace("[", r"\[")):
        links.decode(component, text)


@given(st.text(max_size=60))
def test_no_text_breaks_a_control(text):
    for component in (SLIDER, FACE, RADIO, SIZES, KERNEL, GRID, PHOTO):
        with contextlib.suppress(InputError):
            links.decode(component, text)


@pytest.fixture
def scene() -> Scene:
    info = SceneInfo("demo", "Demo", "", (Preset("big", "Big", {"size": 5}),))
    with gr.Blocks():
        built = Scene("tab", info)
        built.control("size", Radio([1, 3, 5], value=3, label="Size"))
        built.control("repeat", Slider(1, 20, 1, step=1, label="Repeat"))
    return built


@pytest.mark.parametrize(
    ("params", "state", "problems"),
    [
        ({}, {"size": 3, "repeat": 1}, 0),
        ({"preset": "big"}, {"size": 5, "repeat": 1}, 0),
        ({"preset": "big", "repeat": "4"}, {"size": 5, "repeat": 4}, 0),
        ({"preset": "none", "size": "1"}, {"size": 1, "repeat": 1}, 1),
        ({"size": "2", "repeat": "-1", "other": "x"}, {"size": 3, "repeat": 1}, 2),
        ({"repeat": "1" * 5000}, {"size": 3, "repeat": 1}, 1),
    ],
)
def test_a_links_parameters_as_a_state(scene, params, state, problems):
    values, said = links.read(scene, params)
    assert values == state
    assert len(said) == problems


def test_a_message_quotes_little_of_a_link(scene):
    _, (said,) = links.read(scene, {"size": "<style>" * 100})
    assert len(said) < 120


SCENES = {scene.key: scene for tab in app.TABS for scene in scenes_of(tab)}


@pytest.mark.parametrize("key", SCENES)
def test_every_preset_has_a_link_with_its_whole_state(key):
    scene = SCENES[key]
    for preset in scene.info.presets:
        assert set(preset.values) <= set(scene.controls)
        values, problems = links.read(scene, {"preset": preset.slug})
        assert problems == []
        spelled = {name: encode(held) for name, held in scene.state(preset).items()}
        assert links.read(scene, spelled) == (values, [])


SLIDES = range(1, 30)
"""The numbers of the lecturers' lines: all of them."""


@pytest.mark.parametrize("number", SLIDES)
def test_every_slide_is_in_the_menu(number):
    shown = {p.slide for scene in SCENES.values() for p in scene.info.presets if p.slide}
    assert str(number) in {slide.split(".")[0] for slide in shown}
