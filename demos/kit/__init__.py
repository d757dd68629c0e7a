"""What the tabs share: scenes, views, step player, share links, errors, page and theme."""

from demos.kit.controls import CheckboxGroup, Dropdown, Number, Radio, Slider
from demos.kit.curves import Curves
from demos.kit.head import Preset, SceneInfo, Step
from demos.kit.overlay import Overlay
from demos.kit.page import page, tab
from demos.kit.photo import PhotoInput
from demos.kit.pictures import Compare, Sheets
from demos.kit.player import StepPlayer
from demos.kit.scene import Scene
from demos.kit.view import View

__all__ = [
    "CheckboxGroup", "Compare", "Curves", "Dropdown", "Number", "Overlay", "PhotoInput", "Preset",
    "Radio", "Scene", "SceneInfo", "Sheets", "Slider", "Step", "StepPlayer", "View", "page", "tab",
]  # fmt: skip
