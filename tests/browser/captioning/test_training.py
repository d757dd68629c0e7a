"""The captioner's training in a real browser: curves, the same photos' captions, habits, card."""

from playwright.sync_api import expect

from models.captioning import describers
from models.captioning.shipped import WEIGHTS
from models.core.history import History
from tests.browser.views import laid_out

QUERY = "?tab=captioning&scene=training"
CUT = """(table) => [...table.querySelectorAll("p, th, td")].filter((node) => {
    const box = node.getBoundingClientRect(), words = document.createRange();
    words.selectNodeContents(node);
    const broken = node.matches("th, td:not(:first-child)") && words.getClientRects().length > 1;
    return broken || box.right > innerWidth || node.scrollWidth > node.clientWidth + 1;
}).map((node) => node.textContent)"""


def test_the_same_photos_are_captioned_again_and_again(same_page):
    page = same_page(QUERY)
    history = History.read(WEIGHTS / "captioner.history.json")
    expect(page.locator(".gb-curves-plot:visible")).to_have_count(4)
    lines = page.locator(".gb-player-texts:visible li")
    expect(lines).to_have_text(history.records[0]["texts"])
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("ArrowRight")
    expect(lines).to_have_text(history.records[1]["texts"])
    legend = page.locator(".gb-curves-legend:visible").first
    expect(legend).to_contain_text(f"at {history.records[1]['seen']:,}")
    page.get_by_role("button", name="What it said").click()
    expect(lines.last).to_be_visible()
    expect(page.locator(".gb-curves-plot:visible")).to_have_count(0)
    words = history.records[1]["texts"][0].split(" ")[:7]
    under = page.locator(".gb-player:visible .gb-tiles-rows section").first.locator("figcaption")
    expect(under).to_have_text([*words, *[""] * (7 - len(words))])
    page.get_by_role("button", name="Who described").click()
    names = page.locator(".gb-habits:visible tbody tr td:first-child")
    expect(names).to_have_text([", ".join(words) for words in describers.WATCHED.values()])
    table = page.locator(".gb-habits.block:visible")
    for width, height in ((1280, 800), (390, 844)):  # nothing is cut, no number broken
        page.set_viewport_size({"width": width, "height": height})
        laid_out(page)
        assert table.evaluate(CUT) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator(".gb-player:visible")).to_have_count(0)
    page.get_by_role("button", name="Model card").click()
    expect(page.locator(".gb-model-card:visible h3").first).to_have_text("Captioning")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
