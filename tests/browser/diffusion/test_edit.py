"""Edits in a real browser: a mask is painted, links restore it, the rest of the picture stays."""

import json
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from demos.diffusion.edit import presets as edit_presets
from demos.diffusion.pictures import picture_of
from demos.kit.photo import EXAMPLES
from models.core.images import to_array
from models.diffusion import faces
from tests.browser.views import SLOW, pixels, wait_for_run

QUERY = "?tab=diffusion&scene=edit"
FILL = QUERY + "&mode=fill&variants=1&steps=1&character=anyone"
MASK = ".gb-mask-stage canvas"


def run_of(page, view):
    return page.locator(view).get_attribute("data-run")


def mask(page):
    """The painted mask, as the link holds it."""
    text = page.evaluate("glassbox.links.state('diffusion/edit').mask")
    return json.loads(text)


def test_three_modes_open_with_what_was_made_before(same_page):
    page = same_page(QUERY)
    wait_for_run(page, ".gb-diffusion-edit-redraw", "")
    assert run_of(page, ".gb-diffusion-edit-redraw") == "0"
    assert "Noised to t = 649" in page.locator(".gb-diffusion-edit-redraw").inner_text()
    assert not page.locator(MASK).is_visible()
    page.locator(".gb-control-mode").get_by_text("Fill in").click()
    page.locator(MASK).wait_for()
    assert page.locator(".gb-diffusion-edit-fill figure").count() == edit_presets.VARIANTS
    assert "216 of 1024 pixels" in page.locator(".gb-diffusion-edit-fill").inner_text()
    page.locator(".gb-control-mode").get_by_text("Walk", exact=True).click()
    page.locator(".gb-diffusion-edit-walk").wait_for()
    assert not page.locator(MASK).is_visible()
    page.locator(".gb-diffusion-edit-walk").get_by_role("button", name="Step back").click()
    assert page.locator(".gb-diffusion-edit-walk").get_attribute("data-stop") == str(
        edit_presets.STOPS - 2
    )
    assert [
        run_of(page, view) for view in (".gb-diffusion-edit-fill", ".gb-diffusion-edit-walk")
    ] == ["0", "0"]


def test_a_painted_mask_is_filled_and_the_rest_stays(same_page):
    page = same_page(FILL)
    wait_for_run(page, ".gb-diffusion-edit-fill", "0")
    before = run_of(page, ".gb-diffusion-edit-fill")
    page.get_by_role("button", name="Clear").click()
    assert mask(page) == ["0" * 32] * 32
    box = page.locator(MASK).bounding_box()
    cell = box["width"] / 32
    page.mouse.move(box["x"] + 10.5 * cell, box["y"] + 20.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 24.5 * cell, box["y"] + 20.5 * cell, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "glassbox.links.state('diffusion/edit').mask.includes('1')", timeout=SLOW
    )
    rows = mask(page)
    assert rows[20] == "0" * 8 + "1" * 19 + "0" * 5  # a brush of 5, from cell 10 to cell 24
    assert rows[17] == rows[23] == "0" * 32
    wait_for_run(page, ".gb-diffusion-edit-fill", before)
    filled = pixels(page, ".gb-diffusion-edit-fill canvas")
    painted = np.array([[cell == "1" for cell in row] for row in rows])
    face = to_array(faces.own_face(edit_presets.FACE)).astype(int)
    assert np.array_equal(filled[~painted], face[~painted])
    assert not np.array_equal(filled[painted], face[painted])


