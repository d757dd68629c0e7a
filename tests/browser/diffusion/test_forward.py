"""A picture drowns in noise in a real browser: dragged, linked, and back by the network."""

import itertools
import re
import threading

import numpy as np
import torch
from playwright.sync_api import expect

from demos.diffusion import forward as scene
from models.core.images import to_array
from models.diffusion import display, faces, forward
from models.diffusion.sample import standard_normal
from tests.browser.views import SLOW, pixels, wait_for_run

QUERY = "?tab=diffusion&scene=forward"
SLIDER = "From picture to noise: step"


def shown(page, part="x"):
    """A panel's numbers, H W 3."""
    return pixels(page, f".gb-diffusion-forward .gb-run-part.{part} canvas").astype(int)


def at(page, t):
    page.wait_for_function(
        "(t) => document.querySelector('.gb-diffusion-forward')?.dataset.t === t",
        arg=str(t),
        timeout=SLOW,
    )


def expected(number, t, seed):
    x0, noise = faces.to_x0(faces.own_face(number)), standard_normal([seed], 32)
    return to_array(display.faces(forward.noised(x0, noise, forward.cosine(), t))).astype(int)


def test_dragging_t_shows_the_models_x_t(same_page):
    page = same_page(QUERY)
    at(page, 400)
    for t in (0, 137, 500, 998, 999):
        page.get_by_label(SLIDER).fill(str(t))
        at(page, t)
        difference = np.abs(shown(page) - expected(1, t, 0))
        assert difference.max() <= 1  # float32 in the browser, float64 in the model
        assert (difference > 0).mean() < 0.01
        rate = forward.cosine().at(t)["signal_rate"]
        assert f"signal rate {rate:.4f}" in page.locator(".gb-noising-numbers").inner_text()
    assert np.array_equal(shown(page, "x0"), to_array(faces.own_face(1)))


def test_a_drag_with_the_mouse_changes_the_picture_and_the_link(same_page):
    page = same_page(QUERY)
    at(page, 400)
    before = shown(page)
    box = page.get_by_label(SLIDER).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.4 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=8)
    page.mouse.up()
    t = int(page.locator(".gb-diffusion-forward").get_attribute("data-t"))
    assert 750 < t < 850
    assert not np.array_equal(shown(page), before)
    page.wait_for_url(f"**t={t}*")


def test_a_link_restores_picture_noise_and_t(same_page):
    page = same_page(QUERY + "&number=4&seed=9&t=250")
    at(page, 250)
    page.wait_for_function(
        "(want) => { const c = "
        "document.querySelector('.gb-diffusion-forward .gb-run-part.x0 canvas');"
        "return Array.from(c.getContext('2d').getImageData(0, 0, 1, 1).data).join() === want }",
        arg=",".join(map(str, [*to_array(faces.own_face(4))[0, 0], 255])),
        timeout=SLOW,
    )
    assert np.abs(shown(page) - expected(4, 250, 9)).max() <= 1


def test_pressing_a_level_or_a_chart_goes_there(same_page):
    page = same_page(QUERY)
    at(page, 400)
    page.get_by_role("button", name="t = 700").first.click()
    at(page, 700)
    page.keyboard.press("ArrowRight")
    at(page, 710)
    chart = page.locator(".gb-diffusion-forward-schedules .gb-curves-plot").first
    chart.scroll_into_view_if_needed()
    chart.click()
    page.wait_for_function("document.querySelector('.gb-diffusion-forward').dataset.t !== '710'")
    assert 350 < int(page.locator(".gb-diffusion-forward").get_attribute("data-t")) < 650


def test_numbers_side_by_side_have_equally_many_digits(same_page):
    page = same_page(QUERY + "&t=137")
    at(page, 137)
    chart = page.locator(".gb-diffusion-forward-schedules").first
    values = chart.locator(".gb-curves-legend b").all_inner_texts()
    assert len(values) == 4
    assert len({len(value.split(".")[1]) for value in values}) == 1, values
    log_snr = page.locator(".gb-noising-numbers").inner_text().split("log-SNR ")[1]
    assert re.fullmatch(r"−?\d+\.\d\d", log_snr)


def test_and_back_on_the_same_slider(same_page):
    page = same_page(QUERY + "&steps=4&t=500")
    at(page, 500)
    page.get_by_role("button", name="And back").click()
    page.wait_for_function(
        "document.querySelector('.gb-diffusion-forward').classList.contains('back')"
        " && document.querySelector('.gb-diffusion-forward').dataset.t === '0'",
        timeout=SLOW,
    )
    back = shown(page)
    assert "no noise is left" in page.locator(".gb-run-equation").last.inner_text()
    slider = page.get_by_label(SLIDER)
    turn = int(slider.get_attribute("max")) // 2
    assert turn == 499
    slider.fill(str(turn))  # where it turned: the noised picture
    at(page, turn)
    assert np.abs(shown(page) - expected(1, turn, 0)).max() <= 1
    slider.fill("0")
    at(page, 0)
    assert not np.array_equal(shown(page), back)  # another picture than the one it began with
    page.get_by_label("Seed of ε").fill("3")  # other noise: the way back belonged to the last one
    page.wait_for_function(
        "(label) => document.querySelector(`[aria-label='${label}']`).max === '999'",
        arg=SLIDER,
        timeout=SLOW,
    )


