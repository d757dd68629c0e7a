"""The encode scene's text, presets and walk-through: z = mu + sigma eps, and the loss."""

from demos.kit import Preset, SceneInfo, Step

BY_HAND = {"of": "digits_2d/8:47", "deviation": [0.5, 0.5]}

INFO = SceneInfo(
    slug="encode",
    title="Encode",
    lead="The encoder answers with a Gaussian, $q(z|x) = N(\\mu, \\sigma^2)$, the decoder gets one "
    "draw of it, $z = \\mu + \\sigma \\odot \\varepsilon$. The loss: reconstruction + "
    "$\\beta\\,KL(q(z|x)\\,\\|\\,N(0, 1))$, in nats.",
    presets=(
        Preset("digit", "A digit and its Gaussian", slide="21"),
        Preset(
            "by-hand",
            "σ by hand, ε held",
            {"hand": BY_HAND},
            slide="21",
        ),
        Preset("loss", "Both terms of the loss", {"model": "digits_2d_beta_four"}, slide="22"),
        Preset("no-kl", "No KL: σ is 0", {"model": "digits_2d_autoencoder"}, slide="22"),
        Preset("tenth", "β = 0.1: small σ", {"model": "digits_2d_beta_tenth"}, slide="22"),
        Preset("collapse", "Collapsed dimensions", {"model": "digits_16d"}, slide="22"),
        Preset("draw", "Draw your own", {"source": "drawing"}),
    ),
    walk=(
        Step(
            "A digit goes in. Out come two means and two deviations: the ellipses are 1 σ and 2 σ. "
            "z is one draw; press Resample.",
            "digit",
        ),
        Step("Now σ is set by hand. ε stays what it was: z moves because σ did.", "by-hand"),
        Step(
            "The loss weighs two things: how well the digit comes back, and β times how far the "
            "Gaussian is from the prior; here β = 4.",
            "loss",
        ),
        Step("Without the KL term nothing rewards a wide σ: it is 0, q is one point.", "no-kl"),
        Step(
            "Sixteen dimensions, yet some are not used: whatever goes in, their Gaussian is nearly "
            "the prior, and their KL nearly 0. Posterior collapse.",
            "collapse",
        ),
    ),
)
