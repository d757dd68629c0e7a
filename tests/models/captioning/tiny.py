"""Captioners small enough to try everything: 10 words, a 3x3 grid."""

import torch

from models.captioning.lstm import LSTMCaptioner, LSTMConfig
from models.captioning.transformer import TransformerCaptioner, TransformerConfig
from models.captioning.vocabulary import SPECIAL

WORDS = (*SPECIAL, "a", "black", "dog", "runs", "on", "sand")
ENCODER = {"widths": (4, 4, 8, 8), "blocks": (1, 1, 1, 1), "size": 48, "embedding": 8}
SIZES = {
    "lstm": ENCODER | {"hidden": 6, "attention": 5},
    "transformer": ENCODER | {"layers": 2, "heads": 2, "inner": 16},
}
KINDS = {
    "lstm": (LSTMCaptioner, LSTMConfig),
    "transformer": (TransformerCaptioner, TransformerConfig),
}


def captioner(kind, words=WORDS, **changes):
    """A network with random weights, wild enough that its captions are not all alike."""
    network, config = KINDS[kind]
    torch.manual_seed(0)
    made = network(config(words, **SIZES[kind] | {"longest": 7} | changes))
    with torch.no_grad():
        for name, weights in made.named_parameters():
            if weights.ndim > 1 and not name.startswith("encoder."):
                weights.normal_(std=0.8)
    return made.eval()
