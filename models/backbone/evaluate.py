"""The backbone's numbers: `python -m models.backbone.evaluate [--data FILE.npz] [--json]`."""

from pathlib import Path

import torch
from torch.nn import functional as F

from models.backbone.network import Backbone
from models.backbone.shipped import FILE, SIZE, WEIGHTS, side
from models.core import checkpoint
from models.core.archive import Dataset
from models.core.errors import InputError
from models.core.images import squeezed
from models.training.card import About
from models.training.evaluation import Rows, main

BATCH = 250
DATA = ("tiny_imagenet",)
ABOUT = About(
    title="Backbone",
    text=(
        "A residual network that names what is in a picture, made to be looked into: the "
        "convolution tab shows its filters and maps, the colorizer is judged in its features, "
        "and the captioning networks see through it. It learned from pieces of pictures at 48, "
        "then 64 pixels a side; from 2,500,096 pictures on at 96, from 2,600,064 on at 80."
    ),
    data=(
        "Tiny ImageNet in a public copy, pictures of 64x64. ImageNet's terms: non-commercial "
        "research and teaching."
    ),
    limits=(
        "It answers with one of the classes that it was trained on, whatever it sees. Pictures "
        "are photographs from the internet with the biases of who took and labelled them."
    ),
    metrics=(
        "`loss` in nats; `top1` and `top5`: how often the right class is the first, or among the "
        "first five, in percent; `top1_with_flips`: the first, where the probabilities for a "
        "picture and for its mirror image are averaged. Pictures are enlarged to the size that its "
        f"config names, else to {SIZE}x{SIZE}."
    ),
)


@torch.no_grad()
def accuracy(
    network: Backbone, pictures: Dataset, size: int | None = None, *, flips: bool = False
) -> dict[str, float]:
    """How well the network names pictures: `loss` (nats), `top1` and `top5` (percent).

    Args:
        network: in `eval` mode.
        pictures: with labels.
        size: of the sides at which it is shown them; None for as they are. Networks that learned
            from crops, which are stretched, know things larger than they are (Touvron et al. 2019,
            "Fixing the train-test resolution discrepancy").
        flips: whether it is asked about their mirror images, too: `top1_with_flips` then is that
            of both answers averaged (percent).
    """
    where = next(network.parameters()).device
    loss = top1 = top5 = both = 0.0
    for part in torch.arange(len(pictures)).split(BATCH):
        images = (pictures.images[part] / 255).to(where)
        images = images if size is None else squeezed(images, size)
        logits = network(images).float().cpu()
        labels = pictures.labels[part]
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        best = logits.topk(min(5, logits.shape[1]), dim=1).indices  # B 5, or all classes
        hits = best == labels[:, None]
        top1 += hits[:, 0].sum().item()
        top5 += hits.any(1).sum().item()
        if flips:
            mirrored = network(images.flip(3)).float().cpu()
            both += ((logits.softmax(1) + mirrored.softmax(1)).argmax(1) == labels).sum().item()
    count = len(pictures)
    found = {"loss": loss / count, "top1": 100 * top1 / count, "top5": 100 * top5 / count}
    return found | ({"top1_with_flips": 100 * both / count} if flips else {})


def evaluate(pictures: Dataset, weights: Path) -> Rows:
    """`top1`, `top1_with_flips`, `top5`, `loss` of the backbone in `weights`, on labelled pictures.

    They are shown to it at the size that its config names, else at `shipped.SIZE`, as in the app.

    Raises:
        InputError: no labels, or classes other than the network's.
    """
    network = checkpoint.load(Backbone, weights / FILE.name)
    if pictures.labels is None or pictures.label_names != network.config.classes:
        raise InputError("The pictures are not labelled with the backbone's classes.")
    return {"backbone": accuracy(network, pictures, side(network), flips=True)}


if __name__ == "__main__":
    main(__doc__, evaluate, DATA, WEIGHTS)
