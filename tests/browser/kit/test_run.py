"""Runs of a network, as all scenes have them: a picture that fails, and what draws by itself."""

import pytest
from PIL import Image

from models.core import images

FILM = """async ([good, bad]) => {
    const asked = [];
    const value = (run, first, src) =>
        ({ run, first, frames: [{ first }], film: { x: src }, done: first === 2 });
    const film = glassbox.runFilm(async ({ run, steps }) => {
        asked.push([run, ...steps]);
        return { values: steps.map((step) => value(run, step, good)) };
    });
    const take = (...about) => film.take(value(...about)).catch(() => "failed");
    const taken = [take("a", 0, good), take("a", 1, bad), take("a", 2, good)];
    const first = [...(await Promise.all(taken)), film.frames().length];
    const second = [await take("b", 0, good), await take("b", 1, good), await take("b", 2, good)];
    return { first, second, asked };
}"""
"""Two runs of three steps, of which the first one's middle picture is none."""

SCENE = """([press, after]) => new Promise((done) => {
    const { el, links } = glassbox, pressed = [];
    const button = (name) =>
        el("button", { class: `gb-${name}`, onclick: () => pressed.push(name) });
    const root = el("div", { class: "gb-view running" });
    const head = el("div", { "data-scene": "kit/drawn" });
    const scene = el("div", { class: "gb-scene" }, head, root, button("draw"), button("halt"));
    document.body.append(scene);
    links.register({ key: "kit/drawn", defaults: { seed: 1 }, presets: {} });
    glassbox.drawnWhenSet(root);
    setTimeout(() => links.hold("kit/drawn", [2]), 50);
    setTimeout(() => press && scene.querySelector(press).click(), 50 + after);
    setTimeout(() => { scene.remove(); done(pressed); }, 1500);
})"""
"""A scene with a run under way; its seed is changed, and a button pressed a while after that."""


TWICE = """() => new Promise((done) => {
    const { el, links } = glassbox, pressed = [];
    const root = el("div", { class: "gb-view running", "data-run": "a" });
    const press = (name) => pressed.push(`${name} ${root.dataset.run}`);
    const button = (name) => el("button", { class: `gb-${name}`, onclick: () => press(name) });
    const head = el("div", { "data-scene": "kit/twice" });
    const scene = el("div", { class: "gb-scene" }, head, root, button("draw"), button("halt"));
    document.body.append(scene);
    links.register({ key: "kit/twice", defaults: { seed: 1 }, presets: {} });
    glassbox.drawnWhenSet(root);
    setTimeout(() => links.hold("kit/twice", [2]), 50);
    setTimeout(() => links.hold("kit/twice", [3]), 1000);
    setTimeout(() => { root.dataset.run = "b"; }, 1900);
    setTimeout(() => links.hold("kit/twice", [4]), 2000);
    setTimeout(() => { scene.remove(); done(pressed); }, 3200);
})"""
"""A seed changed twice while run a is under way, and once while run b is."""


def test_a_run_is_stopped_once_however_often_a_control_is_changed(same_page):
    page = same_page("?tab=convolution&scene=filter")
    assert page.evaluate(TWICE) == ["halt a", "draw a", "draw a", "halt b", "draw b"]


TYPED = """([pause, enter]) => new Promise((done) => {
    const { el, links } = glassbox, pressed = [];
    const root = el("div", { class: "gb-view" }), text = el("textarea", {});
    const draw = el("button", { class: "gb-draw", onclick: () => pressed.push(text.value) });
    const head = el("div", { "data-scene": "kit/typed" });
    const scene = el("div", { class: "gb-scene" }, head, root, text, draw);
    document.body.append(scene);
    links.register({ key: "kit/typed", defaults: { text: "" }, presets: {} });
    glassbox.drawnWhenSet(root);
    text.focus();
    const type = (value) => {
        text.value = value;
        links.hold("kit/typed", [value]);
    };
    setTimeout(() => type("a wo"), 50);
    setTimeout(() => type("a woman"), 50 + pause);
    const key = new KeyboardEvent("keydown", { key: "Enter", bubbles: true });
    setTimeout(() => enter && text.dispatchEvent(key), 150 + pause);
    setTimeout(() => { scene.remove(); done(pressed); }, 50 + pause + 3500);
})"""
"""A sentence typed with a pause in a word, in milliseconds; what was drawn of it by itself."""


def test_who_types_may_pause_in_a_word(same_page):
    page = same_page("?tab=convolution&scene=filter")
    assert page.evaluate(TYPED, [1500, False]) == ["a woman"]


def test_who_ends_with_enter_has_drawn_it(same_page):
    page = same_page("?tab=convolution&scene=filter")
    assert page.evaluate(TYPED, [100, True]) == []


def test_a_picture_that_fails_is_missing_and_takes_no_run_along(same_page):
    page = same_page("?tab=convolution&scene=filter")
    good = images.to_data_uri(Image.new("RGB", (4, 4)), lossless=True)
    found = page.evaluate(FILM, [good, "data:image/png;base64,AAAA"])
    assert found["first"] == [True, "failed", False, 3]
    assert found["second"] == [True, False, False]
    assert found["asked"] == [["a", 1]]  # the missing step was asked for at the end


@pytest.mark.parametrize(
    ("press", "pressed"),
    [("", ["halt", "draw"]), (".gb-draw", ["draw"]), (".gb-halt", ["halt"])],
)
def test_who_presses_draw_or_stop_is_not_drawn_for_once_more(same_page, press, pressed):
    page = same_page("?tab=convolution&scene=filter")
    assert page.evaluate(SCENE, [press, 100]) == pressed
