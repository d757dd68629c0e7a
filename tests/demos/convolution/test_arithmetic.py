import json

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from demos.convolution.arithmetic import INFO
from demos.convolution.arithmetic.presets import EYE, counting
from demos.kit.photo import EXAMPLES
from models.convolution import slides
from tests.models.convolution import answers


def rows(values):
    return [list(row) for row in values]


def steps(client: Client, grid=slides.INPUT_5, kernel=slides.KERNEL_5, **settings) -> dict:
    values, _ = client.predict(
        rows(grid), {"weights": rows(kernel)}, **settings, api_name="/convolution_steps"
    )
    return values


def test_slide_1_gives_the_decks_output_cell_by_cell(client: Client):
    result = steps(client)
    assert result["output"] == rows(answers.OUTPUT_5)
    assert [cell["total"] for cell in result["cells"]] == [4, 3, 4, 2, 4, 3, 2, 3, 4]
    assert [cell["corner"] for cell in result["cells"]][:4] == [[0, 0], [0, 1], [0, 2], [1, 0]]


def test_slide_2_writes_the_first_sum_out(client: Client):
    first = steps(client, slides.INPUT_8, answers.KERNEL_8)["cells"][0]
    assert first["ascii"] == answers.FIRST_SUM_8
    assert first["text"] == answers.FIRST_SUM_8.replace("x", "×").replace("-", "−")
    assert first["products"] == [-2, 0, 6, -8, 0, 8, -3, 0, 4]


def test_slide_4_substitutes_the_numbers_for_both_axes(client: Client):
    result = steps(client, counting(7, 7), stride=3, padding="1")
    assert len(result["output"]) == len(result["output"][0]) == answers.SIZE_CASE_OUTPUT
    end = " = ⌊(7 − 3 + 2×1) / 3⌋ + 1 = ⌊6 / 3⌋ + 1 = ⌊2⌋ + 1 = 2 + 1 = 3"
    assert result["columns"]["text"] == "O = ⌊(W − K + 2P) / S⌋ + 1" + end
    assert result["rows"]["text"] == "O = ⌊(H − K + 2P) / S⌋ + 1" + end
    assert result["notes"] == []


def test_slide_4_five_padded_by_one_is_seven_and_same_keeps_five(client: Client):
    padded = steps(client, padding="1")
    same = steps(client, padding="same")
    assert len(padded["padded"]) == len(padded["padded"][0]) == answers.PADDED_5
    assert padded["padded"] == same["padded"]
    assert len(same["output"]) == len(same["output"][0]) == 5


def test_slide_4_what_the_floor_drops_is_marked_and_said(client: Client):
    result = steps(client, counting(6, 8), stride=3)
    assert result["rows"]["dropped"] == []
    assert result["columns"]["dropped"] == [6, 7]
    assert result["notes"] == [
        "The floor makes 1 of 1.67: the last 2 columns (hatched) are never reached."
    ]


def test_dilation_spreads_what_a_window_covers(client: Client):
    result = steps(client, counting(7, 7), dilation=2)
    assert result["span"] == [5, 5]
    assert result["taps"][:4] == [[0, 0], [0, 2], [0, 4], [2, 0]]


@pytest.mark.parametrize(
    ("mode", "border"), [("zeros", 0), ("reflect", 1), ("replicate", 1), ("circular", 0)]
)
def test_the_border_holds_the_values_of_its_mode(client: Client, mode: str, border: float):
    assert steps(client, padding="1", padding_mode=mode)["padded"][0][0] == border


def test_true_convolution_with_an_impulse_copies_the_kernel(client: Client):
    values = next(preset for preset in INFO.presets if preset.slug == "flip").values
    kernel = values["kernel"]["weights"]
    result = steps(client, values["grid"], kernel, padding="same", operation=values["operation"])
    assert [row[1:4] for row in result["output"][1:4]] == kernel


@pytest.mark.parametrize("preset", INFO.presets, ids=lambda preset: preset.slug)
def test_every_preset_is_a_small_payload(client: Client, preset):
    names = {"mode": "padding_mode", "all": "all_at_once"}
    values = {"grid": rows(slides.INPUT_5), "kernel": rows(slides.KERNEL_5), **preset.values}
    result, _ = client.predict(
        **{names.get(name, name): value for name, value in values.items()},
        api_name="/convolution_steps",
    )
    assert len(json.dumps(result)) < 100_000


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"stride": 0}, "Stride is 0"),
        ({"grid": [[1, "two"], [3, 4]]}, "holds 'two', which is not a number"),
        ({"grid": [[1, "nan"], [3, 4]]}, "NaN"),
        ({"grid": [[1, 2], [3, 4]]}, "1 too wide, 1 too high"),
        ({"padding": "much"}, "Padding 'much' is not known"),
        ({"operation": "magic"}, "Operation 'magic' is not known"),
    ],
)
def test_bad_input_is_refused_in_words(client: Client, settings: dict, said: str):
    with pytest.raises(AppError, match=said):
        steps(client, **settings)


def test_the_presets_pixels_are_the_photos(client: Client):
    patch, shaded = client.predict(
        handle_file(EXAMPLES["cat"]), 35, 33, 12, api_name="/photo_patch"
    )
    assert patch == rows(EYE)
    assert shaded is True


def test_input_and_kernel_change_their_size(client: Client):
    assert client.predict([[1, 2], [3, 4]], 3, 1, api_name="/resize_input") == [[1], [3], [0]]
    grown = client.predict([[5]], 3, api_name="/resize_small_kernel")
    assert grown["weights"] == [[0, 0, 0], [0, 5, 0], [0, 0, 0]]
