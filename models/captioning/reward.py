"""Self-critical training: captions drawn by a decoder, and the loss that rewards the better ones.

Rennie et al. 2017, "Self-critical sequence training for image captioning", with the baseline of
Luo 2020, "A better variant of self-critical sequence training": for each drawn caption the mean of
the others of its picture.
"""

import torch

from models.captioning.cider import Cider
from models.captioning.decoder import Decoder
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import END, PAD, START


@torch.no_grad()
def draw_captions(decoder: Decoder, annotations: torch.Tensor, captions: int) -> torch.Tensor:
    """Draw several captions of each picture, each word by its probability (torch's own generator).

    Args:
        decoder: as it is to be trained; what it drops out it drops out here too.
        annotations: of B pictures, B L D.
        captions: n, for each picture.

    Returns:
        int64 B n longest+1: `START`, the words, `END` where it came, `PAD`.
    """
    memory, state = decoder.begin(annotations, captions)
    rows = len(annotations) * captions
    words = torch.full((rows, 1), START, device=annotations.device)
    ended = torch.zeros(rows, dtype=torch.bool, device=annotations.device)
    for _ in range(decoder.config.longest):
        decoded = decoder.decode(words[:, -1:].clamp(min=START), memory, state)
        state = decoded.state
        shares = log_probabilities(decoded.logits[:, 0]).exp()
        word = torch.multinomial(shares, 1)[:, 0].masked_fill(ended, PAD)
        words = torch.cat([words, word[:, None]], 1)
        ended = ended | (word == END)
    return words.unflatten(0, (len(annotations), captions))


def rewards(words: torch.Tensor, pictures: torch.Tensor, cider: Cider) -> torch.Tensor:
    """CIDEr-D of drawn captions, the end among their words: B n, on the CPU.

    The end counts as a word, in rewards as in the references; without it captions learn to break
    off before "with a" and the like.

    Args:
        words: int64 B n T+1, as drawn.
        pictures: int64 B, their numbers among those of `cider`, whose captions end in `END`.
        cider: of all training captions, by the words' numbers.
    """
    found = [
        [cider.score([word for word in row if word > START], picture) for row in rows]
        for rows, picture in zip(words.tolist(), pictures.tolist(), strict=True)
    ]
    return torch.tensor(found)


def advantages(reward: torch.Tensor) -> torch.Tensor:
    """How much better each caption is than the others of its picture are in the mean: B n."""
    count = reward.shape[1]
    return (reward - reward.mean(1, keepdim=True)) * count / (count - 1)


def self_critical_loss(
    logits: torch.Tensor, words: torch.Tensor, advantage: torch.Tensor
) -> torch.Tensor:
    """What falls where the better captions become more probable, the mean over drawn words.

    Args:
        logits: R T V, of the drawn captions read word by word.
        words: int64 R T+1, as drawn.
        advantage: R.
    """
    drawn = words[:, 1:]  # R T
    log_p = log_probabilities(logits).gather(2, drawn.clamp(min=END)[..., None])[..., 0]  # R T
    counts = drawn != PAD
    return -(advantage[:, None] * log_p.masked_fill(~counts, 0.0)).sum() / counts.sum()
