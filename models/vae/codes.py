"""What the face VAE made of its training faces: codes to walk between when the faces are not there.

The faces are stills of a copyrighted show and do not travel with the app. Their latent codes do:
each character's mean, a few single faces of each, and the directions in which codes vary most.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch

from models.core import archive
from models.core.archive import Dataset
from models.core.checks import one_of
from models.core.data import NOBODY
from models.core.errors import InputError
from models.core.once import once
from models.core.shipped import how_to_get_back
from models.vae.encode import encode
from models.vae.network import Autoencoder
from models.vae.shipped import WEIGHTS

BATCH = 500
DIRECTIONS = 12
FACES_EACH = 12
PATH = WEIGHTS / "faces_codes.npz"


@dataclass(frozen=True)
class FaceCodes:
    """Latent codes of faces, D numbers each, of C characters.

    Attributes:
        characters: C names.
        means: C D, the mean code of each character's faces.
        faces: C F D, codes of single faces of each, chosen by a seed; repeated
            where there are fewer.
        centre: D, the mean of all codes.
        directions: K D, unit vectors along which the codes vary most (principal components).
        deviations: K, the codes' standard deviation along each.
    """

    characters: tuple[str, ...]
    means: torch.Tensor
    faces: torch.Tensor
    centre: torch.Tensor
    directions: torch.Tensor
    deviations: torch.Tensor

    def index(self, character: str) -> int:
        """The place of a character among `characters`.

        Raises:
            InputError: there is no such character.
        """
        one_of("Character", character, self.characters)
        return self.characters.index(character)


def measure(network: Autoencoder, faces: Dataset, seed: int = 0) -> FaceCodes:
    """The codes (posterior means) of labelled faces (uint8 N 3 H W of the network's size)."""
    parts = faces.images.split(BATCH)
    codes = torch.cat([encode(network, part / 255).mean for part in parts])  # N D
    generator = torch.Generator().manual_seed(seed)
    names, means, picked = [], [], []
    for label, name in enumerate(faces.label_names):
        own = codes[faces.labels == label]
        if name == NOBODY or not len(own):
            continue
        names.append(name)
        means.append(own.mean(0))
        order = torch.randperm(len(own), generator=generator)
        picked.append(own[order.repeat(-(-FACES_EACH // len(own)))[:FACES_EACH]])
    centre = codes.mean(0)
    _, scales, directions = torch.linalg.svd(codes - centre, full_matrices=False)
    return FaceCodes(
        tuple(names),
        torch.stack(means),
        torch.stack(picked),
        centre,
        directions[:DIRECTIONS],
        scales[:DIRECTIONS] / max(1, len(codes) - 1) ** 0.5,
    )


def save(codes: FaceCodes, path: Path = PATH) -> None:
    """Write codes in half precision.

    Raises:
        InputError: the file cannot be written.
    """
    columns = {
        field.name: np.array(value) if field.name == "characters" else value.half().numpy()
        for field in fields(codes)
        for value in [getattr(codes, field.name)]
    }
    archive.write_columns(path, np.savez_compressed, **columns)


@once
def load(path: Path = PATH) -> FaceCodes:
    """The codes that travel with the app.

    Raises:
        InputError: the file is missing or damaged; says which, where, and how to get it back.
    """
    try:
        columns = archive.read_columns(path)
        names = tuple(str(name) for name in columns.pop("characters"))
        return FaceCodes(names, **{k: torch.from_numpy(v).float() for k, v in columns.items()})
    except (InputError, TypeError, KeyError) as error:
        raise InputError(
            f"The faces' codes {path} are missing or damaged ({error}). {how_to_get_back(path)}"
        ) from error
