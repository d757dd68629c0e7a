"""Directions in a real browser: sliders move the picture, and a phone shows what they do."""

import re

from playwright.sync_api import expect

QUERY = "?tab=vae&scene=directions"
CAPTION = ".gb-vae-directions .gb-caption"
UNCUT = """(select, text) => {
    const other = select.cloneNode(false);
    other.append(new Option(text));
    other.style.cssText = "width: auto; flex: none; position: absolute";
    select.parentNode.append(other);
    const wanted = other.offsetWidth;
    other.remove();
    return select.offsetWidth - wanted;
}"""


def test_a_slider_moves_the_picture_and_all_go_back_to_0(same_page):
    page = same_page(f"{QUERY}&model=digits_16d&start=3:1")
    rows = page.locator(".gb-direction")
    expect(rows).to_have_count(6)
    caption = page.locator(CAPTION)
    expect(caption).to_have_text("a 3, number 1, decoded")
    picture = page.locator(".gb-vae-directions > img")
    before = picture.get_attribute("src")
    page.get_by_label("Direction 1", exact=True).fill("2")
    expect(caption).to_have_text("a 3, number 1, moved and decoded")
    expect(picture).not_to_have_attribute("src", before)
    expect(rows.first.locator("button[aria-current=step]")).to_have_attribute(
        "aria-label", "Direction 1 to 2"
    )
    expect(page).to_have_url(re.compile("preset=three-moved"))
    page.get_by_role("button", name="All to 0").click()
    expect(caption).to_have_text("a 3, number 1, decoded")
    expect(picture).to_have_attribute("src", before)


def test_a_plane_has_two(same_page):
    page = same_page(f"{QUERY}&model=digits_2d&start=3:1")
    expect(page.locator(".gb-direction")).to_have_count(2)


def test_what_was_moved_along_a_third_direction_is_none_of_a_plane_s(same_page):
    page = same_page(f"{QUERY}&preset=homer-moved")
    expect(page.locator(CAPTION)).to_contain_text("moved and decoded")
    page.locator(".gb-scene:visible .gb-pills").get_by_text("Digits, 2-D").click()
    expect(page.locator(".gb-direction")).to_have_count(2)
    expect(page.locator(CAPTION)).to_have_text("a 3, number 1, moved and decoded")
    expect(page.locator(".gb-direction output")).to_have_text(["+2", "0"])
    expect(page).to_have_url(re.compile("amounts=%5B2,0,0,0,0,0%5D"))
    page.get_by_role("button", name="All to 0").click()
    expect(page.locator(CAPTION)).to_have_text("a 3, number 1, decoded")


def test_a_phone_s_first_screen_shows_what_directions_are(same_page):
    page = same_page(QUERY, width=390, height=844, has_touch=True)
    rows = page.locator(".gb-direction")
    expect(rows).to_have_count(6)
    parts = [page.locator(".gb-vae-directions > img"), *rows.all()[:4]]
    for part in parts:
        box = part.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 844
    for target in rows.first.locator("button, input").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_character_s_name_is_cut_off(same_page):
    page = same_page(QUERY)
    choice = page.get_by_label("Start: what")
    expect(choice).to_be_visible()
    expect(choice.locator("option").filter(has_text="Marge Simpson")).to_have_count(1)
    names = choice.locator("option").all_text_contents()
    for name in names:
        assert choice.evaluate(UNCUT, name) >= 0, name
