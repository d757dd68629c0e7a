"""What the scene of three objectives says, its presets and its walk-through."""

from demos.kit import Preset, SceneInfo, Step

CARDS = (
    "**DDPM: how much of it is noise?** Trained on the mean squared error of\n"
    r"$$v = \sqrt{\bar\alpha_t}\,\epsilon - \sqrt{1 - \bar\alpha_t}\,x_0$$"
    "\nfrom which noise and face follow. A sampler decides how far to go.",
    "**Next state: what comes next?** Trained on the mean absolute error of\n"
    r"$$x_{t+1} = \tfrac{t+1}{T}\,x_0 + \left(1 - \tfrac{t+1}{T}\right)\epsilon,\quad T = 16$$"
    "\ngiven $x_t$ and $t$: the picture one level cleaner. That is the whole sampler. Its "
    "$t$ counts steps, from noise at 0 up to the face at $T$; the DDPM's counts noise, and falls.",
    "**Displacement: which way?** The next state's blends and equal steps, but what is predicted "
    "is\n"
    r"$$d = x_0 - \epsilon,\qquad x_{t+1} = x_t + \tfrac{1}{T}\,d$$"
    "\nthat is iterative α-(de)blending. Trained on the mean squared error, a network answers with "
    "the mean of all $d$ that could be; and that follows from $v$. So this is the DDPM's network "
    "once more, asked in other words.",
)

INFO = SceneInfo(
    slug="objectives",
    title="Three objectives",
    lead="The same noise, three ways. One network says what is noise and what is face, and a "
    "schedule makes a step of it; another was only shown pictures at one level of noise and at the "
    "next, and answers with the next. It never sees where its own small errors lead, and the mean "
    "absolute error has it answer with the middle of all that could be. The third goes the "
    "second's way, in equal steps, but only asks **which way** the picture moves.",
    presets=(
        Preset("slides-18", "T = 16, all three", slide="18"),
        Preset("hundred", "The DDPM's 100 steps", {"sampler": "ddpm", "steps": 100, "count": 4}),
        Preset("one", "One face", {"count": 1}),
        Preset("others", "Other noise", {"seed": 100}),
    ),
    walk=(
        Step(
            "Nine noises, each gone from in all three ways. Drag the player to half of the way: "
            "what is a face already, and what is grey?",
            "slides-18",
        ),
        Step("One face, step by step: use the arrow keys.", "one"),
        Step(
            "Second and third take the same blends in sixteen equal steps. The second puts the "
            "whole picture through a network each time, and what that gets wrong stays; the third "
            "only moves the picture a sixteenth of the way at a time, and the next answer can "
            "still put right what this one got wrong.",
            "one",
        ),
        Step(
            "The third is the DDPM's network: displacement, noise and face follow from one "
            "another. What a network is to predict is one choice, which way to go another.",
            "slides-18",
        ),
        Step(
            "First and third can take more steps without being trained anew. The second cannot.",
            "",
        ),
        Step(
            "On the desk is the simple network, part by part: each block's features are "
            "multiplied by what a dense layer makes of the time.",
            "slides-18",
        ),
    ),
)
