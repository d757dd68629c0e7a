"""The filter scene in a real browser: photos in, weights edited, presets, links, bad input."""

import io
import json
import re
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demos.convolution.filter.presets import START
from demos.convolution.kernel_grid import kernel_text, kernel_value
from models.convolution.presets import PRESETS, preset
from tests.browser.views import SLOW

FILTER = "?tab=convolution&scene=filter"
AFTER = ".gb-compare .gb-split > img"


def _source(page: Page) -> str:
    return page.locator(AFTER).get_attribute("src")


def _shown(page: Page) -> tuple[str, str]:
    return _source(page), page.locator(".gb-compare .gb-caption").text_content()


def _changed(page: Page, before: str) -> None:
    expect(page.locator(AFTER)).not_to_have_attribute("src", before)


def _upload(page: Page, name: str, content: bytes) -> None:
    page.locator(".gb-control-photo button[aria-label='Remove Image']").click()
    page.locator(".gb-control-photo input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )


def _png(size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


EQUAL = ("vertical-edges", "prewitt-x")
TWICE = """async () => {
    for (const wait of [300, 0]) {
        glassbox.links.undo("convolution/filter");
        glassbox.links.write(); // as a control does that is told of late
        await new Promise((then) => setTimeout(then, wait));
    }
}"""


def test_upload_preset_and_edit_change_the_picture(same_page):
    page = same_page(FILTER)
    source = _source(page)
    _upload(page, "mine.png", _png((200, 120)))
    _changed(page, source)
    expect(page.locator(".gb-compare .gb-caption")).to_contain_text("200 × 120")

    source = _source(page)
    page.get_by_role("button", name="Sharpen", exact=True).click()
    _changed(page, source)
    expect(page.get_by_role("gridcell", name="Kernel, row 2, column 2")).to_have_value("5")

    source = _source(page)
    page.get_by_role("gridcell", name="Kernel, row 2, column 2").fill("9")
    _changed(page, source)
    expect(page).to_have_url(re.compile("kernel="))


def test_the_grid_by_keyboard(same_page):
    page = same_page(FILTER)
    page.get_by_role("gridcell", name="Kernel, row 1, column 1").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("gridcell", name="Kernel, row 2, column 1")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("gridcell", name="Kernel, row 2, column 2")).to_be_focused()
    source = _source(page)
    page.keyboard.type("1/2")
    _changed(page, source)


def test_a_cell_that_is_no_number_says_so(same_page):
    page = same_page(FILTER, anew=True)
    source = _source(page)
    page.get_by_role("gridcell", name="Kernel, row 1, column 2").fill("abc")
    expect(page.locator(".gb-grid-note").first).to_contain_text("“abc” is not a number")
    assert _source(page) == source
    page.get_by_role("gridcell", name="Kernel, row 1, column 2").fill("4")
    _changed(page, source)


def test_buttons_of_the_kernel(same_page):
    page = same_page(FILTER)
    page.get_by_role("button", name="Flip").click()
    expect(page.get_by_role("gridcell", name="Kernel, row 2, column 1")).to_have_value("2")
    page.get_by_role("gridcell", name="Kernel, row 2, column 1").fill("6")
    page.get_by_role("radio", name="5", exact=True).check(force=True)
    expect(page.get_by_role("gridcell", name="Kernel, row 3, column 2")).to_have_value("6")
    page.get_by_role("button", name="Random").click()
    expect(page.get_by_role("gridcell", name="Kernel, row 3, column 2")).not_to_have_value("6")


def test_a_link_restores_the_state(same_page, open_page):
    page = same_page(FILTER)
    default = _source(page)
    page.get_by_role("button", name="Box blur", exact=True).click()
    expect(page.get_by_role("gridcell", name="Kernel, row 1, column 1")).to_have_value("1")
    page.get_by_role("gridcell", name="Kernel, row 1, column 1").fill("3")
    page.get_by_role("radio", name="magnitude").check(force=True)
    expect(page).to_have_url(re.compile("negatives=magnitude"))

    other = open_page("?" + page.url.split("?")[1])
    expect(other.get_by_role("gridcell", name="Kernel, row 1, column 1")).to_have_value("3")
    expect(other.get_by_role("radio", name="magnitude")).to_be_checked()
    deadline = time.monotonic() + SLOW / 1000  # until both have followed: same picture, same words
    while _shown(page) != _shown(other) or _source(page) == default:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_an_edit_is_asked_for_once(same_page):
    page, asked = same_page(FILTER), []

    def listen(request):
        if "/queue/join" in request.url:
            asked.append(request.post_data_json["fn_index"])

    page.on("request", listen)
    source = _source(page)
    page.get_by_role("gridcell", name="Kernel, row 1, column 1").fill("3")
    _changed(page, source)
    expect(page.locator(".gb-scene:visible .gb-grid-extras")).to_contain_text("sum 4")
    page.wait_for_timeout(500)  # a second request would follow at once
    assert len(asked) == len(set(asked))  # what the page asks for as it opens may be among them


def test_of_two_presets_that_are_equal_the_one_that_was_chosen_is_shown(same_page):
    page = same_page(FILTER)
    chips = {slug: page.locator(f'.gb-chip[data-slug="{slug}"]') for slug in EQUAL}
    for slug in (*EQUAL, EQUAL[0]):
        chips[slug].evaluate("(chip) => chip.click()")
        for name, chip in chips.items():
            expect(chip).to_have_attribute("aria-pressed", str(name == slug).lower())
        expect(page).to_have_url(re.compile(f"preset={slug}"))


def test_copy_link(same_page):
    page = same_page(FILTER, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Emboss", exact=True).click()
    expect(page).to_have_url(re.compile("preset=emboss"))
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".gb-toast")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"{FILTER}&preset=emboss")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("&stride=banana", "“stride” was left out: 'banana' is not a number"),
        ("&repeats=1e9", "“repeats” was left out: 1e9 is not between 1 and 20"),
        ("&kernel=[[NaN]]", "NaN"),
        ("&preset=nothing", "There is no preset 'nothing'"),
        ("&stride=<b>1</b><img>", "“stride” was left out: '<b>1</b><img>' is not a number"),
        ("&photo=../../etc/passwd", "there is no example photo"),
    ],
)
def test_nonsense_in_a_link(same_page, query, words):
    page = same_page(FILTER + query, anew=True)
    expect(page.locator(".toast-body")).to_contain_text(words)
    source = _source(page)
    page.get_by_role("button", name="Sharpen", exact=True).click()
    _changed(page, source)


