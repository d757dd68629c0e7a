"""The captioners' numbers: `python -m models.captioning.evaluate [--data FILE.npz] [--json]`."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import torch
from sacrebleu.metrics import BLEU
from torch.nn import functional as F

from models.captioning.caption import annotate, captions, load
from models.captioning.network import Captioner
from models.captioning.vocabulary import PAD, UNKNOWN, Vocabulary
from models.core.archive import Dataset
from models.core.card import About
from models.core.errors import InputError
from models.core.evaluation import Rows, main, weights_folder

BATCH = 50
BEAM = 3
DATA = ("flickr8k",)
WEIGHTS = weights_folder(__file__)
ABOUT = About(
    title="Captioning",
    text=(
        "Two networks that put a picture into words, each looking through its own copy of the "
        "backbone, trained further: `lstm` is Show, Attend and Tell (Xu et al. 2015) with soft "
        "attention over 10x10 places, `transformer` a decoder that attends to the same places in "
        "two layers of four heads. Pictures are squeezed to a square of 160x160 pixels."
    ),
    data=(
        "Flickr8k, the standard split: 6,000 photographs with five captions each. The photos "
        "belong to their Flickr authors: research only. Words that occur less than five times "
        "are unknown to the networks."
    ),
    limits=(
        "They have seen few photographs, most of them of people and dogs outdoors, and describe "
        "everything as one of those, with the describers' guesses at age and sex. Not for telling "
        "anyone who cannot see a picture what is in it."
    ),
    metrics=(
        f"`loss`: nats a word, given the words before. `bleu1` to `bleu4`: corpus BLEU by "
        f"sacrebleu in percent, of beam search of width {BEAM} against all references; both sides "
        "in lower case, without punctuation, split into words as the vocabulary splits them "
        "(`tokenize=none`). `vocabulary_coverage`: share of the references' running words that "
        "the network knows. `distinct_share`: distinct captions by pictures. `words_used`: how "
        "many different words the captions are made of."
    ),
)


def word_losses(logits: torch.Tensor, words: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Mean cross-entropy, in nats, of the words that follow; unknown ones do not count.

    Args:
        logits: R T V.
        words: int64 R T+1, what was read and then one more.
        smoothing: share of each target that is spread over all words (Szegedy et al. 2016).
    """
    targets = words[:, 1:].masked_fill(words[:, 1:] == UNKNOWN, PAD)
    return F.cross_entropy(
        logits.float().flatten(0, 1),
        targets.flatten(),
        ignore_index=PAD,
        label_smoothing=smoothing,
    )


@torch.no_grad()
def loss(network: Captioner, pictures: Dataset) -> float:
    """Nats a word of the pictures' captions, given the words before."""
    table = network.vocabulary.table(pictures.captions, network.config.longest)
    where = network.embedding.weight.device
    total = count = 0.0
    for part in torch.arange(len(pictures)).split(BATCH):
        words = table[part].to(where)  # B n T+1
        annotations = annotate(network, pictures.images[part] / 255)
        logits, _ = network(annotations, words[..., :-1])
        known = int(((words[..., 1:] != PAD) & (words[..., 1:] != UNKNOWN)).sum())
        total += word_losses(logits, words.flatten(0, 1)).item() * known
        count += known
    return total / count


def bleu(
    made: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> dict[str, float]:
    """`bleu1` to `bleu4` of a caption for each picture against that picture's references."""
    split = [[" ".join(vocabulary.split(text)) for text in texts] for texts in references]
    streams = list(zip_longest(*split))  # sacrebleu: a reference of every picture, None for none
    made = [" ".join(vocabulary.split(text)) for text in made]
    return {
        f"bleu{order}": BLEU(tokenize="none", max_ngram_order=order)
        .corpus_score(made, streams)
        .score
        for order in (1, 2, 3, 4)
    }


def variety(
    made: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> dict[str, float]:
    """How many of the references' words are known, and how varied the captions are."""
    running = [
        number for texts in references for text in texts for number in vocabulary.numbers(text)
    ]
    known = sum(number != UNKNOWN for number in running)
    return {
        "vocabulary_coverage": known / len(running),
        "distinct_share": len(set(made)) / len(made),
        "words_used": float(len({word for text in made for word in vocabulary.split(text)})),
    }


def measure(network: Captioner, pictures: Dataset, width: int = BEAM) -> dict[str, float]:
    """All numbers of one captioner, with beam search of this width."""
    made = captions(network, pictures.images, width)
    return {
        "loss": loss(network, pictures),
        **bleu(made, pictures.captions, network.vocabulary),
        **variety(made, pictures.captions, network.vocabulary),
    }


def evaluate(pictures: Dataset, weights: Path) -> Rows:
    """The numbers of each captioner in `weights`, on captioned pictures.

    Raises:
        InputError: the pictures have no captions.
    """
    if not pictures.captions:
        raise InputError("The pictures have no captions.")
    files = sorted(weights.glob("*.safetensors"))
    return {file.stem: measure(load(file), pictures) for file in files}


if __name__ == "__main__":
    main(__doc__, evaluate, DATA, WEIGHTS)
