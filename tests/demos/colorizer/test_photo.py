"""The photo scene: its endpoints are the model, and no input breaks them."""

import io
import json
import zipfile
from pathlib import Path
from unittest.mock import Mock

import gradio as gr
import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.colorizer import photo as scene
from demos.colorizer import shown
from demos.colorizer.photo import files as photo_files
from demos.colorizer.photo.presets import COFFEE
from demos.colorizer.photo.view import ColourHints
from demos.colorizer.shown import SHELF, Shelf
from demos.kit import links
from demos.kit.photo import EXAMPLES
from models.colorizer import hints as known
from models.colorizer import lab
from models.colorizer.colorize import ask, colorize, colorize_pixels
from models.colorizer.shipped import colorizer
from models.core.errors import InputError
from models.core.images import open_image, to_data_uri, to_tensor
from tests.pictures import pixels

CONTROL = ColourHints([], label="Hints")
RED = {"x": 0.25, "y": 0.75, "colour": "#c02018"}


def opened(uri: str) -> np.ndarray:
    """The pixels of a data URI, to be subtracted."""
    return pixels(uri).astype(int)


def test_the_page_paints_as_the_model_does(client: Client):
    found, _ = client.predict(handle_file(EXAMPLES["coffee"]), COFFEE, 1.3, api_name="/photo")
    image = to_tensor(open_image(EXAMPLES["coffee"], 640))
    expected = colorize(colorizer(), image, known.from_data(COFFEE), 1.3)
    assert found["painted"] == to_data_uri(expected.image)
    assert found["grey"] == to_data_uri(expected.grey)
    assert np.abs(opened(found["truth"]) - opened(to_data_uri(image))).max() == 0
    assert found["key"] == "example-coffee"
    assert "8 hints; mean error" in found["caption"]
    assert found["ab_error"] < 0.5 * found["ab_error_of_grey"]


def test_hints_come_nearer_to_the_truth_and_the_page_says_so():
    errors = [scene.photo(EXAMPLES["coffee"], some)["ab_error"] for some in ([], COFFEE)]
    assert errors[1] < 0.7 * errors[0]


def test_what_the_page_asks_for_is_what_the_endpoint_returns():
    whole = scene.photo(EXAMPLES["cat"], [RED], 0.5)
    part = scene.repaint({"key": "example-cat", "hints": [RED], "saturation": 0.5})
    assert part == {name: whole[name] for name in part}
    assert set(whole) - set(part) == {"grey", "truth"}


def test_the_guide_looks_once_at_a_photo_whatever_hints_follow(monkeypatch):
    looked, features = [], colorizer().guide.features
    monkeypatch.setattr(scene, "SHELF", Shelf())  # to which the photo is new
    monkeypatch.setattr(
        colorizer().guide, "features", lambda grey: looked.append(grey.shape) or features(grey)
    )
    first, _, again = (scene.photo(EXAMPLES["cat"], some) for some in ([], [RED], []))
    assert len(looked) == 1
    assert first == again


def test_a_file_without_colours_has_no_truth():
    found = scene.photo(EXAMPLES["camera"], [])
    assert found["truth"] == ""
    assert found["ab_error"] is None
    assert "no truth to compare with" in found["caption"]


@pytest.mark.parametrize("size", [(500, 333), (300, 168), (640, 398), (333, 500)])
def test_a_photo_of_any_shape_has_its_error(tmp_path, size):
    path = tmp_path / "mine.png"
    Image.effect_mandelbrot(size, (-2, -1, 1, 1), 40).convert("RGB").save(path)
    picture = Image.open(path)
    Image.merge("RGB", (picture.getchannel(0), *[Image.new("L", size, 90)] * 2)).save(path)
    found = scene.photo(str(path), [])
    assert (found["width"], found["height"]) == size
    assert found["ab_error"] > 0


def test_a_little_colour_is_colour(tmp_path):
    picture = Image.open(EXAMPLES["camera"]).convert("RGB").resize((400, 400))
    path = tmp_path / "coat.png"
    picture.save(path)
    assert scene.photo(str(path), [])["truth"] == ""
    picture.paste((200, 20, 20), (100, 100, 130, 140))  # 0.75 % of its pixels
    picture.save(path)
    assert scene.photo(str(path), [])["truth"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"key": "example-cat", "hints": [{**RED, "x": 1.5}], "saturation": 1}, "hint's x is 1.5"),
        ({"key": "example-cat", "hints": [], "saturation": float("nan")}, "saturation is nan"),
        ({"key": "example-cat", "hints": [RED] * 1000, "saturation": 1}, "1000 hints; at most 64"),
        ({"key": "example-cat"}, "must be some of"),
        (None, "must be some of"),
    ],
)
def test_nonsense_from_the_page_is_answered_in_a_sentence(asked, words):
    assert words in scene.repaint(asked)["error"]


