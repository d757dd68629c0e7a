"""Scene: the directions in which codes vary most, as sliders."""

from typing import Any

from demos.kit import Preset, Scene, SceneInfo, Step, View
from demos.kit.handlers import answer
from demos.vae.ends import Place, end_value, fitting, model_choice, numbers, picker, uri
from models.core.errors import InputError
from models.vae import directions as principal
from models.vae.decode import decode
from models.vae.directions import FARTHEST, SHOWN, STOPS
from models.vae.ends import find
from models.vae.shipped import FACES, autoencoder

STARTS = {"faces": ["homer_simpson:5"], "digits": ["3:1"]}
STILL = [0.0] * SHOWN


def _at(model: str, start: str, *amounts: float) -> dict:
    return {"model": model, "start": start, "amounts": [*amounts, *STILL[len(amounts) :]]}


INFO = SceneInfo(
    slug="directions",
    title="Directions",
    lead="Nobody told the network what a smile or a slant is. But its codes vary more along some "
    "directions than along others: the principal components. Each slider moves a picture along one "
    "of them, in standard deviations. What does each of them do?",
    presets=(
        Preset("homer", "Homer", _at("faces", "homer_simpson:5")),
        Preset("homer-moved", "Homer, moved", _at("faces", "homer_simpson:5", 2.0, 0.0, -2.0)),
        Preset("average", "Bart's mean", _at("faces", "bart_simpson")),
        Preset("three", "A 3", _at("digits_16d", "3:1")),
        Preset("three-moved", "A 3, moved", _at("digits_16d", "3:1", 2.0)),
        Preset("plane", "Only two", _at("digits_2d", "3:1")),
    ),
    walk=(
        Step("Sixteen numbers make a digit. Which mixtures of them matter?", "three"),
        Step("The strongest direction, two deviations along.", "three-moved"),
        Step("In two dimensions there are only two, and each must do everything at once.", "plane"),
        Step("On faces the first ones are about the ground behind and the pose.", "homer"),
    ),
)


class DirectionsView(View):
    """The picture where the sliders are."""

    script = "vae/directions"


class Amounts(View):
    """How far along each direction: six numbers of standard deviations, -3 to 3."""

    script = "vae/directions-amounts"
    schema = {"type": "array", "items": {"type": "number"}}  # noqa: RUF012
    example = STILL

    def check(self, value: Any) -> list[float]:
        """The numbers, if they are.

        Raises:
            InputError: they are not.
        """
        if not isinstance(value, list) or len(value) != SHOWN:
            raise InputError(f"there are {SHOWN} amounts")
        if not all(isinstance(v, int | float) and abs(v) <= FARTHEST for v in value):
            raise InputError("each amount is a number from -3 to 3")
        return value


def directions(
    model: str = "digits_16d", start: Place = STARTS["digits"][0], amounts: list | None = None
) -> dict:
    """Move a picture along the principal components of its network's codes.

    Args:
        model: `faces`, `digits_16d`, `digits_2d` or another of the digits' autoencoders.
        start: a place of latent space: a held-back digit and which one (`3:12`), a character
            (`homer_simpson`, the mean of its codes), one of its faces (`homer_simpson:4`), a point
            drawn from the prior by a seed (`prior:7`), or a list of coordinates.
        amounts: how far along each of the six directions (two of a plane), in standard deviations
            of the codes, -3 to 3; none are moved where there are no numbers.

    Returns:
        `start` (`text`, `label`, `src`, `z`); `image`, what is decoded at `z`; `deviations`,
        of the codes along each direction; `rows`: of each direction seven pictures, from -3 to 3 of
        it alone (`stops`).
    """
    end = find(model, start)
    rows = principal.sheet(model, end.latent)
    return {
        **_moved(model, end.latent, amounts),
        "model": model,
        "start": end_value(end),
        "stops": list(STOPS),
        "deviations": principal.directions(model).deviations.tolist(),
        "rows": [[uri(picture[None]) for picture in row] for row in rows],
    }


def _moved(model: str, latent, amounts: list | None) -> dict:
    along = principal.directions(model)
    amounts = [] if amounts is None else amounts
    if isinstance(amounts, list) and not any(amounts[len(along.vectors) :]):
        amounts = amounts[: len(along.vectors)]  # a plane has but two
    z = principal.move(latent, along, amounts)
    return {"amounts": amounts, "z": numbers(z), "image": uri(decode(autoencoder(model), z))}


def moved_for_page(asked: dict) -> dict:
    """What the page asks for while a slider is dragged: `image` and `z`, or `error`."""
    return answer(_asked, asked)


def _asked(model: str, start: Place, amounts: list) -> dict:
    return _moved(model, find(model, start).latent, amounts)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = DirectionsView(None, label="The picture, moved")
        value = Amounts(STILL, label="Directions", server_functions=[moved_for_page])
        amounts = scene.control("amounts", value)
    with scene.desk():
        model = scene.control("model", model_choice())
        place = STARTS["faces" if model.value == "faces" else "digits"][0]
        start = picker(scene, "start", place, "Start")
    scene.wire(
        directions,
        [model, start, amounts],
        [view],
        api_name="directions",
        kept=model.value == FACES,  # what lies on disk is of faces
        **fitting("directions", model, [start], STARTS, amounts),
    )
