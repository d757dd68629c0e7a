"""Train the captioner on Flickr8k: `python -m models.captioning.train`.

Its two decoders learn side by side. As in the papers, they learn alone at first, on the maps of
the encoder as it came, which are computed once; then the encoder learns too, from both, at a lower
rate.
"""

from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm

from models.backbone import evaluate as backbone
from models.backbone.network import Backbone
from models.captioning.caption import annotate, annotate_all, captions, greedy
from models.captioning.decoder import CaptionerConfig
from models.captioning.evaluate import bleu, losses, variety, word_losses
from models.captioning.network import Captioner
from models.captioning.vocabulary import PAD, Vocabulary
from models.core import checkpoint
from models.core.augment import random_resized_crop
from models.core.device import training_precision
from models.core.experiment import Batch, Experiment, Networks
from models.core.options import Options, Training, main
from models.core.recipe import Recipe

LEAST = 5
"""How often a word has to occur to be learned."""
DECODERS_FIRST = 60_000
"""Pictures seen before the encoder learns too; at most half of all."""
ENCODER_RATE = 0.2
COVERAGE = 1.0
"""Weight of the term that asks the LSTM to look everywhere in the course of a caption."""
SMOOTHING = {"lstm": 0.0, "transformer": 0.1}
"""Share of each target that is spread over all words."""
CROPS = (0.7, 1.0)
"""Share of a picture's area that is shown while the encoder learns."""
BATCH = 50
TEXTS = 6
LOOKS = 7
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


class CaptionerTraining(Experiment):
    """Cross-entropy of each next word by both decoders, of all captions of a picture together."""

    name = "captioner"
    best = "bleu4_missing"

    def __init__(self, options: Options, backbone_file: Path = BACKBONE, **sizes):
        """`sizes`: fields of the config that are to differ from its own."""
        torch.manual_seed(options.seed)
        self.recipe = options.choose(CPU, GPU)
        self.training, self.validation = options.parts("flickr8k")
        sentences = (text for texts in self.training.captions for text in texts)
        self.vocabulary = Vocabulary.learn(sentences, LEAST)
        network = Captioner(CaptionerConfig(self.vocabulary.words, **sizes))
        self.networks = {"captioner": network}
        self.size = len(self.training)
        self.words = self.vocabulary.table(self.training.captions, network.config.longest)
        self.annotations: torch.Tensor | None = None
        if backbone_file.is_file():
            self._take_over(checkpoint.load(Backbone, backbone_file))
        else:
            tqdm.write(f"There is no {backbone_file}, so the encoder begins from scratch.")
            self.recipe = replace(self.recipe, slower=(("encoder.", 1.0),))

    def _take_over(self, trained: Backbone) -> None:
        """Begin with the encoder of the published backbone."""
        network = self.networks["captioner"]
        trained.head = network.encoder.head
        network.encoder.load_state_dict(trained.state_dict())
        network.pretrained.fill_(True)

    @property
    def decoders_only(self) -> bool:
        """Whether the encoder still rests: not if it has everything to learn itself."""
        first = min(DECODERS_FIRST, self.recipe.examples // 2)
        return self.seen < first and bool(self.networks["captioner"].pretrained)

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures (uint8, B 3 H W) or their annotations (B L D), and captions (int64, B n T+1)."""
        words = self.words[indices]
        words = words[..., : int((words != PAD).sum(-1).max())]
        if self.decoders_only:
            return self._annotated()[indices], words
        self.annotations = None
        return self.training.images[indices], words

    @torch.no_grad()
    def _annotated(self) -> torch.Tensor:
        """The annotations of all training pictures, N L D in half precision, computed once."""
        if self.annotations is None:
            network = self.networks["captioner"]
            where = network.encoder.mean.device
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
        """The sum of both decoders' cross-entropies and of the LSTM's doubly stochastic term."""
        pictures, words = batch
        if pictures.ndim == 4:
            size = self.networks[player].config.size
            pictures = random_resized_crop(pictures / 255, size, CROPS)  # B 3 H W
        else:
            pictures = pictures.float()  # B L D
        found = networks[player](pictures, words[..., :-1])
        rows = words.flatten(0, 1)  # R T+1
        entropy = {
            name: word_losses(logits, rows, SMOOTHING[name]) for name, (logits, _) in found.items()
        }
        _, attention = found["lstm"]
        unseen = doubly_stochastic(attention[:, :, 0], rows[:, 1:] != PAD)
        total = sum(entropy.values()) + COVERAGE * unseen
        return {"objective": total, **entropy, "doubly_stochastic": unseen}

    def validate(self, networks: Networks) -> dict[str, float]:
        """Nats a word and, of greedy captions, BLEU-4, by which Xu et al. choose too (4.3): its
        mean over the decoders.
        """
        network, texts = networks["captioner"], self.validation.captions
        annotations = annotate_all(network, self.validation.images)
        metrics = losses(network, annotations, texts)
        scores = []
        for name, made in captions(network, annotations, width=1).items():
            scores.append(bleu(made, texts, self.vocabulary)["bleu4"])
            metrics[f"{name}_bleu4"] = scores[-1]
            distinct = variety(made, texts, self.vocabulary)["distinct_share"]
            metrics[f"{name}_distinct_share"] = distinct
        return {"bleu4_missing": 100 - sum(scores) / len(scores), **metrics}

    def samples(self, networks: Networks) -> torch.Tensor:
        """A held-back picture, and where each decoder looks for its caption's first words."""
        network = networks["captioner"]
        picture = self.validation.images[:1] / 255  # 1 3 H W
        small = F.interpolate(picture, (80, 80), mode="area")
        annotations, strip = annotate(network, picture), [small]
        for decoder in network.decoders.values():
            grids = [word.attention for word in greedy(decoder, annotations)]
            maps = torch.stack(grids[:LOOKS])[:, None]  # t 1 G G
            maps = maps / maps.amax((2, 3), keepdim=True)
            strip.append(F.interpolate(maps, (80, 80), mode="bilinear").clamp(0.1, 1) * small)
            strip.append(torch.zeros(LOOKS - len(maps), 3, 80, 80))
        return torch.cat(strip)  # 1+2*LOOKS 3 80 80

    def texts(self, networks: Networks) -> list[str]:
        """Greedy captions of held-back pictures, the LSTM's first; of both first the strip's."""
        network = networks["captioner"]
        made = captions(network, annotate_all(network, self.validation.images[:TEXTS]), width=1)
        return [text for texts in made.values() for text in texts]


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


RUNS = {"captioner": Training(CaptionerTraining, CPU, GPU)}

if __name__ == "__main__":
    main(__doc__.splitlines()[0], RUNS)