def test_all_that_a_link_has_wrong_is_one_message(same_page):
    page = same_page(f"{FILTER}&stride=banana&repeats=1e9", anew=True)
    expect(page.locator(".toast-message-item")).to_have_count(1)
    for name in ("stride", "repeats"):
        expect(page.locator(".toast-message-item")).to_contain_text(f"“{name}” was left out")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.png", b"just some text, no picture", "not a picture"),
        ("empty.png", b"", "empty"),
        ("cut.png", _png((300, 200))[:20_000], "damaged or cut off"),
    ],
)
def test_bad_files_are_said_in_words(same_page, name, content, words):
    page = same_page(FILTER, height=1500)
    _upload(page, name, content)
    said, picture = page.locator(".gb-scene:visible > .gb-said"), page.locator(".gb-compare")
    expect(said).to_contain_text(words)  # on the stage, once, in the place of the picture
    expect(page.locator(".toast-body")).to_have_count(0)
    expect(picture).to_be_hidden()
    if name == "notes.png":  # of one that is cut off a browser shows the beginning
        preview = page.locator(".gb-control-photo .image-frame")
        expect(preview).to_have_class(re.compile("gb-no-preview"))
    page.locator(".gallery-item").nth(1).click()
    expect(said).to_be_hidden()
    expect(picture).to_be_visible()
    expect(page.locator(".gb-compare .gb-caption")).to_contain_text("512 × 512")


def test_a_bad_file_is_said_in_sight_where_the_stage_is_not(same_page):
    page = same_page(FILTER, width=390, height=600)
    page.locator(".gb-control-photo").first.scroll_into_view_if_needed()
    _upload(page, "notes.png", b"just some text, no picture")
    expect(page.locator(".toast-body.error")).to_contain_text("not a picture")
    expect(page.locator(".gb-compare")).to_be_hidden()


def test_a_removed_picture_is_a_state_and_no_message(same_page):
    page = same_page(FILTER, anew=True)
    page.locator(".gb-control-photo button[aria-label='Remove Image']").click()
    said = page.locator(".gb-scene:visible .gb-missing")
    expect(said).to_have_text("There is no picture yet: choose one first.")
    expect(page.locator(".gb-compare")).to_be_hidden()
    page.get_by_role("button", name="Sharpen", exact=True).click()  # its photo is the example
    expect(page.locator(".gb-compare")).to_be_visible()
    expect(page.locator(".gb-scene:visible .gb-missing")).to_have_count(0)
    assert page.locator(".toast-body").count() == 0


