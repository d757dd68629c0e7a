"""The keys of the page: the dialog that names them, and whose they are after a click or a Tab."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

import app
from tests.browser.views import rested

KEYS = {
    f"1 – {len(app.TABS)}": "open a tab",
    "[ ]": "previous, next scene",
    "← →": "one step back, ahead",
    "space": "play or pause",
    "Page Up, Page Down": "turn the walk-through; in lecture mode on to the next scene",
    "P": "in lecture mode: tabs, scenes and presets",
    "C": "in lecture mode: controls",
    "B .": "in lecture mode: a black screen",
    "F5": "in lecture mode: the whole screen",
    "Ctrl Z": "undo the last change of the scene",
    "Q": "QR code of what is in view",
    "S": "speaker’s notes",
    "L": "lecture mode",
    "D": "dark or light",
    "?": "this help",
}
FILTER = "?tab=convolution&scene=filter"
ARITHMETIC = "?tab=convolution&scene=arithmetic&padding=1"
COUNT = ".gb-scene:visible .gb-transport .gb-count"


def test_the_help_names_every_key(same_page):
    page = same_page(FILTER)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.locator("kbd")).to_have_text(list(KEYS))
    expect(dialog.locator("dd")).to_have_text(list(KEYS.values()))
    assert "[object" not in dialog.inner_text()
    font = "node => getComputedStyle(node).fontFamily"
    assert dialog.evaluate(font) == page.get_by_role("button", name="Copy link").evaluate(font)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keys and help").click()
    expect(dialog).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 700)])
def test_the_help_begins_at_its_top_and_can_be_closed(same_page, width, height):
    page = same_page(FILTER, width=width, height=height)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("heading", name="Keys")).to_be_in_viewport()
    expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def at_first(page: Page) -> None:
    """Take the player to its first step."""
    button = page.locator(".gb-scene:visible").get_by_role("button", name="First step")
    button.dispatch_event("click")


def player_has_the_keys(page: Page) -> None:
    """Steps ahead and back, plays and pauses."""
    total = page.locator(COUNT).inner_text().split("/")[1].strip()
    at_first(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(COUNT)).to_have_text(f"2 / {total}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(COUNT)).to_have_text(f"2 / {total}")
    page.keyboard.press(" ")
    pause = page.locator(".gb-scene:visible .gb-transport").get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    page.keyboard.press(" ")
    expect(pause).to_have_count(0)


CONTROLS = {
    "pill": '.gb-control-padding label:has-text("2")',
    "checkbox": ".gb-control-all input",
    "chip": '.gb-chip[data-slug="sobel"]',
    "slider": ".gb-control-stride input[type=range]",
    "scene's tab": '.gb-scenes button[role=tab]:has-text("Arithmetic")',
    "tab": '#gb-tabs > .tab-wrapper button[role=tab]:has-text("Convolution")',
    "icon": ".gb-copy:not(.gb-lead-more)",
    "scrubber": ".gb-transport input[type=range]",
}
INPUTS = """() => [...document.querySelectorAll(".gb-scene input")]
    .filter((n) => glassbox.visible(n.closest(".gb-scene")) && !n.closest(".gb-transport"))
    .map((n) => [n.value, n.checked])"""


def dismissed(dialog: Dialog) -> None:
    """Close a dialog of the browser's own."""
    dialog.dismiss()


@pytest.mark.parametrize("control", CONTROLS)
def test_after_a_click_the_keys_are_the_players(same_page, control):
    page = same_page(ARITHMETIC)
    page.on("dialog", dismissed)  # where there is no clipboard
    expect(page.locator(COUNT)).to_have_text(re.compile("/ 25$"))
    page.locator(CONTROLS[control]).locator("visible=true").first.click()
    rested(page, INPUTS)  # what was clicked has its say first
    focused = page.evaluate("document.activeElement.outerHTML.slice(0, 300)")
    before = page.evaluate(INPUTS)
    player_has_the_keys(page)
    assert page.evaluate("document.activeElement.outerHTML.slice(0, 300)")[:60] == focused[:60]
    assert page.evaluate(INPUTS) == before  # the keys did nothing but move the player
    page.remove_listener("dialog", dismissed)


def test_after_a_choice_from_a_dropdown_the_keys_are_the_players(same_page):
    page = same_page("?tab=diffusion&scene=generate")
    expect(page.locator(COUNT)).to_have_text("21 / 21")
    page.locator(".gb-control-sampler input").click()
    page.get_by_role("option", name="DDIM").click()  # the one that is chosen: nothing is drawn
    player_has_the_keys(page)


