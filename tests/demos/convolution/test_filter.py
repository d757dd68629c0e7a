import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from torch.nn import functional as F

from demos.convolution import filter as scene
from demos.convolution.filter.presets import START
from demos.convolution.kernel_grid import kernel_value
from demos.kit.photo import EXAMPLES
from models.convolution import opencv
from models.convolution.display import diverging
from models.convolution.presets import preset
from models.core import images
from tests.pictures import pixels

IDENTITY = {"weights": [[0, 0, 0], [0, 1, 0], [0, 0, 0]]}


def test_identity_changes_nothing(client: Client):
    picture, status = client.predict(
        handle_file(EXAMPLES["cat"]),
        IDENTITY,
        channels="per channel",
        negatives="clipped",
        api_name="/convolve",
    )
    assert picture["before"] == picture["after"]
    assert picture["shape"] == [3, 300, 451]
    assert " ms" in status


def test_a_gradient_is_the_length_of_what_kernel_and_transpose_find(client: Client):
    sobel = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    picture, _ = client.predict(
        handle_file(EXAMPLES["cat"]),
        {"weights": sobel},
        channels="luminance",
        gradient=True,
        api_name="/convolve",
    )
    grey = images.luminance(images.to_tensor(images.open_image(EXAMPLES["cat"])))
    weights = torch.tensor(sobel, dtype=torch.float32)
    both = F.conv2d(grey, torch.stack([weights, weights.T])[:, None], padding=1)
    length = both.square().sum(1).sqrt()
    assert picture["shape"] == [1, *length.shape[1:]]
    assert picture["maximum"] == pytest.approx(float(length.max()), abs=1e-4)
    assert picture["minimum"] == pytest.approx(float(length.min()), abs=1e-4)
    labels = [one["label"] for one in picture["pictures"]]
    assert labels == ["before", "Gₓ", "Gᵧ", "|G|"]
    assert len({one["src"] for one in picture["pictures"]}) == 4


@pytest.mark.parametrize("negatives", ["clipped", "magnitude", "diverging"])
def test_the_caption_says_what_the_colours_mean(client: Client, negatives):
    sobel = {"weights": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]}
    asked = {"channels": "luminance", "negatives": negatives, "gradient": True}
    picture, _ = client.predict(handle_file(EXAMPLES["cat"]), sobel, **asked, api_name="/convolve")
    limit = max(abs(picture["minimum"]), abs(picture["maximum"]))
    means = {"clipped": "(black is 0, white 1)", "magnitude": "(black is 0, white 1 or −1)"}
    means["diverging"] = "(white is 0)"
    assert picture["caption"].endswith(means[negatives])
    if negatives == "diverging":  # of all three pictures: |G| is the largest, and never below 0
        grey = images.luminance(images.to_tensor(images.open_image(EXAMPLES["cat"])))
        weights = torch.tensor(sobel["weights"], dtype=torch.float32)
        down = F.conv2d(grey, weights.T[None, None], padding=1)
        near, own = (pixels(images.to_data_uri(diverging(down, most))) for most in (limit, None))
        shown = pixels(picture["pictures"][2]["src"]).astype(int)
        assert np.abs(shown - near).mean() < 0.1 < 1 < np.abs(shown - own).mean()


def test_a_smallest_value_that_rounds_to_0_has_no_sign():
    """Values as they are told; what is below 0 keeps its own minus."""
    for bias, told in ((-0.004, "0.00"), (-2, "−2.00")):
        caption = scene.convolve(EXAMPLES["cat"], {"weights": [[0]], "bias": bias})["caption"]
        assert f"values from {told} to {told} (" in caption


def test_stride_zero_is_refused_in_words(client: Client):
    with pytest.raises(AppError, match="Stride is 0"):
        client.predict(stride=0, api_name="/convolve")


SLIDES_3 = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "edges-1-diagonal": [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
    "edges-2-four-neighbours": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "edges-3-eight-neighbours": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "box-blur": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "vertical-edges": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
}


@pytest.mark.parametrize("slug", SLIDES_3)
def test_slides_3_on_a_photo(client: Client, slug: str):
    kernel = client.predict("convolution/filter", slug, api_name="/preset")["kernel"]
    assert kernel["weights"] == SLIDES_3[slug]
    assert kernel["factor"] == (1 / 9 if slug == "box-blur" else 1)
    picture, _ = client.predict(
        handle_file(EXAMPLES["cat"]), kernel, channels="per channel", api_name="/convolve"
    )
    photo = images.to_tensor(images.open_image(EXAMPLES["cat"]))
    weights = torch.tensor(SLIDES_3[slug], dtype=torch.float32) * kernel["factor"]
    expected = F.conv2d(photo, weights.expand(3, 1, 3, 3), padding=1, groups=3)
    assert picture["shape"] == list(expected.shape[1:])
    assert picture["minimum"] == pytest.approx(float(expected.min()), abs=1e-5)
    assert picture["maximum"] == pytest.approx(float(expected.max()), abs=1e-5)


