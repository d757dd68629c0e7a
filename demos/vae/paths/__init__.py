"""Scene: from one picture to another through latent space, straight and along the arc."""

import base64

import gradio as gr

from demos.kit import Radio, Scene, SceneInfo, Slider, View
from demos.kit.handlers import answer
from demos.vae.ends import Place, end_value, fitting, model_choice, numbers, picker, uri
from demos.vae.paths.presets import ENDS, PRESETS, STEPS, WALK
from models.core import checks, film, images
from models.core.errors import InputError
from models.vae import path, points
from models.vae.decode import EXTENT, sheet
from models.vae.ends import find
from models.vae.shipped import PLANES, autoencoder

KINDS = [("Straight line", "linear"), ("Along the arc (slerp)", "slerp")]
FILMS = ("gif", "png")
LONGEST = 256  # numbers of a point that `/slerp` takes

INFO = SceneInfo(
    slug="paths",
    title="Paths",
    lead="Encode two pictures, walk from code to code, decode every stop: "
    r"$z_t = (1 - t)\,z_a + t\,z_b$. Mixed codes are pictures of their own; mixed pixels only show "
    "both at once. The straight way dips towards the middle, the arc goes round it. Play, or step "
    "with the arrow keys.",
    presets=PRESETS,
    walk=WALK,
)


class PathView(View):
    """A path step by step: mixed codes beside mixed pixels, and the distance from the origin."""

    script = "vae/paths"
    schema = {  # noqa: RUF012
        "type": "object",
        "description": "see /path",
        "properties": {"images": {"type": "array", "items": {"type": "string"}}},
    }


def walk(
    model: str = "digits_16d",
    a: Place = ENDS["digits"][0],
    b: Place = ENDS["digits"][1],
    steps: int = STEPS,
    kind: str = "linear",
) -> dict:
    """Walk through latent space from one place to another, decoding every stop.

    Args:
        model: `faces`, `digits_16d`, `digits_2d` or another of the digits' autoencoders.
        a: where from: a held-back digit and which one (`3:12`), a character (`homer_simpson`, the
            mean of its codes) or one of its faces (`homer_simpson:4`), a point drawn from the prior
            by a seed (`prior:7`), or a list of coordinates.
        b: where to.
        steps: stops, both ends included, 2 to 60.
        kind: `linear` or `slerp`.

    Returns:
        `a` and `b` (`text`, `label`, `src`, `z`); of every stop `images` (decoded) and `pixels`
        (the two pictures cross-faded) as lossless data URIs, and `z`; `norms`: the distance from
        the origin at every stop, of both kinds; `typical`: that of a usual draw from the prior, the
        square root of the number of `dimensions`; `ways`: in two dimensions, the points of both.
    """
    network = autoencoder(model)
    start, end = find(model, a), find(model, b)
    stops = list(path.walk(network, start.latent, end.latent, steps, kind))
    ways = {each: path.stops(start.latent, end.latent, steps, each) for each in path.KINDS}
    dimensions = network.config.latent
    return {
        "model": model,
        "kind": kind,
        "dimensions": dimensions,
        "typical": dimensions**0.5,
        "a": end_value(start),
        "b": end_value(end),
        "images": [uri(stop.image) for stop in stops],
        "pixels": [uri(picture) for picture in path.crossfade(start.image, end.image, steps)],
        "z": [numbers(stop.latent) for stop in stops],
        "norms": {each: way.norm(dim=1).tolist() for each, way in ways.items()},
        "ways": {each: way.tolist() for each, way in ways.items()} if dimensions == 2 else {},
    }


def path_film(
    model: str = "digits_16d",
    a: Place = ENDS["digits"][0],
    b: Place = ENDS["digits"][1],
    steps: int = STEPS,
    kind: str = "linear",
    form: str = "gif",
) -> dict:
    """Make a file of a path: a film of it, or a strip with mixed pixels below mixed codes.

    Args:
        model: as for `/path`.
        a: where from.
        b: where to.
        steps: stops, both ends included, 2 to 60.
        kind: `linear` or `slerp`.
        form: `gif` (one frame a stop; equal neighbours are one) or `png`.

    Returns:
        `name` for the file, and its content as a data URI, `src`.
    """
    checks.one_of("Form", form, FILMS)
    start, end = find(model, a), find(model, b)
    stops = path.walk(autoencoder(model), start.latent, end.latent, steps, kind)
    pictures = [stop.image for stop in stops]
    if form == "gif":
        content = film.gif(pictures)
    else:
        content = film.strip([pictures, path.crossfade(start.image, end.image, steps)])
    name = f"glassbox-{model}-{start.text}-{end.text}-{kind}.{form}".replace(":", "-")
    return {
        "name": name if len(name) < 100 else f"glassbox-{model}-{kind}.{form}",
        "src": f"data:image/{form};base64,{base64.b64encode(content).decode()}",
    }


def slerp(a: list[float], b: list[float], steps: int = STEPS, kind: str = "slerp") -> dict:
    """Interpolate between two lists of numbers, without any network.

    Args:
        a: 2 to 256 numbers within ±20.
        b: as many.
        steps: points, both ends included, 2 to 60.
        kind: `slerp` (Shoemake 1985) or `linear`.

    Returns:
        `points` and their `norms`.
    """
    size = len(a) if isinstance(a, list) else 0
    if not 2 <= size <= LONGEST:
        raise InputError(f"A point must be a list of 2 to {LONGEST} numbers, got {str(a)[:60]}.")
    one = points.parse(a, size, "The first point")
    stops = path.stops(one, points.parse(b, size, "The second point"), steps, kind)
    return {"points": stops.tolist(), "norms": stops.norm(dim=1).tolist()}


def film_for_page(asked: dict) -> dict:
    """What the page asks for at a press of *GIF* or *PNG*: `/path_film`'s answer, or `error`."""
    return answer(path_film, asked)


def sheet_for_page(asked: dict) -> dict:
    """The decoded plane that the page draws a 2-D path on: `src` and `extent`, or `error`."""
    return answer(_sheet, asked)


def _sheet(model: str, extent: float = EXTENT) -> dict:
    checks.between("The plane's half side", extent, EXTENT, points.FARTHEST)
    checks.one_of("Plane", model, PLANES)
    return {"src": images.to_data_uri(sheet(autoencoder(model), extent=extent)), "extent": extent}


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = PathView(None, label="A path", server_functions=[film_for_page, sheet_for_page])
    with scene.desk(), gr.Row(elem_classes=["gb-bar-of-controls", "gb-places-desk"]):
        model = scene.control("model", model_choice("digits_16d"))
        ends = ENDS["faces" if model.value == "faces" else "digits"]
        a = picker(scene, "a", ends[0], "From", key="from")
        b = picker(scene, "b", ends[1], "To", key="to")
        kind = scene.control(
            "kind", Radio(KINDS, value="linear", label="The way", elem_classes=["gb-pills"])
        )
        steps = scene.control("steps", Slider(path.FEWEST, path.MOST, STEPS, step=1, label="Steps"))
    scene.wire(
        walk,
        [model, a, b, steps, kind],
        [view],
        api_name="path",
        kept=True,
        **fitting("path", model, [a, b], ENDS),
    )
    scene.offer(path_film, api_name="path_film")
    scene.offer(slerp, api_name="slerp")
