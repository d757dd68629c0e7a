"""Scene: where a word came from, by every map that there is; and whether that explains the word."""

import re
from collections.abc import Iterator
from typing import Any

import gradio as gr
import torch

from demos.captioning.chosen import follow_words
from demos.captioning.photos import FIRST, LONGEST_SIDE, CaptionPhoto, seen
from demos.captioning.view import RUNS, grid
from demos.kit import Preset, Radio, Scene, SceneInfo, Slider, Step, View, openings
from demos.kit.handlers import heard
from demos.kit.overlay import chosen_in
from demos.kit.photo import open_photo, photo_row
from demos.kit.run import Wanted, always, draw_button
from models.captioning import attend, shipped
from models.captioning.beam import best
from models.captioning.network import Captioner
from models.captioning.occlude import hidden, squares
from models.captioning.vocabulary import END
from models.core import images
from models.core.checks import one_of, whole
from models.core.errors import InputError

OPENING = "captioning/where"
DECODERS = [("LSTM", "lstm"), ("Transformer", "transformer")]
DECODER, WORD = "transformer", 2
SQUARE = 3  # places, each way, that are hidden together
PLACE = re.compile(r"\s*(\d{1,3})\s*[,; ]\s*(\d{1,3})\s*")

INFO = SceneInfo(
    slug="where",
    title="Where it looked",
    lead="A transformer looks at the photo in every layer and with every head; each map sums to 1, "
    "and so do their mean and their rollout through the layers. But **attention is not an "
    "explanation**: it tells where numbers were fetched from, not what the word hangs on. Hide the "
    "place that it looked at most, and see whether the word survives.",
    presets=(
        Preset("first", "The second word"),
        Preset("elsewhere", "Another place matters more", {"place": "5, 6"}),
        Preset("lstm", "The LSTM's one map", {"decoder": "lstm"}),
        Preset("given", "A sentence of ours", {"sentence": "a dog is running in the snow"}),
        Preset("end", "The end of the sentence", {"word": 21}),
    ),
    walk=(
        Step("Eight maps of one word: two layers of four heads, which do not agree.", "first"),
        Step("Click on rollout: layers multiplied through, the words before it included.", ""),
        Step(
            "The table hides one place after the other, and asks for the word again: without the "
            "place that it looked at most, it says the same. Without another one it does not.",
            "elsewhere",
        ),
        Step("The LSTM looks once before each word, so it has one map.", "lstm"),
        Step("Sentences that it never said can be read too: where would it have looked?", "given"),
    ),
)


class Maps(View):
    """A sentence, all maps of the chosen word, one of them large, and what hiding places does.

    Choosing a place on the large map raises `select` with its row and column, from 0; choosing a
    word with `word`, from 1.
    """

    script = "captioning/where"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "src": {"type": "string", "description": "data URI of the photo"},
            "words": {"type": "array", "items": {"type": "object"}},
            "trials": {"type": "array", "items": {"type": "object"}},
        },
    }


