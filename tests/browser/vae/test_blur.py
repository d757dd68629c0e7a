"""The blur scene in a real browser: one face looked at in both sheets, the link, the phone."""

from playwright.sync_api import expect

BLUR = "?tab=vae&scene=blur"
BARS = ".gb-blur-bar output"


def test_a_face_is_looked_at_in_both_sheets(same_page):
    page = same_page(BLUR)
    words, bars = page.locator(".gb-blur-who"), page.locator(BARS)
    expect(words).to_contain_text("all of them")
    every = bars.all_text_contents()
    assert len(every) == 3
    box = page.locator(".gb-blur-box").first
    area = box.bounding_box()
    box.hover(position={"x": 0.5 * area["width"], "y": 0.2 * area["height"]})
    expect(words).to_contain_text("Marge Simpson")
    assert page.locator(".gb-blur-cell:visible").count() == 2
    assert bars.all_text_contents() != every
    box.focus()
    page.keyboard.press("ArrowDown")
    expect(words).to_contain_text("Ned Flanders")
    page.keyboard.press("ArrowLeft")
    expect(words).to_contain_text("Lisa Simpson")


def test_the_bars_are_as_long_as_their_numbers(same_page):
    page = same_page(BLUR)
    expect(page.locator(BARS).first).not_to_be_empty()
    numbers = [float(text.split(" · ")[0]) for text in page.locator(BARS).all_text_contents()]
    lengths = [bar.bounding_box()["width"] for bar in page.locator(".gb-blur-bar i").all()]
    for number, length in zip(numbers, lengths, strict=True):
        assert abs(number / max(numbers) - length / max(lengths)) < 0.02


def test_a_link_restores_who_is_drawn_and_how(open_page):
    page = open_page(BLUR + "&who=homer_simpson&spread=0")
    expect(page.locator(".gb-blur-box img").first).to_have_attribute(
        "alt", "VAE: " + ", ".join(["Homer Simpson"] * 8)
    )
    expect(page.locator(".gb-control-spread input[type=range]")).to_have_value("0")


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(BLUR, width=390, height=844)
    page.locator(".gb-blur-box").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
