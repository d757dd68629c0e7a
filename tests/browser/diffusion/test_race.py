"""The race in a real browser: lanes arrive, are scrubbed by evaluations, edited, linked."""

from playwright.sync_api import expect

from tests.browser.views import SLOW, pixels, wait_for_run

QUERY = "?tab=diffusion&scene=race"
VIEW = ".gb-diffusion-race"


def lanes(page):
    return page.locator(f"{VIEW} .gb-lane")


def shown(page, lane):
    """The pixels of a lane."""
    return pixels(page, f"{VIEW} .gb-lane canvas", lane).tobytes()


def run_number(page):
    return page.locator(VIEW).get_attribute("data-run")


def test_a_finished_race_is_there_to_scrub(same_page):
    page = same_page(QUERY)
    expect(page.locator(f"{VIEW} .gb-count")).to_have_text("51 / 51", timeout=SLOW)
    expect(lanes(page)).to_have_count(4)
    expect(lanes(page).nth(3)).to_contain_text("There first, after 6 evaluations")
    expect(lanes(page).nth(0)).to_contain_text("There fourth, after 50 evaluations")
    ends = [shown(page, lane) for lane in range(4)]
    assert len(set(ends)) == 4
    page.get_by_label("The race: step").fill("0")
    starts = [shown(page, lane) for lane in range(4)]
    assert all(start == starts[0] for start in starts)  # the same noise
    page.get_by_label("The race: step").fill("6")
    expect(lanes(page).nth(3)).to_contain_text("There first")
    expect(lanes(page).nth(1)).to_contain_text("step 6 of 20")
    assert shown(page, 3) == ends[3]
    assert shown(page, 1) != ends[1]
    page.keyboard.press("ArrowRight")
    expect(lanes(page).nth(1)).to_contain_text("step 7 of 20")
    page.get_by_role("button", name="the face taken to be in there").click()
    assert shown(page, 1) != starts[1]


def test_the_curves_are_there(same_page):
    page = same_page(QUERY + "&preset=quality")
    legend = page.locator(".gb-quality .gb-curves-legend")
    for name in ("DDIM", "DPM-Solver++", "UniPC", "Euler", "Heun"):
        expect(legend).to_contain_text(name)
    expect(page.locator(".gb-quality")).to_contain_text("Euler's method draws")
    expect(page.locator(".gb-quality")).to_contain_text("in 500 steps")
    expect(page.locator(VIEW)).to_be_hidden()
    box = page.locator(".gb-quality .gb-curves-plot").bounding_box()
    assert box["height"] > 250
    assert page.locator(VIEW).get_attribute("data-run") == "0"  # looking is no race


def test_a_link_is_run_and_gives_the_same_pixels(same_page):
    link = QUERY + '&lanes=[["ddpm",3],["ddim",1]]&count=1&character=anyone&seed=5'
    made = []
    for _ in range(2):
        page = same_page(link, anew=True)
        wait_for_run(page, VIEW, "0")
        expect(lanes(page)).to_have_count(2)
        expect(page.get_by_label("Lane 1: steps")).to_have_value("3")
        made.append([shown(page, lane) for lane in range(2)])
        assert "seed=5" in page.url
    assert made[0] == made[1]


def test_lanes_are_edited_and_the_race_is_run_anew(same_page):
    page = same_page(QUERY + '&lanes=[["ddpm",2],["ddim",1]]&count=1&character=anyone')
    wait_for_run(page, VIEW, "0")
    before = run_number(page)
    page.get_by_label("Lane 2: sampler").select_option("unipc")
    wait_for_run(page, VIEW, before)
    expect(lanes(page).nth(1)).to_contain_text("UniPC")
    expect(page.get_by_label("Remove lane 1")).to_be_disabled()
    before = run_number(page)
    page.get_by_label("Add a lane").click()
    page.get_by_label("Lane 3: steps").fill("10000")
    page.get_by_label("Lane 3: steps").press("Tab")
    expect(page.get_by_label("Lane 3: steps")).to_have_value("100")
    page.get_by_label("Lane 3: steps").fill("2")
    page.get_by_label("Lane 3: steps").press("Tab")
    page.wait_for_function(
        "document.querySelectorAll('.gb-diffusion-race .gb-lane').length === 3", timeout=SLOW
    )
    wait_for_run(page, VIEW, before)
    page.get_by_label("Remove lane 1").click()
    page.wait_for_function(
        "document.querySelectorAll('.gb-diffusion-race-lanes .gb-lane-head').length === 2",
        timeout=SLOW,
    )
    page.wait_for_function("decodeURIComponent(location.search).includes('[\"unipc\",1]')")


def test_a_race_can_be_stopped(same_page):
    page = same_page(QUERY + '&lanes=[["ddpm",100],["ddim",100]]&count=9')
    page.wait_for_selector(f"{VIEW}.running", timeout=SLOW)
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector(f"{VIEW}:not(.running)", timeout=SLOW)
    expect(page.locator(".gb-race-foot .gb-caption")).to_contain_text("the race was stopped")


def test_a_number_and_its_unit_stay_on_one_line(same_page):
    page = same_page(QUERY)
    expect(lanes(page)).to_have_count(4)
    page.get_by_label("The race: step").fill("20")
    for lane in range(4):
        facts = lanes(page).nth(lane).locator(".gb-lane-facts").inner_text()
        assert "\u00a0s" in facts
        assert "\u00a0evaluation" in facts


def test_at_a_zoom_of_200_percent_no_button_is_squeezed(same_page):
    page = same_page(QUERY, width=640, height=400)
    for name in ("Race", "Stop"):
        button = page.locator(".gb-race-buttons").get_by_role("button", name=name, exact=True)
        assert button.bounding_box()["width"] >= 88
        assert button.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844)
    expect(page.locator(f"{VIEW} .gb-count")).to_have_text("51 / 51", timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_network_for_few_steps_races_beside_the_ddpm(same_page):
    page = same_page(QUERY + "&preset=two-steps")
    wait_for_run(page, VIEW, "0")
    expect(lanes(page)).to_have_count(4)
    expect(lanes(page).nth(0)).to_contain_text("There first, after 1 evaluation")
    expect(lanes(page).nth(1)).to_contain_text("after 2 evaluations")
    expect(lanes(page).nth(3)).to_contain_text("There fourth, after 20 evaluations")
    expect(lanes(page).nth(0)).to_contain_text("Consistency 1 step")
    few, blurred = (
        pixels(page, f"{VIEW} .gb-lane canvas", number).astype(float) for number in (1, 2)
    )
    assert edges(few) > edges(blurred)


def edges(sheet):
    """How much neighbouring pixels differ."""
    return abs(sheet[:, 1:] - sheet[:, :-1]).mean() + abs(sheet[1:] - sheet[:-1]).mean()
