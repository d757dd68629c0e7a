"""The beam's tree in a real browser: it grows, and the slider changes the winner without a run."""

import re

from playwright.sync_api import expect

from tests.browser.views import SLOW

QUERY = "?tab=captioning&scene=beam"
VIEW = ".gb-captioning-beam:visible"


def best(page):
    return page.locator(f"{VIEW} .gb-beam-ended .best span").inner_text()


def test_the_slider_changes_the_winner_without_a_run(open_page):
    page = open_page(QUERY, width=1280, height=800)
    view = page.locator(VIEW)
    expect(view.locator(".gb-beam-ended .best")).to_be_visible(timeout=SLOW)
    run = view.get_attribute("data-run")
    expect(view.locator(".gb-beam-strip .best")).to_have_count(1)
    found = {}
    slider = view.get_by_label("Length penalty α")
    for penalty in ("0", "2"):
        slider.fill(penalty)
        found[penalty] = best(page)
        code = view.locator(".gb-beam-ended .best code").inner_text().replace("−", "-")
        log_p, length, power, score = map(
            float, re.fullmatch(r"(\S+) ÷ (\d+)\^(\S+) = (\S+)", code).groups()
        )
        assert abs(log_p / length**power - score) < 0.006
        assert len(found[penalty].split()) + 1 == length
    assert len(found["0"].split()) < len(found["2"].split())
    assert view.get_attribute("data-run") == run
    expect(page).to_have_url(re.compile("penalty=2|preset=long"))

    signs = set()
    nodes = view.locator(".gb-beam-node").evaluate_all("all => all.map((one) => one.dataset.node)")
    for number in nodes:
        view.locator(f'.gb-beam-node[data-node="{number}"]').click()
        text = view.locator(".gb-beam-sum").inner_text().replace("− ", "−")
        added, sign, total = re.match(r"log p = ([^=≈]*) ([=≈]) (−[\d.]+)", text).groups()
        hundredths = [round(100 * float(one.replace("−", "-"))) for one in added.split()]
        said = round(100 * float(total.replace("−", "-")))
        assert sign == ("=" if sum(hundredths) == said else "≈")
        signs.add(sign)
    assert "≈" in signs  # of many rounded numbers: some do not add up

    view.get_by_label("The search's tree: step").fill("0")
    first = view.locator(".gb-beam-node.growing").count()
    assert first == 3
    page.keyboard.press("ArrowRight")
    expect(view.locator(".gb-beam-lines path").first).to_be_attached()

    page.locator('.gb-scene:visible .gb-chip[data-slug="strict"]').click()
    expect(view).not_to_have_attribute("data-run", run, timeout=SLOW)
    expect(page.locator(f"{VIEW}.running")).to_have_count(0, timeout=SLOW)
    assert view.locator(".gb-beam-node.struck").count() > 0
