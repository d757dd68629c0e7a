"""BLIP and ViT-GPT2 through our steps: against `generate()` on equal weights; what goes wrong."""

import itertools
import math

import pytest
import torch
from huggingface_hub import constants
from huggingface_hub.errors import LocalEntryNotFoundError

from models.captioning import hub
from models.captioning.beam import beam
from models.captioning.caption import greedy, read
from models.captioning.hub_tokens import ours
from models.captioning.sample import sample
from models.captioning.search import beam_search
from models.captioning.vocabulary import END
from models.core.errors import InputError
from models.core.images import to_pil
from tests.models.captioning.tiny_hub import SAVE, SIDE, architecture

EACH = pytest.mark.parametrize("name", list(SAVE))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) for name in SAVE}
    for name, folder in made.items():
        SAVE[name](folder)
    return made


@pytest.fixture(scope="module")
def writers(folders):
    return {name: hub.load(folder, hub.MODELS[name]) for name, folder in folders.items()}


def photo(seed):
    return torch.rand(1, 3, 40, 60, generator=torch.Generator().manual_seed(seed))


def generated(writer, picture, **arguments):
    """What `generate()` writes, in our numbers, up to the end."""
    pixels = writer.processor(images=to_pil(picture), return_tensors="pt")["pixel_values"]
    made = writer.network.generate(
        pixel_values=pixels, **{"max_new_tokens": writer.config.longest, "do_sample": False,
                                "min_length": 0, **arguments}
    )  # fmt: skip
    rows = [[ours(token, writer.end) for token in row[1:]] for row in made.tolist()]
    return [row[: row.index(END) + 1] if END in row else row for row in rows]


def numbers(words):
    return [word.number for word in words]


@EACH
@pytest.mark.parametrize("size", [0, 2])
def test_greedy_is_generate_s(writers, name, size):
    found = set()
    for seed in range(4):
        picture = photo(seed)
        annotations = writers[name].annotate(picture)
        words = list(greedy(writers[name], annotations, size))
        (theirs,) = generated(writers[name], picture, no_repeat_ngram_size=size)
        assert numbers(words) == theirs
        found.add(tuple(theirs))
        assert writers[name].views == (2, 2)
        grid = SIDE // 8
        for word in words:
            assert word.views.shape == (2, 2, grid, grid)
            assert word.attention.sum().item() == pytest.approx(1, abs=1e-5)
            shares = [share for _, share in word.alternatives]
            assert shares == sorted(shares, reverse=True)
            assert 0 <= word.readings["class_token"] <= 1
        told = read(writers[name], annotations, numbers(words))
        for word, again in zip(words, told, strict=True):
            assert word.probability == pytest.approx(again.probability, rel=1e-3)
    assert len(found) > 1


@EACH
@pytest.mark.parametrize("stopping", ["never", True, False])
@pytest.mark.parametrize(("width", "penalty"), [(1, 0.0), (3, 0.0), (3, 1.0), (4, 0.6)])
def test_beam_search_is_generate_s(writers, name, width, penalty, stopping):
    """But that a caption that ended wins over those that were cut off."""
    writer = writers[name]
    for seed in range(3):
        picture = photo(seed)
        theirs = generated(
            writer, picture, num_beams=width, length_penalty=penalty, early_stopping=stopping,
            num_return_sequences=width,
        )  # fmt: skip
        *_, last = beam_search(
            writer, writer.annotate(picture), width, penalty, 0, early_stopping=stopping
        )
        best = [number for number in last.finished[0, 0].tolist()[1:] if number]
        ended = [row for row in theirs if END in row]
        if ended or END not in best:
            assert best == (ended or theirs)[0]
    with pytest.raises(InputError, match="Early stopping"):
        list(beam_search(writer, writer.annotate(photo(0)), early_stopping="soon"))


@EACH
@pytest.mark.parametrize(
    "how", [{}, {"temperature": 0.7, "top_k": 5}, {"temperature": 2.0, "top_p": 0.8}]
)
def test_samples_are_generate_s(writers, name, how):
    found = set()
    for seed in range(4):
        picture = photo(seed)
        generator = torch.Generator().manual_seed(seed)
        annotations = writers[name].annotate(picture)
        words = sample(writers[name], annotations, generator, no_repeat_ngram_size=0, **how)
        mine = numbers(words)
        torch.manual_seed(seed)
        (theirs,) = generated(
            writers[name], picture, **{"do_sample": True, "top_k": 0, "top_p": 1.0, **how}
        )
        assert mine == theirs
        found.add(tuple(mine))
    assert len(found) > 1


