"""The presets of what filters learn (SLIDES 10), and the walk through them."""

from demos.kit import Preset, Step

PRESETS = (
    Preset("filters", "The first layer’s filters", slide="10"),
    Preset("edges", "Where an edge filter answers", {"unit": 15}, slide="10"),
    Preset("first-maps", "Its feature maps", {"look": "first layer"}, slide="10"),
    Preset("stage-2", "Feature maps of stage 2", {"look": "stage 2"}, slide="10"),
    Preset("stage-4", "Feature maps of stage 4", {"look": "stage 4"}, slide="10"),
    Preset("field", "What one unit can see", {"look": "stage 2", "over": "gradient"}, slide="10"),
    Preset("classes", "What it takes it for, and why", {"look": "classes"}, slide="10"),
    Preset("cat", "A cat?", {"look": "classes", "photo": "cat"}),
    Preset("astronaut", "What it has no name for", {"look": "classes", "photo": "astronaut"}),
)

WALK = (
    Step(
        "Thirty-two filters of 7 × 7 weights in three colours: edges, spots, and plain colours. "
        "No one drew them.",
        "filters",
    ),
    Step(
        "Each slides over the photo as a kernel does, and its answers are a map. Bright is where "
        "the filter fits.",
        "first-maps",
    ),
    Step(
        "Two stages on, a unit is told of more of the picture. The frame is all that it can see, "
        "by geometry; bright is what it heeds, by its gradient.",
        "field",
    ),
    Step(
        "In the last stage a map is small. Each of its cells can see most of the photo, those in "
        "the middle all of it.",
        "stage-4",
    ),
    Step(
        "The means of these maps, weighted, are the logit of each class. So every part of the "
        "photo gave its share to it: for, or against.",
        "classes",
    ),
    Step("What it was never told of it cannot name: there is no class for people.", "astronaut"),
)
