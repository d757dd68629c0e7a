"""Train the captioner on Flickr8k: `python -m models.captioning.train`.

Its two decoders learn side by side. As in the papers, they learn alone at first, on the maps of
the encoder as it came, which are computed once; then the encoder learns too, from both, at a lower
rate. In the end the decoders learn alone again, now by what their own captions are worth.
"""

from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional as F
from tqdm import tqdm

from models.backbone import shipped as backbone
from models.backbone.network import Backbone
from models.captioning.beam import captions
from models.captioning.caption import annotate, annotate_all, greedy
from models.captioning.cider import Cider
from models.captioning.decoder import CaptionerConfig
from models.captioning.evaluate import bleu, losses, variety, word_losses
from models.captioning.network import Captioner
from models.captioning.reward import (
    advantages,
    draw_captions,
    rewards,
    self_critical_loss,
)
from models.captioning.vocabulary import END, PAD, Vocabulary
from models.core import checkpoint
from models.core.device import training_precision
from models.training.augment import random_resized_crop
from models.training.command_line import Options, Training, main
from models.training.experiment import Batch, Experiment, Networks
from models.training.recipe import Recipe

LEAST = 5
"""How often a word has to occur to be learned."""
DECODERS_FIRST = 60_000
"""Pictures seen before the encoder learns too; at most half of all."""
REWARDED_LAST = 60_000
"""Pictures seen at the end, when captions are drawn and rewarded; at most a quarter of all."""
DRAWN = 5
"""Captions drawn of each picture then."""
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

CPU = Recipe(
    examples=240_000,
    batch_size=32,
    learning_rate=1e-3,
    warmup=3_000,
    decay=237_000,
    weight_decay=0.05,
    ema=0.998,
    validate_every=12_000,
    shares=(("encoder.", ENCODER_RATE),),
)
GPU = replace(CPU, examples=300_000, decay=297_000, batch_size=128, validate_every=30_000)


class CaptionerTraining(Experiment):
    """Cross-entropy of each next word by both decoders, of all captions of a picture together;
    in the end self-critical, by CIDEr-D.
    """

    name = "captioner"
    best = "bleu4_missing"
    resident = ("training", "words")

    def __init__(self, options: Options, backbone_file: Path = backbone.FILE, **sizes):
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
        ended = [
            [[*row, END] for row in map(self.vocabulary.numbers, texts)]
            for texts in self.training.captions
        ]
        self.cider = Cider(ended)
        self.rewarded_last = min(REWARDED_LAST, self.recipe.examples // 4)
        self.began_rewarding = False
        if backbone_file.is_file():
            self._take_over(checkpoint.load(Backbone, backbone_file))
        else:
            tqdm.write(f"There is no {backbone_file}, so the encoder begins from scratch.")
            self.recipe = replace(self.recipe, shares=(("encoder.", 1.0),))

    def _take_over(self, trained: Backbone) -> None:
        """Begin with the encoder of the published backbone."""
        network = self.networks["captioner"]
        network.encoder.take_over(trained)
        network.pretrained.fill_(True)

    @property
    def decoders_only(self) -> bool:
        """Whether the encoder still rests: not if it has everything to learn itself."""
        first = min(DECODERS_FIRST, self.recipe.examples // 2)
        return self.seen < first and bool(self.networks["captioner"].pretrained)

    @property
    def rewarded(self) -> bool:
        """Whether captions are drawn and rewarded by now."""
        return self.seen >= self.recipe.examples - self.rewarded_last

    def batch(self, indices: torch.Tensor) -> Batch:
        """Pictures (uint8, B 3 H W) or their annotations (B L D), and captions (int64, B n T+1);
        or annotations and the pictures' numbers (int64, B).
        """
        if self.rewarded:
            if not self.began_rewarding:
                self.annotations, self.began_rewarding = None, True
            return self._annotated()[indices], indices
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
                    network.annotate((part / 255).to(where)).half()
                    for part in tqdm(self.training.images.split(BATCH), "annotations", leave=False)
                ]
            network.encoder.train()
            self.annotations = torch.cat(parts)
        return self.annotations

    def losses(self, player: str, networks: Networks, batch: Batch) -> dict[str, torch.Tensor]:
        """The sum of both decoders' cross-entropies and of the LSTM's doubly stochastic term; or
        of both decoders' self-critical losses.
        """
        pictures, words = batch
        if words.ndim == 1:
            return self._rewarded_losses(networks[player], pictures.float(), words)
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

    def _rewarded_losses(
        self, network: torch.nn.Module, annotations: torch.Tensor, pictures: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Of annotations B L D and the numbers of their pictures, B."""
        decoders = self.networks["captioner"].decoders.eval()  # what is drawn is what is judged
        drawn = {
            name: draw_captions(decoder, annotations, DRAWN) for name, decoder in decoders.items()
        }
        found = network(annotations, {name: words[..., :-1] for name, words in drawn.items()})
        losses, report = [], {}
        for name, words in drawn.items():
            reward = rewards(words, pictures, self.cider)
            advantage = advantages(reward).to(annotations.device).flatten()
            losses.append(self_critical_loss(found[name][0], words.flatten(0, 1), advantage))
            report[f"{name}_cider_d"] = reward.mean().to(annotations.device)
        return {"self_critical": sum(losses), **report}

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
