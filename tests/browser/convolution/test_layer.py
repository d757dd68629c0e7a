"""The layer in a real browser: edits redraw, fields light up, links restore, phones hold it."""

import re

from playwright.sync_api import expect

from tests.browser.kit.test_stage import CUT, STAGE, sized
from tests.browser.views import go, rested

QUERY = "?tab=convolution&scene=layer"
MAP = '[data-stage="{}"] .gb-layer-map'


def wait_for_numbers(page, stage: str, beginning: str) -> str:
    """All numbers of a stage's map, once its first ones are those of `beginning`."""
    page.wait_for_function(
        "([stage, numbers]) => [...document.querySelectorAll(`[data-stage='${stage}'] .numbers`)]"
        ".some((map) => map.innerText.split(/\\s+/).join(' ').startsWith(numbers))",
        arg=[stage, beginning],
    )
    return page.locator(f'[data-stage="{stage}"] .numbers').first.inner_text()


def test_an_activation_changes_curve_and_tile(same_page):
    page = same_page(QUERY + "&preset=relu")
    assert "−" not in wait_for_numbers(page, "activation", "1 14 0 4 0 0 10 6 0 3")
    curve = page.locator(".gb-curve .curve").get_attribute("d")
    page.get_by_label("Activation", exact=True).click()
    page.get_by_role("option", name="leaky ReLU").click()
    wait_for_numbers(page, "activation", "1 14 −0.9 4 −0.2 −2 10 6 −0.3 3")
    assert page.locator(".gb-curve .curve").get_attribute("d") != curve
    assert page.locator(".gb-curve h3").inner_text() == "leaky ReLU"


def test_an_edit_of_the_matrix_changes_the_output(same_page):
    page = same_page(QUERY + "&preset=max-pooling")
    wait_for_numbers(page, "pooled", "4 8 9 6 9 6 8 9")
    page.get_by_label("Input matrix, row 1, column 1").fill("77")
    wait_for_numbers(page, "pooled", "77 8 9 6 9 6 8 9")


def test_a_number_shows_what_it_was_made_of(same_page):
    page = same_page(QUERY + "&preset=numbers")
    wait_for_numbers(page, "pooled", "17 14 8 0 24 8")
    page.locator(MAP.format("pooled")).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    said = page.locator(".gb-readout").inner_text()
    assert "max(0, 7, 0, 8) = 8" in said
    assert "rows 2–5, columns 2–5 of the input" in said
    assert page.locator('[data-stage="input"] .lit').count() == 16
    assert page.locator('[data-stage="padded"] .lit').count() == 16
    assert page.locator('[data-stage="activation"] .won').count() == 1


def test_at_the_border_it_says_what_is_seen(same_page):
    for settings, words in (
        ("&padding=3", "= 0sees the border alone"),
        ("&mode=circular", "rows 1–2, columns 1–2 of the input, and copies of its numbers"),
        ("", "rows 1–2, columns 1–2 of the input"),
    ):
        page = same_page(f"{QUERY}&source=numbers{settings}")
        page.wait_for_selector(MAP.format("feature map") + " .numbers")
        rested(page, "() => document.querySelector('.gb-pipe')?.innerText", 700)
        page.locator(MAP.format("feature map")).first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".gb-readout")).to_contain_text(words)
        copies = "circular" in settings
        assert ("copies" in page.locator(".gb-readout").inner_text()) == copies


def test_a_link_restores_maxout_over_two_kernels(same_page):
    page = same_page(QUERY + "&source=numbers&activation=maxout&pooling=none&padding=valid")
    page.wait_for_selector(MAP.format("second feature map"))
    page.wait_for_selector('[data-stage="padded"], [data-stage="pooled"]', state="detached")
    assert page.get_by_label("Second kernel, row 1, column 1").is_visible()
    assert page.locator('[data-stage="pooled"], [data-stage="padded"]').count() == 0
    assert page.get_by_label("Activation", exact=True).input_value() == "maxout"


