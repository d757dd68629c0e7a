"""Train the captioners on Flickr8k: `python -m models.captioning.train [lstm] [transformer]`.

As in the papers, the decoder learns first, on the maps of the encoder as it came, which are
computed once; then the encoder learns too, at a lower rate.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm

from models.backbone import evaluate as backbone
from models.backbone.network import Backbone
from models.captioning.caption import captions, greedy
from models.captioning.evaluate import bleu, loss, variety, word_losses
from models.captioning.lstm import LSTMCaptioner, LSTMConfig
from models.captioning.network import Captioner, CaptionerConfig
from models.captioning.transformer import TransformerCaptioner, TransformerConfig
from models.captioning.vocabulary import PAD, Vocabulary
from models.core import checkpoint
from models.core.augment import random_resized_crop
from models.core.device import training_precision
from models.core.experiment import Batch, Experiment, Networks
from models.core.options import Options, Training, main
from models.core.recipe import Recipe

LEAST = 5
"""How often a word has to occur to be learned."""
DECODER_FIRST = 60_000
"""Pictures seen before the encoder learns too; at most half of all."""
ENCODER_RATE = 0.2
CROPS = (0.7, 1.0)
"""Share of a picture's area that is shown while the encoder learns."""
BATCH = 50
TEXTS = 6
BACKBONE = backbone.WEIGHTS / "backbone.safetensors"

CPU = Recipe(
    examples=240_000,
    batch_size=32,
    learning_rate=1e-3,
    warmup=3_000,
    decay=237_000,
    weight_decay=0.05,
    ema=0.998,
    validate_every=12_000,
    slower=(("encoder.", ENCODER_RATE),),
)
GPU = replace(CPU, examples=480_000, decay=477_000, batch_size=64)


@dataclass(frozen=True)
class Variant:
    """One of the captioners and what its loss adds to plain cross-entropy."""

    network: type[Captioner]
    config: type[CaptionerConfig]
    smoothing: float = 0.0
    coverage: float = 0.0
    """Weight of the term that asks to look everywhere in the course of a caption."""


VARIANTS = {
    "lstm": Variant(LSTMCaptioner, LSTMConfig, coverage=1.0),
    "transformer": Variant(TransformerCaptioner, TransformerConfig, smoothing=0.1),
}


