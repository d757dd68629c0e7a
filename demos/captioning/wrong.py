"""Scene: captions that are right, slightly wrong and unrelated, and how probable each is."""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from demos.captioning.photos import FIRST, SHARED, CaptionPhoto, seen
from demos.captioning.ready import READY, ready_for
from demos.captioning.view import RUNS
from demos.kit import Preset, Radio, Scene, SceneInfo, Slider, Step, View, openings
from demos.kit.handlers import heard
from demos.kit.photo import photo_row
from demos.kit.run import Wanted, always, draw_button
from models.captioning import rarity, shipped
from models.captioning.beam import best
from models.captioning.bleu import bleu
from models.captioning.cider import LONGEST, Cider
from models.captioning.network import WRITERS
from models.captioning.rank import Scored, ranked
from models.core.checks import one_of, whole

OPENING = "captioning/wrong"
DECODERS = [("LSTM", "lstm"), ("Transformer", "transformer"), ("Both", "both")]
DECODER = "both"
SHOWN = [("Word by word", "words"), ("BLEU", "bleu"), ("CIDEr-D", "cider")]
ROW, MOST_ROWS = 2, 5

INFO = SceneInfo(
    slug="wrong",
    title="Right or wrong",
    lead="A captioner gives every sentence a probability: "
    r"$\log p(w) = \sum_t \log p(w_t \mid w_{<t}, \text{photo})$. So it can be asked about "
    "captions that it would never write: a right one, one with a single wrong word, one of another "
    "photo. Write your own, and see which it prefers, and what BLEU and CIDEr-D would say.",
    presets=(
        Preset("slides-28", "Right, slightly wrong, unrelated", slide="28"),
        Preset("cat", "The wrong one wins", {"photo": "cat"}),
        Preset("own", "A caption of ours", {"caption": "a man with a camera", "row": 5}),
        Preset("bleu", "BLEU, n-gram by n-gram", {"show": "bleu", "row": 1}),
        Preset("cider", "CIDEr-D, n-gram by n-gram", {"show": "cider", "row": 1}),
    ),
    walk=(
        Step(
            "Three captions of one photo. The right one is the most probable of them; one word "
            "makes the difference to the second.",
            "slides-28",
        ),
        Step(
            "A cat, of which it has hardly ever read: with “dog” instead the sentence becomes more "
            "probable. It says what it knows.",
            "cat",
        ),
        Step(
            "BLEU counts n-grams that some reference has too, no more often than it has them.",
            "bleu",
        ),
        Step("CIDEr-D weighs them: what few photos' captions say counts more.", "cider"),
    ),
)


class Judged(View):
    """Captions of one photo with their probabilities, and one of them in detail.

    Choosing a caption, or what is shown of it, raises `select` with `row`, from 1, or `show`.
    """

    script = "captioning/wrong"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "src": {"type": "string", "description": "data URI of the photo"},
            "captions": {"type": "array", "items": {"type": "object"}},
            "references": {"type": "array", "items": {"type": "string"}},
        },
    }


