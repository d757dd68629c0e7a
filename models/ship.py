"""From runs to what is shipped: publishing what is better, measuring it, writing its cards."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
from tqdm import tqdm

from models.captioning import describers, rarity
from models.core import archive, checkpoint, data
from models.core.errors import InputError
from models.core.history import History
from models.core.shipped import REPOSITORY
from models.diffusion import faces as ready_faces
from models.diffusion import published
from models.diffusion.shipped import FACE_VAE_SAMPLES
from models.plan import WEIGHTS, WINGS, Job, weights_of
from models.training.card import EVALUATION, write_card
from models.training.command_line import Options
from models.training.evaluation import Rows, together
from models.training.publish import publish, refresh
from models.training.run import BEST
from models.training.speed import ROUNDS, add_speed
from models.vae import codes
from models.vae.network import Autoencoder
from models.vae.sample import draw
from models.vae.shipped import FACES

FACE_SAMPLES = 500
DRAWN: dict[str, Callable[[str, Path], list[str]]] = {
    "captioning": lambda name, weights: [],
    "colorizer": lambda name, weights: [],
    "convolution": lambda name, weights: ["--weights", str(weights)],
    "diffusion": lambda name, weights: [name, "--weights", str(weights)],
    "vae": lambda name, weights: [],
}
"""Tabs that open with what a network made, and the command's words that make it anew."""
SHOWN_IN = {"backbone": "convolution"}
"""Topics whose networks another tab shows than that of their name."""
OPENS_WITH = {("diffusion", "denoiser"): ("vae",)}
"""Other tabs that open with what a network made."""
MEASURED_BY = {("backbone", "backbone"): ("colorizer",), ("vae", FACES): ("diffusion",)}
"""Other topics whose numbers are in a network's features, or compare with what it draws."""


def publish_better(jobs: Sequence[Job], options: Options) -> None:
    """Publish what has become better, and write the cards of the topics it belongs to anew.

    Where a run went on but found nothing better, its history is brought up to date. What was
    interrupted while it published is taken up again, whatever topic it was at: the speeds, measured
    last of all, are missing then.
    """
    shipped: list[tuple[str, str]] = []
    for topic, names in _by_topic(jobs).items():
        weights = weights_of(topic, options)
        runs = [options.runs / name for name in names]
        trained = [run for run in runs if (run / BEST).is_file()]
        better = [
            run.name for run in trained if publish(run, weights) or not _complete(run, weights)
        ]
        went_on = [run.name for run in trained if run.name not in better and refresh(run, weights)]
        for name in better:
            _follow_up(topic, name, weights, options)
        if better:
            _evaluate_again(topic, options)
            shipped += [(topic, name) for name in better]
        elif went_on:
            _write_card_again(topic, weights)
    others = _follow_up_elsewhere(shipped, options)
    for topic in dict.fromkeys([*(topic for topic, _ in shipped), *others]):
        weights = weights_of(topic, options)
        for name in [name for of, name in shipped if of == topic]:
            _measured(topic, name, options, weights)
            tqdm.write(f"{topic}/{name}: published")
        _write_card_again(topic, weights)


def measure_speeds(jobs: Sequence[Job], options: Options) -> None:
    """Measure the training speed of what is shipped, and write the cards anew with it."""
    for topic, names in _by_topic(jobs).items():
        weights = weights_of(topic, options)
        shipped = [name for name in names if (weights / f"{name}.safetensors").is_file()]
        for name in shipped:
            found = _measured(topic, name, options, weights)
            ours, bare = found["images_per_second"], found["bare_images_per_second"]
            tqdm.write(f"{topic}/{name}: {ours:.0f} images a second, a bare loop {bare:.0f}")
        if shipped:
            _write_card_again(topic, weights)


def _measured(topic: str, name: str, options: Options, weights: Path) -> dict[str, float | str]:
    """A network's training speed, noted beside its weights; a dry run times one step of each."""
    experiment = WINGS[topic].runs[name].build(options)
    return add_speed(experiment, options.recipe, weights, 1 if options.dry_run else ROUNDS)


def _complete(run: Path, weights: Path) -> bool:
    """Whether all that follows the publication of a run was done, too."""
    return "speed" in History.read(weights / f"{run.name}.history.json").about