def test_a_bad_cell_leaves_the_last_picture(same_page):
    page = same_page(QUERY + "&preset=max-pooling")
    before = wait_for_numbers(page, "pooled", "4 8 9 6 9 6 8 9")
    page.get_by_label("Input matrix, row 1, column 1").fill("x")
    assert "not a number" in page.locator(".gb-grid-note:not(:empty)").inner_text()
    assert page.locator('[data-stage="pooled"] .numbers').inner_text() == before


def test_a_phone_cuts_nothing_off(same_page):
    for preset in ("photo", "numbers", "four-filters"):
        page = same_page(f"{QUERY}&preset={preset}", width=390, height=844)
        page.wait_for_selector(MAP.format("pooled"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()


TIGHT = """(stage) => [...stage.querySelectorAll(".numbers span")].filter((cell) => {
    if (!/^[≈−]?[.\\d]+$/.test(cell.textContent)) return false;  // what the map is called
    const text = document.createRange();
    text.selectNodeContents(cell);
    const [wide, room] = [text, cell].map((one) => one.getBoundingClientRect().width);
    return wide > 0.94 * room;
}).map((cell) => cell.textContent)"""
IN_NUMBERS = ("numbers", "relu", "leaky-relu", "elu", "sigmoid", "tanh", "maxout", "max-pooling")


def test_numbers_fit_their_cells_and_nothing_is_cut_whatever_the_preset(same_page):
    page = same_page(f"{QUERY}&preset=photo")
    stage = page.locator(STAGE)
    for preset in (*IN_NUMBERS, "photo", "same-object", "four-filters"):
        page.locator(f'.gb-chip[data-slug="{preset}"]:visible').evaluate("(chip) => chip.click()")
        expect(page.locator(f'.gb-chip[data-slug="{preset}"]')).to_have_attribute(
            "aria-pressed", "true"
        )
        rested(page, "() => document.querySelector('.gb-pipe')?.innerText", 700)
        for width, height, lecture in ((390, 844, False), (1280, 800, False), (1024, 768, True)):
            sized(page, width, height, lecture)
            assert stage.evaluate(TIGHT) == [], (preset, width)
            if width > 600:
                assert stage.evaluate(CUT) == [], (preset, width)
        sized(page, 1280, 800)


def test_a_number_that_an_activation_never_reaches_is_not_printed_as_reached(same_page):
    page = same_page(f"{QUERY}&preset=sigmoid")
    numbers = wait_for_numbers(page, "activation", "0.73 ≈1 ≈0 0.98").split()
    assert {"0", "1"}.isdisjoint(numbers)
    extent = page.locator('[data-stage="activation"] .gb-extent')
    expect(extent).to_have_text("≈0 … ≈1")
    page.locator(MAP.format("activation")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gb-readout")).to_contain_text("sigmoid(14) ≈ 1")
    page.locator('.gb-chip[data-slug="relu"]').click()
    assert "≈" not in wait_for_numbers(page, "activation", "1 14 0 4 0 0 10 6")


def test_a_map_of_half_the_size_is_drawn_at_half_the_size(same_page):
    page = same_page(f"{QUERY}&preset=same-object")
    rested(page, "() => document.querySelector('.gb-pipe')?.innerText")
    wide = [
        page.locator(f"{MAP.format(stage)} img").bounding_box()["width"]
        for stage in ("activation", "pooled")
    ]
    assert abs(wide[0] - 2 * wide[1]) <= 2
    expect(page.locator('[data-stage="input"] .gb-extent')).to_contain_text("white = 1")
    # Where that would be too small to see, it says how much larger it is drawn.
    go(page, f"{QUERY}&stride=4&pool_size=4&pool_stride=4")
    expect(page.locator('[data-stage="pooled"] .gb-shape')).to_contain_text(
        re.compile(r"enlarged [\d.]+×")
    )


def test_the_two_costs_stand_on_one_line(same_page):
    page = same_page(f"{QUERY}&lecture=1", width=1024, height=768)
    bars = page.locator(".gb-cost .gb-bar")
    expect(bars).to_have_count(2)
    rested(page, "() => document.querySelector('.gb-costs').innerText")
    tops = {round(bar.bounding_box()["y"]) for bar in bars.all()}
    assert len(tops) == 1
    assert "805,322,752" in page.locator(".gb-costs").inner_text()
