"""The judge in a real browser: a patch and what it saw, the saturation dragged, the terms."""

import re

import pytest
from playwright.sync_api import expect

from models.colorizer.shipped import discriminator
from tests.browser.views import SLOW

QUERY = "?tab=colorizer&scene=judge"
VIEW = ".gb-colorizer-judge"
STAGES = f"{VIEW} .gb-overlay-stage"


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_a_patch_is_looked_at_on_all_three_and_the_saturation_is_dragged(same_page):
    page = same_page(QUERY, height=800)
    expect(page.locator(STAGES)).to_have_count(3, timeout=SLOW)
    behind = page.locator(f"{VIEW} .gb-overlay-behind")
    expect(behind.first).to_be_hidden()
    box = page.locator(STAGES).nth(1).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    for place in range(3):  # the same patch of truth, painting and grey
        expect(behind.nth(place)).to_be_visible()
        stage = page.locator(STAGES).nth(place).bounding_box()
        seen = behind.nth(place).bounding_box()
        # 34 of 160 pixels; row and column 19 of 38 begin at 4 * 19 - 11
        assert seen["width"] / stage["width"] == pytest.approx(34 / 160, abs=0.01)
        assert (seen["x"] - stage["x"]) / stage["width"] == pytest.approx(65 / 160, abs=0.01)
    told = page.locator(f"{VIEW} .gb-overlay-told")
    expect(told.first).to_contain_text("(row 20, column 20)")
    page.mouse.move(5, 5)
    expect(behind.first).to_be_hidden()

    page.locator(STAGES).nth(2).click(position={"x": 4, "y": 4})  # a patch that stays chosen
    page.mouse.move(5, 5)
    expect(behind.first).to_be_visible()
    corner = behind.first.bounding_box()  # cut to the picture: 34 - 11 pixels
    assert corner["width"] / box["width"] == pytest.approx(23 / 160, abs=0.01)

    terms = page.locator(f"{VIEW} .gb-judge-term b")
    real, made, value, distance, fooling, loss = map(number, terms.all_inner_texts())
    assert value == pytest.approx(real + made, abs=0.011)
    weight = discriminator().config.weight
    rounded = 0.00105 + 0.005 * weight  # three decimals twice, and two
    assert loss == pytest.approx(distance + weight * fooling, abs=rounded)
    signs = page.locator(f"{VIEW} .gb-judge-terms .sign").all_inner_texts()
    adds_up = [
        real + made == pytest.approx(value),
        distance + weight * fooling == pytest.approx(loss),
    ]
    assert [signs[1], signs[3]] == ["=" if exact else "≈" for exact in adds_up]
    equals = "(numbers) => glassbox.equals(...numbers)"  # as they may come, and to three decimals
    assert page.evaluate(equals, [[-0.5875, -0.6455], -1.233]) == "≈"
    assert page.evaluate(equals, [[0.094, 0.05 * 0.69], 0.128, 4]) == "≈"
    assert page.evaluate(equals, [[0.094, 0.05 * 0.68], 0.128, 4]) == "="

    grey, before = (page.locator(f"{VIEW} figcaption span").nth(i).inner_text() for i in (2, 1))
    plot = page.locator(f"{VIEW} .gb-curves-plot").bounding_box()
    page.mouse.move(plot["x"] + plot["width"] * 0.7, plot["y"] + plot["height"] / 2)
    page.mouse.down()
    page.mouse.move(plot["x"] + 2, plot["y"] + plot["height"] / 2, steps=4)
    page.mouse.up()
    title = page.locator(f"{VIEW} figcaption b").nth(1)
    expect(title).to_have_text("Painted × 0", timeout=SLOW)
    painted = page.locator(f"{VIEW} figcaption span").nth(1)
    expect(painted).to_have_text(grey)  # without colours it is judged as grey is
    assert grey != before
    expect(page).to_have_url(re.compile("saturation=0"))
    expect(page.get_by_role("slider", name="range slider for Saturation")).to_have_value("0")