def _evaluate_again(topic: str, options: Options) -> None:
    """Measure a topic anew; its card is written from that."""
    weights = weights_of(topic, options)
    checkpoint.write_json(weights / EVALUATION, evaluate(topic, options, weights))


def _write_card_again(topic: str, weights: Path) -> None:
    """A topic's card with the numbers that were measured last."""
    write_card(WINGS[topic].about, weights, json.loads((weights / EVALUATION).read_text()))


def evaluate(topic: str, options: Options, weights: Path) -> Rows:
    """A topic's rows on the validation parts of its data."""
    wing = WINGS[topic]
    return together({name: wing.evaluate(options.parts(name)[1], weights) for name in wing.data})


def _by_topic(jobs: Sequence[Job]) -> dict[str, list[str]]:
    topics = dict.fromkeys(job.topic for job in jobs)
    return {topic: [job.name for job in jobs if job.topic == topic] for topic in topics}


def _follow_up(topic: str, name: str, weights: Path, options: Options) -> None:
    """Make anew what else is shipped that comes out of the network just published."""
    if name == FACES:
        _draw_for_comparison(weights, weights_of("diffusion", options))
        _measure_codes(weights, options)
    if topic == "diffusion":
        faces = partial(options.parts, "simpsons")
        published.write(name, weights, faces, None if options.dry_run else ready_faces.PATH)
    if topic == "captioning":
        training, held_back = options.parts("flickr8k")
        rarity.write(training.captions, weights)
        describers.write(held_back, weights)
    tab = SHOWN_IN.get(topic, topic)
    if tab in DRAWN and not options.dry_run:
        _draw_openings(tab, name, weights)


def _follow_up_elsewhere(shipped: Sequence[tuple[str, str]], options: Options) -> list[str]:
    """Make anew what other topics ship that comes out of networks just published: after all of
    theirs, as it may need data that the networks themselves did not.

    Returns:
        The topics that were measured anew: their cards are to be written.
    """
    for tab in dict.fromkeys(tab for one in shipped for tab in OPENS_WITH.get(one, ())):
        if not options.dry_run:
            _draw_openings(tab, "", weights_of(tab, options))
    topics = [topic for topic, _ in shipped]
    others = dict.fromkeys(
        other
        for i, one in enumerate(shipped)
        for other in MEASURED_BY.get(one, ())
        if other not in topics[i:]  # which were measured since
    )
    return [topic for topic in others if _measure_again(topic, options)]


def _draw_openings(tab: str, name: str, weights: Path) -> None:
    """Let the page draw what it opens with, as a command: models do not know the page."""
    command = ["-m", f"demos.{tab}.openings", *DRAWN[tab](name, weights)]
    result = subprocess.run([sys.executable, *command], cwd=REPOSITORY, check=False)
    if result.returncode:
        typed = " ".join(["python", *command])
        tqdm.write(f"The page still opens with what it did. Once it can: `{typed}`")


def _measure_again(topic: str, options: Options) -> bool:
    """Measure a topic anew, where it has weights: what it is measured by has changed."""
    if not any(weights_of(topic, options).glob(WEIGHTS)):
        return False
    try:
        _evaluate_again(topic, options)
    except InputError as error:
        tqdm.write(f"{topic} keeps its old numbers until it is published again: {error}")
        return False
    return True


def _draw_for_comparison(vae_weights: Path, diffusion_weights: Path) -> None:
    """Let the face VAE draw what the diffusion wing, which may not know it, compares with."""
    network = checkpoint.load(Autoencoder, vae_weights / f"{FACES}.safetensors")
    faces = draw(network, FACE_SAMPLES, torch.Generator().manual_seed(0))
    path = diffusion_weights / FACE_VAE_SAMPLES
    archive.write(path, (faces * 255).round().byte())


def _measure_codes(weights: Path, options: Options) -> None:
    """Let the face VAE encode its training faces, whose codes are shown where they are not."""
    network = checkpoint.load(Autoencoder, weights / f"{FACES}.safetensors")
    training, _ = options.parts("simpsons")
    found = codes.measure(network, data.resized(training, network.config.size))
    codes.save(found, weights / codes.PATH.name)
