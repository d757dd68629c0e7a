"""The training scene in a real browser: strips are scrubbed, curves read, links restored."""

from playwright.sync_api import expect

from tests.browser.views import rested

QUERY = "?tab=vae&scene=training"
STRIPS = "Pictures along the way: step"


def test_scrubbing_the_strips_moves_the_line_in_the_curves(same_page):
    page = same_page(QUERY)
    legend = page.locator(".gb-curves-legend:visible").first
    expect(legend).to_contain_text("at 50,048")
    picture = page.locator(".gb-player .gb-frame:visible").first
    first = picture.get_attribute("src")
    page.get_by_label(STRIPS).fill("19")
    expect(page.locator(".gb-player .gb-caption:visible")).to_contain_text("1,000,064 pictures")
    expect(legend).to_contain_text("at 1 M")
    expect(picture).not_to_have_attribute("src", first)
    assert picture.get_attribute("src") != first
    before = legend.text_content()
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("ArrowLeft")
    expect(legend).not_to_have_text(before)


def test_curves_are_read_by_mouse_and_by_keys(same_page):
    page = same_page(QUERY, anew=True)
    plot = page.locator(".gb-curves-plot:visible").first
    legend = page.locator(".gb-curves-legend:visible").first
    expect(legend).to_contain_text("at 50,048")  # where the strips' player stands
    at_rest = legend.text_content()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    expect(legend).not_to_have_text(at_rest)
    page.mouse.move(2, 2)
    expect(legend).to_have_text(at_rest)
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(legend).to_contain_text("at 100,096")


def test_a_link_restores_model_and_draws(same_page):
    page = same_page(QUERY + "&model=digits_2d_autoencoder&count=4&seed=3")
    expect(page.locator(".gb-sheets figcaption")).to_have_text("Autoencoder: drawn from N(0, 1)")
    expect(page.locator(".gb-curves-plot:visible")).to_have_count(1)
    before = page.locator(".gb-sheets img").get_attribute("src")
    page.get_by_role("button", name="Draw others").click()
    page.wait_for_function("location.search.includes('seed=4')")
    page.wait_for_function(
        "(before) => document.querySelector('.gb-sheets img').src !== before", arg=before
    )
    page.get_by_role("button", name="β = 1: both terms").click()
    expect(page.locator(".gb-curves-plot:visible")).to_have_count(2)


def test_the_card_is_there(same_page):
    page = same_page(QUERY)
    page.get_by_role("button", name="Model card").click()
    expect(page.locator(".gb-model-card h3").first).to_have_text("Autoencoders")
    assert page.locator(".gb-model-card table").count() >= 2


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844, anew=True)
    page.wait_for_selector(".gb-curves-plot:visible")
    page.get_by_role("button", name="Model card").click()
    page.wait_for_selector(".gb-model-card table:visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_axis_is_set_in_a_face_whose_capital_m_is_one(same_page):
    page = same_page(QUERY)
    million = page.locator(".gb-curves-plot:visible text", has_text="1 M").first
    expect(million).to_be_visible()
    assert "Montserrat" not in million.evaluate("(text) => getComputedStyle(text).fontFamily")


def test_nine_faces_stand_beside_nine_as_large(same_page):
    page = same_page(QUERY + "&lecture=1&model=faces&count=9", width=1024, height=768, anew=True)
    sheets = page.locator(".gb-sheets:visible img")
    expect(sheets).to_have_count(2)
    expect(page.locator(".gb-tiles:visible b")).to_have_text(["picture", "decoded"])
    rested(page, "() => [...document.querySelectorAll('.gb-sheets img')].map((i) => i.height)")
    one, other = (sheet.bounding_box() for sheet in sheets.all())
    assert min(one["height"], other["height"]) > 230
    assert abs(one["height"] - other["height"]) < 20
