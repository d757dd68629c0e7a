"""Two networks that put a picture into words: with an LSTM, and with a transformer.

Both look through the backbone, whose last map gives L annotation vectors, one for each place of
the picture. Xu et al. 2015 ("Show, Attend and Tell") and what is called here:

    a_i     annotations        alpha   attention       E y     embedded
    z       context            beta    selector        h, c    hidden, cell

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


@dataclass(frozen=True)
class LSTMConfig(CaptionerConfig):
    """An `LSTMCaptioner`: the sizes of its state and of the layer that scores places."""

    hidden: int = 256
    attention: int = 128
    dropout: float = 0.5


class LSTMCaptioner(Captioner):
    """Show, Attend and Tell with soft attention (Xu et al. 2015, sections 3.1.2 and 4.2)."""

    GATES = ("input", "forget", "output")

    def __init__(self, config: LSTMConfig):
        super().__init__(config)
        places, hidden, words = config.widths[-1], config.hidden, config.embedding
        self.first_hidden = nn.Linear(places, hidden)
        self.first_cell = nn.Linear(places, hidden)
        self.score_place = nn.Linear(places, config.attention)
        self.score_hidden = nn.Linear(hidden, config.attention, bias=False)
        self.score = nn.Linear(config.attention, 1, bias=False)
        self.selector = nn.Linear(hidden, 1)
        self.gates = nn.Linear(words + places + hidden, 4 * hidden)
        self.hidden_out = nn.Linear(hidden, words)
        self.context_out = nn.Linear(places, words, bias=False)
        with torch.no_grad():  # remember at first (Jozefowicz et al. 2015)
            self.gates.bias[hidden : 2 * hidden] = 1.0

    @property
    def views(self) -> tuple[int, int]:
        """One."""
        return 1, 1

    def begin(self, annotations: torch.Tensor, captions: int = 1) -> tuple[Tensors, Tensors]:
        """The first state comes from the mean annotation."""
        annotations = self.norm(annotations)  # B L D
        mean = annotations.mean(1)  # B D
        state = (self.first_hidden(mean).tanh().float(), self.first_cell(mean).tanh().float())
        rows = tuple(part.repeat_interleave(captions, 0) for part in state)  # R H
        return (annotations, self.score_place(annotations)), rows

    def attend(self, hidden: torch.Tensor, memory: Tensors) -> Tensors:
        """Where to look, given the state: equations 4 to 6 of the paper, and the selector.

        Args:
            hidden: R H.
            memory: annotations B L D, and what they add to the scores, B L A.

        Returns:
            Context R D, attention R L, selector R 1.
        """
        annotations, placed = memory
        asked = self.score_hidden(hidden).unflatten(0, (len(annotations), -1))  # B n A
        scores = self.score((placed[:, None] + asked[:, :, None]).tanh())[..., 0]  # B n L
        attention = scores.float().softmax(-1)  # B n L
        context = (attention.to(annotations.dtype) @ annotations).flatten(0, 1)  # R D
        selector = self.selector(hidden).float().sigmoid()  # R 1
        return selector * context, attention.flatten(0, 1), selector

    def tick(self, x: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor) -> Tensors:
        """One step of an LSTM (equations 1 to 3): the new state and the three gates, all R H."""
        raw = self.gates(torch.cat([x, hidden], 1)).float()  # R 4H
        entry, forget, candidate, out = raw.chunk(4, 1)
        entry, forget, out = entry.sigmoid(), forget.sigmoid(), out.sigmoid()
        cell = forget * cell + entry * candidate.tanh()
        return out * cell.tanh(), cell, entry, forget, out

    def decode(self, words: torch.Tensor, memory: Tensors, state: Tensors) -> Decoded:
        """Read the words one after another. Readings: means of the gates, norms of the state."""
        hidden, cell = state
        embedded = self.embedding(words)  # R T E
        steps = []
        for word in embedded.unbind(1):  # R E
            context, attention, selector = self.attend(hidden, memory)
            hidden, cell, *gates = self.tick(torch.cat([word, context], 1), hidden, cell)
            steps.append((hidden, cell, context, attention, selector, *gates))
        hiddens, cells, contexts, attention, selector, *gates = (
            torch.stack(part, 1) for part in zip(*steps, strict=True)
        )  # R T ...
        deep = embedded + self.hidden_out(hiddens) + self.context_out(contexts)  # equation 7
        readings = {name: gate.mean(-1) for name, gate in zip(self.GATES, gates, strict=True)} | {
            "selector": selector[..., 0],
            "hidden": hiddens.norm(dim=-1),
            "cell": cells.norm(dim=-1),
        }
        return Decoded(self.logits(deep), attention[:, :, None], (hidden, cell), readings)


@dataclass(frozen=True)
class TransformerConfig(CaptionerConfig):
    """A `TransformerCaptioner`: how many layers, heads in each, and width between two layers."""

    layers: int = 2
    heads: int = 4
    inner: int = 768


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

    def __init__(self, config: TransformerConfig):
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
        self.dropout = nn.Dropout(config.dropout)

    def split(self, x: torch.Tensor, parts: int = 1) -> Tensors:
        """B T parts*E to that many of B heads T d."""
        return tuple(
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in x.chunk(parts, -1)
        )

    def forward(
        self, x: torch.Tensor, memory: Tensors, past: Tensors
    ) -> tuple[torch.Tensor, torch.Tensor, Tensors]:
        """Read T more words.

        Args:
            x: R T E.
            memory: keys and values of the picture's places, B heads L d.
            past: keys and values of the P words before, R heads P d.

        Returns:
            R T E; attention to the places, R T heads L; keys and values, now of P + T words.
        """
        queries, keys, values = self.split(self.from_words(self.norm_words(x)), 3)
        keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        seen, ahead = keys.shape[2], x.shape[1]
        causal = torch.ones(ahead, seen, dtype=torch.bool, device=x.device).tril(seen - ahead)
        y, _ = attend(queries, keys, values, causal)  # R heads T d
        x = x + self.dropout(self.words_out(y.transpose(1, 2).flatten(2)))  # R T E
        # The captions of a picture ask it together: n captions of T words are n * T queries.
        asked = self.ask_places(self.norm_places(x)).reshape(len(memory[0]), -1, x.shape[-1])
        y, weights = attend(*self.split(asked), *memory)  # B heads n*T d
        y = y.transpose(1, 2).reshape(x.shape)  # R T E
        x = x + self.dropout(self.places_out(y))
        x = x + self.dropout(self.dense(self.norm_dense(x)))  # R T E
        weights = weights.transpose(1, 2).reshape(*x.shape[:2], self.heads, -1)  # R T heads L
        return x, weights, (keys, values)


class TransformerCaptioner(Captioner):
    """A transformer decoder (Vaswani et al. 2017) that looks at the picture in every layer."""

    def __init__(self, config: TransformerConfig):
        super().__init__(config)
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
        attention, after = [], []
        for i, layer in enumerate(self.layers):
            own = slice(2 * i, 2 * i + 2)
            x, weights, past = layer(x, memory[own], state[own])
            attention.append(weights)
            after.extend(past)
        return Decoded(self.logits(self.last_norm(x)), torch.cat(attention, 2), tuple(after))
