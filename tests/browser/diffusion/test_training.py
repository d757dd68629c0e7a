"""The face networks' training in a real browser: curves, strips, links, the card."""

from playwright.sync_api import expect

from models.core.history import History
from models.diffusion.shipped import WEIGHTS
from tests.browser.views import SLOW, rested

QUERY = "?tab=diffusion&scene=training"


def seen(name):
    """Faces seen at the last of a network's records, as the page writes it."""
    return History.read(WEIGHTS / f"{name}.history.json").records[-1]["seen"]


def test_curves_and_strips_of_the_denoiser_are_there(same_page):
    page = same_page(QUERY)
    strips = History.read(WEIGHTS / "denoiser.history.json").strips
    expect(page.locator(".gb-curves-legend:visible").first).to_contain_text("validation")
    expect(page.locator(".gb-player .gb-frame:visible")).to_have_count(8)  # the strip, cut apart
    count = page.locator(".gb-player:visible .gb-count")
    expect(count).to_have_text(f"1 / {len(strips)}")
    if len(strips) > 1:
        page.keyboard.press("ArrowRight")
        expect(count).to_have_text(f"2 / {len(strips)}")


def test_a_link_restores_the_network(same_page):
    page = same_page(QUERY + "&model=character_classifier")
    expect(page.locator(".gb-curves-plot:visible")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".gb-transport:visible")).to_have_count(0)  # it made no pictures
    expect(page.locator(".gb-facts:visible").first).to_contain_text(
        f"{seen('character_classifier'):,}"
    )
    page.get_by_role("button", name="The DDPM").click()
    expect(page.locator(".gb-curves-plot:visible")).to_have_count(1, timeout=SLOW)
    expect(page.locator(".gb-facts:visible").first).to_contain_text(f"{seen('denoiser'):,}")


def test_the_card_is_there(same_page):
    page = same_page(QUERY)
    page.get_by_role("button", name="Model card").click()
    expect(page.locator(".gb-model-card:visible h3").first).to_have_text("Diffusion on faces")


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844)
    expect(page.locator(".gb-curves-legend:visible").first).to_contain_text("validation")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_in_a_lecture_its_faces_are_large(same_page):
    page = same_page(QUERY + "&lecture=1", width=1024, height=768, anew=True)
    boxes = page.locator(".gb-tiles-box:visible")
    expect(boxes).to_have_count(8)
    widths = "() => [...document.querySelectorAll('.gb-tiles-box')].map((box) => box.offsetWidth)"
    rested(page, widths)
    for box in boxes.all():
        assert box.bounding_box()["width"] > 140
