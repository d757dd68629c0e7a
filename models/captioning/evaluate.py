"""The captioners' numbers: `python -m models.captioning.evaluate [--data FILE.npz] [--json]`."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import torch
from sacrebleu.metrics import BLEU
from torch.nn import functional as F

from models.captioning.beam import captions
from models.captioning.caption import annotate_all
from models.captioning.cider import Cider, ngrams
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.captioning.network import WRITERS, Captioner
from models.captioning.shipped import WEIGHTS
from models.captioning.vocabulary import PAD, UNKNOWN, Vocabulary
from models.core import checkpoint
from models.core.archive import Dataset
from models.core.errors import InputError
from models.training.card import About
from models.training.evaluation import Rows, main

BATCH = 50
DATA = ("flickr8k",)
ABOUT = About(
    title="Captioning",
    text=(
        "Two decoders that put a picture into words, looking through one encoder: the backbone, "
        "trained further by both. `lstm` is Show, Attend and Tell (Xu et al. 2015) with soft "
        "attention over 10x10 places, `transformer` attends to the same places in two layers of "
        "four heads. In the end both were rewarded for their own captions by CIDEr-D (Rennie et "
        "al. 2017), which raises BLEU and costs variety. Pictures are squeezed to a square of "
        "160x160 pixels. The encoder of the shipped weights began as a backbone of 59.2 % top-1 "
        "that is not shipped itself."
    ),
    data=(
        "Flickr8k, the standard split: photographs with five captions each. The photos "
        "belong to their Flickr authors: research only. Words that occur less than five times "
        "are unknown to the networks."
    ),
    limits=(
        "They have seen few photographs, most of them of people and dogs outdoors, and describe "
        "everything as one of those, with the describers' guesses at age and sex. Not for telling "
        "anyone who cannot see a picture what is in it."
    ),
    metrics=(
        f"`both` is the mean of both decoders' log-probabilities at each word. `loss`: nats a "
        "word, given the words before. `bleu1` to `bleu4`: corpus BLEU by sacrebleu in percent "
        "against all references; both sides in lower case, without punctuation, split into words "
        "as the vocabulary splits them (`tokenize=none`). `cider_d`: CIDEr-D, 0 to 10, n-grams "
        "weighed by these references. `vocabulary_coverage`: share of the references' running "
        "words that the network knows. `distinct_share`: distinct captions by pictures. "
        "`words_used`: how many different words the captions are made of; `mean_words`: words of a "
        "caption. `repeated_trigrams`: share of captions that say three words in a row twice. "
        f"Decoded by beam search of width {WIDTH}, length penalty {LENGTH_PENALTY:g}, no "
        f"{NO_REPEAT} words in a row twice: chosen on these pictures, the penalty for BLEU-4 and "
        "distinct captions of `both`."
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
def losses(
    captioner: Captioner, annotations: torch.Tensor, texts: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Nats a word of annotated pictures' captions by each decoder, given the words before.

    Args:
        captioner: in `eval` mode.
        annotations: N L D.
        texts: the captions of each of the N pictures.
    """
    vocabulary = Vocabulary(captioner.config.words)
    table = vocabulary.table(texts, captioner.config.longest).to(annotations.device)  # N n T+1
    total = dict.fromkeys(captioner.decoders, 0.0)
    count = 0
    for seen, words in zip(annotations.split(BATCH), table.split(BATCH), strict=True):
        known = int(((words[..., 1:] != PAD) & (words[..., 1:] != UNKNOWN)).sum())
        for name, decoder in captioner.decoders.items():
            logits, _ = decoder(seen, words[..., :-1])
            total[name] += word_losses(logits, words.flatten(0, 1)).item() * known
        count += known
    return {name: nats / count for name, nats in total.items()}


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
        "mean_words": sum(len(vocabulary.split(text)) for text in made) / len(made),
        "repeated_trigrams": sum(repeats(vocabulary.split(text)) for text in made) / len(made),
    }


def repeats(words: Sequence[str]) -> bool:
    """Whether a caption says three words in a row twice."""
    return any(count > 1 for gram, count in ngrams(words).items() if len(gram) == 3)


def cider_d(
    made: Sequence[str], references: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> float:
    """The mean CIDEr-D of a caption for each picture, its references' n-grams weighed by all."""
    cider = Cider([[vocabulary.split(text) for text in texts] for texts in references])
    scores = [cider.score(vocabulary.split(text), number) for number, text in enumerate(made)]
    return sum(scores) / len(scores)


def measure(captioner: Captioner, pictures: Dataset) -> Rows:
    """All numbers of each of `WRITERS`, by the beam search that the app opens with."""
    vocabulary = Vocabulary(captioner.config.words)
    annotations = annotate_all(captioner, pictures.images)
    nats = losses(captioner, annotations, pictures.captions)
    references = pictures.captions
    return {
        name: {
            **({"loss": nats[name]} if name in nats else {}),
            **bleu(made, references, vocabulary),
            "cider_d": cider_d(made, references, vocabulary),
            **variety(made, references, vocabulary),
            "beam_width": float(WIDTH),
            "length_penalty": LENGTH_PENALTY,
            "no_repeat_ngram_size": float(NO_REPEAT),
        }
        for name, made in captions(captioner, annotations, writers=WRITERS).items()
    }


def evaluate(pictures: Dataset, weights: Path) -> Rows:
    """The numbers of each decoder, on captioned pictures.

    Raises:
        InputError: the pictures have no captions, or there are no weights.
    """
    if not pictures.captions:
        raise InputError("The pictures have no captions.")
    return measure(checkpoint.load(Captioner, weights / "captioner.safetensors"), pictures)


if __name__ == "__main__":
    main(__doc__, evaluate, DATA, WEIGHTS)
