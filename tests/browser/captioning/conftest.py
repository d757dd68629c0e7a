"""Views of the tab by themselves, over the page, with values that a test makes up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

MOUNT = """([name, value, options]) => {
    document.querySelector(".gb-mounted")?.remove();
    const kind = `gb-view gb-${name.replace("/", "-")} gb-mounted`;
    const root = glassbox.el("div", { class: kind });
    root.style.cssText = "position: fixed; inset: 0; z-index: 99; background: var(--gb-paper)";
    document.body.append(root);
    const props = { label: "Mounted", value }, told = [];
    let redraw;
    glassbox.views[name]({
        root, props, options, watch: (_, draw) => { redraw = draw; },
        trigger: (_, what) => told.push(what),
    });
    window.gbMounted = { told, set: (value) => { props.value = value; redraw(); } };
}"""
"""`gbMounted.set` gives it another value, `gbMounted.told` is what it raised."""


@pytest.fixture
def mounted(same_page) -> Iterator[Callable[[str, Any, dict], tuple[Page, Locator]]]:
    """Draw a view: `mounted("captioning/beam", value, options)` gives the page and the view."""
    pages = []

    def mount(name: str, value: Any, options: dict | None = None) -> tuple[Page, Locator]:
        page = same_page("?tab=captioning&scene=words", width=1280, height=800)
        pages.append(page)
        page.evaluate(MOUNT, [name, value, options or {}])
        return page, page.locator(".gb-mounted")

    yield mount
    for page in pages:
        page.evaluate("document.querySelector('.gb-mounted')?.remove()")