def test_undo_and_reset_set_the_controls_back(same_page):
    page = same_page(FILTER, anew=True)
    undo, reset = (page.locator(f".gb-scene:visible .gb-{one}") for one in ("undo", "reset"))
    expect(undo).to_be_disabled()
    middle = page.get_by_role("gridcell", name="Kernel, row 2, column 2")
    page.get_by_role("button", name="Sharpen", exact=True).click()
    expect(page).to_have_url(re.compile("preset=sharpen$"))
    expect(reset).to_be_disabled()  # it is as the preset has it
    for value in ("9", "7"):
        middle.fill(value)
        expect(page).to_have_url(re.compile(f"-1,{value},-1".replace(",", "(,|%2C)")))
    undo.click()
    expect(middle).to_have_value("9")
    expect(page).to_have_url(re.compile("-1(,|%2C)9"))
    page.locator("body").press("Control+z")
    expect(middle).to_have_value("5")
    expect(page).to_have_url(re.compile("preset=sharpen$"))
    middle.fill("8")
    expect(reset).to_be_enabled()
    reset.click()
    expect(middle).to_have_value("5")
    expect(page).to_have_url(re.compile("preset=sharpen$"))
    expect(reset).to_be_disabled()


def test_undo_pressed_again_before_it_is_done_goes_back_twice(same_page):
    page = same_page(FILTER, anew=True)
    middle = page.get_by_role("gridcell", name="Kernel, row 2, column 2")
    for value in ("5", "6", "7"):
        middle.fill(value)
        expect(page).to_have_url(re.compile(f"(,|%2C){value}(,|%2C)"))
    page.evaluate(TWICE)
    expect(middle).to_have_value("5")
    expect(page).to_have_url(re.compile("(,|%2C)5(,|%2C)"))
    undo = page.locator(".gb-scene:visible .gb-undo")
    undo.click()
    expect(undo).to_be_disabled()  # nothing of it became a state to go back to
    expect(middle).to_have_value("0")


def test_a_weight_is_shown_whole_in_the_largest_kernel(same_page):
    page = same_page(FILTER)
    for size in ("7", "9", "11"):
        page.get_by_role("radio", name=size, exact=True).check(force=True)
        expect(page.locator(".gb-grid:visible .gb-cell")).to_have_count(int(size) ** 2)
        page.get_by_role("button", name="Random").click()
        page.wait_for_function(
            "() => glassbox.links.state('convolution/filter').kernel.includes('-0.')"
        )
        cells = page.locator(".gb-grid:visible .gb-cell")
        page.wait_for_function(
            "() => { const weights = JSON.parse(glassbox.links.state('convolution/filter').kernel)"
            ".weights.flat();"
            "return [...document.querySelectorAll('.gb-scene .gb-grid .gb-cell')]"
            ".filter(glassbox.visible).every((cell, i) => Number(cell.value) === weights[i]) }"
        )
        cut = "(cells) => cells.filter((c) => c.scrollWidth > c.clientWidth).map((c) => c.value)"
        assert cells.evaluate_all(cut) == []


def test_one_pixel(same_page):
    page = same_page(FILTER)
    _upload(page, "dot.png", _png((1, 1)))
    expect(page.locator(".gb-compare .gb-caption")).to_contain_text("1 × 1 → 1 × 1")


def test_a_drawing_becomes_the_photo(same_page):
    page = same_page(FILTER)
    source = _source(page)
    page.get_by_role("button", name="Draw instead").click()
    page.get_by_role("button", name="Use the drawing").click()
    expect(page.locator(".toast-body")).to_contain_text("The sketchpad is empty")
    page.get_by_role("button", name="Brush").click()
    canvas = page.locator(".gb-photo canvas").first.bounding_box()
    page.mouse.move(canvas["x"] + 100, canvas["y"] + 100)
    page.mouse.down()
    page.mouse.move(canvas["x"] + 220, canvas["y"] + 180, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Use the drawing").click()
    _changed(page, source)


PANEL, MARK, WINDOW = ".gb-sum-panel", ".gb-sum-mark", ".gb-sum-window"


def _total(page: Page) -> float:
    text = page.locator(f"{PANEL} .gb-sum-words b").first.text_content()
    return float(text.replace("≈", "").replace("−", "-"))


def test_a_click_takes_a_pixel_apart(same_page):
    page = same_page(FILTER)
    page.wait_for_function("glassbox.links.opened()")
    expect(page.locator(PANEL)).to_be_hidden()
    frame = page.locator(".gb-compare .gb-split")
    box, split = frame.bounding_box(), frame.get_attribute("data-split")
    frame.click(position={"x": 0.25 * box["width"], "y": 0.7 * box["height"]})
    expect(page.locator(PANEL)).to_contain_text("row 359, column 129")
    assert frame.get_attribute("data-split") == split  # the divider is dragged, not clicked
    cells = page.locator(f"{PANEL} .gb-products span")
    expect(cells).to_have_count(9)
    terms = [text.replace("−", "-").split("×") for text in cells.all_text_contents()]
    shown = sum(float(weight) * float(value) for weight, value in terms)
    assert shown == pytest.approx(_total(page), abs=8 * 0.0005 + 0.001)
    expect(page).to_have_url(re.compile("pixel="))

    before = _total(page)
    page.get_by_role("gridcell", name="Kernel, row 2, column 3").fill("5")
    page.wait_for_function(
        "(before) => !document.querySelector('.gb-sum-panel .gb-sum-words b').textContent"
        ".includes(before)",
        arg=str(abs(before)),
    )
    expect(cells.nth(5)).to_contain_text("5×")

    page.locator(MARK).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(PANEL)).to_contain_text("row 359, column 130")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(PANEL)).to_contain_text("row 349, column 130")
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page).not_to_have_url(re.compile("pixel="))


