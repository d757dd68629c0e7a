"""Scene: a caption word by word, each with where it looked and what else could have come."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import gradio as gr
import torch

from demos.captioning.choices import DECODERS, METHODS, REPEATS, WIDEST
from demos.captioning.photos import FIRST, CaptionPhoto, Seen, seen
from demos.captioning.view import RUNS, words_value
from demos.captioning.words.presets import PRESETS, WALK
from demos.captioning.words.view import GrowingCaption
from demos.kit import Dropdown, Number, Radio, Scene, SceneInfo, Slider, openings
from demos.kit.handlers import heard
from demos.kit.photo import photo_row
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.captioning import shipped
from models.captioning.caption import Word, greedy, written
from models.captioning.decoder import CaptionerConfig
from models.captioning.decoding import most_given
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.captioning.write import Settings, write
from models.core.checks import whole
from models.core.errors import InputError

OPENING = "captioning/words"
DECODER, METHOD = "both", "beam"
MOST_GIVEN = most_given(CaptionerConfig.longest)
"""Words that the sentence can begin with: from later ones the view lets nobody go on."""

INFO = SceneInfo(
    slug="words",
    title="Word by word",
    lead="A caption is written one word at a time, each by the words before it and by where the "
    r"network looks in the photo: $p(w_t \mid w_1, \dots, w_{t-1}, \text{photo})$. Click a word to "
    "see its map large and the words that almost were; choose one of them, and the sentence goes "
    "on from there.",
    presets=PRESETS,
    walk=WALK,
)


def words(
    photo: str | None,
    decoder: str = DECODER,
    method: str = METHOD,
    begin: str = "",
    width: int = WIDTH,
    length_penalty: float = LENGTH_PENALTY,
    no_repeat: int = NO_REPEAT,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Put a photo into words, and tell of each what led to it.

    Args:
        photo: the picture, of any shape; it is squeezed to the square that the network sees.
        decoder: `lstm`, `transformer`, or `both`: the mean of their log-probabilities.
        method: `greedy`, `beam` or `sample`.
        begin: the first words of the sentence, at most 20, all of them known ones.
        width: of the beam, 1 to 8.
        length_penalty: of the beam, -5 to 5: 0 compares captions by their probability, 1 by its
            mean over the words.
        no_repeat: no so many words in a row are said twice; 0 allows it.
        temperature: of sampling, 0.01 to 10.
        top_k: draw from so many of the most probable words; 0: from all.
        top_p: draw from the fewest words whose probabilities sum to this, 0.01 to 1.
        seed: of sampling, a whole number from 0; the same seed draws the same sentence.

    Returns:
        A value for each word as it comes, the last with `done`: `words` so far, each with `word`
        (empty where the sentence ends), `given`, `probability`, `log_probability` (of the sentence
        up to here), `alternatives` and `map` (10 x 10 numbers that sum to 1); `caption`; and `src`,
        the photo.
    """
    whole("The beam's width", width, 1, WIDEST)
    settings = Settings(method, width, length_penalty, no_repeat, temperature, top_k, top_p, seed)
    writer = shipped.captioner().network.writer(decoder)
    prefix = writer.vocabulary.known_numbers(begin) if begin and begin.strip() else []
    picture = seen(photo)
    steps = write(writer, picture.annotations, settings, prefix)
    about = {"run": next(RUNS), "how": told(decoder, settings)}
    yield from streamed(steps, picture, about, wanted)


def told(decoder: str, settings: Settings) -> str:
    """How a caption was decoded, in a few words."""
    who = {"lstm": "LSTM", "transformer": "transformer", "both": "both decoders"}[decoder]
    how = {
        "greedy": "greedy",
        "beam": f"beam of {settings.width}, length penalty {settings.length_penalty:g}",
        "sample": f"drawn at temperature {settings.temperature:g}, seed {settings.seed}",
    }[settings.method]
    if settings.method == "sample" and settings.top_k:
        how += f", top-k {settings.top_k}"
    if settings.method == "sample" and settings.top_p < 1:
        how += f", top-p {settings.top_p:g}"
    return f"{who} · {how}{_told_of_repeats(settings.no_repeat_ngram_size)}"


