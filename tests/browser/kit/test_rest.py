"""A page at rest asks for no frame: nothing wakes the phones of those who listen."""

import pytest

TABS = {
    "convolution": "filter",
    "colorizer": "photo",
    "diffusion": "generate",
    "vae": "plane",
    "captioning": "words",
}
FRAMES = """() => new Promise((done) => {
    const frame = window.requestAnimationFrame, asked = [];
    window.requestAnimationFrame = (call) => { asked.push(String(call)); return frame(call); };
    setTimeout(() => { window.requestAnimationFrame = frame; done(asked); }, 1000);
})"""
"""What is called in the frames of a second."""

COUNTED = """() => {
    let seconds = 0;
    const count = () => { seconds = (performance.now() - 0) / 1e3; };
    const sign = document.createElement("div");
    sign.dataset.testid = "status-tracker";
    const asked = () => {
        const id = requestAnimationFrame(count);
        cancelAnimationFrame(id);
        return id > 0;
    };
    const gone = asked();
    document.body.append(sign);
    const seen = asked();
    sign.className = "wrap hide";
    const hidden = asked();
    sign.remove();
    return { gone, seen, hidden };
}"""
"""Whether seconds are counted, as Gradio does it, without and with its sign on the page."""


@pytest.mark.parametrize("tab", TABS)
def test_a_page_comes_to_rest_and_asks_for_no_frame(same_page, tab):
    page = same_page(f"?tab={tab}&scene={TABS[tab]}")
    for _ in range(15):  # as it opens, Gradio has something to move for some seconds
        if not (asked := page.evaluate(FRAMES)):
            break
    assert asked == []


def test_seconds_are_counted_while_a_sign_is_seen_that_something_is_awaited(same_page):
    page = same_page("?tab=convolution&scene=filter")
    assert page.evaluate(COUNTED) == {"gone": False, "seen": True, "hidden": False}
