"""The choices that several scenes of this tab offer, with their names on the page."""

DECODERS = [("LSTM", "lstm"), ("Transformer", "transformer"), ("Both", "both")]
METHODS = [("Greedy", "greedy"), ("Beam", "beam"), ("Sampling", "sample")]
REPEATS = [
    ("No word twice", 1),
    ("No two words twice", 2),
    ("No three words twice", 3),
    ("As it likes", 0),
]
WIDEST = 8
"""Captions of a beam side by side."""
