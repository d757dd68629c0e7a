"""Denoising in a real browser: noise set, a digit drawn, links, phones."""

import re

from playwright.sync_api import expect

QUERY = "?tab=vae&scene=denoise"
NOTES = ".gb-denoise-tiles figcaption"


def test_more_noise_is_said_to_be_more_than_it_learned(same_page):
    page = same_page(QUERY)
    expect(page.locator(".gb-verdict")).to_contain_text("The noise it was trained at.")
    expect(page.locator(".gb-verdict")).to_contain_text("nearer to the digit")
    page.get_by_role("button", name="Too much").click()
    expect(page.locator(".gb-verdict")).to_contain_text("do not trust it")
    expect(page.locator(NOTES).nth(1)).to_contain_text("σ = 0.95")
    page.get_by_role("button", name="Hardly any noise").click()
    expect(page.locator(".gb-verdict")).to_contain_text("further from the digit")
    expect(page).to_have_url(re.compile("hardly-any"))


def test_a_drawing_gives_way_to_a_digit_that_is_chosen(same_page):
    page = same_page(f"{QUERY}&drawing=[[140,40,140,240]]")
    label = page.locator(NOTES).first
    expect(label).to_have_text("your drawing")
    page.get_by_label("Digit: what").select_option("7")
    expect(label).to_have_text("a 7, number 0")
    expect(page).not_to_have_url(re.compile("drawing="))


def test_the_marked_column_is_of_the_level_that_is_set(same_page):
    page = same_page(f"{QUERY}&level=0.95")
    marked = page.locator(".gb-levels figure[aria-current=step]")
    for level in (0.95, 0.5, 0, 0.05, 1):
        page.get_by_label("number input for Noise σ").fill(str(level))
        page.keyboard.press("Enter")
        expect(page.locator(NOTES).nth(1)).to_contain_text(f"σ = {level} ·")
        expect(marked).to_have_count(1)
        expect(marked.locator("b")).to_have_text(str(level))
        for one, large in ((0, 1), (1, 2)):
            other = page.locator(".gb-denoise-tiles img").nth(large)
            small = marked.locator("img").nth(one)
            assert small.get_attribute("src") == other.get_attribute("src")
        order = [float(text) for text in page.locator(".gb-levels b").all_text_contents()]
        assert order == sorted({level, *(tenth / 10 for tenth in range(1, 10))})


def test_another_digit_and_other_noise_are_in_the_link(same_page, open_page):
    page = same_page(QUERY)
    page.get_by_label("Digit: what").select_option("6")
    expect(page.locator(NOTES).first).to_have_text("a 6, number 0")
    page.get_by_label("number input for Seed of the noise").fill("7")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("seed=7"))
    noisy = page.locator(".gb-denoise-tiles img").nth(1)
    other = open_page("?" + page.url.split("?")[1])
    expect(other.locator(NOTES).first).to_have_text("a 6, number 0")
    expect(other.locator(".gb-denoise-tiles img").nth(1)).to_have_attribute(
        "src", noisy.get_attribute("src")
    )


def test_a_drawn_digit_is_denoised(same_page):
    page = same_page(QUERY)
    page.get_by_text("Draw a digit instead").click()
    box = page.locator(".gb-vae-encode-pad:visible canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    expect(page.locator(NOTES).first).to_have_text("your drawing")


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844)
    expect(page.locator(".gb-levels figure")).to_have_count(9)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
