"""Named states of the scene `side`, and its walk-through."""

from demos.kit import Preset, Step

PRESETS = (
    Preset("slides-29", "LSTM beside transformer", slide="29"),
    Preset("greedy", "Word by word, greedy", {"method": "greedy"}),
    Preset("drawn", "Drawn with one seed", {"method": "sample", "seed": 1}),
    Preset("raccoon", "An animal that ours do not know", {"photo": "raccoon"}),
    Preset("woman", "Begun with “a woman”", {"begin": "a woman"}),
)
WALK = (
    Step("One photo, three writers in step; below each what else it thought of.", "slides-29"),
    Step("Greedy: each takes its most probable word. See where they part.", "greedy"),
    Step("The same first words for all of them: what follows is their own.", "woman"),
    Step("A photo unlike those that they learned from.", "raccoon"),
)
