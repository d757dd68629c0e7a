"""Is it new: nearest neighbours are those of all distances, and a copy is found out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.backbone.network import Backbone, BackboneConfig
from models.core import checkpoint, data
from models.core.errors import InputError
from models.diffusion import evaluate, features, novelty
from models.training.distances import memorised_share
from tests.models.damaged import one_array, spoiled

NAMES = data.synthetic("simpsons", 1).label_names


@pytest.fixture(scope="module")
def classifier():
    torch.manual_seed(0)
    return Backbone(BackboneConfig(NAMES, (4, 4, 8, 16), (1, 1, 1, 1), 3)).eval()


@pytest.fixture(scope="module")
def parts():
    return data.split(data.synthetic("simpsons", 80), 20)


@pytest.fixture(scope="module")
def found(classifier, parts):
    return features.measure(classifier, *parts)


def exact(classifier, part):
    return evaluate.features(classifier, data.resized(part, 32).images / 255)


def test_a_byte_for_a_feature_is_enough(classifier, parts, found):
    seen, new = (exact(classifier, part) for part in parts)
    distances = torch.cdist(new, seen)
    ours = found.distances(new)
    assert (ours - distances).abs().max() < 0.02 * distances.max()
    torch.testing.assert_close(found.held_back, ours.amin(1).sort().values)
    agreeing = (ours.argmin(1) == distances.argmin(1)).float().mean()
    assert agreeing > 0.8
    threshold = found.threshold(0.1)
    share = (found.held_back < threshold).float().mean().item()
    assert share == pytest.approx(0.1, abs=0.051)
    assert found.share_closer(threshold) == share
    assert found.share_closer(0.0) == 0
    assert found.share_closer(1e9) == 1


def test_neighbours_come_nearest_first_with_their_names(classifier, parts, found):
    training, _ = parts
    asked = exact(classifier, training)[[7, 30]]
    for place, its in zip((7, 30), features.nearest(found, asked, 4), strict=True):
        assert its[0].index == place  # each is its own nearest
        assert its[0].character == NAMES[training.labels[place]]
        far = [one.distance for one in its]
        assert far == sorted(far)
        assert far[0] < found.threshold()


def test_copies_are_told_as_the_evaluation_tells_them(classifier, parts, found):
    seen, new = (exact(classifier, part) for part in parts)
    made = torch.cat([seen[:5], new[:5] + 3])
    near = torch.tensor([its[0].distance for its in features.nearest(found, made, 1)])
    share = (near < found.threshold()).float().mean().item()
    assert share == memorised_share(made, seen, new) == 0.5


def test_they_are_saved_whole(found, tmp_path):
    path = tmp_path / "features.npz"
    features.save(found, path)
    again = features.load(path)
    for name in ("codes", "scale", "labels", "held_back"):
        assert torch.equal(getattr(again, name), getattr(found, name))
    assert again.characters == NAMES


def test_what_is_written_anew_is_what_is_read(found, tmp_path):
    path = tmp_path / "features.npz"
    features.save(found, path)
    assert features.load(path).scale.sum() != 0
    features.save(replace(found, scale=0 * found.scale), path)
    assert features.load(path).scale.sum() == 0


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_a_missing_or_damaged_file_is_named(content, tmp_path):
    path = tmp_path / "features.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"features .*features\.npz are missing or damaged"):
        features.load(path)


def test_a_file_without_its_columns_is_named(tmp_path):
    path = tmp_path / "features.npz"
    np.savez(path, codes=np.zeros((1, 1), np.uint8), characters=np.array(["x"]))
    with pytest.raises(InputError, match="missing or damaged"):
        features.load(path)


def test_faces_labelled_otherwise_are_refused(found, parts):
    other = Backbone(BackboneConfig(("a", "b"), (4, 4, 8, 16), (1, 1, 1, 1), 3))
    with pytest.raises(InputError, match="not labelled"):
        features.measure(other, *parts)


def test_the_program_writes_them(classifier, parts, tmp_path, monkeypatch, capsys):
    checkpoint.save(classifier, tmp_path / "character_classifier.safetensors")
    monkeypatch.setattr(features.data, "load", lambda name, folder: data.synthetic(name, 80))
    features.main(["--weights", str(tmp_path)])
    assert "training faces" in capsys.readouterr().out
    assert features.load(tmp_path / features.PATH.name).characters == NAMES
    monkeypatch.undo()
    with pytest.raises(SystemExit):
        features.main(["--weights", str(tmp_path), "--data", str(tmp_path)])
    assert "No data set 'simpsons'" in capsys.readouterr().err


def test_the_shipped_features_are_small_and_fit_the_shipped_classifier():
    """Of the size that may be shipped, and of the classifier that stands beside them."""
    assert features.PATH.stat().st_size < 1.3 * 2**20
    found = features.load()
    about = checkpoint.describe(evaluate.WEIGHTS / "character_classifier.safetensors")
    assert list(found.characters) == about["config"]["classes"]
    assert found.codes.shape == (len(found.labels), about["config"]["widths"][-1])
    assert len(found.held_back) == data.SOURCES["simpsons"].held_back


def test_thumbnails_are_the_training_faces_or_none(found, parts, monkeypatch, tmp_path):
    monkeypatch.setattr(novelty, "_parts", lambda: tuple(data.resized(p, 32) for p in parts))
    pictures = novelty.thumbnails(found, [3, 0])
    assert torch.equal(pictures, data.resized(parts[0], 32).images[[3, 0]] / 255)
    with pytest.raises(InputError, match="number of a training face is 60"):
        novelty.thumbnails(found, [60])
    monkeypatch.setattr(novelty, "_parts", lambda: parts[::-1])
    with pytest.raises(InputError, match="not those"):
        novelty.thumbnails(found, [0])


@pytest.mark.parametrize(
    ("source", "number", "words"),
    [
        ("gan", 1, "'gan' is not known; choose one of ddpm, vae, real, training"),
        ("vae", 0, "number of the face is 0"),
        ("vae", 1.5, "number of the face is 1.5"),
        ("vae", "one", "number of the face is 'one'"),
    ],
)
def test_faces_that_there_are_not_are_refused(source, number, words):
    with pytest.raises(InputError, match=words):
        novelty.face(source, number)


def test_real_faces_need_the_data(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    novelty._parts.cache_clear()
    for source in ("real", "training"):
        with pytest.raises(InputError, match="No data set 'simpsons'"):
            novelty.face(source, 1)


def test_a_known_face_is_a_copy_and_the_answer_says_so(found, classifier, parts, monkeypatch):
    monkeypatch.setattr(novelty.shipped, "character_classifier", lambda: classifier)
    training, _ = (data.resized(part, 32) for part in parts)
    known, noise = training.images[2:3] / 255, torch.rand(1, 3, 32, 32)
    copy, other = novelty.answer(found, torch.cat([known, noise]))
    assert copy["copied"]
    assert copy["nearest"][0]["index"] == 2
    assert copy["closer"] <= 0.05
    assert other["distance"] == other["nearest"][0]["distance"]
    assert not other["copied"] or other["closer"] <= 0.01


def test_the_data_are_found_packed_or_as_a_folder(tmp_path):
    assert not data.is_here("simpsons", tmp_path)
    (tmp_path / "simpsons").mkdir()
    assert data.is_here("simpsons", tmp_path)
    (tmp_path / "simpsons").rmdir()
    for name in data.SOURCES["simpsons"].archives:
        (tmp_path / name).touch()
    assert data.is_here("simpsons", tmp_path)


@pytest.mark.parametrize("spoil", [spoiled, one_array])
def test_a_file_of_damaged_columns_is_named(tmp_path, spoil):
    path = tmp_path / "features.npz"
    np.savez_compressed(path, characters=np.arange(9999).astype(str))
    spoil(path)
    with pytest.raises(InputError, match=r"features\.npz are missing or damaged"):
        features.load(path)
