"""The faces' codes: what they are of the faces, and that they come back from disk."""

import numpy as np
import pytest
import torch

from models.core import data
from models.core.archive import Dataset
from models.core.errors import InputError
from models.vae import codes
from models.vae.encode import encode
from models.vae.network import Autoencoder, AutoencoderConfig
from tests.models.damaged import one_array, spoiled


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    config = AutoencoderConfig(6, size=16, colours=3, channels=(8, 8), squeezed=4, hidden=16)
    return Autoencoder(config).eval()


@pytest.fixture(scope="module")
def faces():
    stand_in = data.resized(data.synthetic("simpsons", count=40), 16)
    labels = torch.arange(40) % 3
    return Dataset(stand_in.images, labels, ("bart", "homer", "other"))


def test_means_are_of_each_character_and_other_is_none(network, faces):
    found = codes.measure(network, faces)
    assert found.characters == ("bart", "homer")
    own = encode(network, faces.images[faces.labels == 1] / 255).mean
    assert torch.allclose(found.means[1], own.mean(0), atol=1e-6)
    distances = torch.cdist(found.faces[1], own).min(1).values
    assert distances.max() < 1e-5  # each is the code of a real face of that character


def test_directions_are_the_principal_components(network, faces):
    found = codes.measure(network, faces)
    all_codes = encode(network, faces.images / 255).mean
    covariance = torch.cov(all_codes.T)
    values, vectors = torch.linalg.eigh(covariance)
    assert torch.allclose(found.deviations.square(), values.flip(0), rtol=1e-3, atol=1e-7)
    overlap = (found.directions * vectors.flip(1).T).sum(1).abs()
    assert torch.allclose(overlap[:2], torch.ones(2), atol=1e-2)


def test_a_character_with_few_faces_has_as_many_rows(network, faces):
    few = faces.take(torch.tensor([0, 1, 3]))
    assert codes.measure(network, few).faces.shape == (2, codes.FACES_EACH, 6)


def test_saved_codes_come_back(network, faces, tmp_path):
    found = codes.measure(network, faces)
    codes.save(found, tmp_path / "codes.npz")
    back = codes.load(tmp_path / "codes.npz")
    assert back.characters == found.characters
    assert torch.allclose(back.faces, found.faces, atol=2e-3)
    assert back.index("homer") == 1
    with pytest.raises(InputError, match="Character 'maggie'"):
        back.index("maggie")


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not a zip"])
def test_a_missing_or_damaged_file_says_how_to_get_it_back(tmp_path, content):
    path = tmp_path / "codes.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"codes\.npz are missing or damaged"):
        codes.load(path)


@pytest.mark.parametrize("spoil", [spoiled, one_array])
def test_a_file_of_damaged_columns_is_named(tmp_path, spoil):
    path = tmp_path / "codes.npz"
    np.savez_compressed(path, characters=np.arange(9999).astype(str))
    spoil(path)
    with pytest.raises(InputError, match=r"codes\.npz are missing or damaged"):
        codes.load(path)
