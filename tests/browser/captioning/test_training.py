"""The captioner's training in a real browser: curves, the same photos' captions, habits, card."""

from playwright.sync_api import expect

from models.captioning.shipped import WEIGHTS
from models.core.history import History

QUERY = "?tab=captioning&scene=training"


def test_the_same_photos_are_captioned_again_and_again(open_page):
    page = open_page(QUERY)
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
    expect(page.locator(".gb-habits:visible td").first).to_have_text("man")
    expect(page.locator(".gb-player:visible")).to_have_count(0)
    page.get_by_role("button", name="Model card").click()
    expect(page.locator(".gb-model-card:visible h3").first).to_have_text("Captioning")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
