"""The captioner: one encoder, and two decoders that look through it."""

import torch
from torch import nn

from models.backbone.network import Backbone, BackboneConfig
from models.captioning.both import Both
from models.captioning.decoder import CaptionerConfig, Decoder
from models.captioning.lstm import LSTMDecoder
from models.captioning.transformer import TransformerDecoder
from models.core.checks import one_of

WRITERS = ("lstm", "transformer", "both")
"""Who can write a caption: each decoder, and both together."""
Writer = Decoder | Both


class Captioner(nn.Module):
    """An LSTM and a transformer that put into words what one and the same encoder sees."""

    def __init__(self, config: CaptionerConfig):
        super().__init__()
        self.config = config
        self.encoder = Backbone(BackboneConfig((), config.widths, config.blocks, config.stem))
        self.register_buffer("pretrained", torch.tensor(False))  # the encoder; kept with the run
        self.decoders = nn.ModuleDict(
            {"lstm": LSTMDecoder(config), "transformer": TransformerDecoder(config)}
        )

    def writer(self, name: str) -> Writer:
        """One of `WRITERS`.

        Raises:
            InputError: it is none of them.
        """
        one_of("Decoder", name, WRITERS)
        return Both(self.decoders) if name == "both" else self.decoders[name]

    def annotate(self, images: torch.Tensor) -> torch.Tensor:
        """B 3 H W in [0, 1] to annotations, B L D: a vector for each place, row by row."""
        return self.encoder.features(images)[-1].flatten(2).transpose(1, 2)

    def forward(
        self, pictures: torch.Tensor, words: torch.Tensor | dict[str, torch.Tensor]
    ) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Predict every next word of given captions, as in training.

        Args:
            pictures: B 3 H W in [0, 1], or their annotations, B L D.
            words: int64 B n T, the first one `START`; or of each decoder its own.

        Returns:
            Of each decoder the logits, R T V, and the attention, R T N L.
        """
        annotations = self.annotate(pictures) if pictures.ndim == 4 else pictures
        return {
            name: decoder(annotations, words if torch.is_tensor(words) else words[name])
            for name, decoder in self.decoders.items()
        }
