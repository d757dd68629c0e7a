"""Encoding in a real browser: drawing, the mean dragged, deviations by hand, links and phones."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.views import rested

QUERY = "?tab=vae&scene=encode"
VIEW = ".gb-vae-encode[data-z]"
SIGMAS = ".gb-models [role=cell]:nth-child(2)"
PIXELS = "(canvas) => canvas.toDataURL()"


@pytest.fixture
def open_scene(same_page):
    """Open the scene with a query, once its image is decoded and its plane is there."""

    def open_(query: str = "", plane: bool = True, **options) -> Page:
        page = same_page(QUERY + query, **options)
        page.wait_for_selector(".gb-vae-encode[data-shown]")
        if plane:
            page.wait_for_selector(".gb-vae-encode .gb-plane-map")
        return page

    return open_


def z(page: Page) -> list[float]:
    return [float(value) for value in page.locator(VIEW).get_attribute("data-z").split()]


def changed(page: Page, before: list[float]) -> list[float]:
    """The latent point once it is another."""
    text = page.locator(VIEW).get_attribute("data-z")
    if z(page) == before:
        page.wait_for_function(
            f"(text) => document.querySelector('{VIEW}').dataset.z !== text", arg=text
        )
    return z(page)


def nothing(page: Page) -> None:
    """The scene says that there is no digit, and shows no number and no picture of another one."""
    expect(page.locator(".gb-flow .gb-missing")).to_have_text(re.compile("The pad is empty"))
    expect(page.locator(VIEW)).to_have_count(0)
    for gone in (
        ".gb-flow .x img",
        "canvas.gb-digit",
        ".gb-loss-sum",
        ".gb-models",
        ".gb-hand-rows",
    ):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".gb-middle .gb-plane-map")).to_be_visible()
    expect(page.locator(".gb-toast, .toast-body")).to_have_count(0)


def draw(page: Page) -> None:
    """A seven on the pad, by mouse."""
    box = page.locator(".gb-scene:visible .gb-pad canvas").bounding_box()
    at = [(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]
    (x, y), *others = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in at]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(x, y, steps=8)
    page.mouse.up()


def test_what_is_magnified_and_summed_belongs_to_the_model_in_view(open_scene):
    page = open_scene("&preset=no-kl")  # a plane six times as large
    close_up, total = page.locator(".gb-lens + .gb-shape"), page.locator(".gb-loss-sum")
    expect(close_up).to_contain_text("one point")
    for preset in ("tenth", "digit", "loss"):
        page.locator(f'.gb-chip[data-slug="{preset}"]').click()
        page.wait_for_selector(f'.gb-chip[data-slug="{preset}"][aria-pressed="true"]')
        expect(close_up).to_contain_text("magnified")
        widest = max(map(float, re.findall(r"[\d.]+", close_up.inner_text().split("·")[0])))
        page.wait_for_function(f"document.querySelector('{VIEW}').dataset.shown")
        extent = page.evaluate("document.querySelector('.gb-vae-encode').dataset.extent")
        said = float(re.search(r"magnified ([\d.]+)", close_up.inner_text())[1])
        lens, plane = (
            page.locator(f"{VIEW} {one}").last.evaluate("(node) => node.clientWidth")
            for one in (".gb-lens", ".gb-middle .gb-plane-map")
        )
        sizes = lens / (2.2 * 3 * widest), plane / (2 * float(extent))  # pixels a unit
        assert said == pytest.approx(sizes[0] / sizes[1], rel=0.08)
        reconstruction, *weight, kl, result = map(
            float, re.findall(r"\d+(?:\.\d+)?", total.inner_text())
        )
        beta = weight[0] if weight else 1
        assert beta == {"tenth": 0.1, "digit": 1, "loss": 4}[preset]
        assert result == pytest.approx(reconstruction + beta * kl, abs=0.051)
        # The bar shows what the sum says, KL with its weight
        widths = [bar.bounding_box()["width"] for bar in page.locator(".gb-cost-bar span").all()]
        share = beta * kl / (reconstruction + beta * kl)
        assert widths[1] / sum(widths) == pytest.approx(share, abs=0.01)
        # Deviations that stand together have equally many decimals
        sigmas = [close_up.inner_text(), *page.locator(SIGMAS).all_inner_texts()]
        for text in sigmas:
            decimals = {len(one) for one in re.findall(r"\d+\.(\d+)", text.split("·")[0])}
            assert len(decimals) <= 1, text


def test_a_palm_beside_the_pen_draws_nothing(open_scene):
    page = open_scene()
    page.get_by_label("Draw", exact=True).check(force=True)
    nothing(page)
    page.locator(".gb-scene:visible .gb-pad canvas").evaluate(
        """(canvas) => {
            const box = canvas.getBoundingClientRect();
            canvas.setPointerCapture = () => {};
            const send = (kind, pointerId, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
                pointerId, clientX: box.left + x * box.width, clientY: box.top + y * box.height,
                bubbles: true,
            }));
            send("pointerdown", 7, 0.5, 0.2);
            send("pointermove", 7, 0.5, 0.4);
            send("pointerdown", 8, 0.9, 0.9);
            send("pointermove", 8, 0.8, 0.9);
            send("pointermove", 7, 0.5, 0.6);
            send("pointerup", 8, 0.8, 0.9);
            send("pointermove", 7, 0.5, 0.8);
            send("pointerup", 7, 0.5, 0.8);
            send("pointerdown", 9, 0.1, 0.1);
            send("pointerup", 9, 0.1, 0.1);
        }"""
    )
    drawn = [[140, 56, 140, 112, 140, 168, 140, 224], [28, 28]]
    text = json.dumps(drawn, separators=(",", ":"))
    page.wait_for_function("(text) => decodeURIComponent(location.search).includes(text)", arg=text)


def test_z_is_seen_where_it_lies_on_the_mean(open_scene):
    page = open_scene(anew=True)  # a Gaussian so narrow that z lies within the marker
    page.wait_for_function(f"document.querySelector('{VIEW}').dataset.shown")
    x, y = z(page)
    extent = float(page.locator(VIEW).get_attribute("data-extent"))
    mean = [float(page.get_by_label(f"μ{i}").input_value()) for i in "₁₂"]
    assert max(abs(x - mean[0]), abs(y - mean[1])) < extent / 50
    found = page.locator(".gb-middle .gb-plane-map canvas").last.evaluate(
        """(canvas, [x, y]) => [...canvas.getContext("2d")
            .getImageData(Math.round(x * canvas.width), Math.round(y * canvas.width), 1, 1)
            .data]""",
        [(x + extent) / (2 * extent), (extent - y) / (2 * extent)],
    )
    assert found == [255, 255, 255, 255]


def test_the_classes_stand_in_one_row_or_column(open_scene):
    page = open_scene()
    spans = page.locator(".gb-middle .gb-classes span")
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        rested(page, "() => document.querySelector('.gb-middle .gb-classes').offsetWidth", 400)
        lefts, tops = (
            spans.evaluate_all(f"(all) => all.map((one) => Math.round(one.{side}))")
            for side in ("offsetLeft", "offsetTop")
        )
        assert len(lefts) == 10
        assert len(set(lefts)) == 1 or len(set(tops)) == 1


def test_a_drawn_digit_is_encoded_and_linked(open_scene):
    page = open_scene()
    before = z(page)
    page.get_by_label("Draw", exact=True).check(force=True)
    nothing(page)
    draw(page)
    drawn = changed(page, before)
    expect(page.locator(".gb-flow figure").first).to_contain_text("yours")
    page.wait_for_timeout(800)  # what was drawn during the stroke has been followed by its end
    drawn = z(page)
    expect(page).to_have_url(re.compile("strokes="))

    page.goto(page.url)
    page.wait_for_selector(".gb-vae-encode[data-shown]")
    page.wait_for_function(
        f"(text) => document.querySelector('{VIEW}')?.dataset.z === text",
        arg=" ".join(map(repr, drawn)),
    )
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".gb-scene:visible .gb-pad")).to_have_class(re.compile("empty"))
    nothing(page)


def test_a_finger_draws_on_a_phone(open_scene):
    page = open_scene("&source=drawing", width=390, height=844, has_touch=True, is_mobile=True)
    nothing(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    pad = page.locator(".gb-scene:visible .gb-pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    pad.tap(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(page.locator(".gb-flow .gb-missing")).to_be_hidden()
    assert len(z(page)) == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_mean_is_dragged_and_the_noise_held(open_scene):
    page = open_scene()
    before = z(page)
    noise = [page.get_by_label(f"ε{i}").input_value() for i in "₁₂"]
    image = page.locator("canvas.gb-digit").evaluate(PIXELS)
    box = page.locator(".gb-middle .gb-plane-map").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"], steps=6)
    page.mouse.up()
    after = changed(page, before)
    expect(page.get_by_role("button", name="Back to the encoder's")).to_be_enabled()
    page.wait_for_function(f"document.querySelector('{VIEW}').dataset.shown.includes('mean')")
    page.wait_for_timeout(400)
    after = z(page)
    assert after == pytest.approx([2, 2], abs=0.4)
    assert [page.get_by_label(f"ε{i}").input_value() for i in "₁₂"] == noise
    assert page.locator("canvas.gb-digit").evaluate(PIXELS) != image
    page.get_by_role("button", name="Back to the encoder's").click()
    changed(page, after)
    assert z(page) == before


def test_a_deviation_by_hand_is_in_the_link(open_scene):
    page = open_scene()
    before = z(page)
    page.get_by_label("σ₁").fill("0.9")
    after = changed(page, before)
    assert abs(after[0] - before[0]) > 0.5
    assert after[1] == pytest.approx(before[1], abs=1e-5)
    expect(page).to_have_url(re.compile("hand=.*deviation"))
    page.goto(page.url)
    page.wait_for_function(
        f"(text) => document.querySelector('{VIEW}')?.dataset.z === text",
        arg=" ".join(map(repr, after)),
    )


def test_a_hand_is_for_one_digit_only(open_scene):
    page = open_scene("&preset=by-hand")
    page.wait_for_function(f"document.querySelector('{VIEW}').dataset.shown.includes('0.5')")
    page.get_by_label("σ₁").fill("0.5")
    expect(page).to_have_url(re.compile("hand="))
    page.get_by_role("radio", name="7", exact=True).check(force=True)
    page.wait_for_function(f"document.querySelector('{VIEW}').dataset.shown === '{{}}'")
    expect(page).not_to_have_url(re.compile("deviation"))


def test_resampling_draws_another_noise(open_scene):
    page = open_scene()
    expect(page.locator(VIEW)).to_have_attribute("data-shown", "{}")  # nothing by hand any more
    rested(page, f"() => document.querySelector('{VIEW}')?.dataset.z", 500)  # nor another digit
    before, mean = z(page), page.get_by_label("μ₁").input_value()
    page.get_by_role("button", name="Resample ε").click()
    changed(page, before)
    assert page.get_by_label("μ₁").input_value() == mean
    expect(page).to_have_url(re.compile("seed=1"))


def test_sixteen_dimensions_as_bars(open_scene):
    page = open_scene("&preset=collapse", plane=False)
    expect(page.locator(".gb-wide-kl .gb-kl > span")).to_have_count(16)
    expect(page.locator(".gb-wide-kl .collapsed")).to_have_count(3)
    expect(page.get_by_text("3 of 16 have collapsed")).to_be_visible()
    expect(page.get_by_label("μ₁")).to_have_count(0)


def test_bars_are_as_high_as_their_numbers(open_scene):
    page = open_scene()
    found = page.locator(".gb-models .gb-kl span:not(.collapsed)").evaluate_all(
        """(bars) => bars.map((bar) => [parseFloat(bar.title.split(": ")[1]),
          bar.querySelector("i").getBoundingClientRect().height])"""
    )
    most, highest = max(found)
    assert len(found) == 2 + 2 + 2 + 13
    for nats, height in found:
        assert height == pytest.approx(max(2, highest * nats / most), abs=0.6)


def test_the_autoencoder_has_no_kl_term(open_scene):
    page = open_scene("&preset=no-kl")
    expect(page.locator(".gb-loss-sum")).to_contain_text("no KL term")
    expect(page.locator(".gb-lens ellipse")).to_have_count(0)


@pytest.mark.parametrize("preset", ["digit", "by-hand", "collapse", "draw"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut_off(open_scene, preset, width):
    page = open_scene(f"&preset={preset}", plane=preset != "collapse", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".gb-scene")].filter((scene) => scene.offsetParent)
          .flatMap((scene) => [...scene.querySelectorAll(".gb-view *, button, input")])
          .filter((node) => node.offsetParent && !node.closest(".gb-chips"))
          .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
          .map((node) => node.outerHTML.slice(0, 100))"""
    )
    assert outside == []


def test_a_nonsense_hand_is_named_and_left_out(open_scene):
    page = open_scene(f"&hand={json.dumps({'mean': 'far'})}", anew=True)
    expect(page.get_by_text("is no list of up to 16 numbers")).to_be_visible()