def _told_of_repeats(size: int) -> str:
    """How repeats are treated, where it is not as the page opens."""
    if size == NO_REPEAT:
        return ""
    if size == 0:
        return ", repeats as it likes"
    titles = {value: title.lower() for title, value in REPEATS}
    return f", {titles.get(size, f'no {size} words twice')}"


def streamed(
    steps: Iterable[Word], picture: Seen, about: dict[str, Any], wanted: Wanted = always
) -> Iterator[dict[str, Any]]:
    """A caption as values of the view: all its words so far, the photo in the first and last."""
    found: list[Word] = []
    stopped = False
    for word in steps:
        found.append(word)
        src = {"src": picture.src} if len(found) == 1 else {}
        yield {**about, **src, "words": words_value(found), "caption": written(found)}
        if not wanted():
            stopped = True
            break
    end = {"done": True, "stopped": stopped, "src": picture.src}
    yield {**about, **end, "words": words_value(found), "caption": written(found)}


def opening() -> dict[str, Any]:
    """What the page opens with, by the captioner that was published."""
    *_, last = words(CaptionPhoto.examples[FIRST])
    return {**last, "run": 0}


def warm_up() -> None:
    """Load the network and ask it once, so that the first visitor's run begins at once."""
    with suppress(InputError):  # a missing file is told to whoever draws
        network = shipped.captioner().network
        grid = network.config.grid**2
        annotations = torch.zeros(1, grid, network.config.widths[-1])
        for _ in greedy(network.writer("both"), annotations.to(network.encoder.mean.device)):
            pass


def going_on(event: gr.EventData) -> str:
    """The beginning of the sentence, from the word that was chosen in the view."""
    begin = getattr(event, "begin", "")
    if not isinstance(begin, str):
        raise InputError("The beginning of a sentence must be words.")
    return begin


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = GrowingCaption(None, label="The caption word by word", options={"most": MOST_GIVEN})
    with scene.desk():
        pills = {"elem_classes": ["gb-pills"]}
        decoder = Radio(DECODERS, value=DECODER, label="Decoder", **pills)
        method = Radio(METHODS, value=METHOD, label="Each word", **pills)
        begin = gr.Textbox("", label="The sentence begins", placeholder="a man in", max_lines=1)
        controls = [
            scene.control("decoder", decoder),
            scene.control("method", method),
            scene.control("begin", begin),
        ]
        with gr.Row(elem_classes=["gb-tight"]):
            draw, halt = draw_button("Caption"), stop_button()
        with gr.Accordion("More: beam, repeats, temperature, seed", open=False):
            controls += _settings(scene)
        photo = photo_row(scene, "words_sketch", CaptionPhoto, FIRST)
    heard(view.select, going_on, None, begin, queue=True)
    scene.run(
        words,
        draw,
        halt,
        [photo, *controls],
        [view],
        api_name="words",
        first=lambda: openings.read(OPENING),
        also=[begin.submit],
    )


def _settings(scene: Scene) -> list[gr.components.Component]:
    """The controls under *More*, in the order of the handler's parameters."""
    shares = {"step": 0.05}
    made = {
        "width": Slider(1, WIDEST, WIDTH, step=1, label="Beam: captions side by side"),
        "penalty": Slider(-1, 2, LENGTH_PENALTY, step=0.1, label="Beam: length penalty"),
        "repeat": Dropdown(REPEATS, value=NO_REPEAT, label="Repeats", filterable=False),
        "temperature": Slider(0.1, 3, 1, label="Sampling: temperature", **shares),
        "topk": Slider(0, 50, 0, step=1, label="Sampling: top-k (0: all words)"),
        "topp": Slider(0.05, 1, 1, label="Sampling: top-p", **shares),
        "seed": Number(0, label="Sampling: seed", precision=0),
    }
    return [scene.control(name, control) for name, control in made.items()]
