"""Controls that several scenes of this tab have: how a kernel slides."""

from collections.abc import Sequence

from demos.kit import Dropdown, Radio, Scene, Slider
from models.convolution import geometry


def sliding(scene: Scene, paddings: Sequence[str]) -> tuple[Slider, Slider, Dropdown, Dropdown]:
    """Lay out stride, dilation, padding and what the border is made of.

    Args:
        scene: whose controls they become.
        paddings: the ones to choose from; others can be typed.
    """
    return (
        scene.control("stride", Slider(1, geometry.MAX_STRIDE, 1, step=1, label="Stride")),
        scene.control("dilation", Slider(1, geometry.MAX_DILATION, 1, step=1, label="Dilation")),
        scene.control(
            "padding",
            Dropdown(
                paddings,
                value="same",
                label="Padding",
                info="valid, same, or pixels",
                allow_custom_value=True,
            ),
        ),
        scene.control(
            "mode", Dropdown(geometry.PADDING_MODES, value="zeros", label="Padding made of")
        ),
    )


def operation(scene: Scene) -> Radio:
    """Lay out the choice between cross-correlation and true convolution."""
    return scene.control(
        "operation",
        Radio(geometry.OPERATIONS, value=geometry.OPERATIONS[0], label="Operation"),
    )