@EACH
def test_words_are_told_as_people_read_them(writers, name):
    writer = writers[name]
    begun = writer.vocabulary.known_numbers("a black dog")
    assert writer.vocabulary.sentence([*begun, END, 4]) == "a black dog"
    names = [writer.config.words[number] for number in begun]
    assert "".join(names).replace("·", "").startswith("a")
    assert not any(sign in "".join(names) for sign in ("Ġ", "##"))
    words = list(greedy(writer, writer.annotate(photo(0)), prefix=begun))
    assert numbers(words)[: len(begun)] == begun
    assert [word.given for word in words[: len(begun)]] == [True] * len(begun)
    *_, last = beam(writer, writer.annotate(photo(0)), 2, 1.0, 2)
    assert last.ended
    with pytest.raises(InputError, match="no words"):
        writer.vocabulary.known_numbers("  ")


@EACH
def test_a_photo_of_any_shape_is_squeezed_as_ours_are(writers, name):
    """So that the map lies over it place by place: a mark moves the patch at its place most."""
    writer, grid = writers[name], SIDE // 8
    plain = torch.full((1, 3, 40, 120), 0.5)
    with torch.no_grad():
        embed = (
            writer.network.vision_model.embeddings if writer.blip
            else writer.network.encoder.embeddings
        )  # fmt: skip

        def patches(picture):
            seen = writer.processor(images=to_pil(picture), return_tensors="pt")["pixel_values"]
            return embed(seen)[0, 1:].unflatten(0, (grid, grid))

        for row, column in itertools.product(range(grid), repeat=2):
            marked = plain.clone()
            marked[..., row * 10 + 3 : row * 10 + 7, column * 30 + 9 : column * 30 + 21] = 1.0
            moved = (patches(marked) - patches(plain)).norm(dim=-1)
            assert divmod(int(moved.argmax()), grid) == (row, column)


def copied(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


@EACH
def test_half_a_model_is_told_so(folders, name, tmp_path):
    folder = copied(folders[name], tmp_path)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:2000])
    with pytest.raises(InputError, match=r"only in part, or damaged. Remove the folder"):
        hub.load(folder, hub.MODELS[name])
    weights.unlink()
    with pytest.raises(InputError, match="only in part"):
        hub.load(folder, hub.MODELS[name])
    (folder / "config.json").write_text("{")
    with pytest.raises(InputError, match="only in part"):
        hub.load(folder, hub.MODELS[name])


@EACH
def test_another_architecture_is_told_so(folders, name, tmp_path):
    folder = copied(folders[name], tmp_path)
    architecture(folder, "BertModel")
    with pytest.raises(InputError, match="is a BertModel, and not"):
        hub.load(folder, hub.MODELS[name])


def test_where_the_hub_cannot_be_reached_it_says_how_to_fetch(monkeypatch, tmp_path):
    def unreachable(*_, **__):
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    assert hub.here("blip") is None
    with pytest.raises(InputError, match="`hf download Salesforce/blip-image-captioning-base`"):
        hub.writer("blip")
    with pytest.raises(InputError, match=r"could not be fetched from the Hub \(LocalEntryNotFound"):
        list(hub.fetching("blip"))
    with pytest.raises(InputError, match="Model 'clip' is not known"):
        hub.here("clip")


def test_a_download_that_breaks_off_shows_how_far_it_came(monkeypatch, tmp_path):
    model = hub.MODELS["vit-gpt2"]
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "PATIENCE", 0.01)
    blobs = tmp_path / "models--nlpconnect--vit-gpt2-image-captioning" / "blobs"

    def broken(*_, local_files_only=False, **__):
        if local_files_only:
            raise LocalEntryNotFoundError("not here")
        blobs.mkdir(parents=True)
        (blobs / "weights.incomplete").write_bytes(b"0" * 10_000_000)
        import time

        time.sleep(0.3)
        raise ConnectionError("cut off")

    monkeypatch.setattr("huggingface_hub.snapshot_download", broken)
    seen = []
    with pytest.raises(InputError, match=r"could not be fetched from the Hub \(ConnectionError\)"):
        seen.extend(hub.fetching("vit-gpt2"))
    shares = list(_until_trouble(hub.fetching, "vit-gpt2", blobs))
    assert max(shares) == pytest.approx(10 / model.megabytes, rel=0.01)


def _until_trouble(function, name, blobs):
    for file in blobs.iterdir():
        file.unlink()
    blobs.rmdir()
    try:
        yield from function(name)
    except InputError:
        return


def test_a_model_that_is_here_is_found(monkeypatch, folders):
    folder = folders["blip"]
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: str(folder))
    assert hub.here("blip") == folder
    assert math.isfinite(hub.writer("blip").annotate(photo(0)).sum().item())
