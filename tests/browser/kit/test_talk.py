"""Codes that phones read, notes that follow, handouts that print."""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

import app
from demos.kit.talk import chapters
from tests.browser.views import notes_of

CODE = "Code of this page"


def decoded(page: Page) -> str:
    """What a phone reads from the screen."""
    picture = page.get_by_role("dialog", name=CODE).get_by_role("img")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.gb-code img').naturalWidth > 0")
    shot = Image.open(BytesIO(page.screenshot()))
    return "".join(one.text for one in zxingcpp.read_barcodes(shot))


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (390, 844)])
def test_a_phone_reads_the_link_of_what_is_in_view(open_page, app_url, width, height):
    query = "?tab=convolution&scene=arithmetic&preset=sobel"
    page = open_page(f"{query}&lecture=1&__theme=dark", width=width, height=height)
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(36)
    page.wait_for_function("glassbox.talk.address().includes('preset=sobel')")
    page.keyboard.press("q")
    said = f"{app_url}{query}&step=1"  # not the speaker's lecture mode, nor the dark
    assert decoded(page) == said
    expect(page.get_by_role("dialog", name=CODE)).to_contain_text("this computer only")
    page.keyboard.press("q")
    expect(page.get_by_role("dialog", name=CODE)).to_have_count(0)


def test_the_code_follows_the_controls_and_says_where_a_link_is_too_long(open_page, app_url):
    page = open_page("?tab=convolution&scene=arithmetic&stride=2")
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(4)
    page.wait_for_function("glassbox.talk.address().includes('stride=2')")
    page.get_by_role("button", name="QR code of what is in view (Q)").click()
    assert decoded(page) == f"{app_url}?tab=convolution&scene=arithmetic&stride=2&step=1"
    page.keyboard.press("Escape")
    page.evaluate("glassbox.links.address = () => location.origin + '/?x=' + 'y'.repeat(2000)")
    page.keyboard.press("q")
    alert = page.get_by_role("dialog", name=CODE).get_by_role("alert")
    expect(alert).to_contain_text("Choose a preset, or copy the link")


def test_notes_follow_the_page_and_turn_it(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1")
    caption = page.locator(".gb-scene:visible .gb-walk-bar p")
    expect(caption).to_contain_text("Nine products")
    notes = notes_of(page)
    here = notes.locator("[aria-current=step]")
    expect(notes.locator("#scene")).to_have_text("Convolution · Arithmetic")
    expect(here).to_contain_text("Nine products")
    notes.keyboard.press("PageDown")
    expect(caption).to_contain_text("The sum is written out")
    expect(here).to_contain_text("The sum is written out")
    expect(page).to_have_url(re.compile("preset=sobel"))
    page.keyboard.press("PageDown")
    expect(here).not_to_contain_text("The sum is written out")
    notes.get_by_role("button", name="Nine products").click()
    expect(caption).to_contain_text("Nine products")
    page.keyboard.press("]")
    expect(notes.locator("#scene")).to_have_text("Convolution · Layer")
    assert re.fullmatch(r"\d+:\d\d", notes.locator("#clock").inner_text())


def test_notes_follow_the_page_that_opened_them_and_no_other(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1")
    other = open_page("?tab=convolution&scene=shift&lecture=1")
    others = other.locator(".gb-scene:visible .gb-walk-bar")
    expect(others).to_contain_text("1 / ")
    notes = notes_of(page)
    title = notes.locator("#scene")
    expect(title).to_have_text("Convolution · Arithmetic")
    other.keyboard.press("]")
    other.wait_for_function("glassbox.sceneOf(glassbox.scene()) === 'convolution/pixels'")
    other.wait_for_timeout(500)  # it has told so
    expect(title).to_have_text("Convolution · Arithmetic")
    expect(others).to_contain_text("1 / ")
    notes.keyboard.press("PageDown")
    expect(notes.locator("#place")).to_have_text(re.compile("^2 / "))
    other.wait_for_timeout(500)
    expect(others).to_contain_text("1 / ")
    name = page.evaluate("glassbox.talk.id")
    page.reload()
    page.wait_for_function("window.glassbox?.links?.opened() && glassbox.scene()")
    assert page.evaluate("glassbox.talk.id") != name
    page.keyboard.press("]")
    expect(title).to_have_text("Convolution · Layer")


def test_notes_that_no_page_opened_follow_the_first_that_speaks_while_it_is_there(open_page):
    alone = {"locale": "en-GB"}  # a browser of its own: in it no page speaks but these
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1", **alone)
    notes = page.context.new_page()
    notes.goto(page.url.split("?")[0] + "notes")
    title = notes.locator("#scene")
    expect(title).to_have_text("Convolution · Arithmetic")
    other = open_page("?tab=convolution&scene=shift&lecture=1", **alone)
    other.wait_for_timeout(500)
    expect(title).to_have_text("Convolution · Arithmetic")
    page.close()
    expect(title).to_have_text("Convolution · Shift")


def test_no_clock_that_is_set_right_moves_the_speakers(open_page):
    page = open_page()
    notes = notes_of(page)
    notes.wait_for_function("typeof tick === 'function'")
    notes.evaluate("Date.now = () => 0; tick()")
    assert re.fullmatch(r"0:\d\d", notes.locator("#clock").inner_text())


@pytest.mark.parametrize("chapter", chapters(app.TABS), ids=lambda chapter: chapter.slug)
def test_a_handout_prints_on_one_leaf(chromium, app_url, chapter):
    page = chromium.new_page()
    page.goto(f"{app_url}handout/{chapter.slug}")
    assert page.locator("section").count() == len(chapter.scenes)
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2  # both sides of a sheet of A4