def test_after_tab_the_keys_are_the_controls(same_page):
    page = same_page(ARITHMETIC)
    at_first(page)
    expect(page.locator(COUNT)).to_have_text("1 / 25")
    page.locator(".gb-control-padding label", has_text="2").click()
    expect(page.locator(COUNT)).to_have_text("1 / 49")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(COUNT)).to_have_text("1 / 81")  # another padding; the player did not move

    slider = page.locator(".gb-control-stride input[type=range]")
    slider.click(position={"x": 1, "y": 1})
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("2")
    expect(page.locator(COUNT)).to_have_text("1 / 25")  # sums by another stride

    page.locator(".gb-transport").get_by_role("button", name="Step ahead").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    expect(page.locator(COUNT)).to_have_text(re.compile("^2 /"))
    page.keyboard.press("d")  # no key of the button's
    expect(page.locator("body")).to_have_class(re.compile("dark"))


def test_letters_are_the_fields_while_one_writes(same_page):
    page = same_page(ARITHMETIC)
    at_first(page)
    page.locator(".gb-scene:visible").get_by_label("Kernel, row 1, column 1").click()
    page.keyboard.press("l")
    page.keyboard.press("ArrowRight")
    expect(page.locator("body")).not_to_have_class(re.compile("gb-lecture"))
    expect(page.locator(COUNT)).to_have_text(re.compile("^1 /"))


def test_page_up_and_page_down_turn_the_walk_through(same_page):
    page = same_page("?tab=convolution&scene=arithmetic&lecture=1", anew=True)
    text = page.locator(".gb-scene:visible .gb-walk-bar p")
    expect(text).to_contain_text("Nine products, one sum")  # by itself: its state is in view
    page.keyboard.press("PageDown")
    expect(text).to_contain_text("The sum is written out")
    expect(page).to_have_url(re.compile("preset=sobel"))
    page.keyboard.press("PageUp")
    expect(text).to_contain_text("Nine products, one sum")
    page.keyboard.press("l")
    page.keyboard.press("PageDown")  # it is open
    expect(text).to_contain_text("The sum is written out")
    page.keyboard.press("]")  # another scene's is not: there the key scrolls, as in any page
    expect(page.locator(".gb-scene:visible .gb-walk")).not_to_have_class(re.compile("open"))
    page.keyboard.press("PageDown")
    expect(page.locator(".gb-scene:visible .gb-walk")).not_to_have_class(re.compile("open"))


def test_arrows_move_within_a_group_of_radio_buttons_and_tab_goes_past_it(same_page):
    page = same_page(FILTER)
    three = page.get_by_role("radio", name="3", exact=True)
    page.locator(".gb-scene:visible").get_by_label("+ bias").focus()
    page.keyboard.press("Tab")
    expect(three).to_be_focused()
    page.keyboard.press("ArrowRight")
    five = page.get_by_role("radio", name="5", exact=True)
    expect(five).to_be_focused()
    expect(five).to_be_checked()
    expect(page.locator(".gb-grid:visible .gb-cell")).to_have_count(25)  # the scene has followed
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Normalise")).to_be_focused()


def test_tab_leads_out_of_a_menu(same_page):
    page = same_page(FILTER)
    page.get_by_label("From the slides").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tab", name="Filter")).to_be_focused()
    expect(page.get_by_role("option")).to_have_count(0)


@pytest.mark.parametrize(
    ("held", "turned"),
    [
        ({"altKey": True}, True),  # Option and 6 on a German Mac
        ({"modifierAltGraph": True, "ctrlKey": True, "altKey": True}, True),  # AltGr and 9
        ({"metaKey": True}, False),  # the browser's own
        ({"metaKey": True, "altKey": True}, False),
        ({"ctrlKey": True}, False),
    ],
)
def test_brackets_turn_the_scene_however_a_keyboard_makes_them(same_page, held, turned):
    page = same_page(ARITHMETIC)
    press = """(held) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key: "]", bubbles: true, cancelable: true, ...held }))"""
    assert page.evaluate(press, held) is not turned  # whether it is left to the browser
    seen = "layer" if turned else "arithmetic"
    page.wait_for_function(f"glassbox.sceneOf(glassbox.scene()) === 'convolution/{seen}'")