@pytest.mark.parametrize("key", ["", "0" * 24, "example-none", "../../etc", None, 7, ["x"]])
def test_a_photo_that_is_not_at_hand_is_asked_for_again(key):
    assert scene.repaint({"key": key, "hints": [], "saturation": 1}) == {"forgotten": True}


def test_the_shelf_holds_the_newest_and_examples_always(tmp_path):
    shelf, keys = Shelf(most=2), []
    for level in (10, 20, 30):
        Image.new("RGB", (8, 8), (level, 0, 0)).save(tmp_path / f"{level}.png")
        keys.append(shelf.take(str(tmp_path / f"{level}.png")).key)
    assert shelf.find(keys[0]) is None
    assert shelf.find(keys[2]).key == keys[2]
    assert shelf.find("example-rocket").key == "example-rocket"
    copy = tmp_path / Path(EXAMPLES["rocket"]).name  # as Gradio hands it on
    copy.write_bytes(Path(EXAMPLES["rocket"]).read_bytes())
    assert shelf.take(str(copy)).key == "example-rocket"
    Image.new("RGB", (8, 8)).save(copy)  # of that name, but another
    assert shelf.take(str(copy)).key != "example-rocket"


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> Image.Image:
    """A picture of some kind, with several levels in it."""
    ramp = np.linspace(0, 255, size[0] * size[1]).reshape(size[1], size[0])
    if mode == "I;16":
        return Image.fromarray((ramp * 257).astype(np.uint16))
    return Image.fromarray(ramp.astype(np.uint8), "L").convert(mode)


def animation(path: Path) -> None:
    frames = [picture("RGB"), Image.new("RGB", (40, 30), "red")]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)


KINDS = {
    "1-bit.png": lambda path: picture("1").save(path),
    "alpha.png": lambda path: picture("RGBA").save(path),
    "grey-alpha.png": lambda path: picture("LA").save(path),
    "palette.gif": lambda path: picture("P").save(path),
    "cmyk.jpg": lambda path: picture("CMYK").save(path),
    "16-bit.png": lambda path: picture("I;16").save(path),
    "one.png": lambda path: picture("RGB", (1, 1)).save(path),
    "narrow.png": lambda path: picture("RGB", (1, 5000)).save(path),
    "wide.png": lambda path: picture("RGB", (5000, 1)).save(path),
    "animated.gif": animation,
    "animated.webp": animation,
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_picture_is_painted_small_and_at_full_size(tmp_path, name):
    KINDS[name](tmp_path / name)
    path = str(tmp_path / name)
    found = scene.photo(path, [RED], 2.0)
    assert opened(found["painted"]).shape == (found["height"], found["width"], 3)
    with Image.open(path) as original:
        size = original.size
    with Image.open(scene.photo_full(path, [RED], 2.0)) as painted:
        assert painted.size == size
        same_lightness(painted, open_image(path, None))


def same_lightness(painted: Image.Image, photo: Image.Image) -> None:
    """To a grey level, 0.4 of 100."""
    pair = [lab.to_lab(to_tensor(one.convert("RGB")))[:, 0] for one in (painted, photo)]
    assert (pair[0] - pair[1]).abs().max() < 0.4


def test_damaged_and_too_large_pictures_are_refused_in_a_sentence(tmp_path):
    whole = io.BytesIO()
    picture("RGB", (400, 300)).save(whole, "PNG")
    (tmp_path / "cut.png").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    Image.new("L", (10_000, 5_000)).save(tmp_path / "huge.png")
    (tmp_path / "no.png").write_text("no picture")
    for name, words in (
        ("cut.png", "damaged or cut off"),
        ("huge.png", "50.0 megapixels"),
        ("no.png", "not a picture"),
    ):
        for paint in (scene.photo, photo_files.photo_full):
            with pytest.raises(InputError, match=words):
                paint(str(tmp_path / name))
    for paint in (scene.photo, photo_files.photo_full):
        with pytest.raises(InputError, match="no picture yet"):
            paint(None)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (([{"x": 0.5, "y": -0.1, "colour": "red"}], 1), "hint's y is -0.1, but must be"),
        (([{"x": 0.5, "y": 0.1, "colour": "not-a-colour"}], 1), "'not-a-colour' is not a colour"),
        (([RED] * 1000, 1), "There are 1000 hints; at most 64"),
        (({"x": 1}, 1), "Hints must be a list"),
        (([], 9), "saturation is 9, but must be a number from 0 to 4"),
    ],
)
def test_endpoints_refuse_in_a_sentence(client: Client, inputs, words):
    for name in ("/photo", "/photo_full"):
        with pytest.raises(AppError, match=words):
            client.predict(handle_file(EXAMPLES["cat"]), *inputs, api_name=name)