def test_the_kernels_text_is_the_kernel_from_the_start(demo):
    """So the box can be left without a change."""
    (text,) = (
        block.value
        for block in demo.blocks.values()
        if getattr(block, "label", None) == "Kernel as JSON"
    )
    assert scene.kernel_from_json(text) == kernel_value(preset(START))


def test_a_kernel_of_nine_rows_can_be_drawn_and_resized(client: Client):
    large = client.predict(IDENTITY, 9, api_name="/resize_kernel")
    assert [len(row) for row in large["weights"]] == [9] * 9
    drawn, _ = client.predict(large, 5, api_name="/random_kernel")
    assert [len(row) for row in drawn["weights"]] == [9] * 9


def test_a_random_kernel_follows_its_seed(client: Client):
    first = client.predict(IDENTITY, 5, api_name="/random_kernel")
    assert first == client.predict(IDENTITY, 5, api_name="/random_kernel")
    assert first[1] == 6
    for seed in (None, -1, 2**40):
        with pytest.raises(AppError, match="The seed is"):
            client.predict(IDENTITY, seed, api_name="/random_kernel")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"repeats": 10**9}, "Repeats is 1000000000"),
        ({"kernel": {"weights": [["nan"]]}}, "is NaN"),
        ({"kernel": {"weights": [[1, 2], [3, 4]]}}, "odd size"),
        ({"kernel": {"weights": [[1] * 11] * 11}, "dilation": 3, "padding": "0"}, "too wide"),
    ],
)
def test_what_cannot_be_is_refused_in_words(client: Client, tmp_path, arguments, words):
    small = tmp_path / "small.png"
    images.to_pil(torch.rand(1, 3, 9, 9)).save(small)
    with pytest.raises(AppError, match=words):
        client.predict(photo=handle_file(str(small)), api_name="/convolve", **arguments)


def test_the_preset_of_one_pixel_is_its_sum(client: Client):
    kept = client.predict("convolution/filter", "one-pixel", api_name="/preset")
    asked = {"kernel": kept["kernel"], "channels": kept["channels"], "pixel": kept["pixel"]}
    found = client.predict(**asked, api_name="/pixel_sum")
    assert found["names"] == ["luminance"]
    (only,) = found["sums"]
    products = [
        weight * value
        for weights, values in zip(only["weights"], only["values"][0], strict=True)
        for weight, value in zip(weights, values, strict=True)
    ]
    assert sum(products) == pytest.approx(only["totals"][0])
    assert only["totals"][0] > 3  # of an edge as strong as any of the photo: Sobel's most is 4
    picture, _ = client.predict(**asked, api_name="/convolve")
    assert picture["sum"] == found
    grey = images.luminance(images.to_tensor(images.open_image(EXAMPLES["astronaut"])))
    result = F.conv2d(
        grey, torch.tensor([[kept["kernel"]["weights"]]], dtype=torch.float32), padding=1
    )
    assert result[0, 0, found["row"], found["column"]].item() == pytest.approx(
        only["totals"][0], abs=1e-4
    )


def test_a_gradients_pixel_has_two_sums_and_a_length(client: Client):
    found = client.predict(
        kernel={"weights": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]},
        channels="per channel",
        gradient=True,
        pixel=[0.3, 0.6],
        api_name="/pixel_sum",
    )
    across, down = (one["totals"] for one in found["sums"])
    assert found["names"] == ["R", "G", "B"]
    for x, y, length in zip(across, down, found["magnitudes"], strict=True):
        assert length == pytest.approx((x * x + y * y) ** 0.5)


@pytest.mark.parametrize("pixel", [[0.5], [2, 0], ["a", "b"], "xy", {"x": 1}])
def test_a_pixel_that_is_none_is_refused(client: Client, pixel):
    with pytest.raises(AppError, match="pixel"):
        client.predict(pixel=pixel, api_name="/pixel_sum")


@pytest.mark.parametrize("pixel", [None, []])
def test_without_a_pixel_there_is_no_sum(client: Client, pixel):
    assert client.predict(pixel=pixel, api_name="/pixel_sum") == {}


def test_warming_up_loads_what_an_edit_waits_for(monkeypatch):
    asked, filtered = [], opencv.filtered
    monkeypatch.setattr(opencv, "filtered", lambda *rest: asked.append(rest) or filtered(*rest))
    scene.warm_up()
    assert len(asked) == 1
