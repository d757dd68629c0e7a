"""The layer through its endpoint: the slides' own numbers, and torch's."""

import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from torch.nn import functional as F

from demos.convolution.layer import INFO
from demos.kit.photo import EXAMPLES
from models.convolution import slides
from tests.models.convolution import answers

PRESETS = {preset.slug: preset.values for preset in INFO.presets}


def run(client: Client, preset: str, **changes) -> tuple[dict[str, dict], dict]:
    """The stages by name, and the facts, of a preset as the page would ask for them."""
    values = {**PRESETS[preset], **changes}
    values["photo"] = handle_file(EXAMPLES[values.get("photo", "astronaut")])

    pipeline, facts, _ = client.predict(**values, api_name="/layer")
    return {stage["name"]: stage for stage in pipeline["stages"]}, facts


def numbers(stage: dict, index: int = 0) -> torch.Tensor:
    return torch.tensor(stage["maps"][index]["values"])


def test_slides_5_relu(client: Client):
    stages, facts = run(client, "relu")
    assert numbers(stages["input"]).tolist() == [list(row) for row in slides.RELU_INPUT]
    assert numbers(stages["activation"]).tolist() == [list(row) for row in answers.RELU_OUTPUT]
    assert (stages["feature map"]["minimum"], stages["activation"]["minimum"]) == (-20, 0)
    assert facts["activation"]["formula"] == "f(x) = max(0, x)"
    assert "pooled" not in stages


@pytest.mark.parametrize(
    ("preset", "function"),
    [
        ("leaky-relu", lambda x: F.leaky_relu(x, answers.LEAKY_SLOPE)),
        ("elu", F.elu),
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("maxout", lambda x: torch.maximum(x, -0.5 * x)),
    ],
)
def test_slides_5_others(client: Client, preset: str, function):
    stages, _ = run(client, preset)
    expected = function(torch.tensor(slides.RELU_INPUT, dtype=torch.float32))
    assert torch.allclose(numbers(stages["activation"]), expected, atol=1e-5)
    assert ("second feature map" in stages) == (preset == "maxout")


@pytest.mark.parametrize(
    ("preset", "function"),
    [("max-pooling", F.max_pool2d), ("average-pooling", F.avg_pool2d)],
)
def test_slides_6(client: Client, preset: str, function):
    stages, _ = run(client, preset)
    expected = function(torch.tensor(slides.INPUT_8, dtype=torch.float32)[None], 2, 2)[0]
    assert torch.equal(numbers(stages["pooled"]), expected)
    assert stages["pooled"]["shape"] == [1, 4, 4]


def test_slides_6_same_object(client: Client):
    stages, _ = run(client, "same-object")
    assert stages["activation"]["shape"] == [1, 64, 64]
    assert stages["pooled"]["shape"] == [1, 32, 32]
    assert stages["pooled"]["maps"][0]["image"].startswith("data:image/webp;base64,")


def test_slides_7(client: Client):
    stages, facts = run(client, "four-filters")
    assert stages["input"]["shape"] == list(slides.LAYER_INPUT)
    assert stages["feature map"]["shape"] == list(answers.LAYER_OUTPUT)
    assert len(stages["feature map"]["maps"]) == slides.LAYER_FILTERS
    counts = facts["counts"]
    assert (counts["terms"], counts["inputs"]) == (answers.LAYER_TERMS, answers.DENSE_INPUTS)
    assert counts["convolution_formula"] == "5×5×3×4 + 4 = 304"
    assert counts["terms_formula"] == "5×5×3 = 75 terms + 1 bias"
    assert counts["dense"] == 3072 * 4 * 28 * 28 + 4 * 28 * 28


def test_stages_are_torchs(client: Client):
    stages, _ = run(client, "numbers", stride=2, padding="2", activation="tanh", pooling="average")
    image = torch.tensor(slides.INPUT_8, dtype=torch.float32)[None, None]
    kernel = torch.tensor(answers.KERNEL_8, dtype=torch.float32)[None, None]
    expected = F.conv2d(image, kernel, stride=2, padding=2)
    assert torch.equal(numbers(stages["padded"]), F.pad(image, (2, 2, 2, 2))[0, 0])
    assert torch.allclose(numbers(stages["feature map"]), expected[0, 0], atol=1e-5)
    pooled = F.avg_pool2d(torch.tanh(expected), 2, 2)
    assert torch.allclose(numbers(stages["pooled"]), pooled[0, 0], atol=1e-5)
    assert stages["feature map"]["window"] == {
        "size": [3, 3], "stride": 2, "dilation": 1, "offset": [0, 0],
    }  # fmt: skip
    assert stages["padded"]["window"]["offset"] == [2, 2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"matrix": [[1, "x"]]}, "column 2 of the input holds 'x'"),
        ({"matrix": [[1]]}, "pooling window does not fit"),
        ({"pool_size": 0}, "Pooling size is 0"),
        ({"filters": 99}, "Filters is 99"),
        ({"matrix": [[0] * 13]}, "at most 12×12"),
        ({"source": "radio"}, "Source 'radio' is not known"),
        ({"stride": 0}, "Stride is 0"),
    ],
)
def test_what_cannot_be_is_said(client: Client, changes: dict, words: str):
    with pytest.raises(AppError, match=words):
        run(client, "numbers", **changes)


def test_grids_are_resized(client: Client):
    assert client.predict([[1, 2], [3, 4]], 3, api_name="/resize_matrix") == [
        [1, 2, 0], [3, 4, 0], [0, 0, 0],
    ]  # fmt: skip
    first, second = client.predict(
        {"weights": [[5]]}, {"weights": [[6]]}, 3, api_name="/resize_layer_kernels"
    )
    assert first["weights"] == [[0, 0, 0], [0, 5, 0], [0, 0, 0]]
    assert second["weights"][1][1] == 6
