"""A kernel is learned in a real browser: what is drawn is what its weights make of the picture."""

import re

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import expect
from torch.nn import functional as F

from demos.convolution import learn as scene
from demos.kit.photo import EXAMPLES
from models.convolution.display import diverging
from models.core import images
from tests.browser.views import SLOW, pixels, wait_for_run
from tests.demos.convolution.test_learn import numbers

QUERY = "?tab=convolution&scene=learn"
VIEW = ".gb-convolution-learn"


def shown(page, panel):
    return pixels(page, f"{VIEW} .{panel} canvas").astype(int)


def outputs(value, step):
    """What the panels of a step are to show, by torch."""
    seen, unknown = numbers(value), torch.tensor(value["unknown"])
    answer = F.conv2d(seen, unknown[None, None])
    made = F.conv2d(seen, torch.tensor(value["frames"][step][2:]).reshape(1, 1, 3, 3))
    limit = answer.abs().max().item()
    pictures = {"answer": answer, "prediction": made, "difference": made - answer}
    return {
        name: images.to_array(diverging(one, limit)).astype(int) for name, one in pictures.items()
    }


def test_each_photo_that_is_brought_along_is_learned_from(same_page, tmp_path):
    page = same_page(QUERY)
    expect(page.locator(VIEW)).to_have_attribute("data-step", "200", timeout=SLOW)
    page.evaluate(
        "window.draws = 0; document.addEventListener('click', ({ target }) => "
        "{ if (target.closest('.gb-draw')) window.draws += 1; }, true);"
    )
    page.get_by_text("More: photo, momentum, seed").locator("visible=true").click()
    for count in (1, 2):
        path = tmp_path / f"mine-{count}.png"
        Image.effect_noise((64, 64), 40 * count).save(path)
        photo = page.locator(".gb-scene:visible .gb-control-photo")
        photo.get_by_label("Remove Image").click()
        photo.locator("input[type=file]").set_input_files(path)
        page.wait_for_function(f"window.draws === {count}", timeout=SLOW)


def test_each_step_shows_what_its_weights_make_and_the_player_steps(same_page):
    page = same_page(QUERY)
    view = page.locator(VIEW)
    expect(view).to_have_attribute("data-step", "200", timeout=SLOW)
    *_, value = scene.learn(EXAMPLES["astronaut"])
    for step in (200, 199, 0):
        if step == 199:
            page.keyboard.press("ArrowLeft")
        if step == 0:
            page.get_by_role("button", name="First step").locator("visible=true").click()
        expect(view).to_have_attribute("data-step", str(step))
        for panel, expected in outputs(value, step).items():
            assert abs(shown(page, panel) - expected).max() <= 8, (step, panel)  # one level
        cells = view.locator(".gb-learn-grid b").all_inner_texts()
        held = [float(cell.replace("−", "-")) for cell in cells]
        assert np.abs(np.array(held) - value["frames"][step][2:]).max() <= 0.0051
        assert f"step {step}:" in view.locator(".gb-learn-now").inner_text()
    expect(view.locator(".gb-learn-said")).to_be_empty()  # how it ended is told at the end
    assert len(view.locator(".gb-learn-grid small").all_inner_texts()) == 9

    page.get_by_role("button", name="Play", exact=True).locator("visible=true").click()
    expect(view).to_have_attribute("data-step", "200", timeout=SLOW)  # 8 seconds
    expect(view.locator(".gb-learn-said")).to_contain_text("every weight lies within 0.0001")

    before = view.get_attribute("data-run")
    page.locator('.gb-chip[data-slug="diverges"]').click()
    wait_for_run(page, VIEW, before)
    said = view.locator(".gb-learn-said")
    expect(said).to_contain_text(re.compile(r"Stopped after step \d+"), timeout=SLOW)
    step = int(view.get_attribute("data-step"))
    assert f"after step {step}:" in said.inner_text()
    assert (shown(page, "difference") != outputs(value, 200)["difference"]).mean() > 0.8

    before = view.get_attribute("data-run")
    page.locator('.gb-chip[data-slug="seven"]').click()
    wait_for_run(page, VIEW, before)
    expect(view.locator(".gb-learn-grid span")).to_have_count(49)
    page.keyboard.press(" ")  # pauses
    at = view.get_attribute("data-step")
    page.wait_for_timeout(300)
    assert view.get_attribute("data-step") == at
    assert "preset=seven" in page.url
