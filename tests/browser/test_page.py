"""The page itself in a real browser: widths, lecture mode, the slides menu, links to anywhere."""

import re

import pytest
from playwright.sync_api import Page, expect

from demos.convolution import SCENES
from tests.browser.views import laid_out

SCENE = ".gb-scene:visible [data-scene]"
SLUGS = [module.INFO.slug for module in SCENES]


def in_view(page: Page, slug: str) -> None:
    expect(page.locator(SCENE)).to_have_attribute("data-scene", f"convolution/{slug}")


CUT = """() => [...document.querySelectorAll(".gb-scene")]
    .filter((scene) => scene.offsetParent)
    .flatMap((scene) => [...scene.querySelectorAll("button, input, select, img, canvas")])
    .filter((node) => node.offsetParent && !node.closest(".gb-chips, [style*=overflow]"))
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
    .map((node) => node.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("touch", [True, False])
@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_cut_off(same_page, slug, touch):
    widths = [390] if touch else [1280, 1920]
    page = same_page(f"?tab=convolution&scene={slug}", width=widths[0], has_touch=touch)
    in_view(page, slug)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        laid_out(page)  # views draw themselves once they are seen
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CUT) == [], width


def test_lecture_mode_by_keyboard(open_page):
    page = open_page("?tab=convolution&scene=arithmetic&lecture=1")
    body = page.locator("body")
    expect(body).to_have_class(re.compile("gb-lecture"))
    in_view(page, "arithmetic")

    count = page.locator(".gb-scene:visible .gb-transport output")
    expect(count).to_have_text("1 / 9")
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text("2 / 9")
    page.keyboard.press("ArrowLeft")
    expect(count).to_have_text("1 / 9")
    page.keyboard.press(" ")
    expect(count).to_have_text("9 / 9")

    page.keyboard.press("]")
    in_view(page, "layer")
    page.keyboard.press("[")
    in_view(page, "arithmetic")
    page.keyboard.press("1")
    in_view(page, "arithmetic")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.keyboard.press("l")
    expect(body).not_to_have_class(re.compile("gb-lecture"))
    page.keyboard.press("d")
    expect(body).to_have_class(re.compile("dark"))


def test_keys_rest_while_a_field_has_the_focus(same_page):
    page = same_page("?tab=convolution&scene=filter")
    cell = page.get_by_role("gridcell", name="Kernel, row 1, column 1")
    cell.fill("")
    cell.press_sequentially("1l")
    expect(cell).to_have_value("1l")
    expect(page.locator("body")).not_to_have_class(re.compile("gb-lecture"))
    in_view(page, "filter")


def test_the_slides_menu_opens_the_scene(open_page):
    page = open_page()
    page.get_by_label("From the slides").click()
    page.get_by_role("option", name=re.compile("^2 · Arithmetic: ")).click()
    in_view(page, "arithmetic")
    expect(page).to_have_url(re.compile("scene=arithmetic&preset="))
    expect(page.get_by_label("From the slides")).to_have_value("From the slides …")


def test_the_walk_through_sets_the_presets(open_page):
    page = open_page("?tab=convolution&scene=filter")
    page.get_by_role("button", name=re.compile("Walk me through")).click()
    expect(page).to_have_url(re.compile("preset=identity"))
    page.get_by_role("button", name="Next step").click()
    expect(page).to_have_url(re.compile("preset=box-blur"))


SMALL = """() => [...document.querySelectorAll(".gradio-container :is(input, textarea, select)")]
    .filter((field) => !["range", "radio", "checkbox", "file"].includes(field.type)
        && !field.matches(".gb-cell") && parseFloat(getComputedStyle(field).fontSize) < 16)
    .map((field) => field.ariaLabel || field.className)"""


def test_no_field_is_so_small_that_an_iphone_enlarges_the_page(open_page):
    page = open_page("?tab=diffusion&scene=generate", width=390, has_touch=True, is_mobile=True)
    assert page.evaluate(SMALL) == []
    desk = open_page("?tab=diffusion&scene=generate")
    assert desk.evaluate(SMALL)  # where there is no finger they are as Gradio has them


@pytest.mark.parametrize(
    ("query", "words"),
    [("?tab=nowhere", "no tab 'nowhere'"), ("?tab=convolution&scene=none", "no scene 'none'")],
)
def test_links_to_nowhere_say_so(open_page, query, words):
    page = open_page(query)
    expect(page.locator(".toast-body")).to_contain_text(words)
    in_view(page, "filter")


def test_a_link_can_hide_controls(open_page):
    page = open_page("?tab=convolution&scene=filter&hide=negatives,repeats")
    expect(page.locator(".gb-control-kernel").first).to_be_visible()
    expect(page.locator(".gb-control-negatives").first).to_be_hidden()
    expect(page.locator(".gb-control-repeats").first).to_be_hidden()
