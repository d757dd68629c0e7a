"""Both decoders as one, that says what they find probable together; shapes as in `decoder.py`."""

from collections.abc import Mapping

import torch

from models.captioning.decoder import Decoded, Decoder, Tensors
from models.captioning.search import log_probabilities


class Both:
    """Two decoders at each word: the mean of their log-probabilities (a product of experts,
    Hinton 2002), which a word needs the consent of both for.

    It has no weights of its own. Its views are each decoder's mean map, the LSTM's first.
    """

    def __init__(self, decoders: Mapping[str, Decoder]):
        self.decoders = tuple(decoders.values())
        self.config = self.decoders[0].config
        self.vocabulary = self.decoders[0].vocabulary
        self.start, self.order = self.decoders[0].start, None

    @property
    def views(self) -> tuple[int, int]:
        """As if each decoder were a layer of one head."""
        return len(self.decoders), 1

    def begin(self, annotations: torch.Tensor, captions: int = 1) -> tuple[Tensors, Tensors]:
        """Both memories one after the other, and both states."""
        memory: Tensors = ()
        state: Tensors = ()
        for decoder in self.decoders:
            more, first = decoder.begin(annotations, captions)
            memory, state = memory + more, state + first
        return memory, state

    def decode(self, words: torch.Tensor, memory: Tensors, state: Tensors) -> Decoded:
        """What each reads in the words, put together; its logits are log-probabilities."""
        logits, attention, after, readings = [], [], (), {}
        for decoder in self.decoders:
            sizes = decoder.carried
            decoded = decoder.decode(words, memory[: sizes[0]], state[: sizes[1]])
            memory, state = memory[sizes[0] :], state[sizes[1] :]
            logits.append(log_probabilities(decoded.logits))
            attention.append(decoded.attention.mean(2))  # R T L
            after += decoded.state
            readings |= decoded.readings
        mean = torch.stack(logits).mean(0)  # R T V
        return Decoded(mean, torch.stack(attention, 2), after, readings)
