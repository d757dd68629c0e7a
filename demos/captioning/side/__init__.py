"""Scene: the same photo by several writers, in step; two of them from the Hub on request."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import gradio as gr

from demos.captioning.choices import DECODERS, METHODS, WIDEST
from demos.captioning.photos import FIRST, LONGEST_SIDE, CaptionPhoto, seen
from demos.captioning.side.presets import PRESETS, WALK
from demos.captioning.side.view import Lanes
from demos.captioning.view import RUNS, words_value
from demos.kit import CheckboxGroup, Number, Radio, Scene, SceneInfo, Slider, openings
from demos.kit.photo import open_photo, photo_row
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.captioning import hub, shipped
from models.captioning.caption import Word
from models.captioning.defaults import LENGTH_PENALTY, NO_REPEAT, WIDTH
from models.captioning.write import Settings, write
from models.core import images
from models.core.checks import whole
from models.core.errors import InputError

OPENING = "captioning/side"
METHOD = "beam"
OWN = {name: title for title, name in DECODERS}
ON_REQUEST = [(model.title, name) for name, model in hub.MODELS.items()]

INFO = SceneInfo(
    slug="side",
    title="Side by side",
    lead="One photo, several networks: an LSTM that looks at one map before each word, a "
    "transformer that looks in every layer, and the mean of both their log-probabilities; on "
    "request BLIP and ViT-GPT2, some thirty times larger and trained on far more pictures.",
    presets=PRESETS,
    walk=WALK,
)


def side(
    photo: str | None,
    method: str = METHOD,
    begin: str = "",
    more: list[str] | None = None,
    width: int = WIDTH,
    temperature: float = 1.0,
    seed: int = 0,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Put a photo into words by several networks, and tell of each word what led to it.

    Args:
        photo: the picture, of any shape.
        method: `greedy`, `beam` or `sample`.
        begin: the first words of each sentence, known ones of ours.
        more: networks of the Hub that write as well: `blip`, `vit-gpt2`. What is not on the host
            is fetched (about 1 GB each); where that fails its lane says why.
        width: of the beam, 1 to 8.
        temperature: of sampling, 0.01 to 10.
        seed: of sampling, a whole number from 0.

    Returns:
        A value for each lane as it comes, the last with `done`: `src`, the photo, and `lanes`, each
        with `name`, `title`, and its `words` as `/words` has them and `caption`; or `note`, what it
        waits for, or `error`.
    """
    whole("The beam's width", width, 1, WIDEST)
    settings = Settings(method, width, LENGTH_PENALTY, NO_REPEAT, temperature, seed=seed)
    names = list(dict.fromkeys(str(name) for name in more or ()))  # each writes once
    titles = [hub.chosen(name).title for name in names]
    picture = seen(photo)
    network = shipped.captioner().network
    first = network.writer("lstm").vocabulary
    prefix = first.known_numbers(begin) if begin and begin.strip() else []
    lanes: list[dict[str, Any]] = [
        {"name": name, "title": title, "note": "waits"}
        for name, title in [*OWN.items(), *zip(names, titles, strict=True)]
    ]
    value = {"run": next(RUNS), "src": picture.src}
    for lane in lanes[: len(OWN)]:
        words = write(network.writer(lane["name"]), picture.annotations, settings, prefix)
        finish(lane, list(words), first.sentence)
        yield {**value, "lanes": copied(lanes)}
    for lane in lanes[len(OWN) :]:
        if wanted():  # asked before its download begins
            for _ in from_the_hub(lane, photo, settings, begin):
                yield {**value, "lanes": copied(lanes)}
                if not wanted():
                    break
        if not lane.keys() & {"words", "error"}:
            fail(lane, "Stopped.")
    yield {**value, "lanes": copied(lanes), "done": True}


def from_the_hub(
    lane: dict[str, Any], photo: str | None, settings: Settings, begin: str
) -> Iterator[None]:
    """Let a network of the Hub write into its lane; yields whenever there is news in it."""
    name, model = lane["name"], hub.chosen(lane["name"])
    try:
        if hub.here(name) is None:
            for share in hub.fetching(name):
                lane["note"] = f"{share * model.megabytes:.0f} of {model.megabytes} MB are here"
                lane["share"] = share
                yield
        lane["note"] = "is loaded"
        yield
        writer = hub.writer(name)
        picture = images.to_tensor(open_photo(photo, LONGEST_SIDE))
        prefix = writer.vocabulary.known_numbers(begin) if begin and begin.strip() else []
        words = list(write(writer, writer.annotate(picture), settings, prefix))
        finish(lane, words, writer.vocabulary.sentence)
    except InputError as error:
        fail(lane, str(error))
    yield


def fail(lane: dict[str, Any], why: str) -> None:
    """Write into a lane why there is no caption."""
    lane.pop("note", None)
    lane.pop("share", None)
    lane["error"] = why


def finish(
    lane: dict[str, Any], words: Sequence[Word], sentence: Callable[[Iterable[int]], str]
) -> None:
    """Write a finished caption into its lane."""
    lane.pop("note", None)
    lane.pop("share", None)
    numbers = [word.number for word in words]
    lane |= {"words": words_value(words), "caption": sentence(numbers)}


def copied(lanes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lanes as they are now."""
    return [dict(lane) for lane in lanes]


def opening() -> dict:
    """What the page opens with, by the captioner that was published."""
    *_, last = side(CaptionPhoto.examples[FIRST])
    return {**last, "run": 0}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Lanes(None, label="Captions side by side")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            method = Radio(METHODS, value=METHOD, label="Each word", elem_classes=["gb-pills"])
            begin = gr.Textbox("", label="The sentence begins", placeholder="a man in", max_lines=1)
            more = CheckboxGroup(
                ON_REQUEST, value=[], label="On request, from the Hub (about 1 GB each)"
            )
            with gr.Row(elem_classes=["gb-tight"]):
                draw, halt = draw_button("Caption"), stop_button()
        with gr.Accordion("More: beam, temperature, seed", open=False):
            width = Slider(1, WIDEST, WIDTH, step=1, label="Beam: captions side by side")
            temperature = Slider(0.1, 3, 1, step=0.05, label="Sampling: temperature")
            seed = Number(0, label="Sampling: seed", precision=0)
        photo = photo_row(scene, "side_sketch", CaptionPhoto, FIRST)
    controls = {
        "method": method, "begin": begin, "more": more,
        "width": width, "temperature": temperature, "seed": seed,
    }  # fmt: skip
    inputs = [scene.control(name, control) for name, control in controls.items()]
    scene.run(
        side,
        draw,
        halt,
        [photo, *inputs],
        [view],
        api_name="side",
        first=lambda: openings.read(OPENING),
        also=[begin.submit],
    )
