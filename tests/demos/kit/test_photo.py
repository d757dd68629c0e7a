"""Photos of the user's: one, or several of which some are damaged."""

from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

import app
from demos.kit import photo
from demos.kit.handlers import handler
from demos.kit.photo import EXAMPLES, MOST_PHOTOS, PhotoInput, Upload, Uploads, open_photos
from models.core.errors import InputError, MissingInputError


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A picture, a text, a picture that is cut off, and another picture."""
    made = [tmp_path / name for name in ("red.png", "notes.txt", "cut.png", "blue.png")]
    Image.new("RGB", (30, 20), "red").save(made[0])
    made[1].write_text("no picture")
    Image.effect_noise((64, 64), 80).save(made[2])
    made[2].write_bytes(made[2].read_bytes()[:1000])
    Image.new("RGB", (4000, 2000), "blue").save(made[3])
    return [str(path) for path in made]


@pytest.fixture
def warned(monkeypatch) -> list[str]:
    """What the page was told in passing."""
    sentences: list[str] = []
    monkeypatch.setattr(photo.gr, "Warning", lambda words, title: sentences.append(words))
    return sentences


def test_a_damaged_photo_costs_none_of_the_others_and_is_named(files, warned):
    opened = open_photos(files, 100)
    assert [one.name for one in opened] == ["red.png", "blue.png"]
    assert [one.picture.size for one in opened] == [(30, 20), (100, 50)]
    assert opened[1].picture.getpixel((50, 25)) == (0, 0, 255)
    (said,) = warned  # one message, a line for each
    first, second = said.split("<br>")
    assert first.startswith("notes.txt: ")
    assert "not a picture" in first
    assert second.startswith("cut.png: ")
    assert "damaged" in second


def test_where_none_can_be_read_all_are_named(files, warned):
    with pytest.raises(InputError, match=r"notes\.txt: .*\ncut\.png: "):
        open_photos(files[1:3], 100)
    assert warned == []


def test_the_examples_that_the_page_shows_are_small_and_a_click_gives_the_photo():
    with gr.Blocks() as page:
        PhotoInput("cat").with_sources("sketched")
    (dataset,) = [block for block in page.blocks.values() if isinstance(block, gr.Dataset)]
    (click,) = [event for event in page.fns.values() if event.inputs == [dataset]]
    bytes_of = {"shown": 0, "whole": 0}
    for index, path in enumerate(map(Path, EXAMPLES.values())):
        shown = Path(dataset.samples[index][0]["path"])
        chosen = Path(click.fn(dataset.preprocess(index))["value"]["path"])
        assert shown.name == chosen.name == path.name  # by which it is called, and goes in a link
        assert chosen.read_bytes() == path.read_bytes()
        with Image.open(shown) as small, Image.open(path) as whole:
            assert max(small.size) == photo.THUMBNAIL
            assert small.width * whole.height == pytest.approx(whole.width * small.height, rel=0.01)
        bytes_of["shown"] += shown.stat().st_size
        bytes_of["whole"] += path.stat().st_size
    assert bytes_of["shown"] < bytes_of["whole"] / 4


@pytest.mark.parametrize("nothing", [None, []])
def test_no_photos_are_a_hint(nothing):
    with pytest.raises(MissingInputError):
        open_photos(nothing, 100)


def test_too_many_photos_are_refused_before_one_is_opened(files):
    with pytest.raises(InputError, match=f"25 photos; at most {MOST_PHOTOS}"):
        open_photos(["nowhere.png"] * (MOST_PHOTOS + 1), 100)
    assert len(open_photos([files[0]] * 2, 100, most=2)) == 2


def sizes(files: list[str]) -> str:
    """Tell each photo's name and size."""
    return ", ".join(f"{one.name} {one.picture.size}" for one in open_photos(files, 100))


@pytest.fixture(scope="module")
def several() -> Iterator[Client]:
    """A client of a page that takes several photos."""
    with gr.Blocks() as demo:
        uploads, button, told = Uploads(label="Photos"), gr.Button("Tell"), gr.Textbox()
        button.click(handler(sizes, timed=False), uploads, told, api_name="sizes")
    demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield Client(demo.local_url, verbose=False)
    demo.close()


def test_several_photos_come_as_their_files(several, files):
    told = several.predict([handle_file(path) for path in files], api_name="/sizes")
    assert told == "red.png (30, 20), blue.png (100, 50)"


def test_of_several_photos_that_cannot_be_read_the_page_says_why(several, files):
    with pytest.raises(AppError, match=r"notes\.txt: .*not a picture"):
        several.predict([handle_file(files[1])], api_name="/sizes")


@pytest.mark.parametrize(
    ("component", "shown", "setting", "nothing"),
    [
        (Upload(), "image", "sources", None),
        (PhotoInput("cat"), "image", "webcam_options", None),
        (Uploads(), "file", "file_count", []),
    ],
)
def test_the_page_shows_gradios_own_component(component, shown, setting, nothing):
    assert component.get_block_name() == shown
    assert component.get_config()[setting]
    assert component.preprocess(None) == nothing


def test_an_example_is_its_name_in_a_link_and_its_file_in_the_page():
    chosen = PhotoInput("cat")
    assert (chosen.link_value, chosen.path) == ("cat", EXAMPLES["cat"])


def test_every_picture_of_the_apps_is_an_upload_and_no_webcam_is_a_mirror():
    pictures = [one for one in app.build().blocks.values() if isinstance(one, gr.Image)]
    pictures = [one for one in pictures if not isinstance(one, gr.Sketchpad | gr.ImageEditor)]
    assert len(pictures) > 5
    assert all(isinstance(one, Upload) for one in pictures)
    assert not any(one.webcam_options.mirror for one in pictures)


def test_the_page_knows_the_sheet_to_draw_on():
    """A name that Gradio's page does not know is asked for as a component of ours, and missing."""
    assert photo.Pad(render=False).get_block_name() == gr.Sketchpad(render=False).get_block_name()
