"""Lecture mode on a projector of 1280 x 720: what a scene is about is seen without scrolling."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.views import laid_out

WIDTH, HEIGHT = 1280, 720
PICTURES = {
    "convolution/filter": ".gb-split",
    "convolution/arithmetic": ".gb-sum",
    "convolution/layer": ".gb-pipe .gb-legend",
    "convolution/shift": ".gb-shift-rows",
    "convolution/pixels": ".gb-pixels-stage",
    "diffusion/generate": ".gb-run-part.noise .gb-face-sheet",
    "diffusion/forward": ".gb-diffusion-forward .gb-run-part.x canvas",
    "diffusion/edit": ".gb-diffusion-edit-redraw .after canvas",
    "diffusion/race": ".gb-lane .gb-face-sheet",
    "diffusion/objectives": ".gb-lane .gb-face-sheet",
    "vae/plane": ".gb-plane-map",
    "vae/encode": ".gb-middle .gb-plane-map",
    "vae/paths": ".gb-path-pair",
    "vae/denoise": ".gb-denoise-tiles",
    "vae/blur": ".gb-blur-box",
    "vae/live": ".gb-live-stage .gb-plane-map",
}
BOTTOM = """(picture) => {
    const { bottom, height } = picture.getBoundingClientRect();
    return height > 60 || picture.matches(".gb-sum, .gb-legend") ? bottom : NaN;
}"""
ROWS = """() => [...document.querySelectorAll("button[role=tab], .gb-slides, .gb-icon, .gb-copy")]
    .filter((node) => node.offsetParent)
    .map((node) => node.getBoundingClientRect())
    .filter((box) => box.width && box.height)
    .map(({ left, top, right, bottom }) => ({ left, top, right, bottom }))"""


@pytest.mark.parametrize("scene", PICTURES)
def test_the_picture_is_in_sight(same_page, scene):
    tab, slug = scene.split("/")
    page = same_page(f"?tab={tab}&scene={slug}&lecture=1", width=WIDTH, height=HEIGHT)
    expect(page.locator("body")).to_have_class(re.compile("gb-lecture"))
    picture = page.locator(f".gb-scene:visible {PICTURES[scene]}").first
    picture.wait_for()
    laid_out(page)  # views draw themselves once they are seen
    assert picture.evaluate(BOTTOM) <= HEIGHT
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH


@pytest.mark.parametrize("size", [(1024, 768), (1280, 720), (1920, 1080)])
def test_the_rows_on_top_do_not_overlap(same_page, size):
    page = same_page("?tab=vae&scene=plane&lecture=1", width=size[0], height=size[1])
    page.wait_for_function(f"({ROWS})().length > 12")  # Gradio draws its tabs after their contents
    page.wait_for_timeout(500)
    boxes = page.evaluate(ROWS)
    assert len(boxes) > 12
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            beside = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert beside or one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
