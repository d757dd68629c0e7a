"""How rare n-grams are in the training captions: `python -m models.captioning.rarity --data FILE`.

What CIDEr-D weighs by, kept as a small file, so that one sentence can be scored where the training
captions are not at hand. N-grams that fewer than `LEAST` pictures have are left out, and count as
those that no picture has.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.captioning.cider import LONGEST, Cider, Rarity
from models.captioning.network import Captioner
from models.captioning.shipped import WEIGHTS
from models.captioning.vocabulary import UNKNOWN, Vocabulary
from models.core import archive, checkpoint
from models.core.errors import InputError
from models.core.once import once
from models.core.shipped import how_to_get_back

FILE = "rarity.npz"
LEAST = 3


def count(texts: Sequence[Sequence[str]], vocabulary: Vocabulary, least: int = LEAST) -> Rarity:
    """Of how many pictures some caption has each n-gram, by the words' numbers.

    Args:
        texts: the captions of each picture.
        vocabulary: the words; n-grams with others are left out.
        least: and those that fewer pictures have.
    """
    references = [[vocabulary.numbers(text) for text in several] for several in texts]
    frequencies = Counter(
        {
            gram: pictures
            for gram, pictures in Cider(references).frequencies.items()
            if pictures >= least and UNKNOWN not in gram
        }
    )
    return Rarity(len(texts), frequencies)


def write(texts: Sequence[Sequence[str]], weights: Path) -> None:
    """Count in the training captions, by the words of the captioner in a folder of weights, and
    keep that beside it: another network's words have other numbers.
    """
    network = checkpoint.load(Captioner, weights / "captioner.safetensors")
    save(count(texts, Vocabulary(network.config.words)), weights / FILE)


def save(rarity: Rarity, path: Path) -> None:
    """Write the counts: for each n the n-grams, uint16 M n, and their pictures, uint16 M."""
    columns = {"pictures": np.array(rarity.pictures)}
    for n in range(1, LONGEST + 1):
        grams = sorted(gram for gram in rarity.frequencies if len(gram) == n)
        columns[f"grams_{n}"] = np.array(grams, np.uint16).reshape(-1, n)
        columns[f"counts_{n}"] = np.array([rarity.frequencies[g] for g in grams], np.uint16)
    archive.write_columns(path, np.savez_compressed, **columns)


@once
def read(path: Path = WEIGHTS / FILE) -> Rarity:
    """The counts that were saved.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        columns = archive.read_columns(path)
        frequencies = Counter(
            {
                tuple(gram): pictures
                for n in range(1, LONGEST + 1)
                for gram, pictures in zip(
                    columns[f"grams_{n}"].tolist(), columns[f"counts_{n}"].tolist(), strict=True
                )
            }
        )
        return Rarity(int(columns["pictures"]), frequencies)
    except (InputError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{path.name}, the rarity of words in the training captions, is missing or damaged. "
            f"{how_to_get_back(path)}"
        ) from error


def main(argv: Sequence[str] | None = None) -> None:
    """The command line: count in captioned pictures and save beside the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="captioned pictures (.npz)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args(argv)
    try:
        write(archive.read(arguments.data).captions, arguments.weights)
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(f"{arguments.weights / FILE}\n")


if __name__ == "__main__":
    main()
