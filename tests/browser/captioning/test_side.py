"""Writers side by side in a real browser: lanes in step; one that cannot be fetched says so."""

import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from playwright.sync_api import expect

from models.captioning import hub
from tests.browser.views import SLOW

QUERY = "?tab=captioning&scene=side"
VIEW = ".gb-captioning-side:visible"


@pytest.fixture
def no_hub(monkeypatch):
    def unreachable(*_, **__):
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    monkeypatch.setattr(hub, "PATIENCE", 0.05)


def test_lanes_step_together_and_one_that_cannot_come_says_why(same_page, no_hub):
    page = same_page(QUERY, width=1280, height=800)
    lanes = page.locator(f"{VIEW} .gb-side-lane")
    expect(lanes).to_have_count(3, timeout=SLOW)
    page.locator(VIEW).get_by_role("button", name="First step").click()
    for lane in lanes.all():
        assert lane.locator(".gb-side-word:not(.ahead)").count() == 1
        first = lane.locator(".gb-side-word").first.inner_text()
        assert lane.locator(".gb-word-bar.chosen b").all_inner_texts() in ([first], [])
    page.keyboard.press("ArrowRight")
    for lane in lanes.all():
        assert lane.locator(".gb-side-word:not(.ahead)").count() == 2

    run = page.locator(VIEW).get_attribute("data-run")
    page.locator(".gb-scene:visible").get_by_label("BLIP base").check()
    failed = page.locator(f"{VIEW} .gb-side-lane.failed")
    expect(failed).to_contain_text("hf download Salesforce/blip-image", timeout=SLOW)
    expect(page.locator(VIEW)).not_to_have_attribute("data-run", run)
    expect(page.locator(f"{VIEW}.running")).to_have_count(0, timeout=SLOW)
    expect(lanes).to_have_count(4)
    assert "more=" in page.url
