"""Scene: noise on a digit, and off again."""

import gradio as gr

from demos.kit import Preset, Scene, SceneInfo, Slider, Step, View
from demos.vae.encode.view import DrawingPad
from demos.vae.ends import Place, end_value, picker, uri
from models.vae import denoise as denoising
from models.vae.denoise import LEVELS, Denoised
from models.vae.ends import drawn, find
from models.vae.shipped import DENOISING, autoencoder

BESIDE = "digits_16d"
"""The network that never saw noise."""
DIGIT = "3:93"

INFO = SceneInfo(
    slug="denoise",
    title="Denoise",
    lead=r"Add noise to a digit and clip it to 0 … 1, $\tilde{x} = \mathrm{clip}(x + "
    r"\sigma\varepsilon)$; train an autoencoder to give back the $x$ it never sees: it has to know "
    "what digits look like. This one was trained at $\\sigma = 0.5$ and nothing else. The row of "
    "small ones shows how it fares with less noise and with more.",
    presets=(
        Preset("as-trained", "As trained: 0.5", slide="24"),
        Preset("hardly-any", "Hardly any noise", {"level": 0.1}),
        Preset("too-much", "Too much", {"level": 0.95}),
        Preset("seven", "A 7", {"digit": "7:71", "level": 0.5}, slide="24"),
        Preset("other-noise", "Other noise", {"level": 0.8, "seed": 5}),
    ),
    walk=(
        Step("Half of white as noise: to us hardly a digit any more, to it a 3.", "as-trained"),
        Step(
            "Hardly any noise: now it makes things worse, since all it returns is a digit from 32 "
            "numbers.",
            "hardly-any",
        ),
        Step(
            "Almost twice what it was trained with: it returns a digit, but which one?", "too-much"
        ),
    ),
)


class DenoiseView(View):
    """The digit, the digit under noise, and what two autoencoders make of that."""

    script = "vae/denoise"


def denoise(
    digit: Place = DIGIT, level: float = 0.5, seed: int = 0, strokes: list | None = None
) -> dict:
    """Put Gaussian noise on a digit and let the denoising autoencoder take it off.

    Args:
        digit: a held-back digit and which one (`3:12`), or what the 16-D VAE draws by a seed
            (`prior:7`).
        level: standard deviation of the noise, 0 (none) to 1 (that of black to white); the result
            is cut to [0, 1].
        seed: of the noise, a whole number from 0 on; the same noise for every level.
        strokes: a drawing instead: lists x, y, x, y, ... from 0 to 280, drawn with a brush 36 wide.

    Returns:
        `digit` (`text`, `label`, `src`); `shown` and, for nine `levels` from 0.1 to 0.9, each:
        `level`, `noisy` and `clean` as lossless data URIs, their PSNR in dB `before` and `after`
        (null where nothing differs); `beside`: `clean` and `after` of a VAE that never saw noise;
        and the level that it was `trained` at.
    """
    network = autoencoder(DENOISING)
    end = drawn(BESIDE, strokes) if strokes else find(BESIDE, digit)
    shown, *others = denoising.denoise(network, end.image, (level, *LEVELS), seed)
    (beside,) = denoising.denoise(autoencoder(BESIDE), end.image, (level,), seed)
    return {
        "digit": end_value(end),
        "trained": network.config.noise,
        "shown": _value(shown),
        "beside": {"clean": uri(beside.clean), "after": _decibel(beside.after)},
        "levels": [_value(each) for each in others],
    }


def _value(made: Denoised) -> dict:
    return {
        "level": made.level,
        "noisy": uri(made.noisy),
        "clean": uri(made.clean),
        "before": _decibel(made.before),
        "after": _decibel(made.after),
    }


def _decibel(value: float) -> float | None:
    """A PSNR as JSON holds it, which has no infinity."""
    return None if value == float("inf") else round(value, 4)


def build(scene: Scene) -> None:
    """Lay out the scene and wire it."""
    with scene.stage():
        view = DenoiseView(None, label="Noise on, noise off")
    with scene.desk():
        digit = picker(scene, "digit", DIGIT, "Digit", bare=True)
        level = scene.control("level", Slider(0, 1, 0.5, step=0.05, label="Noise σ"))
        seed = scene.control("seed", Slider(0, 99, 0, step=1, label="Seed of the noise"))
        with gr.Accordion("Draw a digit instead", open=False):
            strokes = scene.control("drawing", DrawingPad([], label="Your digit"))
    digit.select(None, None, strokes, js="() => [[]]")  # a drawing gives way to what is chosen
    scene.wire(denoise, [digit, level, seed, strokes], [view], api_name="denoise", kept=True)
