"""Captioners of transformers as writers: the same steps as our own decoders, shapes as there."""

import inspect
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from models.captioning.decoder import Decoded, Tensors
from models.captioning.hub_tokens import HubVocabulary, Names, ours
from models.captioning.vocabulary import END, SPECIAL
from models.core.errors import InputError
from models.core.images import to_pil

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LONGEST = 24
"""Tokens of a caption, the end among them."""


@dataclass
class Crossed:
    """The keys and values of the picture's places: made at the first word, then kept."""

    cache: Any


@dataclass(frozen=True)
class WriterConfig:
    """What of a decoder's config the steps ask for."""

    words: Names
    grid: int
    """The side of the grid of patches."""
    longest: int = LONGEST


@dataclass
class HubWriter:
    """A captioner of transformers, `eval` mode, attention `eager`: BLIP, or an encoder and decoder.

    Args:
        network: `BlipForConditionalGeneration` or `VisionEncoderDecoderModel`.
        processor: its image processor.
        tokenizer: its tokenizer.
    """

    network: "PreTrainedModel"
    processor: Any
    tokenizer: Any
    config: WriterConfig = field(init=False)
    start: int = field(init=False)
    """Our number of the token that a caption begins with."""
    order: torch.Tensor = field(init=False)
    """Our numbers in the order of the model's own, by which `generate()` draws."""
    vocabulary: HubVocabulary = field(init=False)

    def __post_init__(self):
        self.blip = hasattr(self.network, "text_decoder")
        if self.blip:
            self.text = self.network.text_decoder
            text, eyes = self.network.config.text_config, self.network.config.vision_config
            first, self.end = text.bos_token_id, text.sep_token_id
            self.shape = text.num_hidden_layers, text.num_attention_heads
            size = text.vocab_size
        else:
            self.text = self.network.decoder
            text, eyes = self.network.config.decoder, self.network.config.encoder
            chosen = self.network.generation_config
            first = first_of(
                chosen.decoder_start_token_id,
                self.network.config.decoder_start_token_id,
                text.bos_token_id,
            )
            self.end = first_of(chosen.eos_token_id, text.eos_token_id)
            self.shape = text.num_hidden_layers, text.num_attention_heads
            size = text.vocab_size
        grid = eyes.image_size // eyes.patch_size
        self.config = WriterConfig(Names(self.tokenizer, size, self.end), grid)
        self.vocabulary = HubVocabulary(self.tokenizer, self.end)
        self.start = ours(first, self.end)
        numbers = torch.arange(size + len(SPECIAL) - 1)
        self.tokens = numbers - len(SPECIAL) + (numbers - len(SPECIAL) >= self.end)
        self.tokens[END] = self.end
        self.order = torch.tensor([ours(token, self.end) for token in range(size)])

    @property
    def views(self) -> tuple[int, int]:
        """Layers, and heads in each."""
        return self.shape

    @torch.no_grad()
    def annotate(self, image: torch.Tensor) -> torch.Tensor:
        """What the text decoder is given of a picture (1 3 H W in [0, 1], any shape): 1 L D.

        The processor squeezes it to a square, as ours are.
        """
        seen = self.processor(images=to_pil(image), return_tensors="pt")["pixel_values"]
        seen = seen.to(self.network.device)
        if self.blip:
            return self.network.vision_model(pixel_values=seen)[0]
        hidden = self.network.encoder(pixel_values=seen)[0]
        text = self.text.config
        wider = self.network.encoder.config.hidden_size != text.hidden_size
        if wider and text.cross_attention_hidden_size is None:
            hidden = self.network.enc_to_dec_proj(hidden)
        return hidden

    def begin(self, annotations: torch.Tensor, captions: int = 1) -> tuple[tuple, Tensors]:
        """The picture for each caption, its keys and values to come; no words yet."""
        from transformers.cache_utils import DynamicCache

        return (annotations.repeat_interleave(captions, 0), Crossed(DynamicCache())), ()

    def decode(self, words: torch.Tensor, memory: tuple, state: Tensors) -> Decoded:
        """Read more words (int64 R T, our numbers) and predict after each the one that follows.

        The attention, R T N L, is to the patches alone and sums to 1 over them; what went to the
        class token is told in the reading `class_token`.
        """
        from transformers.cache_utils import DynamicCache, EncoderDecoderCache

        hidden, crossed = memory
        own = DynamicCache()
        for layer in range(len(state) // 2):
            own.update(state[2 * layer], state[2 * layer + 1], layer)
        out = self.text(
            input_ids=self.tokens.to(words.device)[words],
            encoder_hidden_states=hidden,
            use_cache=True,
            output_attentions=True,
            return_dict=True,
            **{self.cache_argument: EncoderDecoderCache(own, crossed.cache)},
            **({"is_decoder": True} if self.blip else {}),
        )
        after = tuple(part for layer in own.layers for part in (layer.keys, layer.values))
        looked = torch.stack(out.cross_attentions, 1).flatten(1, 2).transpose(1, 2)  # R T N 1+L
        patches = looked[..., looked.shape[-1] - self.config.grid**2 :]
        total = patches.sum(-1, keepdim=True)
        readings = {"class_token": 1 - total[..., 0].mean(-1)}
        return Decoded(self._renumbered(out.logits), patches / total, after, readings)

    def _renumbered(self, logits: torch.Tensor) -> torch.Tensor:
        """R T of their tokens to R T of our numbers."""
        first = len(SPECIAL)
        found = logits.new_full((*logits.shape[:-1], logits.shape[-1] + first - 1), -torch.inf)
        found[..., END] = logits[..., self.end]
        found[..., first : first + self.end] = logits[..., : self.end]
        found[..., first + self.end :] = logits[..., self.end + 1 :]
        return found

    @cached_property
    def cache_argument(self) -> str:
        """What this version of transformers calls the words before."""
        known = inspect.signature(self.text.forward).parameters
        return "cache" if "cache" in known else "past_key_values"


def first_of(*numbers: int | list[int] | None) -> int:
    """The first that is given; of a list its first."""
    for number in numbers:
        if isinstance(number, list):
            return number[0]
        if number is not None:
            return number
    raise InputError("The model's files do not say how a caption begins and ends.")
