"""How a live training looks to the page and to programs."""

from demos.kit.view import View
from demos.vae.live.sessions import Run
from models.core import images
from models.vae.live import LiveStep

DECIMALS = 3


class LiveView(View):
    """Plane, sheet and losses of a training, with its buttons and a player through its frames.

    The value is the newest frame; the page keeps those before it. Raises `play` to start (over) and
    `submit` to resume.
    """

    script = "vae/live"
    schema = {  # noqa: RUF012
        "type": "object",
        "properties": {
            "phase": {"type": "string", "description": "new, running, paused or finished"},
            "step": {"type": "integer"},
            "seen": {"type": "integer"},
            "seconds": {"type": "number"},
            "beta": {"type": "number"},
            "train": {"type": "object", "description": "reconstruction and kl, or null"},
            "validation": {"type": "object", "description": "reconstruction and kl"},
            "points": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
            "labels": {"type": "array", "items": {"type": "integer"}},
            "deviation": {"type": "array", "items": {"type": "number"}},
            "active": {"type": "integer"},
            "extent": {"type": "number"},
            "sheet": {"type": "string", "description": "data URI of 15 x 15 decoded digits"},
        },
    }


def frame_value(run: Run | None, step: LiveStep, train: dict | None, phase: str) -> dict:
    """A step with a frame as the value of `LiveView`; `run` is None before there is one."""
    frame = step.frame
    settings = run.training.settings if run else None
    return {
        "run": run.token if run else "",
        "phase": phase,
        "step": step.step,
        "seen": step.seen,
        "seconds": round(step.seconds, 2),
        "of": settings.seconds if settings else 0,
        "digits": int(settings.digits) if settings else 0,
        "beta": step.beta,
        "train": train,
        "validation": frame.validation,
        "points": [[round(value, DECIMALS) for value in point] for point in frame.means.tolist()],
        "labels": frame.labels.tolist(),
        "deviation": frame.deviation.tolist(),
        "active": frame.active,
        "extent": frame.extent,
        "sheet": images.to_data_uri(frame.sheet),
    }