class CaptionerTraining(Experiment):
    """Cross-entropy of each next word, of all captions of a picture together."""

    best = "bleu4_missing"

    def __init__(self, options: Options, name: str, backbone_file: Path = BACKBONE, **sizes):
        """`sizes`: fields of the config that are to differ from its own."""
        torch.manual_seed(options.seed)
        self.name, self.variant = name, VARIANTS[name]
        self.recipe = options.choose(CPU, GPU)
        self.training, self.validation = options.parts("flickr8k")
        sentences = (text for texts in self.training.captions for text in texts)
        vocabulary = Vocabulary.learn(sentences, LEAST)
        network = self.variant.network(self.variant.config(vocabulary.words, **sizes))
        self.networks = {"captioner": network}
        self.size = len(self.training)
        self.words = vocabulary.table(self.training.captions, network.config.longest)
        self.annotations: torch.Tensor | None = None
        if backbone_file.is_file():
            self._take_over(checkpoint.load(Backbone, backbone_file))
        else:
            tqdm.write(f"{name}: there is no {backbone_file}, so the encoder begins from scratch.")
            self.recipe = replace(self.recipe, slower=(("encoder.", 1.0),))

    def _take_over(self, trained: Backbone) -> None:
        """Begin with the encoder of the published backbone."""
        network = self.networks["captioner"]
        trained.head = network.encoder.head
        network.encoder.load_state_dict(trained.state_dict())
        network.pretrained.fill_(True)

    @property
    def decoder_only(self) -> bool:
        """Whether the encoder still rests: not if it has everything to learn itself."""
        first = min(DECODER_FIRST, self.recipe.examples // 2)
        return self.seen < first and bool(self.networks["captioner"].pretrained)

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures (uint8, B 3 H W) or their annotations (B L D), and captions (int64, B n T+1)."""
        words = self.words[indices]
        words = words[..., : int((words != PAD).sum(-1).max())]
        if self.decoder_only:
            return self._annotated()[indices], words
        self.annotations = None
        return self.training.images[indices], words

    @torch.no_grad()
    def _annotated(self) -> torch.Tensor:
        """The annotations of all training pictures, N L D in half precision, computed once."""
        if self.annotations is None:
            network = self.networks["captioner"]
            where = network.embedding.weight.device
            half = training_precision(where) == "bf16"
            network.encoder.eval()
            with torch.autocast(where.type, torch.bfloat16, enabled=half):
                parts = [
                    network.annotate((part / 255).to(where)).half().cpu()
                    for part in tqdm(self.training.images.split(BATCH), "annotations", leave=False)
                ]
            network.encoder.train()
            self.annotations = torch.cat(parts)
        return self.annotations

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """Cross-entropy and, for the LSTM, the doubly stochastic term."""
        pictures, words = batch
        if pictures.ndim == 4:
            size = self.networks[player].config.size
            pictures = random_resized_crop(pictures / 255, size, CROPS)  # B 3 H W
        else:
            pictures = pictures.float()  # B L D
        logits, attention = networks[player](pictures, words[..., :-1])
        rows = words.flatten(0, 1)  # R T+1
        entropy = word_losses(logits, rows, self.variant.smoothing)
        if not self.variant.coverage:
            return {"loss": entropy}
        unseen = doubly_stochastic(attention[:, :, 0], rows[:, 1:] != PAD)
        total = entropy + self.variant.coverage * unseen
        return {"loss": total, "cross_entropy": entropy, "doubly_stochastic": unseen}

    def validate(self, networks: Networks) -> dict[str, float]:
        """Nats a word and, of greedy captions, BLEU-4, by which Xu et al. choose too (4.3)."""
        network = networks["captioner"]
        made = captions(network, self.validation.images, width=1)
        texts, vocabulary = self.validation.captions, network.vocabulary
        bleu4 = bleu(made, texts, vocabulary)["bleu4"]
        distinct = variety(made, texts, vocabulary)["distinct_share"]
        return {
            "loss": loss(network, self.validation),
            "bleu4": bleu4,
            "bleu4_missing": 100 - bleu4,
            "distinct_share": distinct,
        }

    def samples(self, networks: Networks) -> torch.Tensor:
        """A held-back picture, and where the network looks for the first words of its caption."""
        network = networks["captioner"]
        picture = self.validation.images[:1] / 255  # 1 3 H W
        grids = [word.attention for word in greedy(network, picture)][:7]
        maps = torch.stack(grids)[:, None]  # t 1 G G
        maps = maps / maps.amax((2, 3), keepdim=True)
        small = F.interpolate(picture, (80, 80), mode="area")
        lit = F.interpolate(maps, (80, 80), mode="bilinear").clamp(0.1, 1) * small
        return torch.cat([small, lit, torch.zeros(7 - len(grids), 3, 80, 80)])

    def texts(self, networks: Networks) -> list[str]:
        """Greedy captions of held-back pictures, that of the strip first."""
        return captions(networks["captioner"], self.validation.images[:TEXTS], width=1)


def doubly_stochastic(attention: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """How far each place is from being looked at once (Xu et al. 2015, equation 14).

    Args:
        attention: R T L, sums to 1 over L.
        words: R T, True where there is a word.

    Returns:
        The mean, over captions and places (the paper adds the places up), of
        (1 - sum over words of attention)^2.
    """
    looked_at = (attention * words[..., None]).sum(1)  # R L
    return (1 - looked_at).square().mean()


RUNS = {name: Training(partial(CaptionerTraining, name=name), CPU, GPU) for name in VARIANTS}

if __name__ == "__main__":
    main(__doc__.splitlines()[0], RUNS)
