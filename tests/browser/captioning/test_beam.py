"""The beam's tree in a real browser: it grows, and the slider changes the winner without a run."""

import re

from playwright.sync_api import expect

from tests.browser.views import SLOW

QUERY = "?tab=captioning&scene=beam"
VIEW = ".gb-captioning-beam:visible"


def best(page):
    return page.locator(f"{VIEW} .gb-beam-ended .best span").inner_text()


def test_the_slider_changes_the_winner_without_a_run(same_page):
    page = same_page(QUERY, width=1280, height=800)
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


def alpha(page):
    return page.locator(f"{VIEW} .gb-beam-alpha")


def test_a_penalty_that_is_set_elsewhere_is_taken_after_the_slider_was_moved(same_page):
    page = same_page(QUERY, width=1280, height=800)
    view, scene = page.locator(VIEW), page.locator(".gb-scene:visible")
    expect(view.locator(".gb-beam-ended .best")).to_be_visible(timeout=SLOW)
    slider, control = view.get_by_label("Length penalty α"), scene.locator(".gb-control-penalty")
    for there in ("0.4", "0.9"):
        slider.fill(there)
        expect(control.locator("input[type=number]")).to_have_value(there)
        expect(page).to_have_url(re.compile(f"penalty={there}"), timeout=SLOW)
        scene.locator('.gb-chip[data-slug="long"]').click()
        expect(control.locator("input[type=number]")).to_have_value("2")
        expect(alpha(page)).to_have_text("α = 2.0")
    expect(page).to_have_url(re.compile("preset=long"), timeout=SLOW)
    page.keyboard.press("Control+z")
    expect(alpha(page)).to_have_text("α = 0.9")

    slider.fill("1.5")
    slider.fill("0.9")  # back before anybody was told
    page.wait_for_timeout(600)
    scene.locator('.gb-chip[data-slug="short"]').click()
    expect(alpha(page)).to_have_text("α = 0.0")


def test_a_penalty_between_two_of_the_sliders_is_written_out(same_page):
    page = same_page(f"{QUERY}&penalty=0.25", width=1280, height=800)
    expect(alpha(page)).to_have_text("α = 0.25", timeout=SLOW)
    branch = page.locator(f"{VIEW} .gb-beam-sum").inner_text()
    for text in [*page.locator(f"{VIEW} .gb-beam-ended code").all_inner_texts(), branch]:
        found = re.search(r"(\S+?);? +÷ (\d+)\^0\.25 = (\S+)$", text.replace("−", "-"))
        log_p, length, score = map(float, found.groups())
        assert abs(log_p / length**0.25 - score) < 0.006


def test_the_tree_is_walked_by_keyboard(same_page):
    page = same_page(QUERY, width=1280, height=800)
    view = page.locator(VIEW)
    expect(view.locator(".gb-beam-ended .best")).to_be_visible(timeout=SLOW)
    nodes, focused = view.locator(".gb-beam-node"), view.locator(".gb-beam-node:focus")
    assert nodes.count() > 9
    stop = view.locator(".gb-beam-node[tabindex='0']")
    expect(stop).to_have_count(1)
    step = view.get_attribute("data-step")

    stop.focus()
    page.keyboard.press("Shift+Tab")
    expect(focused).to_have_count(0)
    page.keyboard.press("Tab")
    expect(focused).to_have_count(1)  # one stop for all of them
    places = nodes.evaluate_all(
        "(all) => all.map((one) => [one.dataset.node, one.style.left, one.style.top])"
    )
    columns = {}
    for number, left, top in places:
        column = columns.setdefault(float(left[:-2]), [])
        column.append((float(top[:-2]), number))
    columns = [[number for _, number in sorted(columns[left])] for left in sorted(columns)]
    page.keyboard.press("Tab")
    expect(focused).to_have_count(0)
    page.keyboard.press("Shift+Tab")

    first, second = columns[:2]
    for _ in columns:
        page.keyboard.press("ArrowLeft")
    seen = [focused.get_attribute("data-node")]
    assert seen[0] in first
    for key in ["ArrowUp"] * len(first) + ["ArrowDown"] * (len(first) - 1):
        page.keyboard.press(key)
        seen.append(focused.get_attribute("data-node"))
    assert seen[-len(first) :] == first
    page.keyboard.press("ArrowRight")
    assert focused.get_attribute("data-node") in second
    assert view.get_attribute("data-step") == step  # the player stayed
    expect(stop).to_have_count(1)

    for key, pressed in (("Enter", "true"), (" ", "false")):
        before = view.locator(".gb-beam-sum").inner_text()
        page.keyboard.press(key)
        expect(focused).to_have_attribute("aria-pressed", pressed)
        assert view.locator(".gb-beam-sum").inner_text() != before
    assert view.get_attribute("data-step") == step

    view.locator(f".gb-beam-node[data-node='{first[0]}']").click()
    page.keyboard.press("ArrowLeft")  # after a click they are the player's, as everywhere
    expect(view).to_have_attribute("data-step", str(int(step) - 1))