def where(
    photo: str | None,
    decoder: str = DECODER,
    sentence: str = "",
    word: int = WORD,
    hide: str = "",
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Look at all attention maps of a sentence, and hide places from one of its words.

    Args:
        photo: the picture; it is squeezed to the square that the networks see.
        decoder: `lstm` or `transformer`: whose sentence it is, and whose word is tested.
        sentence: of known words, at most 21; empty: the decoder's own caption by a beam of 3.
        word: which word is tested, from 1; beyond the sentence it is its end.
        hide: row and column, from 1, of a place to hide as well, such as `5, 3`; or empty.

    Returns:
        `words`, each with `word` (empty at the end), its probability by each decoder (`lstm`,
        `transformer`) and its maps, 10 x 10 numbers that sum to 1: `views` (layers, heads), `mean`,
        `rollout`, `recurrent` (the LSTM's). `step`: the tested word, from 0; `gradient`, its map
        too; `trials`: for each hidden place `row`, `column` (from 0), the word's `probability` now
        and the likeliest word, `first`, with its `first_probability`.
    """
    one_of("Decoder", decoder, [name for _, name in DECODERS])
    network = shipped.captioner().network
    whole("The word", word, 1, network.config.longest)
    place = _place(hide, network.config.grid)
    photo_seen = seen(photo)
    image = images.to_tensor(open_photo(photo, LONGEST_SIDE))
    writer = network.writer(decoder)
    if sentence and sentence.strip():
        numbers = attend.numbers_of(writer, sentence)
    else:
        numbers = list(best(writer, photo_seen.annotations))
    looks = {
        name: attend.looks(one, photo_seen.annotations, numbers)
        for name, one in network.decoders.items()
    }
    step = min(word, len(numbers)) - 1
    gradient = attend.saliency(network, writer, image, numbers, step)
    names = [network.config.words[number] for number in numbers]
    yield {
        "run": next(RUNS),
        "src": photo_seen.src,
        "decoder": decoder,
        "own": not (sentence and sentence.strip()),
        "words": [
            _word("" if number == END else name, t, looks)
            for t, (name, number) in enumerate(zip(names, numbers, strict=True))
        ],
        "step": step,
        "gradient": grid(gradient),
        "square": SQUARE,
        "rollout": told_of_rollout(network.config.layers),
        "trials": _trials(network, decoder, image, numbers, step, looks[decoder], gradient, place),
    }


def _word(name: str, t: int, looks: dict[str, attend.Looks]) -> dict[str, Any]:
    """One word with all its maps."""
    recurrent, transformer = looks["lstm"], looks["transformer"]
    return {
        "word": name,
        "lstm": recurrent.probabilities[t].item(),
        "transformer": transformer.probabilities[t].item(),
        "views": [[grid(head) for head in layer] for layer in transformer.views[t]],
        "mean": grid(transformer.mean[t]),
        "rollout": grid(transformer.rollout[t]),
        "recurrent": grid(recurrent.mean[t]),
    }


def _trials(
    network: Captioner,
    decoder: str,
    image: torch.Tensor,
    numbers: list[int],
    step: int,
    looks: attend.Looks,
    gradient: torch.Tensor,
    chosen: int | None,
) -> list[dict[str, Any]]:
    """Hide places that the maps name, one after the other."""
    own = looks.mean[step].flatten()
    most = {"attention": own, "gradient": gradient.flatten()}
    if looks.rollout is not None:
        most = {"attention": own, "rollout": looks.rollout[step].flatten(), **most}
    places: dict[int, str] = {}
    for name, of in most.items():
        at = int(of.argmax())
        places[at] = f"{places[at]}, {name}" if at in places else f"most {name}"
    places.setdefault(int(own.argmin()), "least attention")
    if chosen is not None:
        places[chosen] = f"{places[chosen]}, yours" if chosen in places else "yours"
    side = network.config.grid
    nothing = torch.zeros(1, side, side, dtype=torch.bool)
    masks = torch.cat([nothing, squares(side, SQUARE)[list(places)]])
    seen_now = hidden(network, image, masks)
    found = attend.survival(network, network.writer(decoder), seen_now, numbers, step)
    names, at_each = ["nothing", *places.values()], [None, *places]
    return [
        {
            "name": name,
            "row": None if place is None else place // side,
            "column": None if place is None else place % side,
            "probability": one.probability,
            "first": "" if one.first == "<end>" else one.first,
            "first_probability": one.first_probability,
        }
        for name, place, one in zip(names, at_each, found, strict=True)
    ]


def told_of_rollout(layers: int) -> str:
    """What rollout means for this many layers, in a sentence."""
    whole_share = 1 - 0.5**layers
    shares = [0.5 ** (layers - layer) / whole_share for layer in range(layers)]
    parts = [f"{share:.0%} of layer {i + 1}'s" for i, share in reversed(list(enumerate(shares)))]
    return (
        f"Rollout: {', '.join(parts)} mean map, the earlier layers' mixed with those of the words "
        f"before by self-attention. {1 - whole_share:.0%} stays with words and is left out."
    )


def _place(text: str, side: int) -> int | None:
    """The number of a place that was typed or clicked, from 0; None for none."""
    if not text or not text.strip():
        return None
    match = PLACE.fullmatch(text)
    if not match:
        raise InputError(f"A place is its row and column, such as “5, 3”, not {text[:20]!r}.")
    row, column = map(int, match.groups())
    whole("The row", row, 1, side)
    whole("The column", column, 1, side)
    return (row - 1) * side + column - 1


def opening() -> dict[str, Any]:
    """What the page opens with, by the captioner that was published."""
    (value,) = where(CaptionPhoto.examples[FIRST])
    return {**value, "run": 0}


def chosen_place(event: gr.EventData, hide: str) -> str:
    """The place that was clicked, as `row, column` from 1."""
    if getattr(event, "word", None) is not None:
        return hide
    side = shipped.captioner().network.config.grid
    found = chosen_in(event, side, side)
    return f"{found.row + 1}, {found.column + 1}"


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Maps(None, label="Where it looked")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            pills = {"elem_classes": ["gb-pills"]}
            decoder = Radio(DECODERS, value=DECODER, label="Whose sentence and word", **pills)
            word = Slider(1, 22, WORD, step=1, label="Word")
            sentence = gr.Textbox(
                "", label="Sentence (empty: its own caption)", placeholder="a dog in the snow",
                max_lines=1,
            )  # fmt: skip
            hide = gr.Textbox(
                "", label="Hide this place too: row, column", placeholder="5, 3", max_lines=1
            )
            controls = [
                scene.control("decoder", decoder),
                scene.control("sentence", sentence),
                scene.control("word", word),
                scene.control("place", hide),
            ]
            look = draw_button("Look")
        photo = photo_row(scene, "where_sketch", CaptionPhoto, FIRST)
    follow_words(view, word)
    heard(view.select, chosen_place, hide, hide)
    scene.run(
        where,
        look,
        None,
        [photo, *controls],
        [view],
        api_name="where",
        first=lambda: openings.read(OPENING),
        also=[sentence.submit, hide.submit],
    )
