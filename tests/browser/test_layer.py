"""The layer in a real browser: edits redraw, fields light up, links restore, phones hold it."""

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


def test_an_activation_changes_curve_and_tile(open_page):
    page = open_page(QUERY + "&preset=relu")
    assert "−" not in wait_for_numbers(page, "activation", "1 14 0 4 0 0 10 6 0 3")
    curve = page.locator(".gb-curve .curve").get_attribute("d")
    page.get_by_label("Activation", exact=True).click()
    page.get_by_role("option", name="leaky ReLU").click()
    wait_for_numbers(page, "activation", "1 14 −0.9 4 −0.2 −2 10 6 −0.3 3")
    assert page.locator(".gb-curve .curve").get_attribute("d") != curve
    assert page.locator(".gb-curve h3").inner_text() == "leaky ReLU"


def test_an_edit_of_the_matrix_changes_the_output(open_page):
    page = open_page(QUERY + "&preset=max-pooling")
    wait_for_numbers(page, "pooled", "4 8 9 6 9 6 8 9")
    page.get_by_label("Input matrix, row 1, column 1").fill("77")
    wait_for_numbers(page, "pooled", "77 8 9 6 9 6 8 9")


def test_a_number_shows_what_it_was_made_of(open_page):
    page = open_page(QUERY + "&preset=numbers")
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


def test_a_link_restores_maxout_over_two_kernels(open_page):
    page = open_page(QUERY + "&source=numbers&activation=maxout&pooling=none&padding=valid")
    page.wait_for_selector(MAP.format("second feature map"))
    page.wait_for_selector('[data-stage="padded"], [data-stage="pooled"]', state="detached")
    assert page.get_by_label("Second kernel, row 1, column 1").is_visible()
    assert page.locator('[data-stage="pooled"], [data-stage="padded"]').count() == 0
    assert page.get_by_label("Activation", exact=True).input_value() == "maxout"


def test_a_bad_cell_leaves_the_last_picture(open_page):
    page = open_page(QUERY + "&preset=max-pooling")
    before = wait_for_numbers(page, "pooled", "4 8 9 6 9 6 8 9")
    page.get_by_label("Input matrix, row 1, column 1").fill("x")
    assert "not a number" in page.locator(".gb-grid-note:not(:empty)").inner_text()
    assert page.locator('[data-stage="pooled"] .numbers').inner_text() == before


def test_a_phone_cuts_nothing_off(open_page):
    for preset in ("photo", "numbers", "four-filters"):
        page = open_page(f"{QUERY}&preset={preset}", width=390, height=844)
        page.wait_for_selector(MAP.format("pooled"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.context.close()
