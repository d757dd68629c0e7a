"""Scenes on the stage, at the sizes of a desk, a phone and a projector: one load, several sizes."""

import re

import gradio as gr
import pytest
from playwright.sync_api import Page, Route, expect

import app
from tests.browser.views import laid_out, rested


def staged() -> list[str]:
    """Tab and scene of all that have a stage."""
    with gr.Blocks(), gr.Tabs():
        tabs = [tab.build() for tab in app.TABS]
    return [scene.key for tab in tabs for scene in tab.scenes if scene.parts]


STAGE = ".gb-scene:visible > .gb-scene-stage"
PLAYER = f"{STAGE} .gb-transport"
CAPTION = ".gb-scene:visible > .gb-tour"
OUTSIDE = """(nodes) => nodes.flatMap((node) => {
    const { left, top, right, bottom, width, height } = node.getBoundingClientRect();
    const inside = width > 40 && height > 20 && left >= 0 && top >= 0;
    return inside && right <= innerWidth && bottom <= innerHeight ? [] : [node.className];
})"""
PLACE = """() => [...document.querySelectorAll(".gb-scene-stage")]
    .filter(glassbox.visible).map((stage) => JSON.stringify(stage.getBoundingClientRect()))"""
SMALL = """(scene) => {
    const nodes = [...scene.querySelectorAll(".gb-scene-stage *, .gb-tour *")];
    const texts = (node) => [...node.childNodes].filter((child) => child.nodeType === 3);
    const said = (node) => texts(node).some((text) => text.textContent.trim());
    const seen = (node) => node.checkVisibility({ visibilityProperty: true })
        && !node.closest(".gb-spoken, .gb-unseen") && node.getBoundingClientRect().width > 1;
    const size = (node) => {
        const svg = node.closest("svg"), scale = svg?.viewBox.baseVal?.width
            ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
        return parseFloat(getComputedStyle(node).fontSize) * scale;
    };
    return nodes.filter((node) => said(node) && seen(node) && size(node) < 17.95)
        .map((node) => `${node.textContent.trim().slice(0, 30)}: ${size(node)} px`);
}"""
THUMBS = """(scene) => [...scene.querySelectorAll("input[type=range]")]
    .filter((slider) => glassbox.visible(slider) && !slider.closest(".gb-view"))
    .filter((slider) => {
        const track = slider.getBoundingClientRect(), room = slider.closest(".block");
        const area = room.getBoundingClientRect(), middle = (track.top + track.bottom) / 2;
        return middle + 9 > area.bottom
            || track.left < area.left + 2 || track.right > area.right - 2;
    }).map((slider) => slider.ariaLabel)"""  # cut off: they reach 9 pixels from the track's middle
CUT = """(stage) => [...stage.querySelectorAll("*")].flatMap((node) => {
    const seen = node.closest(".gb-tiles-box") || node;  // of a strip a box shows one picture
    const box = seen.getBoundingClientRect(), area = stage.getBoundingClientRect();
    const text = [...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    const drawn = box.width && !node.closest(".gb-spoken, .gb-unseen");
    if (!drawn || !(text || node.matches("img, canvas"))) return [];
    const cut = box.bottom > area.bottom + 2 || box.right > area.right + 2;
    return cut ? [node.outerHTML.slice(0, 90)] : [];
})"""


def sized(page: Page, width: int, height: int, lecture: bool = False) -> None:
    """Give the window a size, and wait until what is drawn fits it."""
    page.set_viewport_size({"width": width, "height": height})
    if page.evaluate("glassbox.lecture.on()") != lecture:
        page.evaluate("glassbox.lecture.toggle()")
    page.evaluate("scrollTo(0, 0)")
    laid_out(page)


def cut_off(page: Page) -> list[str]:
    """What of the stage is cut off for longer than three seconds: values come from files."""
    for _ in range(10):
        if not (found := page.locator(STAGE).evaluate(CUT)):
            break
        page.wait_for_timeout(300)
    return found


def outside(page: Page, *selectors: str) -> list[str]:
    """Those of these parts that do not lie inside the window as a whole."""
    found = [page.locator(one).locator("visible=true") for one in selectors]
    return [name for nodes in found for name in nodes.evaluate_all(OUTSIDE)]


