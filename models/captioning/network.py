"""What the networks that put a picture into words have in common.

They look through the backbone, whose last map gives L annotation vectors, one for each place of
the picture (Xu et al. 2015, section 3.1.1).

Shapes: B pictures of n captions each give R = B * n rows of T words, a picture's rows together;
V words in the vocabulary; N views with L weights each at every word.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import nn
from torch.nn import functional as F

from models.backbone.network import Backbone, BackboneConfig
from models.captioning.vocabulary import Vocabulary

Tensors = tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class CaptionerConfig:
    """What all captioners share: the words they know, and the backbone they look through."""

    words: tuple[str, ...]
    widths: tuple[int, ...] = (32, 64, 160, 320)
    blocks: tuple[int, ...] = (2, 2, 2, 2)
    stem: int = 7
    size: int = 160
    """Pictures are squeezed to size x size pixels."""
    longest: int = 22
    """Words of a caption, the end among them."""
    embedding: int = 192
    dropout: float = 0.3

    @property
    def grid(self) -> int:
        """The side of the backbone's last map, which attention is over."""
        return math.ceil(self.size / 2 ** len(self.widths))


@dataclass(frozen=True)
class Decoded:
    """What a captioner makes of the words so far."""

    logits: torch.Tensor
    """Of the word that comes next, R T V."""
    attention: torch.Tensor
    """R T N L; each of the N views sums to 1 over the L places."""
    state: Tensors
    """What is carried on to the next words; each R ..."""
    readings: dict[str, torch.Tensor] = field(default_factory=dict)
    """What else can be shown of the state, by name; each R T."""


class Captioner(nn.Module):
    """What the two captioners share: encoder, words, and the way they are called."""

    def __init__(self, config: CaptionerConfig):
        super().__init__()
        self.config = config
        looking = BackboneConfig(("none",), config.widths, config.blocks, config.stem)
        self.encoder = Backbone(looking)
        self.encoder.head = nn.Identity()  # no classes are told apart here
        self.register_buffer("pretrained", torch.tensor(False))  # the encoder; kept with the run
        self.norm = nn.LayerNorm(config.widths[-1])
        self.embedding = nn.Embedding(len(config.words), config.embedding)
        nn.init.normal_(self.embedding.weight, std=config.embedding**-0.5)
        self.bias = nn.Parameter(torch.zeros(len(config.words)))
        self.dropout = nn.Dropout(config.dropout)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words it knows."""
        return Vocabulary(self.config.words)

    @property
    def views(self) -> tuple[int, int]:
        """Layers, and heads in each: their product is N."""
        raise NotImplementedError

    def annotate(self, images: torch.Tensor) -> torch.Tensor:
        """B 3 H W in [0, 1] to annotations, B L D: a vector for each place, row by row."""
        return self.encoder.features(images)[-1].flatten(2).transpose(1, 2)

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
        self, pictures: torch.Tensor, words: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Predict every next word of given captions, as in training.

        Args:
            pictures: B 3 H W in [0, 1], or their annotations, B L D.
            words: int64 B n T, the first one `START`.

        Returns:
            Logits R T V, and attention R T N L.
        """
        annotations = self.annotate(pictures) if pictures.ndim == 4 else pictures
        memory, state = self.begin(annotations, words.shape[1])
        decoded = self.decode(words.flatten(0, 1), memory, state)
        return decoded.logits, decoded.attention
