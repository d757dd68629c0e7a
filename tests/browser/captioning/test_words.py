"""A caption in a real browser: it is there to scrub, grows, goes on from another word."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from demos.captioning.photos import CaptionPhoto
from demos.captioning.words import words
from tests.browser.views import SLOW

QUERY = "?tab=captioning&scene=words"
VIEW = ".gb-captioning-words:visible"
ITEMS = f"{VIEW} .gb-words-item"


def said(page):
    return [each for each in page.locator(f"{VIEW} .gb-words-word").all_inner_texts() if each]


def test_a_caption_can_be_scrubbed_asked_and_led_elsewhere(open_page):
    page = open_page(QUERY, width=1280, height=800)
    expect(page.locator(ITEMS).first).to_be_visible(timeout=SLOW)
    first = said(page)
    assert first[-1] == "end"
    page.keyboard.press("ArrowLeft")
    at = int(page.locator(VIEW).get_attribute("data-step"))
    assert at == len(first) - 3  # one before the last word
    page.locator(ITEMS).nth(1).click()
    expect(page.locator(f"{VIEW} .gb-words-title")).to_contain_text(f"“{first[1]}”")
    chosen = page.locator(f"{VIEW} .gb-word-bar.chosen b")
    expect(chosen).to_have_text(first[1])
    shares = page.locator(f"{VIEW} .gb-word-bar span").all_inner_texts()
    numbers = [float(re.sub("[^0-9.]", "", share)) for share in shares]
    assert numbers == sorted(numbers, reverse=True)

    page.locator(ITEMS).nth(1).click()
    rival = page.locator(f"{VIEW} button.gb-word-bar").first
    word = rival.locator("b").inner_text()
    run = page.locator(VIEW).get_attribute("data-run")
    rival.click()
    expect(page.locator(VIEW)).not_to_have_attribute("data-run", run, timeout=SLOW)
    expect(page.locator(f"{VIEW}.running")).to_have_count(0, timeout=SLOW)
    now = said(page)
    assert now[:2] == [first[0], word]
    before = page.locator(f"{VIEW} .gb-words-before")
    expect(before).to_contain_text(first[1])
    marked = page.locator(f"{VIEW} .gb-words-word.new").all_inner_texts()
    assert word in marked
    assert first[0] not in marked[:1]
    expect(page).to_have_url(re.compile("begin=" + f"{first[0]}\\+{word}"))

    again = open_page("?" + page.url.split("?")[1])
    expect(again.locator(ITEMS).nth(1)).to_contain_text(word, timeout=SLOW)
    expect(again.locator(f"{VIEW}.running")).to_have_count(0, timeout=SLOW)
    assert said(again) == now


@pytest.mark.parametrize("stepped_back", [True, False])
def test_slide_26_plays_from_the_first_word(open_page, stepped_back):
    page = open_page(f"{QUERY}&preset=slides-26&lecture=1", width=1280, height=720)
    expect(page.locator(f"{VIEW}[data-run]:not([data-run='0']):not(.running)")).to_be_visible(
        timeout=SLOW
    )
    count = page.locator(ITEMS).count()
    if stepped_back:  # which one need not
        page.locator(f"{VIEW}").get_by_role("button", name="First step").click()
    page.keyboard.press(" ")
    ahead = page.locator(f"{VIEW} li.ahead")
    expect(ahead).to_have_count(count - 3)  # it grows
    expect(ahead).to_have_count(0, timeout=SLOW)


PLACES = """(view) => [...view.querySelectorAll(".gb-words-item, .gb-words-map")].map((node) => {
    const [picture, veil] = [node.querySelector("img"), node.querySelector("canvas")];
    const one = picture.getBoundingClientRect(), other = veil.getBoundingClientRect();
    const pixels = veil.getContext("2d").getImageData(0, 0, veil.width, veil.height).data;
    const alphas = Array.from({ length: veil.width * veil.height }, (_, i) => pixels[4 * i + 3]);
    return {
        apart: Math.max(...["left", "top", "width", "height"].map((side) =>
            Math.abs(one[side] - other[side]))),
        shape: one.width / one.height,
        brightest: alphas.indexOf(Math.min(...alphas)),
        cells: [veil.height, veil.width],
    };
})"""


def test_maps_lie_over_a_photo_of_another_shape_cell_by_cell(open_page):
    """The brightest cell is that of the map's largest number, over the photo's own shape."""
    page = open_page(f"{QUERY}&photo=raccoon&method=greedy", width=1280, height=800)
    view = page.locator(f"{VIEW}[data-run]:not([data-run='0']):not(.running)")
    expect(view).to_be_visible(timeout=SLOW)
    path = CaptionPhoto.examples["raccoon"]
    with Image.open(path) as picture:
        shape = picture.width / picture.height
    *_, last = words(path, method="greedy")
    *small, large = view.evaluate(PLACES)
    assert len(small) == len(last["words"])
    at = int(view.get_attribute("data-step"))
    for shown, word in zip([*small, large], [*last["words"], last["words"][at]], strict=True):
        assert shown["apart"] < 1
        assert abs(shown["shape"] / shape - 1) < 0.03
        assert shown["cells"] == [10, 10]
        flat = [one for row in word["map"] for one in row]
        assert flat[shown["brightest"]] > 0.97 * max(flat)
