"""What the tabs share: scenes, views, step player, share links, errors, page and theme."""

from demos.kit.controls import Dropdown, Number, Radio, Slider
from demos.kit.curves import Curves
from demos.kit.page import page, tab
from demos.kit.photo import PhotoInput
from demos.kit.player import Compare, StepPlayer
from demos.kit.scene import Preset, Scene, SceneInfo, Step
from demos.kit.view import View

__all__ = [
    "Compare", "Curves", "Dropdown", "Number", "PhotoInput", "Preset", "Radio", "Scene",
    "SceneInfo", "Slider", "Step", "StepPlayer", "View", "page", "tab",
]  # fmt: skip
