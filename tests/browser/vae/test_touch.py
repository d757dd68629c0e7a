"""What a finger is to hit in the scenes of latent space is large enough for one."""

import pytest
from playwright.sync_api import expect

LEAST = 24  # CSS pixels (WCAG 2.2, 2.5.8)
SMALL = """(scene, least) => [...scene.querySelectorAll(".gb-view :is(button, select, input)")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }))
    .map((node) => [node.ariaLabel || node.textContent, node.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < least)
    .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("query", ["plane", "encode", "paths&steps=60", "arithmetic"])
def test_what_is_touched_is_large_enough(same_page, query):
    page = same_page(f"?tab=vae&scene={query}", width=390, height=844, has_touch=True)
    scene = page.locator(".gb-scene:visible")
    expect(scene.locator(".gb-scene-stage canvas, .gb-scene-stage img").first).to_be_visible()
    assert scene.evaluate(SMALL, LEAST) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert scene.evaluate(SMALL, LEAST) == []
