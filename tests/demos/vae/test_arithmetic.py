"""Sums of codes and principal directions through their endpoints."""

import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import directions
from demos.vae.arithmetic import presets as arithmetic_presets
from models.vae.directions import directions as principal
from models.vae.ends import find


def test_a_minus_b_plus_c(client: Client):
    model, (a, b, c) = "digits_16d", arithmetic_presets.ENDS["digits"]
    result, scale, _ = client.predict(model, a, b, c, 1.0, api_name="/latent_arithmetic")
    first, second, third = (find(model, place).latent for place in (a, b, c))
    torch.testing.assert_close(
        torch.tensor([result["z"]]), first - second + third, rtol=0, atol=1e-5
    )
    assert scale["strengths"] == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
    assert result["image"] == scale["images"][4]
    assert result["pixels"] == scale["pixels"][4]
    assert scale["pixels"][0] == result["c"]["src"]


@pytest.mark.parametrize("preset", arithmetic_presets.PRESETS, ids=lambda preset: preset.slug)
def test_slides_23_every_preset_changes_c(client: Client, preset):
    result, scale, _ = client.predict(**preset.values, api_name="/latent_arithmetic")
    assert result["image"] not in (scale["images"][0], result["pixels"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("digits_2d", "3", "8", "1", 3), "strength is 3, but must be a number from 0 to 2"),
        (("digits_2d", "3", "8", "1", "x"), "strength is x"),
        (("digits_2d", "3", "8", "bart_simpson", 1), "no place among the digits"),
        (("faces", "bart_simpson", "lisa", "moe_szyslak", 1), "Character 'lisa'"),
        (("digits_2d", [99.0, 0.0], "8", "1", 1), "up to ±20"),
    ],
)
def test_bad_terms_are_refused_in_words(client: Client, arguments, words):
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name="/latent_arithmetic")


@pytest.mark.parametrize(("model", "start"), [("digits_16d", "3:1"), ("faces", "bart_simpson:2")])
def test_directions_move_the_start(client: Client, model, start):
    amounts = [1.5, 0, 0, -1, 0, 0]
    view, _ = client.predict(model, start, amounts, api_name="/directions")
    along = principal(model)
    expected = find(model, start).latent
    expected = expected + (torch.tensor(amounts) * along.deviations) @ along.vectors
    torch.testing.assert_close(torch.tensor([view["z"]]), expected, rtol=0, atol=1e-4)
    assert [len(row) for row in view["rows"]] == [7] * 6
    live = directions.moved_for_page({"model": model, "start": start, "amounts": amounts})
    assert live["image"] == view["image"]


def test_a_plane_has_two_directions(client: Client):
    view, _ = client.predict("digits_2d", "3:1", [1, -1, 0, 0, 0, 0], api_name="/directions")
    assert len(view["rows"]) == 2
    with pytest.raises(AppError, match="There are 2 directions"):
        client.predict("digits_2d", "3:1", [1, -1, 1, 0, 0, 0], api_name="/directions")


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ([4], "from −3 to 3"),
        (["a"], "numbers only"),
        ("abc", "must be a list"),
        (7, "must be a list"),
    ],
)
def test_bad_amounts_are_refused_in_words(client: Client, amounts, words):
    with pytest.raises(AppError, match=words):
        client.predict("digits_16d", "3:1", amounts, api_name="/directions")
    asked = {"model": "digits_16d", "start": "3:1", "amounts": amounts}
    assert words in directions.moved_for_page(asked)["error"]
