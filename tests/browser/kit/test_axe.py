"""Every scene, light and dark, by the rules of axe-core: nothing serious, nothing critical."""

import json
from importlib import resources

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

import app
from tests.browser.views import SLOW, go, rested

AXE = resources.files("axe_playwright_python") / "axe.min.js"
GRAVE = ("serious", "critical")
FOUND = """async ([only, whole]) => {
    const options = { resultTypes: ["violations"], runOnly: only || undefined };
    const hidden = [...document.querySelectorAll(".gb-scene")].filter((scene) =>
        !whole && !glassbox.visible(scene));
    const away = hidden.map((scene) => [scene, document.createComment("a scene")]);
    for (const [scene, mark] of away) scene.replaceWith(mark);  // axe goes through them too
    const { violations } = await axe.run(document, options);
    for (const [scene, mark] of away) mark.replaceWith(scene);
    return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => ({
        id, impact, where: node.target.join(" "), html: node.html.slice(0, 160),
        why: node.any.map((one) => one.message).join("; ").slice(0, 160),
    })));
}"""
AT_ONCE = "*, *::before, *::after { transition: none !important; }"  # no colour on its way
DRAWN = """() => [...document.querySelectorAll(".gb-scene")].filter(glassbox.visible)
    .map((scene) => [scene.innerText, scene.querySelectorAll("*").length])"""


def scenes() -> dict[str, list[str]]:
    """The slugs of each tab's scenes."""
    with gr.Blocks(), gr.Tabs():
        tabs = [tab.build() for tab in app.TABS]
    return {tab.slug: [scene.info.slug for scene in tab.scenes] for tab in tabs}


SCENES = scenes()


COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours: of a page in its other theme, these alone can differ."""


def faults(page: Page, rules: list[str] | None = None, whole: bool = False) -> list[str]:
    """What axe finds grave in the page as it is seen, by all rules or by these.

    Scenes that are not seen are left out, unless the page is looked at as a whole.
    """
    found = page.evaluate(FOUND, [rules, whole])
    return [json.dumps(one) for one in found if one["impact"] in GRAVE]


@pytest.mark.parametrize("tab", SCENES)
def test_no_scene_has_a_grave_fault(open_page, tab):
    page = open_page(f"?tab={tab}")
    page.add_script_tag(content=AXE.read_text("utf-8"))
    page.add_style_tag(content=AT_ONCE)
    found = {}
    for slug in SCENES[tab]:
        go(page, f"?tab={tab}&scene={slug}")
        head = page.locator(".gb-scene:visible [data-scene]")
        expect(head).to_have_attribute("data-scene", f"{tab}/{slug}", timeout=SLOW)
        rested(page, DRAWN)
        for mode, rules in (("first", None), ("other", COLOURS)):
            if faulty := faults(page, rules):
                found[f"{slug}, {mode}"] = faulty
            page.evaluate("glassbox.lecture.theme()")
    if faulty := faults(page, whole=True):  # a name that two scenes use, say
        found["all scenes"] = faulty
    assert found == {}, json.dumps(found, indent=1)
