"""Back and Forward lead through tabs, scenes and presets; a copied link holds what is seen."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.views import SLOW

SCENE = ".gb-scene:visible [data-scene]"


def chip(slug: str):
    return lambda page: page.locator(f'.gb-scene:visible .gb-chip[data-slug="{slug}"]').click()


def scene(title: str):
    return lambda page: page.locator(
        f'.gb-scenes button[role=tab]:visible:has-text("{title}")'
    ).click()


def tab(title: str):
    return lambda page: page.locator(
        f'#gb-tabs > .tab-wrapper button[role=tab]:visible:has-text("{title}")'
    ).click()


def slides(number: str):
    def choose(page: Page) -> None:
        page.get_by_label("From the slides").locator("visible=true").click()
        page.get_by_role("option", name=re.compile(f"^{number} ·")).first.click()

    return choose


STATES = [  # what is pressed, and the scene and the preset that one is in then
    (chip("sobel-y"), "convolution/filter", "sobel-y"),
    (chip("sharpen"), "convolution/filter", "sharpen"),
    (scene("Arithmetic"), "convolution/arithmetic", "valid"),
    (chip("padded"), "convolution/arithmetic", "padded"),
    (slides("7"), "convolution/layer", "four-filters"),
    (tab("VAE"), "vae/plane", "digits"),
    (scene("Encode"), "vae/encode", "digit"),
    (tab("Convolution"), "convolution/layer", "four-filters"),
    (scene("Pixels"), "convolution/pixels", "photo"),
    (chip("face"), "convolution/pixels", "face"),
]


def opened(page: Page) -> None:
    """Wait until the page's link was read, and the address follows the controls."""
    page.wait_for_function("glassbox.links.opened()")


def arrived(page: Page, key: str, preset: str | None) -> None:
    """The scene in view, and the preset that its controls are in."""
    expect(page.locator(SCENE)).to_have_attribute("data-scene", key)
    page.wait_for_function(
        "([key, preset]) => (glassbox.links.preset(key) ?? null) === preset",
        arg=[key, preset],
    )


LATE = """(milliseconds) => {
    const { hold } = glassbox.links;
    glassbox.links.hold = (...told) => setTimeout(() => hold(...told), milliseconds);
}"""
"""Controls tell of their changes late, as on a busy machine."""
WRITTEN = """() => {
    const replace = history.replaceState.bind(history);
    window.gbWritten = [];
    history.replaceState = (...state) => {
        gbWritten.push(state[2]);
        replace(...state);
    };
}"""


def test_back_and_forward_through_ten_states(open_page):
    page = open_page("?tab=convolution&scene=filter", width=1280, height=800)
    arrived(page, "convolution/filter", "sobel-x")
    opened(page)
    seen, length = [page.url], page.evaluate("history.length")
    presets = ["sobel-x"]
    for press, key, _ in STATES:
        press(page)
        expect(page.locator(SCENE)).to_have_attribute("data-scene", key)
        page.wait_for_function("(url) => location.href !== url", arg=seen[-1])
        page.wait_for_timeout(500)
        seen.append(page.url)
        presets.append(page.evaluate("(key) => glassbox.links.preset(key) ?? null", key))
    for (_, key, preset), found in zip(STATES, presets[1:], strict=True):
        assert found == preset or not key.startswith("convolution")
    assert page.evaluate("history.length") == length + len(STATES)

    keys = ["convolution/filter", *(key for _, key, _ in STATES)]
    places = list(zip(seen, keys, presets, strict=True))
    for url, key, preset in reversed(places[:-1]):
        page.evaluate("history.back()")
        arrived(page, key, preset)
        expect(page).to_have_url(url)
    expect(page.get_by_label("Kernel, row 1, column 1").first).to_have_value("-1")
    for url, key, preset in places[1:]:
        page.evaluate("history.forward()")
        arrived(page, key, preset)
        expect(page).to_have_url(url)
    assert page.evaluate("history.length") == length + len(STATES)