@pytest.mark.parametrize("saturation", [float("nan"), float("inf"), "much", None])
def test_a_saturation_that_is_no_number_is_refused(saturation):
    for paint in (scene.photo, photo_files.photo_full):
        with pytest.raises(InputError, match="The saturation is"):
            paint(EXAMPLES["cat"], [], saturation)
    with pytest.raises(InputError, match="The saturation is"):
        photo_files.photo_several([EXAMPLES["cat"]], saturation)


def test_the_file_is_the_photo_at_its_size_by_the_model(client: Client):
    path = client.predict(handle_file(EXAMPLES["coffee"]), [RED], 1.0, api_name="/photo_full")
    assert Path(path).name == "coffee-painted.png"
    photo = open_image(EXAMPLES["coffee"], None)
    pixels = torch.from_numpy(np.array(photo)).permute(2, 0, 1)[None]
    expected = colorize_pixels(colorizer(), pixels, known.from_data([RED]))
    with Image.open(path) as file:
        assert np.array_equal(np.asarray(file), expected[0].permute(1, 2, 0).numpy())
        same_lightness(file, photo)


def test_of_several_a_damaged_one_is_named_and_costs_none_of_the_others(tmp_path, monkeypatch):
    warned = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: warned.append(text))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 nothing")
    paths = [EXAMPLES["cat"], str(tmp_path / "broken.jpg"), EXAMPLES["rocket"], EXAMPLES["cat"]]
    small, archive = scene.photo_several(paths)
    cat = Path(EXAMPLES["cat"])
    second = f"{cat.stem} (2){cat.suffix}"  # another one of that name is told from it
    assert [name for _, name in small] == [cat.name, Path(EXAMPLES["rocket"]).name, second]
    assert all(max(one.size) <= 320 for one, _ in small)
    assert len(warned) == 1
    assert warned[0].startswith("broken.jpg: ")
    with zipfile.ZipFile(archive) as file:
        names = ["01-cat-painted.png", "03-rocket-painted.png", "04-cat-painted.png"]
        assert file.namelist() == names
        assert file.testzip() is None
        with Image.open(io.BytesIO(file.read(names[1]))) as painted:
            same_lightness(painted, open_image(EXAMPLES["rocket"], None))


def test_the_photo_that_is_clicked_is_opened_where_phones_call_all_the_same():
    photos = [f"/tmp/{folder}/image.jpg" for folder in "abc"]
    names = list(scene.named(photos))
    assert names == ["image.jpg", "image (2).jpg", "image (3).jpg"]
    for name, photo in zip(names, photos, strict=True):
        assert scene.chosen(photos, Mock(value={"caption": name})) == photo
    with pytest.raises(InputError, match="no longer among those"):
        scene.chosen(photos[:2], Mock(value={"caption": names[2]}))


def test_several_that_are_none_or_too_many_are_refused(tmp_path):
    with pytest.raises(InputError, match="no photos yet"):
        scene.photo_several([])
    with pytest.raises(InputError, match="25 photos; at most 24"):
        scene.photo_several([EXAMPLES["cat"]] * 25)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 nothing")
    with pytest.raises(InputError, match=r"broken\.jpg: "):
        scene.photo_several([str(tmp_path / "broken.jpg")])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps([{**RED, "x": 2}]), "hint's x is 2"),
        (json.dumps([{**RED, "colour": "not-a-colour"}]), "not a colour"),
        ("[NaN]", "A hint must be"),
        ('[{"x": NaN, "y": 0, "colour": "red"}]', "hint's x is nan"),
        ("7", "must be a list"),
    ],
)
def test_a_link_with_hints_that_are_none_says_so(text, words):
    with pytest.raises(InputError, match=words):
        links.decode(CONTROL, text)


@pytest.mark.parametrize("colour", ["red", "#f00", "rgb(255, 0, 0)", " #FF0000 "])
def test_a_colour_by_its_name_is_one_that_the_page_can_read(colour):
    (hint,) = links.decode(CONTROL, json.dumps([{"x": 0.5, "y": 0, "colour": colour}]))
    assert hint == {"x": 0.5, "y": 0, "colour": "#ff0000"}


def test_a_thousand_hints_by_link_are_refused_and_64_fit():
    most = [{"x": 0.1234, "y": 0.1234, "colour": "#aabbcc"}] * known.MOST_HINTS
    text = json.dumps(most, separators=(",", ":"))
    assert len(text) <= links.MAX_LENGTH
    assert links.decode(CONTROL, text) == most
    with pytest.raises(InputError, match="1000 hints; at most 64"):
        CONTROL.check([RED] * 1000)


def test_warming_up_asks_the_network(monkeypatch):
    asked = []
    monkeypatch.setattr(shown, "ask", lambda *rest: asked.append(rest) or ask(*rest))
    scene.warm_up()
    assert len(asked) == 1
    assert SHELF.find("example-astronaut") is not None
