"""Show, Attend and Tell: an LSTM that looks at a part of the picture before each word.

Xu et al. 2015 and what is called here (shapes as in `decoder.py`):

    a_i     annotations        alpha   attention       E y     embedded
    z       context            beta    selector        h, c    hidden, cell
"""

import torch
from torch import nn

from models.captioning.decoder import CaptionerConfig, Decoded, Decoder, Tensors


class LSTMDecoder(Decoder):
    """Show, Attend and Tell with soft attention (Xu et al. 2015, sections 3.1.2 and 4.2)."""

    GATES = ("input", "forget", "output")

    def __init__(self, config: CaptionerConfig):
        super().__init__(config, config.lstm_dropout)
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

    @property
    def carried(self) -> tuple[int, int]:
        """Annotations and their scores; hidden and cell."""
        return 2, 2

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
        """One step of an LSTM (equations 1 to 3): the new state, the gates in the order of `GATES`
        and the candidate, all R H.
        """
        raw = self.gates(torch.cat([x, hidden], 1)).float()  # R 4H
        entry, forget, candidate, out = raw.chunk(4, 1)
        entry, forget, out = entry.sigmoid(), forget.sigmoid(), out.sigmoid()
        candidate = candidate.tanh()
        cell = forget * cell + entry * candidate
        return out * cell.tanh(), cell, entry, forget, out, candidate

    def decode(self, words: torch.Tensor, memory: Tensors, state: Tensors) -> Decoded:
        """Read the words one after another. Readings: means of the gates, norms of the state."""
        hidden, cell = state
        embedded = self.embedding(words)  # R T E
        steps = []
        for word in embedded.unbind(1):  # R E
            context, attention, selector = self.attend(hidden, memory)
            hidden, cell, *gates, _ = self.tick(torch.cat([word, context], 1), hidden, cell)
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
