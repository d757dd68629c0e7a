"""Pictures beside each other: dividers between any number of them, and sheets."""

from collections.abc import Iterator

import gradio as gr
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demos.kit import Compare, Sheets
from demos.kit.pictures import compared, sheet
from models.core import images
from tests.serving import served

COLORS = {"grey": "gray", "prediction": "orange", "truth": "red"}
URIS = {
    name: images.to_data_uri(Image.new("RGB", (40, 20), color), lossless=True)
    for name, color in COLORS.items()
}
TWO = {"before": URIS["grey"], "after": URIS["truth"], "labels": ["before", "after"]}
STAGE, HANDLE = ".gb-split", ".gb-handle"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    sheets = [sheet(name, src, f"all {COLORS[name]}") for name, src in URIS.items()]
    with gr.Blocks() as demo:
        view = Compare(compared(list(URIS.items()), "three"), label="Photo")
        gr.Button("Two").click(lambda: TWO, None, view)
        Sheets({"pictures": sheets}, label="Sheets")
    with served(demo) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    page, troubles = chromium.new_page(viewport={"width": 900, "height": 700}), []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(url)
    page.wait_for_selector(HANDLE)
    yield page
    page.close()
    assert troubles == []


def splits(page: Page) -> list[int]:
    return [int(one.get_attribute("aria-valuenow")) for one in page.locator(HANDLE).all()]


def shown(page: Page, share: float) -> str:
    """The name of the picture that is seen at this share of the width."""
    return page.locator(STAGE).evaluate(
        """(stage, share) => {
            const box = stage.getBoundingClientRect();
            const x = box.left + share * box.width, y = box.top + box.height * 0.9;
            return document.elementsFromPoint(x, y).find((node) => node.alt).alt;
        }""",
        share,
    )


def test_three_pictures_have_two_dividers(page):
    assert splits(page) == [33, 67]
    assert [shown(page, share) for share in (0.1, 0.5, 0.9)] == ["grey", "prediction", "truth"]
    assert page.locator(".gb-tag").all_inner_texts() == ["grey", "prediction", "truth"]
    expect(page.locator(".gb-compare .gb-caption")).to_have_text("three")


def test_a_divider_stays_between_its_neighbours(page):
    first, second = page.locator(HANDLE).nth(0), page.locator(HANDLE).nth(1)
    first.focus()
    page.keyboard.press("ArrowRight")
    assert splits(page) == [38, 67]
    page.keyboard.press("End")
    assert splits(page) == [67, 67]
    second.focus()
    page.keyboard.press("Home")
    assert splits(page) == [67, 67]
    page.keyboard.press("End")
    assert splits(page) == [67, 100]
    expect(second).to_have_attribute("aria-valuetext", "100 % prediction")
    assert [shown(page, share) for share in (0.5, 0.9)] == ["grey", "prediction"]
    expect(page.locator(".gb-tag").nth(2)).to_be_hidden()  # nothing of it is seen


def test_dragging_moves_the_nearest_one_and_parts_those_that_lie_together(page):
    box = page.locator(STAGE).bounding_box()

    def drag(start, end):
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + start * box["width"], y)
        page.mouse.down()
        page.mouse.move(box["x"] + end * box["width"], y, steps=3)
        page.mouse.up()

    drag(0.36, 0.10)
    assert splits(page) == [10, 67]
    drag(0.60, 0.10)
    assert splits(page) == [10, 10]
    drag(0.12, 0.50)
    assert splits(page) == [10, 50]
    drag(0.48, 0.10)
    drag(0.08, 0.02)
    assert splits(page) == [2, 10]


def test_two_pictures_are_before_and_after(page):
    page.get_by_role("button", name="Two").click()
    expect(page.locator(HANDLE)).to_have_count(1)
    assert splits(page) == [50]
    assert [shown(page, share) for share in (0.2, 0.8)] == ["before", "after"]


def test_sheets_have_titles_and_sentences(page):
    figures = page.locator(".gb-sheets figure")
    assert figures.locator("figcaption").all_inner_texts() == list(COLORS)
    expect(figures.nth(1).locator("p")).to_have_text("all orange")
    expect(page.get_by_role("img", name="truth").last).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
