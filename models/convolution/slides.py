"""The lecture decks' own numbers (SLIDES 1-9): what presets begin with."""

INPUT_5 = ((1, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 0, 1, 1, 1), (0, 0, 1, 1, 0), (0, 1, 1, 0, 0))
KERNEL_5 = ((1, 0, 1), (0, 1, 0), (1, 0, 1))

INPUT_8 = (
    (2, 2, 6, 8, 2, 0, 1, 2),
    (4, 3, 4, 5, 1, 9, 6, 3),
    (3, 9, 4, 4, 7, 7, 6, 9),
    (1, 3, 4, 6, 8, 2, 2, 1),
    (8, 4, 6, 2, 3, 1, 8, 8),
    (5, 8, 9, 0, 1, 0, 2, 3),
    (9, 2, 6, 6, 3, 6, 2, 1),
    (9, 8, 8, 2, 6, 3, 4, 5),
)

RELU_INPUT = ((1, 14, -9, 4), (-2, -20, 10, 6), (-3, 3, 11, 1), (2, 54, -2, 80))

POOL_SIZE = POOL_STRIDE = 2  # 6.

LAYER_INPUT = (3, 32, 32)  # 7. channels, height, width
LAYER_FILTERS = 4

_SMILE = (  # 8. "an image is a matrix of numbers in [0, 255]", in tens
    "00 00 02 10 16 18 18 16 10 02 00 00",
    "00 04 15 20 22 23 23 22 20 15 04 00",
    "02 15 21 23 24 24 24 24 23 21 15 02",
    "10 20 23 05 09 24 24 09 05 23 20 10",
    "16 22 24 02 04 24 24 04 02 24 22 16",
    "18 23 24 23 24 22 22 24 23 24 23 18",
    "18 23 24 24 24 19 19 24 24 24 23 18",
    "16 22 08 24 24 21 21 24 24 08 22 16",
    "10 20 19 06 20 24 24 20 06 19 20 10",
    "02 15 21 17 05 04 04 05 17 21 15 02",
    "00 04 15 20 22 21 21 22 20 15 04 00",
    "00 00 02 10 16 18 18 16 10 02 00 00",
)
FACE = tuple(tuple(10 * int(cell) for cell in row.split()) for row in _SMILE)  # 12 x 12

TRANSLATION_SIZE = 16  # 9. a shape on a 16 x 16 picture ...
TRANSLATION_SHAPE = "plus"
TRANSLATION_SHIFT = (4, 3)  # ... moved by (dx, dy): right and down
