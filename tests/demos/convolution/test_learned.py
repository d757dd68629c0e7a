"""What filters learn, through its endpoints: the network's own maps, fields and classes."""

import base64
import copy
import io
import math

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.convolution import learned as scene
from demos.convolution import openings as drawn
from demos.kit import openings
from demos.kit.photo import EXAMPLES
from models.backbone import shipped
from models.backbone.network import Backbone
from models.backbone.receptive_field import heeded, receptive_field
from models.backbone.see import LAYERS, see, show
from models.core import checkpoint, images
from models.core.errors import InputError

COFFEE = EXAMPLES["coffee"]


@pytest.fixture(scope="module")
def network():
    return shipped.backbone().network


@pytest.fixture(scope="module")
def picture() -> torch.Tensor:
    return show(images.to_tensor(images.open_image(COFFEE, 640))).picture


def opened(uri: str) -> np.ndarray:
    content = base64.b64decode(uri.split(",", 1)[1])
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(float) / 255


def tile(value: dict, at: int) -> np.ndarray:
    """The tile of the unit at a place of the list, H W 3."""
    high, wide, across = value["high"], value["wide"], value["across"]
    top, left = at // across * high, at % across * wide
    return opened(value["sheet"])[top : top + high, left : left + wide]


@pytest.mark.parametrize("layer", range(len(LAYERS)))
def test_maps_are_the_networks_the_strongest_first(client: Client, network, picture, layer):
    value, _ = client.predict(handle_file(COFFEE), LAYERS[layer], api_name="/learned")
    maps = network.features(picture)[layer][0].detach()
    units = [one["unit"] for one in value["units"]]
    assert sorted(units) == list(range(1, len(maps) + 1))
    peaks = maps.amax((1, 2))
    assert [one["most"] for one in value["units"]] == pytest.approx(
        peaks.sort(descending=True).values.tolist(), abs=1e-3
    )
    for at in (0, 1, len(units) // 2):
        held = maps[units[at] - 1]
        assert peaks[units[at] - 1].item() == pytest.approx(value["units"][at]["most"], abs=1e-3)
        expected = (held / held.max()).numpy()[..., None]
        assert abs(tile(value, at) - expected).max() < 0.01
    assert value["said"] == "The network sees the photo at 128 × 80 pixels, 7 % wider than it is."


def test_filters_are_the_first_layers_weights(client: Client, network):
    value, _ = client.predict(handle_file(COFFEE), api_name="/learned")
    assert (value["wide"], value["high"], len(value["units"])) == (7, 7, 32)
    for at, one in enumerate(value["units"]):
        weights = network.stem.weight[one["unit"] - 1].permute(1, 2, 0).numpy()
        back = (tile(value, at) - 0.5) * 2 * abs(weights).max()
        assert abs(back - weights).max() < 0.01 * abs(weights).max()


def test_what_each_part_gave_adds_up_to_what_the_class_has(client: Client, network, picture):
    value, _ = client.predict(handle_file(COFFEE), "classes", api_name="/learned")
    logits = network(picture)[0].detach()
    names = network.config.classes
    assert [one["name"] for one in value["classes"]] == [names[i] for i in logits.topk(5).indices]
    assert value["classes"][0]["name"] == "espresso"
    for rank, one in enumerate(value["classes"], 1):
        number = names.index(one["name"])
        assert one["logit"] == pytest.approx(logits[number].item(), abs=1e-3)
        assert one["probability"] == pytest.approx(logits.softmax(0)[number].item(), abs=1e-3)
        over, _ = client.predict(
            handle_file(COFFEE), "classes", rank=rank, api_name="/learned_over"
        )
        together = np.array(over["grid"]).sum()
        assert together + network.head.bias[number].item() == pytest.approx(one["logit"], abs=1e-3)
        assert f"“{one['name']}”: together {together:.2f}".replace("-", "−") in over["caption"]
        assert f"its logit, {one['logit']:.2f}.".replace("-", "−") in over["caption"]


def given(network: Backbone, told: dict) -> float:
    """What the parts gave to a class together: its logit without its bias."""
    return told["logit"] - network.head.bias[network.config.classes.index(told["name"])].item()


def biased(network: Backbone, name: str, bias: float) -> Backbone:
    """The network with another bias for one class."""
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.head.bias[network.config.classes.index(name)] = bias
    return other


def test_rounded_parts_and_logit_are_said_to_be_near_where_they_do_not_add_up(monkeypatch, network):
    first = scene.learned(COFFEE, "classes")["classes"][0]
    together = given(network, first)
    left = together - round(together, 2)  # what rounding takes from it
    for sign, rest in {"": -left, " ≈": math.copysign(0.0049, left)}.items():
        other = biased(network, first["name"], 0.05 + rest)
        monkeypatch.setattr(shipped, "backbone", lambda other=other: shipped.Shipped(other, None))
        found = scene.learned(COFFEE, "classes")["classes"][0]
        assert found["name"] == first["name"]
        said = (
            f"together {together:.2f}, with the class’s bias of 0.05{sign} "
            f"its logit, {found['logit']:.2f}."
        )
        assert scene.learned_over(COFFEE, "classes", rank=1)["caption"].endswith(said)
        adds_up = round(100 * together) + 5 == round(100 * found["logit"])
        assert adds_up == (sign == "")


def test_a_logit_that_rounds_to_0_has_no_sign(monkeypatch, network):
    fifth = scene.learned(EXAMPLES["cat"], "classes")["classes"][4]
    together = given(network, fifth)
    said = round(together, 2)
    below = min(0.003, (0.005 - (together - said)) / 2)  # so that the bias is rounded to as much
    near_0 = biased(network, fifth["name"], -together - below)
    monkeypatch.setattr(shipped, "backbone", lambda: shipped.Shipped(near_0, None))
    found = scene.learned(EXAMPLES["cat"], "classes")["classes"][4]
    assert found["name"] == fifth["name"]
    assert -0.005 < found["logit"] < 0
    last = scene.learned_over(EXAMPLES["cat"], "classes", rank=5)["caption"]
    sum_of_both = f"together {said:.2f}, with the class’s bias of {-said:.2f} its logit, 0.00."
    assert last.endswith(sum_of_both.replace("-", "−"))


def test_a_units_answers_and_field_lie_where_they_are(client: Client, network, picture):
    over, _ = client.predict(
        handle_file(COFFEE), "stage 2", 60, "answers", "", api_name="/learned_over"
    )
    held = network.features(picture)[2][0, 59].detach()
    assert np.array(over["grid"]) == pytest.approx(held.numpy(), abs=6e-4)
    row, column = divmod(held.argmax().item(), held.shape[1])
    assert over["chosen"] == {"row": row, "column": column}
    part = receptive_field(network, 2, row, column).inside(80, 128)
    (mark,) = over["marks"]
    assert [mark[key] for key in ("x", "y", "width", "height")] == pytest.approx(
        [part.left / 128, part.top / 80, part.width / 128, part.height / 80]
    )
    assert over["caption"] == (
        f"Unit 60 of stage 2, where it answers most: {held.max().item():.2f}. It can see "
        "51 × 51 pixels, of the picture’s 128 × 80."
    )


def test_the_gradient_is_the_networks_at_the_place_that_was_pointed_at(network, picture):
    over = scene.learned_over(COFFEE, "stage 2", 60, "gradient", "0.4,0.5")
    row, column = int(0.5 * 20), int(0.4 * 32)
    found = heeded(network, picture, 2, 59, row, column)
    assert np.array(over["grid"]) == pytest.approx((found / found.max()).numpy(), abs=6e-4)
    assert "at this place" in over["caption"]
    maps = see(network, picture).maps[1]
    unit, row, column = (maps == 0).nonzero()[0].tolist()
    place = f"{(column + 0.5) / maps.shape[2]},{(row + 0.5) / maps.shape[1]}"
    silent = scene.learned_over(COFFEE, "stage 1", unit + 1, "gradient", place)
    assert np.array(silent["grid"]).max() == 0
    assert "Its answer is 0: no pixel matters to it here." in silent["caption"]


def test_a_large_gradient_is_sent_in_fewer_cells():
    over = scene.learned_over(COFFEE, "stage 4", 0, "gradient", side=160)
    rows, columns = over["cells"]
    assert rows * columns <= 16_000
    assert np.array(over["grid"]).max() == 1
    assert "It can see 219 × 219 pixels, of the picture’s 240 × 160." in over["caption"]


def test_at_the_border_a_unit_sees_less_of_the_photo():
    corner, middle = (
        scene.learned_over(COFFEE, "stage 4", 1, "answers", place)["caption"]
        for place in ("0,0", "0.5,0.5")
    )
    assert "219 × 219 pixels, more than the picture’s 128 × 80, here 110 × 80 of them." in corner
    assert "219 × 219 pixels, more than the picture’s 128 × 80." in middle


def test_a_unit_that_a_layer_has_not_is_told():
    over = scene.learned_over(COFFEE, "first layer", 300)
    assert over["caption"].startswith("There is no unit 300 here: this is the one that answers")
    assert over["unit"] == scene.learned_over(COFFEE, "first layer", 0)["unit"]


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (640, 16)])
def test_photos_of_any_shape_are_seen_and_told_how(tmp_path, size):
    Image.effect_noise(size, 80).convert("RGB").save(tmp_path / "odd.png")
    path = str(tmp_path / "odd.png")
    value = scene.learned(path, "stage 1")
    over = scene.learned_over(path, "stage 1")
    assert value["wide"] * 2 == (320 if size == (640, 16) else 80)
    assert ("the middle of the photo" in value["said"]) == (size != (1, 1))
    assert len(over["grid"][0]) == value["wide"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"look": "stage 9"}, "Look 'stage 9'"),
        ({"unit": -1}, "unit is -1"),
        ({"unit": 2.5}, "unit is 2.5"),
        ({"over": "hair"}, "What lies over the photo 'hair'"),
        ({"place": "here"}, "place 'here' is none"),
        ({"place": "2,0"}, "place '2,0' is none"),
        ({"place": "nan,nan"}, "place 'nan,nan' is none"),
        ({"rank": 6}, "rank is 6"),
        ({"side": 72}, "Side 72"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(client: Client, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(handle_file(COFFEE), **wrong, api_name="/learned_over")


def test_the_tab_opens_with_what_its_network_makes(tmp_path, capsys):
    names = drawn.main(["backbone", "--folder", str(tmp_path)])
    assert names is None
    assert len(capsys.readouterr().out.splitlines()) == 2
    shown, now = (openings.read(scene.OPENING, folder) for folder in (openings.FOLDER, tmp_path))
    here = scene.learned(COFFEE)
    assert shown["units"]["units"] == here["units"]
    assert abs(opened(shown["units"]["sheet"]) - opened(here["sheet"])).max() < 0.01
    grids = [np.array(value["over"].pop("grid")) for value in (shown, now)]
    assert grids[0] == pytest.approx(grids[1], abs=2e-3)
    assert shown["over"]["caption"] == now["over"]["caption"]
    with pytest.raises(SystemExit):
        drawn.main(["vae"])
    with pytest.raises(SystemExit):
        drawn.main(["--weights", str(tmp_path), "--folder", str(tmp_path)])
    openings.read.cache_clear()


def test_a_missing_weight_file_is_named(monkeypatch, tmp_path):
    shipped.backbone.cache_clear()
    monkeypatch.setattr(shipped, "FILE", tmp_path / "backbone.safetensors")
    with pytest.raises(InputError, match=r"backbone\.safetensors"):
        scene.learned(COFFEE)
    monkeypatch.undo()
    shipped.backbone.cache_clear()
    described = checkpoint.describe(shipped.FILE)
    assert len(described["config"]["classes"]) == 202  # as the scene's lead says
    assert "202 kinds" in scene.INFO.lead