def test_a_link_opens_a_pixels_sum(same_page):
    page = same_page(FILTER + "&channels=per channel&pixel=[0.25,0.7]")
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("row 359, column 129")
    red = _total(page)
    panel.get_by_role("button", name="B", exact=True).click()
    expect(panel.get_by_role("button", name="B", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert _total(page) != red
    page.get_by_role("button", name="Close", exact=True).click()
    expect(panel).to_be_hidden()
    page.get_by_role("button", name="Show it").click()  # without a pointer
    expect(panel).to_contain_text("row 257, column 257")


@pytest.mark.parametrize(
    ("query", "frame"),
    [("padding=32&pixel=[0.01,0.01]", False), ("padding=8&pixel=[0.01,0.5]", False),
     ("padding=valid&stride=4&pixel=[0.999,0.999]", True), ("pixel=[0,0]", True)],
)  # fmt: skip
def test_the_mark_lies_where_the_pixel_does(same_page, query, frame):
    """What the kernel spans has its own frame, hidden where that is none of the picture."""
    page = same_page(f"{FILTER}&{query}")
    x, y = json.loads(query.partition("pixel=")[2])
    mark, window, stage = map(page.locator, (MARK, WINDOW, ".gb-compare .gb-split"))
    expect(mark).to_be_visible()
    expect(window).to_be_visible(visible=frame)
    box, around = mark.bounding_box(), stage.bounding_box()
    at = [
        (box[side] + box[length] / 2 - around[side]) / around[length]
        for side, length in (("x", "width"), ("y", "height"))
    ]
    assert at == pytest.approx([x, y], abs=0.007)  # half a cell of the fewest, 128


def test_a_mark_far_from_its_frame_is_seen_and_dragged(same_page):
    page = same_page(f"{FILTER}&padding=32&pixel=[0.01,0.01]")
    mark = page.locator(MARK)
    expect(page.locator(".gb-compare .gb-caption")).to_contain_text("→ 574 × 574")
    expect(mark).to_have_class(re.compile("apart"))
    drawn = "(node) => getComputedStyle(node, '::after').content"
    assert mark.evaluate(drawn) == '""'
    mark.hover()  # once the page has come to rest
    stage = page.locator(".gb-compare .gb-split").bounding_box()
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2, steps=4)
    page.mouse.up()
    expect(mark).not_to_have_class(re.compile("apart"))  # in the middle both are one
    assert mark.evaluate(drawn) == "none"
    expect(page.locator(PANEL)).to_contain_text(re.compile("row 28[78], column 28[78]"))


def test_the_kernels_text_is_there_before_it_changes(same_page):
    page = same_page(FILTER, anew=True)
    page.get_by_text("More: gradient, stride, padding, JSON").click()
    text = page.get_by_label("Kernel as JSON")
    expect(text).to_have_value(kernel_text(preset(START)))
    text.focus()
    with page.expect_request(lambda asked: "/queue/join" in asked.url):
        text.blur()
    text.fill("[[7]]")
    text.blur()
    expect(page.get_by_role("gridcell", name="Kernel, row 1, column 1")).to_have_value("7")
    expect(page.locator(".toast-body")).to_have_count(0)


def test_a_kernels_text_is_the_same_from_page_and_server(same_page):
    page = same_page(FILTER)
    facts = "(kernel) => glassbox.kernelFacts(kernel)[1]"
    for kernel in PRESETS.values():
        assert page.evaluate(facts, kernel_value(kernel)) == kernel_text(kernel)
