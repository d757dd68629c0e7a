"""Scene: a marker dragged over the latent plane, and the image that is decoded there."""

import gradio as gr

from demos.kit import Dropdown, Radio, Scene
from demos.kit.handlers import answer
from demos.vae.plane.presets import INFO, MODELS
from demos.vae.plane.view import LatentPlane, MarkerPlace, spot_facts, spot_pictures, spot_value
from models.core import images
from models.core.checks import one_of
from models.core.errors import InputError
from models.vae import plane as planes
from models.vae.decode import EXTENT, MOST_STEPS, sheet
from models.vae.shipped import PLANES, autoencoder

__all__ = ["INFO", "build", "decode_point", "plane"]

STEPS = 20
SHOWN = [("Both", "both"), ("Sheet", "sheet"), ("Digits", "digits")]
WINDOWS = [("±3", "prior"), ("As far as its digits", "digits")]
MOST_PLANES = len(PLANES)
START = {"x": 0.24, "y": -0.1}


def plane(model: str = "digits_2d", window: str = "prior", steps: int = STEPS) -> dict:
    """Lay out one latent plane, or several side by side: decoded sheet and held-back digits.

    Args:
        model: `digits_2d_autoencoder`, `digits_2d_beta_tenth`, `digits_2d` or
            `digits_2d_beta_four`; or a comparison, `gaps` (autoencoder and VAE), `betas` (the
            three VAEs) or `all`.
        window: what of the plane is shown: `prior`, [-3, 3]²; or `digits`, the smallest square
            around 0, its half side a whole number, with 98 % of the 1,000 held-back digits.
        steps: pictures a side of the decoded sheet, 1 to 40.

    Returns:
        `labels`, the held-back digits' classes; `planes`, each with `model`, `title`, `extent`
        (half its side), `seen` (the share of the digits in it), `points` (the digits' means,
        rounded to 3 decimals) and `sheet` (data URI, `steps` x `steps` digits of 28 x 28 pixels).
    """
    names = MODELS[model] if isinstance(model, str) and model in MODELS else (model,)
    one_of("Window", window, (value for _, value in WINDOWS))
    if not isinstance(steps, int | float) or steps not in range(1, MOST_STEPS + 1):
        raise InputError(f"A sheet has 1 to {MOST_STEPS} pictures a side, got {str(steps)[:40]}.")
    return {
        "labels": planes.landmarks(names[0]).labels.tolist(),
        "steps": int(steps),
        "planes": [_plane(name, window, int(steps)) for name in names],
    }


def _plane(name: str, window: str, steps: int) -> dict:
    means = planes.landmarks(name).means
    extent = EXTENT if window == "prior" else float(planes.reach(means))
    return {
        "model": name,
        "title": PLANES[name],
        "extent": extent,
        "seen": planes.within(means, extent),
        "points": [[round(value, 3) for value in point] for point in means.tolist()],
        "sheet": images.to_data_uri(sheet(autoencoder(name), steps, extent)),
    }


def decode_point(model: str = "digits_2d", point: list[float] | None = None) -> dict:
    """Decode one point of a latent plane.

    Args:
        model: `digits_2d_autoencoder`, `digits_2d_beta_tenth`, `digits_2d` or
            `digits_2d_beta_four`.
        point: two numbers within ±20 (±100 for the autoencoder); the origin where there is none.

    Returns:
        `z`; `image`, 28 x 28 pixels, a lossless data URI; `nearest`: the held-back digit whose
        mean lies nearest: its `index`, class (`label`), `distance` in units of z, and `image`.
    """
    return spot_value(model, planes.spot(model, [0.0, 0.0] if point is None else point))


def decode_points(asked: dict) -> dict:
    """What the page asks for while the marker moves: one point of each plane that it shows.

    Args:
        asked: `places`: at most four pairs of a model's name and a point.

    Returns:
        `spots`, each as `/decode` returns it, but its pictures; those are `pictures`, one data URI
        of two rows: what is decoded at each point, and the digits nearest to them. Or `error`, a
        sentence.
    """
    return answer(_spots, asked)


def _spots(places: list) -> dict:
    pairs = places[:MOST_PLANES] if isinstance(places, list) else []
    if not pairs or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise InputError("What is asked for must be pairs of a model and a point.")
    found = [(name, planes.spot(name, point)) for name, point in pairs]
    return {
        "spots": [spot_facts(*each) for each in found],
        "pictures": spot_pictures([spot for _, spot in found]),
    }


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage(wide=True):
        view = LatentPlane(None, label="The latent plane", server_functions=[decode_points])
    with scene.desk(), gr.Row(elem_classes=["gb-bar-of-controls"]):
        pills = {"elem_classes": ["gb-pills"]}
        choices = [*((title, name) for name, title in PLANES.items())]
        choices += [("Autoencoder beside VAE", "gaps"), ("β = 0.1, 1, 4", "betas"), ("All", "all")]
        model = scene.control("model", Dropdown(choices, value="digits_2d", label="Model"))
        show = scene.control("show", Radio(SHOWN, value="both", label="Show", **pills))
        window = scene.control(
            "window", Radio(WINDOWS, value="prior", label="The plane reaches", **pills)
        )
        scene.control("at", MarkerPlace(START, label="Marker"))
    scene.wire(plane, [model, window], [view], api_name="plane", kept=True)
    show.change(None, show, js="(show) => glassbox.latentPlane.look(show)")
    scene.offer(decode_point, api_name="decode")