@pytest.mark.parametrize("key", staged())
def test_a_scene_on_the_stage_fits_desk_phone_and_projector(same_page, key):
    tab, slug = key.split("/")
    page = same_page(f"?tab={tab}&scene={slug}", width=1280, height=800, has_touch=True)
    stage = page.locator(STAGE)
    expect(stage).to_be_visible()
    page.wait_for_timeout(800)  # the first values lie in files

    sized(page, 1280, 800)  # reading: without scrolling
    assert outside(page, STAGE, PLAYER) == []
    assert cut_off(page) == []
    lead = page.locator(".gb-scene:visible .gb-lead p")
    assert lead.bounding_box()["height"] <= 52  # two lines
    assert page.locator(".gb-scene:visible > .gb-scene-desk").is_visible()

    sized(page, 1024, 768)  # a tablet, or an old projector
    assert outside(page, STAGE, PLAYER) == []
    assert cut_off(page) == []

    for width, height in ((1024, 768), (1280, 720), (1920, 1080)):
        sized(page, width, height, lecture=True)
        expect(
            page.locator(f"{CAPTION} .gb-walk-bar p, {CAPTION} .gb-start").first
        ).to_be_attached()
        assert outside(page, STAGE, PLAYER, CAPTION) == [], (width, height)
        assert cut_off(page) == [], (width, height)
        assert page.locator(".gb-scene:visible").evaluate(SMALL) == [], (width, height)
        box = stage.bounding_box()
        assert box["width"] * box["height"] > 0.75 * width * height
        assert not page.locator(".gb-scene:visible > .gb-scene-desk").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    sized(page, 640, 400)  # 1280 x 800 at a zoom of 200 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 640

    sized(page, 390, 844)
    box = stage.bounding_box()
    assert min(844, box["y"] + box["height"]) - box["y"] >= box["height"] / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".gb-scene:visible").evaluate(THUMBS) == []
    order = [
        page.locator(f".gb-scene:visible {one}").first.bounding_box()["y"]
        for one in ("> .gb-scene-stage", ".gb-presets", "> .gb-scene-desk", ".gb-lead")
    ]
    assert order == sorted(order)


def test_head_and_desk_come_by_keys_as_sheets_over_the_stage(same_page):
    page = same_page("?tab=convolution&scene=arithmetic&lecture=1", width=1024, height=768)
    head, desk = (page.locator(f".gb-scene:visible > .gb-{one}") for one in ("head", "scene-desk"))
    stage = page.locator(STAGE)
    expect(page.locator("body")).to_have_class(re.compile("gb-on-stage"))
    expect(stage).to_be_visible()
    rested(page, PLACE)
    where = stage.bounding_box()
    expect(head).to_be_hidden()
    page.keyboard.press("p")
    expect(head).to_be_visible()
    expect(page.locator(".gb-scenes button[role=tab]:visible", has_text="Layer")).to_be_visible()
    assert stage.bounding_box() == where  # they lie over it, and move nothing
    page.keyboard.press("c")
    expect(head).to_be_hidden()
    expect(desk).to_be_visible()
    assert outside(page, ".gb-scene:visible > .gb-scene-desk") == []
    page.locator(".gb-control-padding label").nth(1).click()
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(25)
    page.keyboard.press("Escape")
    expect(desk).to_be_hidden()

    page.get_by_role("button", name="Tabs, scenes and presets (P)").click()
    page.locator('.gb-chip[data-slug="sobel"]').click()
    expect(head).to_be_hidden()  # to see what was chosen
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(36)
    page.keyboard.press("l")
    expect(head).to_be_visible()
    expect(desk).to_be_visible()
    page.keyboard.press("c")  # no key of the page's here
    expect(desk).to_be_visible()


