"""Scene: is it new? Each face beside the nearest that the network was trained on."""

from collections.abc import Iterator

import gradio as gr
import torch

from demos.diffusion.choices import follow_clicks
from demos.diffusion.new.presets import DRAWN, INFO, OWN, SOURCES
from demos.diffusion.new.view import Novelty
from demos.diffusion.runs import new_name
from demos.kit import Number, Radio, Scene, Slider, openings
from demos.kit.handlers import answer
from demos.kit.photo import Upload
from demos.kit.run import Wanted, always, draw_button, stop_button
from models.core.checks import one_of, whole
from models.core.errors import InputError
from models.core.images import open_image, tiled, to_data_uri
from models.diffusion import features, novelty
from models.diffusion.faces import small_square
from models.diffusion.novelty import AskedFace

__all__ = ["INFO", "build", "nearest", "training_faces"]

COUNT, COLUMNS = 9, 3
OPENING = "diffusion/new"
MOST_ASKED = COUNT * novelty.NEIGHBOURS
UPLOADED_SIDE = 512  # pixels; the network sees 32


def nearest(
    source: str = DRAWN,
    number: int = 1,
    photo: str | None = None,
    *,
    wanted: Wanted = always,
) -> Iterator[dict]:
    """Ask of nine faces, or of a picture, how near the nearest training face is to each.

    Args:
        source: `ddpm` or `vae`, drawn by one of the two; `real`, held back from training, or
            `training`: these two need the data set on the server's machine; `photo`, a picture.
        number: of the first of the nine faces, from 1; number n of the DDPM's is drawn by the seed
            n - 1. The first nine are at hand, others are drawn one after another.
        photo: the picture to ask about; its middle square is shrunk to 32 x 32.

    Returns:
        `faces`, a sheet of those asked about, `titles`, and `found` for each: `distance` to the
        nearest training face in the features of the character classifier, `closer`, the share of
        real new faces that are closer to one, `copied`, whether it is closer than 99 % of those,
        and `nearest`, the training faces next to it. `held_back`: the distances of all real new
        faces, in order; `threshold`: what 99 % of them exceed; `run`: another one for each answer.
    """
    one_of("The kind of faces", source, (*novelty.SOURCES, OWN))
    whole("The number of the face", number, 1, novelty.MOST_NUMBER - COUNT)
    known = features.load()
    if source == OWN:
        picture = small_square(open_image(photo, UPLOADED_SIDE))
        yield shown(known, [AskedFace(picture, "Your picture")], done=True)
        return
    asked: list[AskedFace] = []
    for place in range(COUNT):
        asked.append(novelty.face(source, number + place))
        done = place == COUNT - 1 or not wanted()
        if done or (source == DRAWN and number + place > COUNT):  # drawing takes a while
            yield shown(known, asked, done)
        if done:
            return


def shown(known: features.TrainingFeatures, asked: list[AskedFace], done: bool) -> dict:
    """What the page shows of some faces."""
    pictures = torch.cat([one.picture for one in asked])
    return {
        "faces": to_data_uri(tiled(pictures, min(COLUMNS, len(asked))), lossless=True),
        "columns": min(COLUMNS, len(asked)),
        "titles": [one.title for one in asked],
        "found": novelty.answer(known, pictures),
        "held_back": [round(distance, 3) for distance in known.held_back.tolist()],
        "threshold": round(known.threshold(), 4),
        "trained_on": len(known.labels),
        "done": done,
        "run": new_name(),
    }


def opening() -> dict:
    """What the scene opens with: the answer for the first nine faces."""
    *_, last = nearest()
    return {**last, "run": 0}


def training_faces(asked: dict) -> dict:
    """What the page asks for beside each answer: `pictures` of training faces, or `error`."""
    return answer(_pictures, asked)


def _pictures(indices: list) -> dict:
    if not isinstance(indices, list) or not 0 < len(indices) <= MOST_ASKED:
        raise InputError(f"1 to {MOST_ASKED} training faces can be asked for at a time.")
    pictures = novelty.thumbnails(features.load(), indices)
    return {"pictures": [to_data_uri(one[None], lossless=True) for one in pictures]}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = Novelty(None, label="Is it new?", server_functions=[training_faces])
    with scene.desk():
        with gr.Row(elem_classes=["gb-bar-of-controls", "gb-new-bar"]):
            source = Radio(SOURCES, value=DRAWN, label="Faces", elem_classes=["gb-pills"])
            number = Number(1, label="First number", precision=0)
            face = Slider(1, COUNT, 1, step=1, label="Chosen face")
            scene.control("source", source)
            scene.control("number", number)
            scene.control("face", face)
            with gr.Row(elem_classes=["gb-tight"]):
                ask, halt = draw_button("Ask"), stop_button()
        with gr.Accordion("Ask about a picture of your own", open=False):
            photo = Upload(label="A face; its middle square counts", height=260)
    scene.run(
        nearest,
        ask,
        halt,
        [source, number, photo],
        [view],
        api_name="nearest",
        first=lambda: openings.read(OPENING),
    )
    photo.change(
        None, [photo, source], source, js="(...values) => glassbox.uploadedToAskAbout(...values)"
    )
    follow_clicks(view, face)