def test_a_way_back_that_is_stopped_keeps_the_step_where_it_stopped(same_page, monkeypatch):
    page = same_page(QUERY + "&steps=10&t=999", anew=True)
    at(page, 999)
    view, run = ".gb-diffusion-forward-levels", None
    for steps in (1, 5, 9):  # the first, one in the middle, the last that is not the end
        monkeypatch.setattr(
            scene, "while_wanted", lambda run, wanted, steps=steps: itertools.islice(run, steps)
        )
        page.get_by_role("button", name="And back").click()
        wait_for_run(page, view, run)
        run = page.locator(view).get_attribute("data-run")
        words = page.locator(".gb-diffusion-forward .gb-run-equation")
        expect(words).to_contain_text("stopped at t = ")
        t = int(re.search(r"stopped at t = (\d+)", words.inner_text())[1])
        assert "no noise is left" not in words.inner_text()
        assert (t == 999) == (steps == 1)
        assert t > 0
        expect(page.locator(".gb-noising-numbers")).to_contain_text(f"step {steps} of 10")
        x, guess = shown(page), shown(page, "noise")  # the panel of the network's guess
        rough = [np.abs(np.diff(panel, axis=1)).mean() for panel in (guess, x)]
        assert rough[0] < 0.7 * rough[1]
        reached = page.locator(".gb-noise-row.back button:not([disabled])")
        assert min(int(level) for level in reached.all_inner_texts()) >= t


SLOWLY = """() => {
    const decode = glassbox.picture, opened = new Promise((open) => { window.gbOpen = open; });
    glassbox.picture = async (uri) => { await opened; return decode(uri); };
    window.gbDecode = () => { glassbox.picture = decode; window.gbOpen(); };
}"""


def other_noise(page, seed):
    """Lay other noise on the picture, and wait until it is there."""
    before = shown(page, "noise")
    page.get_by_label("Seed of ε").fill(str(seed))
    for _ in range(100):
        if not np.array_equal(shown(page, "noise"), before):
            return
        page.wait_for_timeout(100)
    raise AssertionError("no other noise came")


def no_way_back(page):
    expect(page.locator(".gb-diffusion-forward.back")).to_have_count(0)
    expect(page.locator(".gb-noise-row.back")).to_be_hidden()
    assert page.get_by_label(SLIDER).get_attribute("max") == "999"


def test_a_way_back_that_comes_after_another_picture_is_not_shown(same_page, monkeypatch):
    page = same_page(QUERY + "&steps=4&t=999", anew=True)
    at(page, 999)
    go_on = threading.Event()

    def late(run, wanted):
        go_on.wait(60)
        for step in run:
            if not wanted():
                return
            yield step

    monkeypatch.setattr(scene, "while_wanted", late)
    page.get_by_role("button", name="And back").click()
    page.wait_for_timeout(500)  # it is under way, and nothing of it has come
    other_noise(page, 3)
    go_on.set()
    view = ".gb-diffusion-forward-levels"
    wait_for_run(page, view, None)
    no_way_back(page)
    assert np.abs(shown(page) - expected(1, 999, 3)).max() <= 1
    page.get_by_role("button", name="And back").click()  # and the next one is
    wait_for_run(page, view, page.locator(view).get_attribute("data-run"))
    expect(page.locator(".gb-diffusion-forward.back")).to_have_count(1)


def test_a_way_back_whose_pictures_are_decoded_after_another_came_is_not_shown(same_page):
    page = same_page(QUERY + "&steps=4&t=999", anew=True)
    at(page, 999)
    page.evaluate(SLOWLY)
    page.get_by_role("button", name="And back").click()
    wait_for_run(page, ".gb-diffusion-forward-levels", None)
    other_noise(page, 3)
    page.evaluate("gbDecode()")
    page.wait_for_timeout(500)
    no_way_back(page)
    assert np.abs(shown(page) - expected(1, 999, 3)).max() <= 1


def test_a_way_back_that_is_faster_than_its_picture_waits_for_it(same_page, monkeypatch):
    page = same_page(QUERY + "&steps=4&t=999", anew=True)
    at(page, 999)
    go_on, noised = threading.Event(), scene.process.noised

    def late(*args):
        go_on.wait(60)
        return noised(*args)

    monkeypatch.setattr(scene.process, "noised", late)
    page.get_by_label("Seed of ε").fill("3")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="And back").click()
    wait_for_run(page, ".gb-diffusion-forward-levels", None)
    no_way_back(page)
    go_on.set()
    expect(page.locator(".gb-diffusion-forward.back")).to_have_count(1)
    assert page.get_by_label(SLIDER).get_attribute("max") == "1998"


def test_the_noise_is_one_for_all_t(same_page):
    """(x_t - signal_rate x_0) / noise_rate is the same noise wherever nothing is cut."""
    page = same_page(QUERY)
    at(page, 400)
    found = []
    for t in (500, 900):
        page.get_by_label(SLIDER).fill(str(t))
        at(page, t)
        now = forward.cosine().at(t)
        shades = torch.from_numpy(shown(page)).float()
        x0 = faces.to_x0(torch.from_numpy(shown(page, "x0")).float() / 255)
        noise = (shades / 127.5 - 1 - now["signal_rate"] * x0) / now["noise_rate"]
        found.append(noise.where((shades > 0) & (shades < 255), torch.nan))
    both = ~(found[0].isnan() | found[1].isnan())
    assert both.sum() > 500
    torch.testing.assert_close(found[0][both], found[1][both], atol=0.02, rtol=0)


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844)
    at(page, 400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
