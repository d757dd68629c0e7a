"""A captioner small enough to try everything: 10 words, a 3x3 grid."""

import pytest
import torch

from models.captioning.decoder import CaptionerConfig
from models.captioning.network import Captioner
from models.captioning.vocabulary import SPECIAL

WORDS = (*SPECIAL, "a", "black", "dog", "runs", "on", "sand")
SIZES = {
    "widths": (4, 4, 8, 8),
    "blocks": (1, 1, 1, 1),
    "size": 48,
    "longest": 7,
    "embedding": 8,
    "hidden": 6,
    "attention": 5,
    "layers": 2,
    "heads": 2,
    "inner": 16,
}
KINDS = ("lstm", "transformer")
BOTH = pytest.mark.parametrize("decoder", KINDS, indirect=True)
LSTM = pytest.mark.parametrize("decoder", ["lstm"], indirect=True)
TRANSFORMER = pytest.mark.parametrize("decoder", ["transformer"], indirect=True)


def captioner(words=WORDS, **changes):
    """A network with random weights, wild enough that its captions are not all alike."""
    torch.manual_seed(361)
    made = Captioner(CaptionerConfig(words, **SIZES | changes))
    with torch.no_grad():
        for weights in made.decoders.parameters():
            if weights.ndim > 1:
                weights.normal_(std=0.8)
    return made.eval()
