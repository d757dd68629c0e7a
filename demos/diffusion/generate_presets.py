"""What the generate scene says, its presets and its walk-through."""

from demos.kit import Preset, SceneInfo, Step

INFO = SceneInfo(
    slug="generate",
    title="Generate",
    lead="From noise to faces, a little at a time. At each step the network sees $x_t$ and says "
    r"how much of it is noise, $\hat\epsilon$, and what face it takes to be in it, $\hat x_0$: "
    r"$x_t = \sqrt{\bar\alpha_t}\,\hat x_0 + \sqrt{1 - \bar\alpha_t}\,\hat\epsilon$. Then a part "
    "of the noise is taken away. Choose a face by a click; step with the arrow keys.",
    presets=(
        Preset("faces", "Nine faces"),
        Preset("slides-15", "5 × 5 faces", {"count": 25}, slide="15"),
        Preset("slides-16", "Every step of one", {"count": 1, "steps": 50}, slide="16"),
        Preset("character", "One character", {"character": "bart_simpson", "guidance": 3.0}),
        Preset("anyone", "Nobody in particular", {"character": "anyone", "guidance": 1.0}),
        Preset("too-much", "Too much guidance", {"guidance": 9.0}),
        Preset("few", "Only four steps", {"steps": 4}),
        Preset("ddpm", "DDPM: fresh noise at each step", {"sampler": "ddpm", "steps": 50}),
    ),
    walk=(
        Step(
            "Nine faces out of noise. The first guesses are blurred: they are means of all faces "
            "that could be in there.",
            "faces",
        ),
        Step("Step back to the start and go on slowly: first the colours, then the shape.", ""),
        Step("With four steps there is no time to make up its mind.", "few"),
        Step(
            "More guidance: more like the character asked for, and less like a picture.", "too-much"
        ),
        Step("Without a name the network draws whom it likes.", "anyone"),
    ),
)
