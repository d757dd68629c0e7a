"""The photo scene's text, presets and walk-through."""

from demos.kit import Preset, SceneInfo, Step


def hints(*points: tuple[float, float, str]) -> list[dict]:
    """Hints as the page holds them."""
    return [{"x": x, "y": y, "colour": colour} for x, y, colour in points]


SUIT, SKIN, WALL, RED, BLUE = "#e0592a", "#d9a184", "#c8c4bc", "#b02030", "#30307a"
ASTRONAUT = hints(
    (0.52, 0.66, SUIT), (0.33, 0.6, SUIT), (0.24, 0.82, SUIT), (0.62, 0.72, SUIT),
    (0.4, 0.9, SUIT), (0.17, 0.56, SUIT), (0.42, 0.22, SKIN), (0.09, 0.45, RED),
    (0.03, 0.6, RED), (0.03, 0.2, BLUE), (0.7, 0.08, WALL), (0.25, 0.2, WALL),
    (0.75, 0.45, WALL), (0.85, 0.88, "#808080"),
)  # fmt: skip
CHINA, WOOD, CREMA = "#a82c14", "#a8623a", "#d99a50"
COFFEE = hints(
    (0.25, 0.75, CHINA), (0.72, 0.62, CHINA), (0.13, 0.62, CHINA), (0.5, 0.92, CHINA),
    (0.47, 0.3, CREMA), (0.9, 0.3, WOOD), (0.08, 0.3, WOOD), (0.9, 0.85, WOOD),
)  # fmt: skip
SKY, GRASS, COAT = "#8fb4dc", "#7a8a3a", "#3a3c48"
CAMERA = hints(
    (0.15, 0.15, SKY), (0.85, 0.15, SKY), (0.15, 0.85, GRASS), (0.85, 0.85, GRASS),
    (0.75, 0.6, GRASS), (0.5, 0.3, "#e0b8a0"), (0.3, 0.5, COAT),
)  # fmt: skip
ONE = hints((0.25, 0.72, CHINA))

INFO = SceneInfo(
    slug="photo",
    title="Photo",
    lead="A network sees a photo's lightness $L$ alone and says two more numbers for every pixel, "
    "$a$ (green to red) and $b$ (blue to yellow). **Click a place** and give it a colour: a hint, "
    "which the network takes as a fact and carries to where it fits.",
    presets=(
        Preset("hinted", "With hints"),
        Preset("unaided", "Without any", {"hints": []}),
        Preset("triptych", "Grey, painted, true", {"look": "side by side"}, slide="11"),
        Preset(
            "unaided-triptych",
            "Grey, painted without hints, true",
            {"look": "side by side", "hints": []},
            slide="11",
        ),
        Preset("one", "One hint in a cup", {"photo": "coffee", "hints": ONE}),
        Preset("coffee", "A coffee", {"photo": "coffee", "hints": COFFEE}),
        Preset("camera", "A file without colours", {"photo": "camera", "hints": []}),
        Preset("camera-hinted", "It, with hints", {"photo": "camera", "hints": CAMERA}),
        Preset(
            "too-much",
            "Stronger than RGB can show",
            {"photo": "camera", "hints": CAMERA, "saturation": 3.0},
        ),
    ),
    walk=(
        Step("From left to right: what the network saw, what it painted, and the truth.", "hinted"),
        Step(
            "Without hints it plays safe: brown fits most things. Nothing grey says orange.",
            "unaided",
        ),
        Step("One hint on the saucer, and the colour spreads as far as the saucer goes.", "one"),
        Step("Eight hints: a guess has become an account.", "coffee"),
        Step("This file has no colours at all. Nobody can say what is true here.", "camera"),
        Step(
            "Three times as strong: what RGB cannot show is held back, and the lightness stays.",
            "too-much",
        ),
    ),
)
