"""Named states of the scene `words`, and its walk-through."""

from demos.kit import Preset, Step

PRESETS = (
    Preset("first", "A caption, finished"),
    Preset("slides-26", "Words one at a time", {"method": "greedy"}, slide="26"),
    Preset("lstm", "By the LSTM", {"decoder": "lstm"}),
    Preset("transformer", "By the transformer", {"decoder": "transformer"}),
    Preset("woman", "What if it were a woman?", {"begin": "a woman"}),
    Preset("wild", "Drawn wildly", {"method": "sample", "temperature": 1.5, "seed": 1}),
    Preset("nucleus", "Drawn from the nucleus", {"method": "sample", "topp": 0.8, "seed": 1}),
    Preset("raccoon", "It knows no raccoons", {"photo": "raccoon"}),
    Preset("cat", "A cat that it takes for a dog", {"photo": "cat"}),
)
WALK = (
    Step("A finished sentence: under each word the places that it looked at.", "slides-26"),
    Step("Press play and let it grow. Click a word: what else could have come there?", ""),
    Step("Two words given, the rest is its own: everything after them may change.", "woman"),
    Step("Drawn by its probabilities, and wildly: improbable words come up.", "wild"),
    Step("A raccoon: it has no word for it, and says what it knows.", "raccoon"),
    Step("A cat. The word is known to it, but photos of dogs are what it has seen.", "cat"),
)
