"""What the describers wrote, and what became of it: `python -m models.captioning.describers`.

A captioner learns its describers' habits with their words. How often some words stand in people's
captions, and in the network's captions of the same pictures, shows which habits it kept and which
it made stronger (Hendricks et al. 2018, "Women also Snowboard").
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from models.captioning.beam import captions
from models.captioning.caption import annotate_all
from models.captioning.network import WRITERS, Captioner
from models.captioning.shipped import WEIGHTS
from models.captioning.vocabulary import Vocabulary
from models.core import archive, checkpoint
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.shipped import how_to_get_back

FILE = "describers.json"
WATCHED = {
    "man": ("man", "men"),
    "woman": ("woman", "women", "lady", "ladies"),
    "boy": ("boy", "boys"),
    "girl": ("girl", "girls"),
    "child": ("child", "children", "kid", "kids"),
    "person": ("person", "people"),
    "dog": ("dog", "dogs"),
    "red": ("red",),
}
"""What is counted, and the words that it is counted by."""
PEOPLE = "people"


def shares(sentences: Iterable[str], vocabulary: Vocabulary) -> dict[str, float]:
    """In what share of the sentences a word of each group in `WATCHED` stands, 0 to 1.

    Raises:
        InputError: there are no sentences.
    """
    split = [set(vocabulary.split(sentence)) for sentence in sentences]
    if not split:
        raise InputError("There are no captions to count words in.")
    return {
        name: sum(not held.isdisjoint(words) for held in split) / len(split)
        for name, words in WATCHED.items()
    }


def count(
    texts: Sequence[Sequence[str]], made: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> dict:
    """The shares in people's captions and in each decoder's, and of how many pictures.

    Args:
        texts: people's captions of each picture.
        made: each decoder's captions of the same pictures.
        vocabulary: what splits sentences into words.
    """
    writers = {PEOPLE: [text for several in texts for text in several], **made}
    found = {name: shares(sentences, vocabulary) for name, sentences in writers.items()}
    return {"pictures": len(texts), "shares": found}


def write(pictures: Dataset, weights: Path) -> None:
    """Count in people's captions of pictures and in those of the captioner in a folder of weights,
    and keep that beside it.
    """
    network = checkpoint.load(Captioner, weights / "captioner.safetensors")
    made = captions(network, annotate_all(network, pictures.images), writers=WRITERS)
    found = count(pictures.captions, made, Vocabulary(network.config.words))
    checkpoint.write_json(weights / FILE, found)


def read(weights: Path = WEIGHTS) -> dict:
    """What was counted when the weights were published, as `count` returns it.

    Raises:
        InputError: the file is missing or damaged.
    """
    path = weights / FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        for of in found["shares"].values():
            if not all(0 <= of[name] <= 1 for name in WATCHED):
                raise ValueError("a share lies outside 0 to 1")
        found["shares"][PEOPLE], int(found["pictures"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path.name}, what the describers wrote, is missing or damaged. "
            f"{how_to_get_back(path)}"
        ) from error
    return found


def main(argv: Sequence[str] | None = None) -> None:
    """The command line: count in captioned pictures and save beside the weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="captioned pictures (.npz)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args(argv)
    try:
        write(archive.read(arguments.data), arguments.weights)
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(f"{arguments.weights / FILE}\n")


if __name__ == "__main__":
    main()
