"""What the two decoders, which put a picture into words, have in common.

They are given the picture as L annotation vectors of D numbers, one for each of its places (Xu et
al. 2015, section 3.1.1).

Shapes: B pictures of n captions each give R = B * n rows of T words, a picture's rows together;
V words in the vocabulary; N views with L weights each at every word.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import nn
from torch.nn import functional as F

from models.captioning.vocabulary import START, Vocabulary

Tensors = tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class CaptionerConfig:
    """A `Captioner`: the backbone it looks through, the words, and the sizes of its decoders."""

    words: tuple[str, ...]
    widths: tuple[int, ...] = (32, 64, 160, 320)
    blocks: tuple[int, ...] = (2, 2, 2, 2)
    stem: int = 7
    size: int = 160
    """Pictures are squeezed to size x size pixels."""
    longest: int = 22
    """Words of a caption, the end among them."""
    embedding: int = 192
    """Numbers that stand for a word, in each decoder its own."""
    hidden: int = 256
    """Of the LSTM: the size of its state, and of the layer that scores places."""
    attention: int = 128
    lstm_dropout: float = 0.5
    layers: int = 2
    """Of the transformer: its layers, heads in each, and the width between two layers."""
    heads: int = 4
    inner: int = 768
    transformer_dropout: float = 0.3

    @property
    def grid(self) -> int:
        """The side of the backbone's last map, which attention is over."""
        return math.ceil(self.size / 2 ** len(self.widths))


@dataclass(frozen=True)
class Decoded:
    """What a decoder makes of the words so far."""

    logits: torch.Tensor
    """Of the word that comes next, R T V."""
    attention: torch.Tensor
    """R T N L; each of the N views sums to 1 over the L places."""
    state: Tensors
    """What is carried on to the next words; each R ..."""
    readings: dict[str, torch.Tensor] = field(default_factory=dict)
    """What else can be shown of the state, by name; each R T."""
    between_words: torch.Tensor | None = None
    """Of a transformer over the P + T words so far, R layers heads T P+T; each row sums to 1."""


class Decoder(nn.Module):
    """What both decoders share: words, and the way they are called."""

    start = START
    """The number that a caption begins with."""
    order: torch.Tensor | None = None
    """In which order words are drawn, by their numbers; None for that of the numbers."""

    def __init__(self, config: CaptionerConfig, dropout: float):
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(config.widths[-1])
        self.embedding = nn.Embedding(len(config.words), config.embedding)
        nn.init.normal_(self.embedding.weight, std=config.embedding**-0.5)
        self.bias = nn.Parameter(torch.zeros(len(config.words)))
        self.dropout = nn.Dropout(dropout)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words it knows."""
        return Vocabulary(self.config.words)

    @property
    def views(self) -> tuple[int, int]:
        """Layers, and heads in each: their product is N."""
        raise NotImplementedError

    @property
    def carried(self) -> tuple[int, int]:
        """How many tensors its memory and its state are."""
        raise NotImplementedError

    def begin(self, annotations: torch.Tensor, captions: int = 1) -> tuple[Tensors, Tensors]:
        """What is known before the first word.

        Args:
            annotations: B L D.
            captions: n, how many are to be written for each picture.

        Returns:
            The memory of the picture, each tensor B ..., which stays; and the state, each R ...
        """
        raise NotImplementedError

    def decode(self, words: torch.Tensor, memory: Tensors, state: Tensors) -> Decoded:
        """Read more words (int64 R T) and predict after each the one that comes next."""
        raise NotImplementedError

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """R T E to R T V, by the matrix that embeds the words too (Press and Wolf 2017)."""
        return F.linear(self.dropout(x), self.embedding.weight, self.bias)

    def forward(
        self, annotations: torch.Tensor, words: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Predict every next word of given captions, as in training.

        Args:
            annotations: B L D.
            words: int64 B n T, the first one `START`.

        Returns:
            Logits R T V, and attention R T N L.
        """
        memory, state = self.begin(annotations, words.shape[1])
        decoded = self.decode(words.flatten(0, 1), memory, state)
        return decoded.logits, decoded.attention
