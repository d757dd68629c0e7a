"""The LSTM's gates through the endpoint: those of the models, and the sentence without a memory."""

import base64

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.captioning import inside as scene
from demos.captioning import photos
from demos.kit import openings
from models.captioning import shipped
from models.captioning.caption import greedy
from models.captioning.gates import ticks

PHOTO = photos.CaptionPhoto.examples["astronaut"]


def words(run):
    return [step["word"] or "<end>" for step in run["steps"]]


@pytest.mark.parametrize(("wipe", "part"), [(0, "both"), (3, "both"), (4, "cell"), (2, "hidden")])
def test_strips_are_of_the_models_gates(client: Client, wipe, part):
    value, _ = client.predict(handle_file(PHOTO), wipe, part, api_name="/inside")
    annotations = photos.seen(PHOTO).annotations
    decoder = shipped.captioner().network.writer("lstm")
    expected = [list(ticks(decoder, annotations))]
    if wipe:
        expected.append(list(ticks(decoder, annotations, wipe, part)))
    assert len(value["runs"]) == len(expected)
    assert words(value["runs"][0]) == [word.word for word in greedy(decoder, annotations)]
    for run, steps in zip(value["runs"], expected, strict=True):
        assert words(run) == [tick.word for tick in steps]
        for t, tick in enumerate(steps):
            of = {name: means[t] for name, means in run["means"].items()}
            assert of["forget"] == pytest.approx(tick.forget.mean().item(), abs=1e-3)
            assert of["input"] == pytest.approx(tick.input.mean().item(), abs=1e-3)
            assert of["output"] == pytest.approx(tick.output.mean().item(), abs=1e-3)
            assert of["candidate"] == pytest.approx(tick.candidate.abs().mean().item(), abs=1e-3)
            assert of["cell"] == pytest.approx(tick.cell.norm().item(), abs=1e-2)
            assert of["hidden"] == pytest.approx(tick.hidden.norm().item(), abs=1e-2)
        for name, low, of in (
            ("forget", 0, lambda tick: tick.forget),
            ("candidate", -1, lambda tick: tick.candidate),
            ("cell", -1, lambda tick: tick.cell.tanh()),
        ):
            shades = np.frombuffer(base64.b64decode(run["units"][name]), np.uint8)
            units = torch.from_numpy(shades.reshape(len(steps), 256).astype(np.float32)) / 255
            exact = torch.stack([of(tick) for tick in steps])
            torch.testing.assert_close(units * (1 - low) + low, exact, atol=0.006, rtol=0)
    if wipe:
        assert value["runs"][1]["wiped"] == wipe
        read = value["runs"][1]["steps"][wipe]["read"]
        assert read == words(value["runs"][0])[wipe - 1]


def test_a_word_that_is_never_read_wipes_nothing(client: Client):
    value, _ = client.predict(handle_file(PHOTO), 21, "both", api_name="/inside")
    assert len(value["runs"]) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((-1,), "state becomes zero is -1"),
        ((22,), "state becomes zero is 22"),
        ((1.5,), r"state becomes zero is 1\.5"),
        ((1, "gates"), "The part of the state 'gates'"),
    ],
)
def test_what_cannot_be_wiped_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(PHOTO), *wrong, api_name="/inside")


def test_the_page_opens_with_what_its_controls_say_and_the_walk_is_true_of_it():
    shown = openings.read(scene.OPENING)
    now = scene.opening()
    assert [words(run) for run in shown["runs"]] == [words(run) for run in now["runs"]]
    assert shown["runs"][1]["means"]["forget"] == pytest.approx(
        now["runs"][1]["means"]["forget"], abs=0.01
    )
    whole, wiped = shown["runs"]
    assert wiped["wiped"] == scene.WIPE == 5  # the fifth word
    assert words(whole) != words(wiped)
    assert wiped["means"]["cell"][5] < whole["means"]["cell"][5] / 2


def test_the_walk_is_true_of_the_cell_and_of_the_hidden_state_alone():
    photo = photos.CaptionPhoto.examples[photos.FIRST]
    said = {}
    for part in ("both", "cell", "hidden"):
        whole, wiped = scene.inside(photo, scene.WIPE, part)["runs"]
        said[part] = words(wiped)[scene.WIPE :]
    on = words(whole)[scene.WIPE :]
    assert said["both"][:3] == said["cell"][:3] == ["and", "white", "dog"]
    assert "dog" not in on
    assert on[0] == "jacket"
    assert said["hidden"][0] == "black" == words(whole)[scene.WIPE - 1]  # it stumbles,
    at = said["hidden"].index("jacket")
    assert said["hidden"][at:] == on  # and says the rest to the end
    steps = {step.preset: step.text for step in scene.INFO.walk}
    assert "“and white dog”" in steps["cell"]
    assert "“black”" in steps["hidden"]
    assert "“jacket”" in steps["hidden"]