def test_back_pressed_quickly_ends_where_the_browser_does(open_page):
    """Several entries within the time that the server takes for one."""
    page = open_page("?tab=convolution&scene=filter", width=1280, height=800)
    arrived(page, "convolution/filter", "sobel-x")
    opened(page)
    first = page.url
    for press, key, preset in STATES[:4]:
        press(page)
        arrived(page, key, preset)
        page.wait_for_timeout(500)
    length = page.evaluate("history.length")
    page.evaluate("for (let i = 0; i < 4; i += 1) setTimeout(() => history.back(), 30 * i)")
    arrived(page, "convolution/filter", "sobel-x")
    page.wait_for_timeout(1500)  # whatever else was under way
    arrived(page, "convolution/filter", "sobel-x")
    assert (page.url, page.evaluate("history.length")) == (first, length)
    page.evaluate("for (let i = 0; i < 4; i += 1) setTimeout(() => history.forward(), 30 * i)")
    arrived(page, *STATES[3][1:])
    page.wait_for_timeout(1500)
    arrived(page, *STATES[3][1:])


def test_who_leaves_a_scene_at_once_finds_it_by_back_as_it_was(open_page):
    page = open_page("?tab=vae&scene=plane", width=1280, height=800)
    opened(page)
    tab("Convolution")(page)
    expect(page).to_have_url(re.compile("tab=convolution"))
    page.evaluate(LATE, 700)
    slides("7")(page)
    page.evaluate(
        """async () => {
            while (glassbox.links.state("convolution/layer")?.filters !== "4") {
                await new Promise((resolve) => setTimeout(resolve, 10));
            }
            document.querySelector("#gb-tabs > .tab-wrapper [role=tab]:nth-of-type(4)").click();
        }"""
    )
    expect(page.locator(SCENE)).to_have_attribute("data-scene", "vae/plane")
    expect(page).to_have_url(re.compile("tab=vae"))
    page.evaluate("history.back()")
    expect(page.locator(SCENE)).to_have_attribute("data-scene", "convolution/layer")
    opened(page)
    page.wait_for_timeout(1200)  # what this entry says has come, and was told of
    arrived(page, "convolution/layer", "four-filters")
    expect(page).to_have_url(re.compile("scene=layer&preset=four-filters"))


def test_back_writes_nothing_of_what_was_there_before_into_its_entry(open_page):
    page = open_page("?tab=convolution&scene=arithmetic", width=1280, height=800)
    arrived(page, "convolution/arithmetic", "valid")
    opened(page)
    chip("padded")(page)
    expect(page).to_have_url(re.compile("preset=padded"))
    scene("Filter")(page)
    expect(page).to_have_url(re.compile("scene=filter"))
    page.evaluate(LATE, 700)
    page.evaluate(WRITTEN)
    page.evaluate("history.go(-2)")
    arrived(page, "convolution/arithmetic", "valid")
    page.wait_for_timeout(1000)  # every change was told of, and has rested
    assert [url for url in page.evaluate("gbWritten") if "padded" in url] == []
    expect(page).to_have_url(re.compile("scene=arithmetic$"))


def test_controls_change_the_entry_and_back_restores_them(open_page):
    page = open_page("?tab=convolution&scene=arithmetic", width=1280, height=800)
    arrived(page, "convolution/arithmetic", "valid")
    opened(page)
    length = page.evaluate("history.length")
    for number in (1, 2, 3):
        page.locator(".gb-control-padding label").nth(number).click()
        page.wait_for_timeout(350)
    expect(page).to_have_url(re.compile("padding=2"))
    assert page.evaluate("history.length") == length
    chip("sobel")(page)
    expect(page).to_have_url(re.compile("preset=sobel"))
    assert page.evaluate("history.length") == length + 1
    page.evaluate("history.back()")
    expect(page.locator(".gb-control-padding input").nth(3)).to_be_checked()
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(49)
    expect(page).to_have_url(re.compile("padding=2"))


