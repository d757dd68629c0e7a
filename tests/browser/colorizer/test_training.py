"""The colorizers' training in a real browser: both losses, and the pictures after each epoch."""

from playwright.sync_api import expect

from tests.browser.views import SLOW


def test_both_losses_are_plotted_and_the_player_moves_along_them(same_page):
    page = same_page("?tab=colorizer&scene=training")
    titles = page.locator(".gb-curves-title:visible")
    expect(titles).to_have_count(4, timeout=SLOW)
    expect(titles.nth(0)).to_have_text("Discriminator")
    expect(titles.nth(1)).to_contain_text("Generator")
    legend = page.locator(".gb-curves-legend:visible").first
    expect(legend).to_contain_text("at 45,056")
    expect(legend).to_contain_text("validation –")  # not measured yet, in that run
    pictures = page.locator(".gb-player .gb-frame:visible")
    expect(pictures).to_have_count(15)  # cut apart: five, in grey, painted and true
    expect(page.locator(".gb-tiles:visible b")).to_have_text(
        ["in grey", "as painted", "true colours"]
    )
    picture = pictures.first
    first = picture.get_attribute("src")
    page.get_by_label("Pictures along the way: step").fill("3")
    expect(legend).to_contain_text("at 180,032")
    expect(picture).not_to_have_attribute("src", first)
    assert picture.get_attribute("src") != first
    page.get_by_role("button", name="Only the distance").click()
    expect(titles).to_have_count(2, timeout=SLOW)
    page.get_by_role("button", name="The one for photos").click()
    expect(page.locator(".gb-tiles:visible b")).to_have_text(
        ["in grey", "as painted", "told 8 squares", "true colours"]
    )
    expect(pictures).to_have_count(20)
    page.get_by_role("button", name="Model card").click()
    expect(page.locator(".gb-model-card h3").first).to_have_text("Colorizers")