def wrong(
    photo: str | None,
    decoder: str = DECODER,
    caption: str = "",
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Score captions of a photo: three ready ones of an example, the network's own, and yours.

    Args:
        photo: the picture; of a photo that is no example, the right captions of three examples
            are scored instead.
        decoder: `lstm`, `transformer`, or `both`: the mean of their log-probabilities.
        caption: your own, of known words, at most 21; or empty.

    Returns:
        `captions`, each with its `kind`, `caption`, `words` (`word`, empty at the end, its
        `log_probability` given those before, the `likeliest` word and `likeliest_probability`),
        `log_probability`, `perplexity` and `rank` among all of them. For example photos also
        `references`, and of each caption `bleu` (`score`, `brevity`, `length`, `closest`, and by n
        `right`, `total` and the `grams` with how often they are `said` and how often that `counts`)
        and `cider` (`score`, 0 to 10, and by n the grams with their `share` of it, their `rarity`,
        and of how many of all `photos` some caption has them: 0 where of fewer than `least`).
    """
    one_of("Decoder", decoder, WRITERS)
    writer = shipped.captioner().network.writer(decoder)
    picture = seen(photo)
    name = ready_for(photo)
    captions = _captions(name)
    own = writer.vocabulary.sentence(best(writer, picture.annotations))
    captions.append(("its own", own))
    if caption and caption.strip():
        captions.append(("yours", caption))
    scored = ranked(writer, picture.annotations, [text for _, text in captions])
    references = READY[name].references if name else ()
    judge = _judge(references) if references else (lambda words: {})
    yield {
        "run": next(RUNS),
        "src": picture.src,
        "decoder": decoder,
        "references": list(references),
        "captions": [
            {"kind": kind, **_scored(one), **judge(one.words[:-1])}
            for (kind, _), one in zip(captions, scored, strict=True)
        ],
    }


def _captions(name: str | None) -> list[tuple[str, str]]:
    """The captions at hand for an example, or for a photo of somebody's own."""
    if name is None:
        return [("of another photo", READY[name].right) for name in SHARED]
    ready = READY[name]
    return [
        ("right", ready.right),
        ("slightly wrong", ready.slightly_wrong),
        ("unrelated", ready.unrelated),
    ]


def _scored(one: Scored) -> dict[str, Any]:
    """A caption with what the decoder finds of it."""
    shares = zip(one.words, one.log_probabilities, one.likeliest, strict=True)
    return {
        "caption": one.caption,
        "words": [
            {
                "word": _name(word),
                "log_probability": log_p,
                "likeliest": _name(best),
                "likeliest_probability": share,
            }
            for word, log_p, (best, share) in shares
        ],
        "log_probability": one.log_probability,
        "perplexity": one.perplexity,
        "rank": one.rank,
    }


def _name(word: str) -> str:
    return "" if word == "<end>" else word


def _judge(references: Sequence[str]):
    """What compares a caption's words with these references, by both measures."""
    vocabulary = shipped.captioner().vocabulary
    split = [vocabulary.split(text) for text in references]
    frequencies = rarity.read()
    cider = Cider([[vocabulary.numbers(text) for text in references]], frequencies)

    def judged(words: Sequence[str]) -> dict[str, Any]:
        compared = bleu(words, split)
        numbers = vocabulary.numbers(" ".join(words))
        shares = cider.contributions(numbers, 0)
        by_length = [
            [
                {
                    "gram": " ".join(vocabulary.words[number] for number in gram),
                    "share": share,
                    "rarity": cider.inverse_frequency(gram),
                    "photos": frequencies.frequencies[gram],
                }
                for gram, share in shares.items()
                if len(gram) == n
            ]
            for n in range(1, LONGEST + 1)
        ]
        return {
            "bleu": {
                "score": compared.score(),
                "brevity": compared.brevity,
                "length": compared.length,
                "closest": compared.closest,
                "by_n": [
                    {
                        "right": right,
                        "total": total,
                        "grams": [
                            {"gram": " ".join(one.gram), "said": one.said, "counts": one.clipped}
                            for one in grams
                        ],
                    }
                    for (right, total), grams in zip(
                        compared.precisions, compared.matches, strict=True
                    )
                ],
            },
            "cider": {
                "score": cider.score(numbers, 0),
                "photos": frequencies.pictures,
                "least": rarity.LEAST,
                "by_n": by_length,
            },
        }

    return judged


def opening() -> dict[str, Any]:
    """What the page opens with, by the captioner that was published."""
    (value,) = wrong(CaptionPhoto.examples[FIRST])
    return {**value, "run": 0}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Judged(None, label="Captions and their probabilities")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            pills = {"elem_classes": ["gb-pills"]}
            decoder = Radio(DECODERS, value=DECODER, label="Decoder", **pills)
            caption = gr.Textbox(
                "", label="Your caption", placeholder="a man with a camera", max_lines=1
            )
            show = Radio(SHOWN, value="words", label="Of the chosen caption", **pills)
            row = Slider(1, MOST_ROWS, ROW, step=1, label="Chosen caption")
            for name, control in (
                ("decoder", decoder), ("caption", caption), ("show", show), ("row", row)
            ):  # fmt: skip
                scene.control(name, control)
            score = draw_button("Score")
        photo = photo_row(scene, "wrong_sketch", CaptionPhoto, FIRST)

    def chosen(event: gr.EventData, row: int, show: str) -> tuple[int, str]:
        row = getattr(event, "row", row)
        show = getattr(event, "show", show)
        whole("The caption", row, 1, MOST_ROWS)
        one_of("What is shown", show, [value for _, value in SHOWN])
        return row, show

    heard(view.select, chosen, [row, show], [row, show])
    scene.run(
        wrong,
        score,
        None,
        [photo, decoder, caption],
        [view],
        api_name="wrong",
        first=lambda: openings.read(OPENING),
        also=[caption.submit],
    )
