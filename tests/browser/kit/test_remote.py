"""A whole talk by a remote control: two keys lead through all scenes, a third one blacks it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import app
from demos.kit.talk import chapters
from tests.browser.views import notes_of, rested, walk_to

PICTURES = os.environ.get("GLASSBOX_TALK")
"""A folder for a picture of each scene as the talk shows it at first, for who wants to look."""
SCENE = "glassbox.sceneOf(glassbox.scene())"
WALK = "glassbox.scene().querySelector('.gb-walk').walk"
SHOWN = "() => glassbox.scene().getBoundingClientRect().width + glassbox.scene().innerText.length"
BEGINNING = "?tab=convolution&scene=filter&preset=identity&lecture=1"
BESIDE = """() => {
    const right = Math.max(...[...document.querySelectorAll(".gb-walk-bar *")]
        .filter(glassbox.visible).map((node) => node.getBoundingClientRect().right));
    return right <= document.querySelector(".gb-tools").getBoundingClientRect().left;
}"""
"""Whether the sentence and its buttons end before the tools begin, which lie in the same row."""
BLACK = ".gb-black"


def talk() -> Iterator[tuple[str, int, str]]:
    """All that a talk says, in its order: the scene, the number of its step and the sentence."""
    for chapter in chapters(app.TABS):
        for info in chapter.scenes:
            for number, step in enumerate(info.walk):
                yield f"{chapter.slug}/{info.slug}", number, step.text


def is_said(page: Page, scene: str, number: int, text: str) -> None:
    """Wait until this step of this scene is in view, and nothing of another one."""
    page.wait_for_function(f"{SCENE} === {scene!r} && {WALK}.at() === {number}")
    expect(page.locator(".gb-scene:visible .gb-walk-bar p")).to_have_text(text)


def test_every_scene_has_something_to_say():
    scenes = [f"{one.slug}/{info.slug}" for one in chapters(app.TABS) for info in one.scenes]
    assert list(dict.fromkeys(scene for scene, _, _ in talk())) == scenes


@pytest.mark.skipif(not PICTURES, reason="takes minutes: set GLASSBOX_TALK to a folder for it")
@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1920, 1080)])
def test_page_down_alone_leads_through_the_whole_talk(open_page, width, height):
    page = open_page(BEGINNING, width=width, height=height)
    errors = page.locator(".toast-item .error")
    for place, (scene, number, text) in enumerate(talk()):
        if place:
            page.keyboard.press("PageDown")
        is_said(page, scene, number, text)
        assert errors.count() == 0, scene
        assert page.evaluate(BESIDE), (scene, number)
        if number == 0:
            rested(page, SHOWN)
            name = f"{width}-{place:03}-{scene.replace('/', '-')}.png"
            page.screenshot(path=Path(PICTURES) / name)
    page.keyboard.press("PageDown")  # the end: nothing comes after it
    page.wait_for_timeout(500)
    is_said(page, scene, number, text)


def test_page_up_leads_back_over_the_borders_of_scenes_and_tabs(open_page):
    steps = list(talk())
    at = next(i for i, (scene, _, _) in enumerate(steps) if scene.startswith("colorizer/"))
    page = open_page("?tab=colorizer&scene=photo&lecture=1", width=1280, height=720)
    is_said(page, *steps[at])
    for place in range(at - 1, at - 1 - 7, -1):  # all of Pixels, and into the scene before it
        page.keyboard.press("PageUp")
        is_said(page, *steps[place])
    for place in range(at - 6, at + 1):
        page.keyboard.press("PageDown")
        is_said(page, *steps[place])


def test_the_first_scene_has_none_before_it(open_page):
    page = open_page(BEGINNING, width=1280, height=720)
    first = next(talk())
    is_said(page, *first)
    page.keyboard.press("PageUp")
    page.wait_for_timeout(500)
    is_said(page, *first)


def test_a_tab_opens_with_its_first_scene_though_another_one_was_seen_in_it(open_page):
    page = open_page("?tab=colorizer&scene=quiz&lecture=1", width=1280, height=720)
    page.wait_for_function(f"{SCENE} === 'colorizer/quiz'")
    page.keyboard.press("1")
    page.wait_for_function(f"{SCENE} === 'convolution/filter'")
    for _ in range(6):
        page.keyboard.press("]")
    page.wait_for_function(f"{SCENE} === 'convolution/pixels'")
    page.evaluate(f"{WALK}.steps.length")
    walk_to(page, 4)
    page.keyboard.press("PageDown")
    page.wait_for_function(f"{SCENE} === 'colorizer/photo' && {WALK}.at() === 0")


@pytest.mark.parametrize("key", ["b", "."])
def test_the_screen_is_black_until_any_key_which_does_nothing_else(same_page, key):
    page = same_page("?tab=convolution&scene=arithmetic&lecture=1", width=1280, height=720)
    walk_to(page, 0)
    page.wait_for_function(f"{SCENE} === 'convolution/arithmetic' && {WALK}.at() === 0")
    page.keyboard.press(key)
    box = page.locator(BLACK).bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1280, 720)
    assert page.evaluate("document.elementFromPoint(640, 360).className") == "gb-black"
    page.keyboard.press("PageDown")
    expect(page.locator(BLACK)).to_have_count(0)
    assert page.evaluate(f"{WALK}.at()") == 0
    page.keyboard.press("PageDown")
    page.wait_for_function(f"{WALK}.at() === 1")
    page.keyboard.press(key)
    page.keyboard.press(key)
    expect(page.locator(BLACK)).to_have_count(0)


def test_outside_a_lecture_the_keys_are_those_of_any_page(open_page):
    page = open_page("?tab=convolution&scene=arithmetic", width=1280, height=720)
    page.wait_for_function(f"{SCENE} === 'convolution/arithmetic'")
    page.keyboard.press("b")
    page.keyboard.press("PageDown")
    page.wait_for_timeout(500)
    assert page.evaluate(SCENE) == "convolution/arithmetic"
    assert page.evaluate(f"{WALK}.at()") == -1
    expect(page.locator(BLACK)).to_have_count(0)


def test_the_start_key_of_a_remote_takes_the_whole_screen_and_keeps_the_page(same_page):
    page = same_page(BEGINNING, width=1280, height=720)
    page.evaluate("window.gbSame = true")
    page.keyboard.press("F5")
    page.wait_for_function("document.fullscreenElement === document.body")
    page.keyboard.press("F5")
    page.wait_for_function("document.fullscreenElement === null")
    assert page.evaluate("window.gbSame")  # it was not loaded anew


def test_the_notes_turn_the_page_over_the_border_of_a_scene(open_page):
    page = open_page("?tab=convolution&scene=shift&lecture=1", width=1280, height=720)
    page.wait_for_function(f"{SCENE} === 'convolution/shift' && {WALK}.at() === 0")
    notes = notes_of(page)
    expect(notes.locator("#scene")).to_have_text("Convolution · Shift")
    last = notes.locator("#steps button").last
    last.click()
    expect(last).to_have_attribute("aria-current", "step")
    notes.keyboard.press("PageDown")
    expect(notes.locator("#scene")).to_have_text("Convolution · Pixels")
    expect(notes.locator("#place")).to_have_text("1 / 5")


CODE = ".gb-code"


@pytest.mark.parametrize(
    ("key", "then"),
    [
        ("PageDown", f"{WALK}.at() === 1"),
        ("b", f"document.querySelector({BLACK!r}) !== null"),
        ("F5", "document.fullscreenElement === document.body"),
    ],
)
def test_the_code_gives_way_to_the_keys_of_a_remote(same_page, key, then):
    page = same_page("?tab=convolution&scene=arithmetic&lecture=1", width=1280, height=720)
    walk_to(page, 0)
    page.wait_for_function(f"{SCENE} === 'convolution/arithmetic' && {WALK}.at() === 0")
    page.keyboard.press("q")
    expect(page.locator(CODE)).to_be_visible()
    page.keyboard.press(key)
    expect(page.locator(CODE)).to_have_count(0)
    page.wait_for_function(then)


def test_the_code_gives_way_to_the_notes(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1", width=1280, height=720)
    page.wait_for_function(f"{SCENE} === 'convolution/arithmetic' && {WALK}.at() === 0")
    notes = notes_of(page)
    expect(notes.locator("#scene")).to_have_text("Convolution · Arithmetic")
    for place, turn in enumerate(["#ahead", "#steps li.next button"], 1):
        page.keyboard.press("q")
        expect(page.locator(CODE)).to_be_visible()
        notes.locator(turn).click()
        expect(page.locator(CODE)).to_have_count(0)
        page.wait_for_function(f"{WALK}.at() === {place}")
        expect(notes.locator("#place")).to_have_text(re.compile(f"^{place + 1} / "))
