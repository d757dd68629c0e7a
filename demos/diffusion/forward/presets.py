"""What the forward scene says, its presets and its walk-through."""

from demos.kit import Preset, SceneInfo, Step

START_T = 400

INFO = SceneInfo(
    slug="forward",
    title="Forward",
    lead="The forward process drowns a picture in noise, and nothing is learned for it: "
    r"$q(x_t \mid x_0) = \mathcal N(\sqrt{\bar\alpha_t}\,x_0,\ (1 - \bar\alpha_t) I)$, so "
    r"$x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1 - \bar\alpha_t}\,\epsilon$ in one go. Drag $t$. "
    "Then let the network go back from there: it finds a face, and not the same one.",
    presets=(
        Preset("slides-17", "A face drowns in noise", slide="17"),
        Preset("little", "A little noise", {"t": 120}),
        Preset("half", "Equal shares", {"t": 495}),
        Preset("all", "Nothing but noise", {"t": 999}),
        Preset("photo", "A photo", {"source": "photo", "t": 300}),
        Preset("other-noise", "Other noise", {"seed": 7}),
    ),
    walk=(
        Step(
            "A face under noise, at t = 400. Drag the slider, or play: t says how much.",
            "slides-17",
        ),
        Step(
            "A little noise: to the eye, the face is all there. From here the way back changes "
            "details only.",
            "little",
        ),
        Step(
            "Here signal and noise have equal shares: log-SNR is 0. The linear schedule, dashed, "
            "is there much earlier, and spends half of its steps on hardly anything but noise.",
            "half",
        ),
        Step(
            "At t = 999 nothing is left of the face. Press And back: whatever face comes out, it "
            "is made of noise alone.",
            "all",
        ),
        Step("The forward process takes any picture.", "photo"),
    ),
)
