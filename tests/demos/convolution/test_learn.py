"""Learning a kernel through its endpoint: the run is PyTorch's, and each end is told as it was."""

import base64
import io
import itertools
import re

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from torch.nn import functional as F

from demos.convolution import learn as scene
from demos.kit import openings
from demos.kit.photo import EXAMPLES
from models.convolution.presets import PRESETS, preset

CAT = EXAMPLES["cat"]


def run(*arguments, **settings) -> dict:
    *_, last = scene.learn(*arguments, **settings)
    return last


def numbers(value: dict) -> torch.Tensor:
    """What the kernels met, from what the page was sent."""
    content = base64.b64decode(value["input"].split(",")[1])
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(np.float32)
    assert (picture == picture[..., :1]).all()
    return (torch.tensor(picture[None, None, ..., 0]) - value["mean"]) / value["deviation"]


def test_what_is_sent_is_what_sgd_does_on_the_picture_that_is_sent(client: Client):
    last, _ = client.predict(
        handle_file(CAT), "Sharpen", 3, 0.1, "photo", 50, 0.9, 4, api_name="/learn"
    )
    assert (last["first"], last["done"], last["stopped"], last["hopeless"]) == (0, 1, 0, 0)
    seen = numbers(last)
    answer = F.conv2d(seen, preset("Sharpen").tensor()[None, None])
    weights = torch.tensor(last["frames"][0][2:]).reshape(1, 1, 3, 3).requires_grad_()
    optimizer = torch.optim.SGD([weights], 0.1, 0.9)
    assert len(last["frames"]) == 51
    for loss, far, *sent in last["frames"]:
        expected = F.mse_loss(F.conv2d(seen, weights), answer)
        assert loss == pytest.approx(expected.item(), rel=1e-2)
        assert sent == pytest.approx(weights.detach().flatten().tolist(), abs=1e-3)
        off = (weights.detach()[0, 0] - preset("Sharpen").tensor()).abs().max()
        assert far == pytest.approx(off.item(), abs=1e-3)
        optimizer.zero_grad()
        expected.backward()
        optimizer.step()


def test_values_on_the_way_hold_what_is_new(monkeypatch):
    monkeypatch.setattr(scene, "PAUSE", 0.0)
    *way, last = scene.learn(CAT, steps=12)
    assert [value["first"] for value in way] == list(range(13))
    assert [value["frames"][0] for value in way] == last["frames"]
    assert len({value["run"] for value in (*way, last)}) == 1


def test_the_defaults_find_the_kernel_and_say_how_near():
    last = run(CAT)
    assert last["frames"][-1][1] < 0.01
    assert last["frames"][-1][2:] == pytest.approx([-1, 0, 1, -2, 0, 2, -1, 0, 1], abs=0.01)
    within = float(
        re.search(r"After 200 steps every weight lies within ([\d.]+) of", last["said"])[1]
    )
    assert within / 10 <= last["frames"][-1][1] <= within


@pytest.mark.parametrize("slug", [one.slug for one in scene.INFO.presets])
def test_every_preset_ends_as_its_name_says(slug):
    values = next(one.values for one in scene.INFO.presets if one.slug == slug)
    last = run(EXAMPLES["astronaut"], **values)
    first, end = last["frames"][0], last["frames"][-1]
    if slug == "diverges":
        step = len(last["frames"]) - 1
        assert last["hopeless"]
        assert f"Stopped after step {step}:" in last["said"]
        assert end[0] > 1e6 * first[0]
        assert values["rate"] > last["largest_rate"]
        assert f"above {last['largest_rate']:.3f}" in last["said"]
    else:
        assert values.get("rate", 0.1) < last["largest_rate"]
        assert end[0] < 0.02 * first[0]
    if slug in ("photo", "noise", "five", "seven", "too-large"):
        assert end[1] < 0.02
    if slug == "too-small":
        assert "The unknown kernel is 5×5, this one 3×3." in last["said"]
        assert end[1] > 0.01


def test_a_stopped_run_says_where():
    answers = itertools.chain([True] * 5, itertools.repeat(False))
    last = run(CAT, wanted=lambda: next(answers))
    assert (last["done"], last["stopped"]) == (True, True)
    assert last["said"] == "Stopped after 4 of 200 steps."
    assert len(last["frames"]) == 5
    last = run(CAT, wanted=lambda: False)
    assert last["said"] == "Stopped before its first step."
    assert last["frames"] == []


def test_the_page_opens_with_the_run_of_its_defaults():
    shown, now = openings.read(scene.OPENING), scene.opening()
    frames, again = (torch.tensor(value.pop("frames")) for value in (shown, now))
    assert shown.pop("input") == now.pop("input")
    torch.testing.assert_close(frames[:, 2:], again[:, 2:], rtol=0, atol=1e-3)
    assert shown.pop("largest_rate") == pytest.approx(now.pop("largest_rate"), rel=1e-4)
    assert shown == now


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"target": "Kirsch"}, "Kernel 'Kirsch'"),
        ({"size": 4}, "Kernel size 4"),
        ({"rate": 0}, "learning rate is 0"),
        ({"rate": "x"}, "learning rate is x"),
        ({"source": "music"}, "Input 'music'"),
        ({"steps": 10_000}, "number of steps is 10000"),
        ({"momentum": 1}, "Momentum is 1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(CAT), **wrong, api_name="/learn")


def test_a_photo_of_one_grey_is_refused_and_noise_needs_none(client: Client, tmp_path):
    Image.new("RGB", (5, 5), "grey").save(tmp_path / "grey.png")
    with pytest.raises(AppError, match="of one grey all over"):
        client.predict(handle_file(tmp_path / "grey.png"), api_name="/learn")
    last, _ = client.predict(None, source="noise", steps=1, api_name="/learn")
    assert len(last["frames"]) == 2


def test_every_kernel_of_the_tab_can_be_the_unknown_one():
    for name in PRESETS:
        last = run(None, name, 7, 0.1, "noise", 1)
        assert last["unknown"] == preset(name).tensor().tolist()
