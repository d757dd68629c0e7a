"""What the race scene says, its presets and its walk-through."""

from demos.kit import Preset, SceneInfo, Step

RACE, QUALITY = "race", "quality"
SHOWN = [("The race", RACE), ("Steps against quality", QUALITY)]


def lanes(*pairs: tuple[str, int]) -> dict:
    """The control's value for pairs of a sampler and its steps."""
    return {"lanes": [list(pair) for pair in pairs]}


INFO = SceneInfo(
    slug="race",
    title="Race",
    lead="The same noise, the same network, other ways down. What costs time is asking the network "
    "once more; so all lanes are asked **at once**, and whoever needs fewer answers is there "
    r"first. DDPM draws fresh noise at each step and arrives somewhere else; the others follow one "
    r"curve, $\frac{dx}{dt} = f(x, t) - \frac{1}{2}\, g(t)^2\, \nabla_x \log p_t(x)$, "
    "and differ in how well they follow it. *Consistency* alone asks a network of its own, taught "
    "to arrive in one or two steps.",
    presets=(
        Preset("race", "Four ways down"),
        Preset("ddpm-ddim", "DDPM 100 against DDIM 20", lanes(("ddpm", 100), ("ddim", 20))),
        Preset(
            "ten-each",
            "Four samplers, ten steps each",
            lanes(("ddpm", 10), ("ddim", 10), ("dpm", 10), ("unipc", 10)),
        ),
        Preset(
            "equal",
            "Equal evaluations: Heun 10, Euler 20",
            lanes(("heun", 10), ("euler", 20), ("ddim", 20)),
        ),
        Preset(
            "few",
            "Five steps are few",
            lanes(("ddpm", 5), ("ddim", 5), ("dpm", 5), ("unipc", 5)),
        ),
        Preset(
            "one-sampler",
            "DDIM in 2, 5, 10 and 40 steps",
            lanes(("ddim", 2), ("ddim", 5), ("ddim", 10), ("ddim", 40)),
        ),
        Preset(
            "two-steps",
            "In one and two steps",
            lanes(("consistency", 1), ("consistency", 2), ("ddim", 2), ("ddim", 20)),
        ),
        Preset("quality", "Steps against quality", {"shows": QUALITY}),
    ),
    walk=(
        Step(
            "One noise, four samplers. Those with few steps are there first; watch who draws the "
            "same faces, and who draws others.",
            "race",
        ),
        Step(
            "DDIM goes the way that DDPM was trained for, without its noise: 20 answers of the "
            "network instead of 100.",
            "ddpm-ddim",
        ),
        Step("Ten steps for everybody: that is too few for DDPM.", "ten-each"),
        Step(
            "Heun's asks twice a step, to correct itself: ten of its steps cost what twenty of "
            "Euler's do.",
            "equal",
        ),
        Step("More steps bring one sampler to the same faces, only sharper.", "one-sampler"),
        Step(
            "DDIM in two steps is a blur: it can only go straight. The first two lanes are the "
            "same network, trained once more on where its own ways down end: so it says at once "
            "what it would arrive at. A second step lays fresh noise on that, and looks again.",
            "two-steps",
        ),
        Step(
            "How fast, measured: the error left after so many answers of the network, by the end "
            "of the curve that all of them follow.",
            "quality",
        ),
    ),
)
