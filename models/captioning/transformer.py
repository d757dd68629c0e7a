"""A transformer decoder that looks at the picture in each layer; shapes as in `decoder.py`."""

import math

import torch
from torch import nn

from models.captioning.decoder import CaptionerConfig, Decoded, Decoder, Tensors


def attend(
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention (Vaswani et al. 2017, equation 1), with its weights.

    Args:
        queries: B heads T d.
        keys: B heads L d.
        values: B heads L d.
        mask: T L, False where a query must not look.

    Returns:
        B heads T d, and weights B heads T L.
    """
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.float().softmax(-1)
    return weights.to(values.dtype) @ values, weights


class DecoderLayer(nn.Module):
    """Attention to the words before, attention to the picture, and a dense part; pre-norm."""

    def __init__(self, config: CaptionerConfig):
        super().__init__()
        width, self.heads = config.embedding, config.heads
        self.norm_words, self.norm_places, self.norm_dense = (nn.LayerNorm(width) for _ in "123")
        self.from_words = nn.Linear(width, 3 * width)
        self.words_out = nn.Linear(width, width)
        self.ask_places = nn.Linear(width, width)
        self.from_places = nn.Linear(width, 2 * width)
        self.places_out = nn.Linear(width, width)
        self.dense = nn.Sequential(
            nn.Linear(width, config.inner), nn.GELU(), nn.Linear(config.inner, width)
        )
        self.dropout = nn.Dropout(config.transformer_dropout)

    def split(self, x: torch.Tensor, parts: int = 1) -> Tensors:
        """B T parts*E to that many of B heads T d."""
        return tuple(
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in x.chunk(parts, -1)
        )

    def forward(
        self, x: torch.Tensor, memory: Tensors, past: Tensors
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, Tensors]:
        """Read T more words.

        Args:
            x: R T E.
            memory: keys and values of the picture's places, B heads L d.
            past: keys and values of the P words before, R heads P d.

        Returns:
            R T E; attention to the places, R T heads L, and to the words, R heads T P+T; keys and
            values, now of P + T words.
        """
        queries, keys, values = self.split(self.from_words(self.norm_words(x)), 3)
        keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        seen, ahead = keys.shape[2], x.shape[1]
        causal = None  # one word sees all that came before it
        if ahead > 1:
            causal = torch.ones(ahead, seen, dtype=torch.bool, device=x.device).tril(seen - ahead)
        y, between = attend(queries, keys, values, causal)  # R heads T d
        x = x + self.dropout(self.words_out(y.transpose(1, 2).flatten(2)))  # R T E
        # The captions of a picture ask it together: n captions of T words are n * T queries.
        asked = self.ask_places(self.norm_places(x)).reshape(len(memory[0]), -1, x.shape[-1])
        y, weights = attend(*self.split(asked), *memory)  # B heads n*T d
        y = y.transpose(1, 2).reshape(x.shape)  # R T E
        x = x + self.dropout(self.places_out(y))
        x = x + self.dropout(self.dense(self.norm_dense(x)))  # R T E
        weights = weights.transpose(1, 2).reshape(*x.shape[:2], self.heads, -1)  # R T heads L
        return x, weights, between, (keys, values)


class TransformerDecoder(Decoder):
    """A transformer decoder (Vaswani et al. 2017) that looks at the picture in every layer."""

    def __init__(self, config: CaptionerConfig):
        super().__init__(config, config.transformer_dropout)
        width = config.embedding
        self.place = nn.Linear(config.widths[-1], width)
        self.places = nn.Parameter(torch.randn(config.grid**2, width) * 0.02)
        self.positions = nn.Embedding(config.longest, width)
        nn.init.normal_(self.positions.weight, std=0.02)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.last_norm = nn.LayerNorm(width)

    @property
    def views(self) -> tuple[int, int]:
        """Layers, and heads in each."""
        return self.config.layers, self.config.heads

    @property
    def carried(self) -> tuple[int, int]:
        """Each layer's keys and values, of the places and of the words."""
        return 2 * self.config.layers, 2 * self.config.layers

    def begin(self, annotations: torch.Tensor, captions: int = 1) -> tuple[Tensors, Tensors]:
        """Each layer's keys and values of the places; no words yet."""
        places = self.place(self.norm(annotations)) + self.places  # B L E
        memory = [
            part for layer in self.layers for part in layer.split(layer.from_places(places), 2)
        ]
        rows, size = len(annotations) * captions, self.config.embedding // self.config.heads
        none = places.new_empty(rows, self.config.heads, 0, size)
        return tuple(memory), (none,) * len(memory)

    def decode(self, words: torch.Tensor, memory: Tensors, state: Tensors) -> Decoded:
        """Read the words all at once."""
        before = state[0].shape[2]
        position = torch.arange(before, before + words.shape[1], device=words.device)
        x = self.dropout(self.embedding(words) + self.positions(position))  # R T E
        attention, between, after = [], [], []
        for i, layer in enumerate(self.layers):
            own = slice(2 * i, 2 * i + 2)
            x, weights, among, past = layer(x, memory[own], state[own])
            attention.append(weights)
            between.append(among)
            after.extend(past)
        logits = self.logits(self.last_norm(x))
        return Decoded(
            logits, torch.cat(attention, 2), tuple(after), between_words=torch.stack(between, 1)
        )
