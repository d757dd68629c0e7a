"""Scripts and styles as they lie: named as their scenes, in lines that one can read."""

import importlib
import re
from pathlib import Path

import pytest

from demos.kit.view import ASSETS, View
from tests.test_house import SCENES

LONGEST_LINE = 120
# Where markup is made of our own words and of numbers. No text of a visitor, a link or an upload
# may reach one: whoever adds a file has looked at all that it puts in.
MARKUP = {
    "convolution/layer.js",
    "convolution/shift.js",
    "diffusion/forward.js",
    "diffusion/generate.js",
    "diffusion/objectives.js",
    "diffusion/race.js",
    "kit/core.js",
    "vae/encode.js",
    "vae/live.js",
    "vae/paths.js",
}
MAKES_MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write")
# Pieces that scenes of a tab share, besides those named as a module of the tab.
SHARED = {"colorizer/lab", "diffusion/lanes"}


def scripts() -> dict[str, str]:
    """Every script of ours, by its place in `assets`."""
    return {
        path.relative_to(ASSETS).as_posix(): path.read_text("utf-8")
        for path in ASSETS.glob("*/*.js")
    }


def views() -> list[type[View]]:
    """Every view that a module of `demos` defines."""
    found, left = [], [View]
    for name in SCENES:
        importlib.import_module(name)
    while left:
        kinds = left.pop().__subclasses__()
        found += [kind for kind in kinds if kind.__module__.startswith("demos.")]
        left += kinds
    return found


def test_views_talk_and_read_pointers_by_the_kits_helpers():
    """`channel`, `over`, `inside`, `cellUnder`: eight and twenty copies were there once."""
    own = re.compile(r"new EventTarget|clientX - \w+\.left\) / ")
    assert {name for name, text in scripts().items() if own.search(text)} == {"kit/core.js"}


def test_no_line_of_a_script_is_too_long():
    long = {
        f"{name}:{number}"
        for name, text in scripts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > LONGEST_LINE
    }
    assert long == set()


def test_only_scripts_that_were_looked_at_make_markup():
    assert {name for name, text in scripts().items() if MAKES_MARKUP.search(text)} <= MARKUP


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*/*.[jc]s*")), ids=lambda path: path.name)
def test_a_script_or_style_is_named_as_a_scene_of_its_tab(path: Path):
    tab, name = path.parent.name, path.stem
    if tab == "kit" or path.suffix == ".json":
        return
    modules = {module.stem for module in (ASSETS.parent / "demos" / tab).iterdir()}
    scenes = {scene.rsplit(".", 1)[1] for scene in SCENES if scene.startswith(f"demos.{tab}.")}
    part_of_a_scene = any(name.startswith(f"{scene}_") for scene in scenes)
    assert name in scenes | modules or part_of_a_scene or f"{tab}/{name}" in SHARED


@pytest.mark.parametrize("view", views(), ids=lambda view: view.__name__)
def test_a_views_script_is_named_as_its_scene_and_lies_in_that_file(view: type[View]):
    *folder, _ = view.script.split("/")
    tab = view.__module__.split(".")[1]
    assert folder == ([] if tab == "kit" else [tab])
    drawn = re.compile(rf'views(?:\["{view.script}"\]|\.{view.script}) = ')
    (place,) = [path for path, text in scripts().items() if drawn.search(text)]
    file = place.removesuffix(".js").replace("_", "-")
    if tab == "kit":
        assert file.startswith("kit/")
    else:
        assert file == view.script or view.script.startswith(f"{file}-")


def test_thousands_are_parted_in_one_way():
    """By commas, as Python's `:,` in formulas does it."""
    other = [
        name
        for name, text in scripts().items()
        if "\u202f" in text or re.search(r'\\u202f|toLocaleString\((?!"en"\))', text)
    ]
    assert other == []
