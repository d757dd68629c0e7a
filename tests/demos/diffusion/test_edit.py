"""Edit: endpoints do what the models do, keep what is not painted, and say what cannot be done."""

import json

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demos.diffusion import edit as scene
from demos.diffusion import film
from demos.diffusion.edit import presets as edit_presets
from demos.diffusion.edit.presets import EVERYTHING, EYES, INFO, RIGHT_HALF
from demos.diffusion.edit.view import Frame, MaskPainter
from demos.kit import openings
from demos.kit.links import MAX_LENGTH
from demos.kit.photo import EXAMPLES
from models.core.errors import InputError, MissingInputError
from models.core.images import to_array
from models.diffusion import edit, faces, shipped, walk
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings
from tests.demos.diffusion.test_generate import opened

NOBODY = ["0" * 32] * 32


def pixels(uri):
    return np.asarray(opened(uri).convert("RGB"))


def drawn(settings, start):
    *_, last = sample(shipped.denoiser(), settings, start)
    return film.sheet(film.made(last)["x"])


def off(one, other):
    """The largest difference in steps of a screen, 0 to 255: who else draws at the moment makes the
    batch larger, and a larger one rounds otherwise."""
    return abs(one.astype(int) - other.astype(int)).max()


def test_simpsonify_is_the_models_redrawing(client: Client):
    photo = handle_file(EXAMPLES["astronaut"])
    run, _ = client.predict(
        "photo", 1, photo, 0.5, "homer_simpson", 1.0, 3, 4, api_name="/simpsonify"
    )
    with Image.open(EXAMPLES["astronaut"]) as picture:
        face = faces.framed(picture.convert("RGB"), edit_presets.FACES["astronaut"])
        small = faces.small_square(face)
    start = edit.redrawn(shipped.denoiser(), small, 0.5, "homer_simpson", 3)
    run = client.predict(run["run"], api_name="/run")
    assert off(pixels(run["faces"]), drawn(Settings("ddim", 4, 1.0), start)) <= 1
    assert np.array_equal(pixels(run["picture"]), to_array(small))
    assert [frame["t"] for frame in run["frames"]] == [499, 249, 0]
    assert run["total"] == 2


def test_inpaint_keeps_what_is_not_painted(client: Client):
    run, _ = client.predict(
        "face", 4, None, RIGHT_HALF, 2, "anyone", 1.0, 7, 2, api_name="/inpaint"
    )
    before, after = pixels(run["picture"]), pixels(run["faces"])
    assert after.shape == (32, 64, 3)
    assert np.array_equal(after[:, :16], before[:, :16])
    assert np.array_equal(after[:, 32:48], before[:, :16])
    assert not np.array_equal(after[:, 16:32], before[:, 16:])
    assert run["painted"] == 512
    assert run["seeds"] == [7, 8]
    start = edit.filled(
        shipped.denoiser(), faces.own_face(4), edit.mask_of(RIGHT_HALF), "anyone", 7, 2
    )
    assert off(after, drawn(Settings("ddim", 2, 1.0), start)) <= 1


def test_everything_may_be_painted(client: Client):
    run, _ = client.predict("face", 1, None, EVERYTHING, 1, "anyone", 1, 0, 1, api_name="/inpaint")
    assert run["painted"] == 1024


def test_walk_seeds_is_the_models_walk(client: Client):
    run, _ = client.predict(2, 5, 3, "bart_simpson", 1.0, 2, api_name="/walk_seeds")
    start = walk.walked(shipped.denoiser(), 2, 5, 3, "bart_simpson")
    assert off(pixels(run["faces"]), drawn(Settings("ddim", 2, 1.0), start)) <= 1
    assert set(run["characters"]) == {"Bart Simpson"}
    assert "picture" not in run


def test_every_step_is_streamed(client: Client):
    job = client.submit(0, 1, 3, "anyone", 1.0, 2, api_name="/walk_seeds")
    job.result()
    assert [value["first"] for value, _ in job.outputs()] == [0, 1, 2]
    assert [value.get("done", False) for value, _ in job.outputs()] == [False, False, True]