def test_erase_invert_and_keys(same_page):
    page = same_page(FILL)
    page.locator(MASK).wait_for()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".gb-nothing")).to_be_visible()  # a state, with no variants beside it
    expect(page.locator(".gb-diffusion-edit-fill canvas:visible")).to_have_count(0)
    expect(page.get_by_role("button", name="Fill in", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Invert").click()
    expect(page.locator(".gb-nothing")).to_be_hidden()
    expect(page.get_by_role("button", name="Fill in", exact=True)).to_be_enabled()
    assert mask(page) == ["1" * 32] * 32
    page.get_by_role("button", name="Erase").click()
    page.locator(MASK).click(position={"x": 16, "y": 16})
    page.wait_for_function(
        "glassbox.links.state('diffusion/edit').mask.startsWith('[\"000')", timeout=SLOW
    )
    page.locator(MASK).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    page.wait_for_function(
        "JSON.parse(glassbox.links.state('diffusion/edit').mask)[15][16] === '0'", timeout=SLOW
    )
    assert mask(page)[15] == "1" * 16 + "0" + "1" * 15


def test_a_link_restores_the_mask_and_draws_the_same(same_page):
    rows = ["0" * 32] * 24 + ["0" * 10 + "1" * 12 + "0" * 10] * 8
    link = FILL + "&seed=3&mask=" + json.dumps(rows).replace(" ", "").replace('"', "%22")
    made = []
    for _ in range(2):
        page = same_page(link, anew=True)
        wait_for_run(page, ".gb-diffusion-edit-fill", "0")
        assert mask(page) == rows
        assert "seed=3" in page.url
        made.append(pixels(page, ".gb-diffusion-edit-fill canvas"))
    assert np.array_equal(*made)


def test_a_link_simpsonifies(same_page):
    page = same_page(QUERY + "&source=face&number=3&strength=0.5&steps=2&character=anyone")
    wait_for_run(page, ".gb-diffusion-edit-redraw", "0")
    before = pixels(page, ".gb-diffusion-edit-redraw .before canvas")
    assert np.array_equal(before, to_array(faces.own_face(3)))
    assert "Noised to t = 499" in page.locator(".gb-diffusion-edit-redraw").inner_text()
    after = pixels(page, ".gb-diffusion-edit-redraw .after canvas")
    page.keyboard.press("ArrowLeft")
    assert not np.array_equal(pixels(page, ".gb-diffusion-edit-redraw .after canvas"), after)


def test_a_frame_is_dragged_over_the_photo_and_kept_in_the_link(same_page):
    page = same_page(QUERY + "&steps=2&strength=0.3&character=anyone")
    view = ".gb-diffusion-edit-redraw"
    wait_for_run(page, view, "0")
    before, run = pixels(page, f"{view} .before canvas"), run_of(page, view)
    frame = page.locator(".gb-crop")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"], steps=4)
    page.mouse.up()
    page.wait_for_url("**frame=*")
    wait_for_run(page, view, run)
    moved = pixels(page, f"{view} .before canvas")
    assert not np.array_equal(before, moved)
    left, top, side = json.loads(page.evaluate("glassbox.links.state('diffusion/edit').frame"))
    with Image.open(EXAMPLES["astronaut"]) as photo:
        held = faces.small_square(faces.framed(photo.convert("RGB"), [left, top, side]))
    assert np.array_equal(moved, to_array(held))
    first_left, first_top, first_side = edit_presets.FACES["astronaut"]
    assert side == first_side
    assert left > first_left
    assert top > first_top


def frame_of(page):
    return json.loads(page.evaluate("glassbox.links.state('diffusion/edit').frame"))


def choose_photo(page, name):
    """Choose an example, and wait until the frame lies over it."""
    page.locator(".gb-crop").evaluate(
        """(node) => { window.gbLaid = false;
            node.previousSibling.addEventListener('load', () => { gbLaid = true; }, { once: true });
        }"""
    )
    example = page.locator(f"[aria-label='Example: {name}']:visible")
    if not example.count():
        page.get_by_role("button", name="Photo: upload").click()
    example.click()
    page.wait_for_function("gbLaid", timeout=SLOW)
    page.wait_for_function(
        "(name) => glassbox.links.state('diffusion/edit').photo === name", arg=name
    )
    page.wait_for_timeout(1000)  # and nothing more comes of it


BRIEF = "&steps=1&strength=0.3&character=anyone"


@pytest.mark.parametrize("anew", [True, False])
def test_a_link_with_another_photo_and_a_frame_keeps_the_frame(same_page, anew):
    page = same_page(f"{QUERY}{BRIEF}&photo=coffee&frame=[5,5,50]", anew=anew)
    wait_for_run(page, ".gb-diffusion-edit-redraw", "0")
    page.wait_for_timeout(1000)
    assert frame_of(page) == [5, 5, 50]
    assert json.loads(parse_qs(urlparse(page.url).query)["frame"][0]) == [5, 5, 50]
    held = to_array(picture_of("photo", 1, EXAMPLES["coffee"], [5, 5, 50])).astype(int)
    shown = pixels(page, ".gb-diffusion-edit-redraw .before canvas")
    assert np.abs(shown - held).mean() < 5  # Gradio hands an example over compressed once more
    same_page(QUERY + BRIEF)


def test_another_photo_clears_the_frame_and_undo_brings_both_back(same_page):
    page = same_page(QUERY + BRIEF, anew=True)
    page.locator(".gb-crop").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**frame=*")
    dragged = frame_of(page)
    choose_photo(page, "coffee")
    assert frame_of(page) == []
    page.evaluate("glassbox.links.undo('diffusion/edit')")
    page.wait_for_function(
        "glassbox.links.state('diffusion/edit').photo === 'astronaut'", timeout=SLOW
    )
    page.wait_for_timeout(1500)
    assert frame_of(page) == dragged
    choose_photo(page, "coffee")  # one that Undo brought back is cleared as any other
    assert frame_of(page) == []


def test_a_frame_out_of_a_link_is_cleared_by_another_photo(same_page):
    page = same_page(f"{QUERY}{BRIEF}&photo=coffee&frame=[5,5,50]", anew=True)
    page.wait_for_timeout(1000)
    choose_photo(page, "cat")
    assert frame_of(page) == []


def test_a_phone_cuts_nothing_off(same_page):
    for mode in ("redraw", "fill", "walk"):
        page = same_page(f"{QUERY}&mode={mode}", width=390, height=844)
        page.wait_for_function(
            "(mode) => document.querySelector(`.gb-scene[data-mode='${mode}']`)", arg=mode
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_poke_says_how_much_changed_inside_its_frame_and_outside(same_page):
    page = same_page("?tab=diffusion&scene=edit&mode=walk&way=poked&stops=3&steps=2")
    view = page.locator(".gb-diffusion-edit-walk")
    wait_for_run(page, ".gb-diffusion-edit-walk", "0")
    frame, words = view.locator(".gb-poked"), view.locator(".gb-poked-words")
    expect(frame).to_be_visible()
    expect(words).to_contain_text("grey levels inside the frame")
    shares = frame.evaluate("({ style }) => [style.left, style.top, style.width, style.height]")
    assert shares == ["50%", "0%", "50%", "100%"]
    view.get_by_role("button", name="First step").click()
    expect(frame).to_be_hidden()  # the first face is as it was
    expect(words).to_be_empty()
    expect(view.locator("figcaption")).to_contain_text("as it was")
