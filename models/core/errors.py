"""The errors that models raise on purpose, so that a scene can say them in the page."""


class InputError(ValueError):
    """What came in cannot be used; the message names what came and what was expected.

    Everything in `models` that a person's input can trigger raises this (or a subclass), in words
    that may be shown as they are. Scenes turn it, and nothing else, into `gr.Error`.
    """


class MissingInputError(InputError):
    """What is needed has not been given yet, which is no mistake: nothing is painted, say."""


class MissingPictureError(MissingInputError):
    """There is no picture: it was taken away, and the scene has nothing to show until another."""
