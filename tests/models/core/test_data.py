"""Data sets: every shape of archive is read, and what is wrong with one is said."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from models.core import archive, data
from models.core.errors import InputError
from tests.models.damaged import one_array, spoiled


def encoded(pictures):
    files = []
    for picture in pictures:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "PNG")
        files.append(file.getvalue())
    offsets = np.cumsum([0, *map(len, files)]).astype(np.int64)
    return {"blob": np.frombuffer(b"".join(files), np.uint8), "offsets": offsets}


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), np.uint8)


def test_encoded_pictures_come_out_as_they_went_in(tmp_path, pictures):
    captions = [[f"picture {i}", "ein Bär"] for i in range(5)]
    np.savez(
        tmp_path / "a.npz",
        **encoded(pictures),
        labels=np.arange(5, dtype=np.uint8),
        label_names=np.array(list("abcde")),
        clean=np.array([1, 0, 1, 1, 0], bool),
        captions=np.frombuffer(json.dumps(captions).encode(), np.uint8),
    )
    dataset = archive.read(tmp_path / "a.npz")
    assert torch.equal(dataset.images, torch.from_numpy(pictures).permute(0, 3, 1, 2))
    assert dataset.labels.tolist() == [0, 1, 2, 3, 4]
    assert dataset.label_names == tuple("abcde")
    assert dataset.captions[3] == ("picture 3", "ein Bär")
    kept = dataset.take(dataset.clean)
    assert kept.labels.tolist() == [0, 2, 3]
    assert kept.captions == tuple(dataset.captions[i] for i in (0, 2, 3))


def test_written_pictures_are_read_back_exactly(tmp_path, pictures):
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous()
    archive.write(tmp_path / "a.npz", images)
    assert torch.equal(archive.read(tmp_path / "a.npz").images, images)


@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 4, 4, 3)])
def test_raw_pictures(tmp_path, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    np.savez(tmp_path / "a.npz", images=images)
    dataset = archive.read(tmp_path / "a.npz")
    assert dataset.images.shape == (3, 1 if len(shape) == 3 else 3, 4, 4)
    assert dataset.labels is None


def test_a_missing_data_set_says_where_to_get_it(tmp_path):
    with pytest.raises(InputError, match=r"simpsons_faces\.npz.*kaggle\.com.*GLASSBOX_DATA"):
        data.load("simpsons", tmp_path)


@pytest.mark.parametrize("keep", [0, 10, 400, -30])
def test_a_damaged_archive_is_named(tmp_path, pictures, keep):
    path = tmp_path / "simpsons_faces.npz"
    np.savez(path, **encoded(pictures))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"simpsons_faces\.npz is damaged"):
        data.load("simpsons", tmp_path)


@pytest.mark.parametrize("spoil", [spoiled, one_array])
def test_what_is_no_archive_is_named(tmp_path, pictures, spoil):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, images=np.tile(pictures, (20, 9, 9, 1)))
    spoil(path)
    with pytest.raises(InputError, match=r"a\.npz is damaged or no \.npz archive"):
        archive.read(path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": np.zeros(3)}, "blob"),
        ({"images": np.zeros((2, 4, 4))}, "expected uint8"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.zeros(3)}, "3 labels for 2"),
        ({"blob": np.zeros(9, np.uint8), "offsets": np.array([0, 9])}, "cannot identify"),
        ({"blob": np.zeros(9, np.uint8), "offsets": np.array([0, 99])}, "offsets"),
    ],
)
def test_a_wrong_archive_is_named(tmp_path, columns, message):
    np.savez(tmp_path / "a.npz", **columns)
    with pytest.raises(InputError, match=rf"a\.npz is not an archive of pictures: .*{message}"):
        archive.read(tmp_path / "a.npz")


def test_pictures_of_two_sizes_are_refused(tmp_path, pictures):
    columns = encoded([pictures[0], pictures[1][:4]])
    np.savez(tmp_path / "a.npz", **columns)
    with pytest.raises(InputError, match="not an archive of pictures"):
        archive.read(tmp_path / "a.npz")


def test_an_archive_in_parts_is_one_data_set(tmp_path, monkeypatch, pictures):
    for part in range(4):
        np.savez(
            tmp_path / f"tiny_imagenet_train_{part}.npz",
            **encoded(pictures),
            labels=np.full(5, part),
            label_names=np.array(list("abcd")),
        )
    dataset = data.load("tiny_imagenet", tmp_path)
    assert len(dataset) == 20
    assert dataset.labels.tolist() == sorted([0, 1, 2, 3] * 5)
    assert data.load("tiny_imagenet", tmp_path) is dataset  # decoded once


def test_a_folder_of_one_s_own(tmp_path, pictures):
    for name in ("bart", "lisa"):
        (tmp_path / "simpsons" / name).mkdir(parents=True)
        Image.fromarray(pictures[0]).save(tmp_path / "simpsons" / name / "1.png")
    dataset = data.load("simpsons", tmp_path)
    assert dataset.images.shape == (2, 3, 64, 64)
    assert (dataset.label_names, dataset.labels.tolist()) == (("bart", "lisa"), [0, 1])


@pytest.mark.parametrize("wrapped", ["", "train", "download/train"])
def test_tiny_imagenet_s_own_folder(tmp_path, pictures, wrapped):
    """As its archive unpacks, and as the message about a missing data set says."""
    for name in ("n01", "n02"):
        folder = tmp_path / "tiny_imagenet" / wrapped / name / "images"
        folder.mkdir(parents=True)
        Image.fromarray(pictures[0]).save(folder / "0.JPEG")
    dataset = data.load("tiny_imagenet", tmp_path)
    assert (dataset.label_names, dataset.labels.tolist()) == (("n01", "n02"), [0, 1])


def test_only_pictures_in_folders_of_classes_count(tmp_path, pictures):
    """A class without pictures is none; a loose picture has no class."""
    for place in ("bart/1.png", "lisa/deep/2.png", "loose.png"):
        (tmp_path / "simpsons" / place).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pictures[0]).save(tmp_path / "simpsons" / place)
    (tmp_path / "simpsons" / "homer").mkdir()
    (tmp_path / "simpsons" / "homer" / "notes.txt").write_text("none yet")
    dataset = data.load("simpsons", tmp_path)
    assert (dataset.label_names, dataset.labels.tolist()) == (("bart", "lisa"), [0, 1])


def test_a_class_by_itself_keeps_its_name(tmp_path, pictures):
    (tmp_path / "simpsons" / "bart").mkdir(parents=True)
    Image.fromarray(pictures[0]).save(tmp_path / "simpsons" / "bart" / "1.png")
    assert data.load("simpsons", tmp_path).label_names == ("bart",)


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_damaged_picture_is_named(tmp_path, pictures, content):
    file = tmp_path / "simpsons" / "bart" / "1.png"
    file.parent.mkdir(parents=True)
    Image.fromarray(pictures[0]).save(file)
    file.write_bytes(file.read_bytes()[:100] if content is None else content)
    with pytest.raises(InputError, match=r"bart.1\.png is damaged or no picture"):
        data.load("simpsons", tmp_path)


def test_a_list_of_captions_without_its_columns_is_named(tmp_path, pictures):
    (tmp_path / "flickr8k").mkdir()
    Image.fromarray(pictures[0]).save(tmp_path / "flickr8k" / "a.jpg")
    (tmp_path / "flickr8k" / "captions.txt").write_text("a.jpg,A dog .\na.jpg,It runs .\n")
    with pytest.raises(InputError, match=r"captions\.txt is not a list of `image,caption`"):
        data.load("flickr8k", tmp_path)


def test_flickr8k_s_own_folder(tmp_path, pictures):
    (tmp_path / "flickr8k" / "Images").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        Image.fromarray(pictures[0]).save(tmp_path / "flickr8k" / "Images" / name)
    lines = ["image,caption", 'a.jpg,"A dog, running ."', "a.jpg,Two dogs .", "c.jpg,Nobody ."]
    (tmp_path / "flickr8k" / "captions.txt").write_text("\n".join(lines))
    dataset = data.load("flickr8k", tmp_path)
    assert dataset.images.shape == (1, 3, 160, 160)
    assert dataset.captions == (("A dog, running .", "Two dogs ."),)


def test_flickr8k_is_validated_by_its_own_part_or_else_by_some_held_back():
    whole = data.synthetic("flickr8k", 40)
    sets = {"flickr8k": whole, "flickr8k_dev": data.synthetic("flickr8k_dev", 8)}
    assert [*map(len, data.parts("flickr8k", sets.__getitem__))] == [40, 8]

    def without(name):
        if name == "flickr8k_dev":
            raise data.NoDataError("not here")
        return sets[name]

    training, validation = data.parts("flickr8k", without)
    assert (len(training), len(validation)) == (30, 10)
    assert len(validation.captions) == 10

    def damaged(name):
        if name == "flickr8k_dev":
            raise InputError("damaged")
        return sets[name]

    with pytest.raises(InputError, match="damaged"):
        data.parts("flickr8k", damaged)


def test_an_empty_folder_is_named(tmp_path):
    (tmp_path / "simpsons").mkdir()
    with pytest.raises(InputError, match=r"No pictures in .*simpsons"):
        data.load("simpsons", tmp_path)


def test_the_split_is_disjoint_whole_and_repeatable():
    dataset = data.synthetic("mnist", 50)
    dataset = archive.Dataset(torch.arange(50, dtype=torch.uint8).reshape(50, 1, 1, 1))
    training, validation = data.split(dataset, 10)
    seen = torch.cat([training.images, validation.images]).flatten()
    assert (len(training), len(validation)) == (40, 10)
    assert seen.sort().values.tolist() == list(range(50))
    assert torch.equal(data.split(dataset, 10)[1].images, validation.images)
    assert not torch.equal(data.split(dataset, 10, seed=1)[1].images, validation.images)
    with pytest.raises(InputError, match="hold back 50"):
        data.split(dataset, 50)


@pytest.mark.parametrize("name", data.SOURCES)
def test_stand_ins_look_like_the_real_thing(name):
    source, dataset = data.SOURCES[name], data.synthetic(name, 6)
    assert dataset.images.shape == (6, source.channels, source.size, source.size)
    assert dataset.images.dtype == torch.uint8
    assert len(dataset.label_names) == source.classes
    assert bool(dataset.captions) == (source.classes == 0)
    assert torch.equal(data.synthetic(name, 6).images, dataset.images)


def test_resizing_keeps_the_mean():
    dataset = data.synthetic("simpsons", 4)
    small = data.resized(dataset, 32)
    assert small.images.shape == (4, 3, 32, 32)
    assert small.images.float().mean() == pytest.approx(dataset.images.float().mean(), abs=1)
    assert data.resized(small, 32) is small