def test_a_picture_of_ones_own_is_not_lost_by_back(same_page):
    page = same_page("?tab=convolution&scene=filter", width=1280, height=800)
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 20, 20)).save(picture, "PNG")
    page.locator(".gb-scene:visible .gb-control-photo button[aria-label='Remove Image']").click()
    page.locator(".gb-scene:visible .gb-control-photo input[type=file]").set_input_files(
        {"name": "mine.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    caption = page.locator(".gb-scene:visible .gb-compare .gb-caption")
    expect(caption).to_contain_text("60 × 40")
    opened(page)
    page.wait_for_timeout(600)  # the address is written
    scene("Shift")(page)
    expect(page).to_have_url(re.compile("scene=shift"))
    page.evaluate("history.back()")
    expect(page.locator(SCENE)).to_have_attribute("data-scene", "convolution/filter")
    opened(page)
    page.wait_for_timeout(600)
    expect(caption).to_contain_text("60 × 40")


def test_a_run_in_flight_survives_back(same_page):
    page = same_page("?tab=diffusion&scene=race", width=1280, height=800)
    scene("Generate")(page)
    expect(page).to_have_url(re.compile("scene=generate"))
    view = page.locator(".gb-diffusion-generate")
    expect(view).to_have_attribute("data-run", re.compile(r"\d"))
    before = view.get_attribute("data-run")
    page.locator(".gb-control-steps input[type=number]:visible").fill("40")
    page.locator(".gb-control-steps input[type=number]:visible").press("Enter")
    page.wait_for_selector(".gb-diffusion-generate.running", timeout=SLOW)
    page.wait_for_timeout(400)
    page.evaluate("history.back()")
    expect(page.locator(SCENE)).to_have_attribute("data-scene", "diffusion/race")
    page.evaluate("history.forward()")
    expect(page.locator(SCENE)).to_have_attribute("data-scene", "diffusion/generate")
    expect(page.locator(".gb-diffusion-generate .gb-count")).to_have_text("41 / 41", timeout=SLOW)
    expect(view).not_to_have_class(re.compile("running"), timeout=SLOW)
    assert "stopped" not in page.locator(".gb-run-cost").inner_text()
    assert view.get_attribute("data-run") != before


def copied(page: Page) -> str:
    """The query of what *Copy link* copies."""
    key = page.locator(SCENE).get_attribute("data-scene")
    return "?" + page.evaluate("(key) => glassbox.links.address(key)", key).split("?")[1]


def test_a_copied_link_holds_step_dark_and_lecture(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&preset=sobel", width=1280, height=800)
    count = page.locator(".gb-scene:visible .gb-transport .gb-count")
    expect(count).to_have_text("1 / 36")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(count).to_have_text("5 / 36")
    page.keyboard.press("d")
    page.keyboard.press("l")
    link = copied(page)
    assert {"step=5", "__theme=dark", "lecture=1"} <= set(link[1:].split("&"))

    other = open_page(link, width=1280, height=800)
    count = other.locator(".gb-scene:visible .gb-transport .gb-count")
    expect(count).to_have_text("5 / 36")
    expect(other.locator("body")).to_have_class(re.compile("dark"))
    expect(other.locator("body")).to_have_class(re.compile("gb-lecture"))
    expect(other.locator(".gb-board.output .gb-square.known")).to_have_count(5)
    opened(other)
    other.keyboard.press("ArrowRight")
    expect(count).to_have_text("6 / 36")
    expect(other.locator(".gb-scene:visible .gb-walk-bar p")).to_contain_text("written out")
    other.keyboard.press("PageDown")  # the next step of the walk-through begins at its first sum
    expect(count).to_have_text("1 / 25")


def test_dark_outlives_a_reload(open_page):
    page = open_page("?tab=convolution&scene=shift", width=1280, height=800)
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("__theme=dark"))
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile("dark"))


def test_a_copied_link_holds_the_divider(same_page, open_page):
    page = same_page("?tab=convolution&scene=filter", width=1280, height=800)
    handle = page.get_by_role("slider", name=re.compile("divider"))
    handle.focus()
    for _ in range(4):
        handle.press("ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "30")
    link = copied(page)
    assert "split=30" in link
    other = open_page(link, width=1280, height=800)
    handle = other.get_by_role("slider", name=re.compile("divider"))
    expect(handle).to_have_attribute("aria-valuenow", "30")