@pytest.mark.parametrize(
    ("endpoint", "wrong", "words"),
    [
        ("/simpsonify", ("face", 1, None, 0), "strength is 0, but must be a number from 0.05 to 1"),
        ("/simpsonify", ("face", 1, None, "NaN"), "strength is NaN"),
        ("/simpsonify", ("face", 0), "number of the face is 0"),
        ("/simpsonify", ("sketch",), "Source 'sketch' is not known; choose one of face, photo"),
        ("/simpsonify", ("face", 1, None, 0.5, "maggie"), "Character 'maggie'"),
        ("/simpsonify", ("face", 1, None, 0.5, "anyone", 11), "guidance scale is 11"),
        ("/simpsonify", ("face", 1, None, 0.5, "anyone", 1, 0, 500), "number of steps is 500"),
        ("/inpaint", ("face", 1, None, ["1" * 32]), "list of 32 rows, got 1"),
        ("/inpaint", ("face", 1, None, ["1" * 31] * 32), "must have 32 cells, got 31"),
        ("/inpaint", ("face", 1, None, ["x" * 32] * 32), "holds 'x'"),
        ("/inpaint", ("face", 1, None, {"a": 1}), "list of 32 rows, got none"),
        ("/inpaint", ("face", 1, None, EVERYTHING, 0), "number of variants is 0"),
        ("/walk_seeds", (-1,), "first seed is -1"),
        ("/walk_seeds", (0, 10**12), "last seed is 1000000000000"),
        ("/walk_seeds", (0, 1, 13), "number of stops is 13"),
        ("/inpaint_ground", ("face", -3), "number of the face is -3"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(client: Client, endpoint, wrong, words):
    with pytest.raises(AppError, match=words):
        client.predict(*wrong, api_name=endpoint)


def test_a_mask_of_nothing_is_a_hint(client: Client):
    with pytest.raises(MissingInputError, match="paint something first"):
        next(scene.inpaint(mask=NOBODY))
    with pytest.raises(MissingInputError, match="no picture yet"):
        next(scene.simpsonify("photo", 1, None))
    client.predict("face", 1, None, NOBODY, api_name="/inpaint")  # and no error of the server's


def test_what_is_no_picture_is_refused_in_words(client: Client, tmp_path):
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict("photo", 1, handle_file(text), api_name="/simpsonify")
    huge = tmp_path / "huge.png"
    Image.new("1", (9000, 6000)).save(huge)
    with pytest.raises(AppError, match=r"54\.0 megapixels"):
        client.predict("photo", 1, handle_file(huge), api_name="/inpaint_ground")


def test_a_stopped_run_ends_after_its_step(client: Client):
    values = list(
        scene.simpsonify("face", 1, None, 1.0, "anyone", 1.0, 0, 50, wanted=lambda: False)
    )
    assert len(values) == 2
    assert values[-1]["stopped"]
    client.predict(api_name="/edit_stop")  # nothing to stop: harmless


def test_a_frame_says_which_square_of_the_photo_counts(client: Client, tmp_path):
    path = tmp_path / "two.png"
    picture = Image.new("RGB", (200, 100), (200, 30, 10))
    picture.paste((10, 30, 200), (150, 0, 200, 100))  # its right quarter is blue
    picture.save(path)
    photo = handle_file(path)

    def colours(frame):
        made, _ = client.predict("photo", 1, photo, frame, api_name="/inpaint_ground")
        return pixels(made["src"]).reshape(-1, 3).astype(int)

    red, blue, edge = (200, 30, 10), (10, 30, 200), 25  # where they meet the resize mixes some
    assert abs(colours([75, 0, 50]) - blue).max() < edge
    assert abs(colours([0, 0, 50]) - red).max() < edge
    assert abs(colours([100, 100, 50]) - blue).max() < edge  # moved inside
    assert abs(colours([]) - red).max() < edge  # the middle: from 50 to 150
    ground, _ = client.predict(photo, api_name="/edit_frame")
    assert ground["frame"] == [25, 0, 100]
    run, _ = client.predict(
        "photo", 1, photo, 0.5, "anyone", 1.0, 0, 2, [75, 0, 50], api_name="/simpsonify"
    )
    assert abs(pixels(run["picture"]).reshape(-1, 3).astype(int) - blue).max() < edge
    for wrong in ([1, 2], [0, 0, 5], [0, 0, 101], [-1, 0, 50], ["a", 0, 50]):
        with pytest.raises(AppError, match="frame"):
            client.predict("photo", 1, photo, wrong, api_name="/inpaint_ground")


def test_links_hold_frames():
    view = Frame([], label="Frame")
    assert view.check([]) == []
    assert view.check([25, 3, 40]) == [25, 3, 40]
    for wrong in (3, [1, 2], [0, 0, 5], "abc", None, [0, 0, True]):
        with pytest.raises(InputError):
            view.check(wrong)


def test_the_frame_of_an_example_holds_its_face():
    assert edit_presets.frame_of(EXAMPLES["astronaut"]) == edit_presets.FACES["astronaut"]
    assert edit_presets.frame_of("/tmp/mine/astronaut.webp") == []  # a user's own
    assert edit_presets.frame_of(None) == []
    assert set(edit_presets.FACES) <= set(EXAMPLES)


def test_links_hold_masks():
    view = MaskPainter(EYES, label="Mask")
    assert view.check(json.loads(json.dumps(EVERYTHING))) == EVERYTHING
    assert view.check(NOBODY) == NOBODY
    assert view.check([[int(cell) for cell in row] for row in RIGHT_HALF]) == RIGHT_HALF
    assert len(json.dumps(EVERYTHING)) < MAX_LENGTH
    for wrong in (3, ["1"], None, {"a": 1}, [["2"] * 32] * 32, "1" * 32):
        with pytest.raises(InputError, match="mask"):
            view.check(wrong)


def test_presets_masks_are_masks():
    masks = [preset.values["mask"] for preset in INFO.presets if "mask" in preset.values]
    assert len(masks) == 3
    for mask in masks:
        assert edit.mask_of(mask).shape == (1, 1, 32, 32)


def test_the_first_edits_are_what_their_settings_draw():
    """Made by the shipped weights when they were published; here the cheapest of them once more."""
    shown = openings.read(scene.OPENING)
    assert set(shown) == {"redrawn", "filled", "walked"}
    with Image.open(scene.EXAMPLE) as picture:
        frame = edit_presets.frame_of(scene.EXAMPLE)
        small = faces.small_square(faces.framed(picture.convert("RGB"), frame))
    assert np.array_equal(pixels(shown["redrawn"]["picture"]), to_array(small))
    settings = Settings(edit_presets.SAMPLER, edit_presets.STEPS, edit_presets.GUIDANCE)
    start = edit.redrawn(
        shipped.denoiser(), small, edit_presets.STRENGTH, edit_presets.CHARACTER, edit_presets.SEED
    )
    now = drawn(settings, start).astype(float)
    assert abs(pixels(shown["redrawn"]["faces"]) - now).mean() < 1  # another machine's rounding
    assert shown["filled"]["painted"] == sum(row.count("1") for row in EYES)
    assert len(shown["walked"]["seeds"]) == edit_presets.STOPS
    assert set(shown["redrawn"]["film"]) == {"x", "x0"}


def test_what_the_page_opens_with_is_made_by_any_network(monkeypatch):
    torch.manual_seed(0)
    config = DenoiserConfig(("a", "b", "other"), 32, (8, 16), norm_groups=4, head_channels=8)
    monkeypatch.setattr(scene, "STEPS", 2)
    monkeypatch.setattr(faces, "SETTINGS", Settings("ddim", 1))
    made = scene.opening(FaceDenoiser(config).eval())  # it knows no Homer Simpson
    assert set(made["redrawn"]["characters"]) == {"Anyone"}
    assert made["filled"]["painted"] == int(edit.mask_of(EYES).sum())
    assert [len(made[name]["frames"]) for name in ("redrawn", "filled", "walked")] == [2, 3, 3]
    assert len(made["walked"]["seeds"]) == edit_presets.STOPS
    assert all(run["done"] for run in made.values())
