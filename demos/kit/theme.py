"""The look: Gradio's theme in our colours and type."""

import gradio as gr
from gradio.themes.utils import sizes
from gradio.themes.utils.colors import Color

from demos.kit.view import ASSETS

FAVICON = str(ASSETS / "html" / "logo.svg")

TEAL = Color(
    name="teal",
    c50="#e9f7fa", c100="#cdecf2", c200="#9fdae6", c300="#66c1d4", c400="#2aa5bd", c500="#0b7a94",
    c600="#09677d", c700="#085264", c800="#083f4d", c900="#072f3a", c950="#051f27",
)  # fmt: skip
INK = Color(
    name="ink",
    c50="#f7f8fa", c100="#eef0f4", c200="#dfe3ea", c300="#c3c9d5", c400="#939cae", c500="#667085",
    c600="#4b5468", c700="#343c4e", c800="#1f2635", c900="#141a26", c950="#0c111a",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """Gradio's base theme with Glassbox's colours, type and spacing, light and dark."""
    return gr.themes.Base(
        primary_hue=TEAL,
        secondary_hue=TEAL,
        neutral_hue=INK,
        radius_size=sizes.radius_lg,
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=[
            gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)),
            "ui-monospace",
            "monospace",
        ],
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        background_fill_primary="white",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_800",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_text_weight="700",
        block_padding="0px",
        block_shadow="none",
        block_title_text_weight="700",
        border_color_primary="*neutral_200",
        border_color_primary_dark="*neutral_700",
        button_primary_background_fill="*primary_500",
        button_primary_background_fill_hover="*primary_600",
        button_primary_text_color="white",
        input_background_fill="white",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_color_focus="*primary_400",
        panel_background_fill="transparent",
        slider_color="*primary_500",
    )
