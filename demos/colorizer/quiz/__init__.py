"""Scene: which is real? A true picture and a painted one side by side; the room raises hands."""

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr
import torch

from demos.colorizer.quiz.view import LETTERS, Quiz, answered, asked, choice_of
from demos.kit import Number, Preset, Radio, Scene, SceneInfo, Step
from demos.kit.handlers import heard
from demos.kit.photo import EXAMPLES, Uploads, open_photo
from models.colorizer import shipped
from models.colorizer.colorize import colorize
from models.colorizer.compare import measured
from models.colorizer.measures import colourfulness
from models.colorizer.quiz import MOST_NUMBER, MOST_SEED, Question, question
from models.colorizer.square import square
from models.core import images
from models.core.checks import one_of
from models.core.errors import InputError
from models.core.once import once

FIRST = "photo"
PAINTERS = [
    ("Photo network", FIRST),
    ("L1 + GAN, 32\u00a0×\u00a032", "cifar_gan"),
    ("L1 alone, 32\u00a0×\u00a032", "cifar_l1"),
]
SIDE = 320  # pixels of a photo's square: its colours come from what the network knows, 160
LONGEST_SIDE = 1024  # pixels of the photo that it is cut from
YOURS = "your own photo"
COLOURED = 15.0
"""Colourfulness from which a picture is asked about: "slightly colourful" (Hasler, Süsstrunk)."""

INFO = SceneInfo(
    slug="quiz",
    title="Which is real?",
    lead="One of the two has its true colours, the other’s were painted by a network that saw "
    "only the lightness. Press **A** or **B** for the one that you take for real, **N** for the "
    "next. What the distances say of the painting is told after the answer.",
    presets=(
        Preset("photos", "Photos"),
        Preset("another", "Other squares", {"seed": 7}),
        Preset("small-gan", "L1 + GAN, 32 × 32", {"painter": "cifar_gan"}),
        Preset("small-l1", "L1 alone, 32 × 32", {"painter": "cifar_l1"}),
    ),
    walk=(
        Step("Who takes A for real, who B? Press what most hands say, then N.", "photos"),
        Step("Small pictures, painted with a discriminator in mind.", "small-gan"),
        Step("And by the distance alone: what gives them away?", "small-l1"),
    ),
)


def quiz(
    seed: int = 0, number: int = 1, painter: str = FIRST, photos: Sequence[str] | None = None
) -> dict:
    """Ask a question: two pictures, one of which has its true colours.

    Args:
        seed: of the quiz, 0 to 9999: it chooses pictures, squares and their order.
        number: of the question, 1 to 999.
        painter: who painted the other: `photo`, `cifar_gan` or `cifar_l1`.
        photos: pictures to ask about instead of the example photos.

    Returns:
        `pictures`, `A` and `B` as data URIs; `seed`, `number`, `painter` and `side` in pixels.
        `/quiz_answer` knows which one is real.
    """
    return _posed(seed, number, painter, photos).value


def quiz_answer(
    seed: int = 0,
    number: int = 1,
    painter: str = FIRST,
    choice: str = "A",
) -> dict:
    """Answer a question of `/quiz` about the example photos.

    Args:
        seed: the question's.
        number: the question's.
        painter: the question's.
        choice: the one that is taken for real, `A` or `B`.

    Returns:
        The question's value, and `answer`: `chosen`, `real`, `right`, the `name` of the photo, and
        the `numbers` of both: `ab_error`, `ciede2000`, `psnr`, `ssim`, and `colourfulness`.
    """
    return _told(_posed(seed, number, painter, None), choice)


@dataclass(frozen=True)
class Posed:
    """A question, its two pictures (1 3 S S in [0, 1]), and what the page is told of it."""

    question: Question
    name: str
    """Of the photo."""
    truth: torch.Tensor
    made: torch.Tensor
    value: dict


def _posed(seed: int, number: int, painter: str, photos: Sequence[str] | None) -> Posed:
    one_of("Painter", painter, [name for _, name in PAINTERS])
    found = question(seed, number, len(photos) if photos else len(_names()))
    name = YOURS if photos else _names()[found.picture]
    path = photos[found.picture] if photos else EXAMPLES[name]
    image = images.to_tensor(open_photo(path, LONGEST_SIDE))
    if photos and colourfulness(image).item() < COLOURED:
        raise InputError("This photo has hardly any colours of its own: there is nothing to tell.")
    network = shipped.colorizer(painter)
    side = SIDE if painter == FIRST else network.config.sides[1]
    truth = square(image, side, found.zoom, found.x, found.y)
    made = colorize(network, truth).image.to(truth.device)
    about = {"seed": seed, "number": number, "painter": painter, "own": len(photos or ())}
    return Posed(found, name, truth, made, asked(found, truth, made, about))


def _told(posed: Posed, choice: str) -> dict:
    one_of("Choice", choice, LETTERS)
    truth, made = (measured(one, posed.truth) for one in (posed.truth, posed.made))
    return {**posed.value, "answer": answered(posed.question, choice, posed.name, truth, made)}


@once
def _names() -> tuple[str, ...]:
    """The example photos that have colours to be told."""
    return tuple(
        name
        for name, path in EXAMPLES.items()
        if colourfulness(images.to_tensor(open_photo(path, SIDE))).item() >= COLOURED
    )


def _answer(seed, number, painter, photos, event: gr.EventData):
    choice, about = choice_of(event)
    if about != [painter, seed, number]:  # another question is on its way
        return gr.skip()
    return _told(_posed(seed, number, painter, photos), choice)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Quiz(None, label="Which is real?")
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls"]):
            painter = scene.control(
                "painter",
                Radio(PAINTERS, value=FIRST, label="Painted by", elem_classes=["gb-pills"]),
            )
            number = Number(1, label="Question", precision=0, minimum=1, maximum=MOST_NUMBER)
            seed = Number(0, label="Seed of the quiz", precision=0, minimum=0, maximum=MOST_SEED)
            scene.control("number", number, passing=True)
            scene.control("seed", seed)
        # The view has a button for it, which the key presses too: this one is how both reach here.
        following = gr.Button("Next", visible="hidden", elem_classes=["gb-quiz-next"])
        with gr.Accordion("More: ask about your own photos", open=False):
            photos = Uploads(label="Your own photos, in colours; a square of each is asked about")
    inputs = [seed, number, painter, photos]
    scene.wire(quiz, inputs, [view], api_name="quiz", kept=True)
    scene.offer(quiz_answer, api_name="quiz_answer")
    heard(view.select, _answer, inputs, view, queue=True)
    following.click(
        None, number, number, js=f"(number) => Math.min({MOST_NUMBER}, Number(number) + 1)"
    )