def test_the_caption_says_whose_state_is_in_view(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1", width=1280, height=720)
    walk = page.locator(f"{CAPTION} .gb-walk")
    expect(walk.locator("p")).to_contain_text("Nine products")
    page.keyboard.press("PageDown")
    expect(walk.locator("p")).to_contain_text("The sum is written out")
    expect(walk.get_by_role("button", name="Show this step again")).to_be_hidden()
    page.keyboard.press("c")
    page.locator(".gb-control-padding label").nth(1).click()
    again = walk.get_by_role("button", name="Show this step again")
    expect(again).to_be_visible()  # the sentence was about another state
    page.keyboard.press("c")
    again.click()
    expect(again).to_be_hidden()
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(36)


def test_lead_and_presets_can_be_opened(same_page):
    page = same_page("?tab=convolution&scene=filter", width=1280, height=800)
    chips = page.locator(".gb-scene:visible .gb-chip:not(.gb-chips-more)")
    last = chips.last
    row = page.locator(".gb-scene:visible .gb-chip-row")
    assert row.bounding_box()["height"] < 45
    page.get_by_role("button", name=re.compile(r"^All \d+$")).click()
    assert row.bounding_box()["height"] > 70
    last.click()
    expect(last).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Fewer").click()
    assert row.bounding_box()["height"] < 45
    in_sight = """(chip) => {
        const row = chip.closest(".gb-chip-row").getBoundingClientRect();
        const shown = chip.getBoundingClientRect().top - row.top;
        return shown > -5 && shown < 10;
    }"""
    page.wait_for_function(in_sight, arg=last.element_handle())  # the chosen one

    page.set_viewport_size({"width": 700, "height": 800})  # the lead has more than two lines
    lead = page.locator(".gb-scene:visible .gb-lead p")
    more = page.get_by_role("button", name="More", exact=True)
    expect(more).to_be_visible()
    assert lead.bounding_box()["height"] <= 52
    more.click()
    assert lead.bounding_box()["height"] > 60


def test_the_caption_stands_while_its_state_is_on_its_way(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1", width=1280, height=720)
    walk = page.locator(f"{CAPTION} .gb-walk")
    expect(walk.locator("p")).to_contain_text("Nine products")
    held: list[Route] = []
    slow = [True]

    def take_its_time(asked: Route) -> None:
        held.append(asked) if slow else asked.continue_()

    page.route("**/gradio_api/queue/join*", take_its_time)
    page.keyboard.press("PageDown")
    expect(walk.locator("p")).to_contain_text("The sum is written out")
    page.evaluate("document.dispatchEvent(new Event('glassbox:lecture'))")  # it is compared
    page.wait_for_timeout(1000)
    again = walk.get_by_role("button", name="Show this step again")
    expect(again).to_be_hidden()
    slow.clear()
    for asked in held:
        asked.continue_()
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(36)
    page.keyboard.press("c")
    page.locator(".gb-control-padding label").nth(1).click()
    expect(again).to_be_visible()


@pytest.mark.parametrize("key", ["convolution/pixels", "captioning/training"])
def test_the_chosen_scene_is_in_sight_in_a_phones_row_of_scenes(open_page, key):
    tab, scene = key.split("/")
    page = open_page(f"?tab={tab}&scene={scene}&lecture=1", width=390, height=844)
    page.wait_for_function("""() => {
        const tabs = [...document.querySelectorAll(".gb-scenes [role=tab][aria-selected=true]")];
        const { left, right } = tabs.find(glassbox.visible)?.getBoundingClientRect() || {};
        return left >= 0 && right <= innerWidth;
    }""")
    # A link to a lecture opens as any other there: the bar would cover the tabs.
    assert not page.evaluate("glassbox.lecture.on()")
    bar, tabs = (
        page.locator(one).bounding_box() for one in (".gb-tools", "#gb-tabs > .tab-wrapper")
    )
    assert bar["y"] + bar["height"] <= tabs["y"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lecture", ["", "&lecture=1"])
def test_what_failed_is_said_once_in_the_colours_of_the_page(open_page, lecture, theme):
    """A link asks for what does not exist: one sentence on the stage, and nothing beside it."""
    page = open_page(
        f"?tab=convolution&scene=filter&padding=circular{lecture}&__theme={theme}",
        width=1920,
        height=1080,
    )
    said = page.locator(".gb-scene:visible > .gb-said")
    expect(said).to_have_text(re.compile("'circular' is not known"))
    colours = "(node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    card = said.evaluate("""(said) => {
        const style = "color: var(--gb-ink); background: var(--gb-paper)";
        const node = glassbox.el("p", { style });
        said.parentElement.append(node);
        const { color, backgroundColor } = getComputedStyle(node);
        node.remove();
        return [color, backgroundColor];
    }""")
    assert said.evaluate(colours) == card
    signs = page.locator(".gb-scene:visible .gb-status .error")
    expect(signs).to_have_count(1)  # Gradio's own, which would be seen below the stage
    expect(signs).to_be_hidden()
    expect(page.locator(".toast-body")).to_have_count(0)
