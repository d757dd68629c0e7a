"""Words that are clicked in a view, and the control that holds which one it is."""

import gradio as gr

from demos.kit import Slider, View
from demos.kit.handlers import heard
from models.core.checks import whole


def follow_words(view: View, word: Slider) -> None:
    """Let a slider of words follow the clicks in a view whose `select` tells which one, `word`."""

    def chosen(event: gr.EventData, now: int) -> int:
        number = getattr(event, "word", None)
        if number is None:
            return now  # something else was chosen
        whole("The word", number, word.minimum, word.maximum)
        return number

    heard(view.select, chosen, word, word)
