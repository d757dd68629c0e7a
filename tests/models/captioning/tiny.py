"""A captioner small enough to try everything: 10 words, a 3x3 grid."""

import pytest
import torch
from torch import nn
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from models.captioning.caption import annotate
from models.captioning.decoder import CaptionerConfig
from models.captioning.network import Captioner
from models.captioning.search import log_probabilities
from models.captioning.vocabulary import END, PAD, SPECIAL, START

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
WRITERS = (*KINDS, "both")
ALL = pytest.mark.parametrize("decoder", WRITERS, indirect=True)
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


def annotated(seed):
    generator = torch.Generator().manual_seed(seed)
    return annotate(captioner(), torch.rand(1, 3, 48, 48, generator=generator))


class Wrapped(PreTrainedModel, GenerationMixin):
    """A decoder before one picture, as transformers calls a language model."""

    config_class = PretrainedConfig
    _supports_cache_class = False

    def __init__(self, decoder, annotations):
        super().__init__(PretrainedConfig(vocab_size=len(decoder.config.words)))
        self.held = nn.ModuleList(parts_of(decoder))  # whose device is asked for
        self.decoder, self.annotations = decoder, annotations
        self.generation_config = GenerationConfig(
            bos_token_id=START, eos_token_id=END, pad_token_id=PAD, use_cache=False
        )

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}

    def forward(self, input_ids, **_):
        memory, state = self.decoder.begin(self.annotations, len(input_ids))
        logits = self.decoder.decode(input_ids, memory, state).logits
        return CausalLMOutput(logits=log_probabilities(logits))


def parts_of(decoder):
    return list(getattr(decoder, "decoders", [decoder]))


def ending(decoder, eagerness):
    """The decoder, its end made more probable by so much (logits); at -inf it never ends."""
    with torch.no_grad():
        for part in parts_of(decoder):
            part.bias[END] += eagerness
    return decoder


def until_its_end(caption):
    return caption[: caption.index(END) + 1] if END in caption else caption
