"""How the edit scene is laid out: three modes, of which the page shows one at a time."""

from dataclasses import dataclass, field

import gradio as gr
from gradio.components import Component

from demos.diffusion.choices import character_choices
from demos.diffusion.edit import presets as edit_presets
from demos.diffusion.edit.presets import FILL, MODES, REDRAW, WALK
from demos.diffusion.edit.view import (
    Filling,
    Frame,
    FrameGround,
    Ground,
    MaskPainter,
    Redrawing,
    SeedWalk,
)
from demos.diffusion.pictures import number_control, photo_below, source_control
from demos.diffusion.runs import missed
from demos.kit import Dropdown, Number, PhotoInput, Radio, Scene, Slider
from demos.kit.gpu import choice
from demos.kit.run import draw_button, stop_button
from models.diffusion import edit, walk
from models.diffusion.samplers import MOST_GUIDANCE, MOST_STEPS

WAY_NAMES = ("Line", "Circle", "Around", "Poke")


def only(*modes: str) -> list[str]:
    """The classes of what is seen in these modes only."""
    return ["gb-edit-part", *(f"gb-edit-{mode}" for mode in modes)]


@dataclass
class Parts:
    """What `demos.diffusion.edit.build` wires."""

    redrawing: Redrawing
    filling: Filling
    seed_walk: SeedWalk
    ground: Ground
    frame_ground: FrameGround
    halt: gr.Button
    photo: PhotoInput
    redraw_inputs: list[Component]
    fill_inputs: list[Component]
    walk_inputs: list[Component]
    ground_inputs: list[Component]
    draw: dict[str, gr.Button] = field(default_factory=dict)


def lay_out(scene: Scene) -> Parts:
    """The modes' pictures on the stage; on the desk their controls, and the photo's frame."""
    with scene.stage():
        with gr.Column(elem_classes=only(REDRAW)):
            redrawing = Redrawing(None, label="A picture becomes a face", server_functions=[missed])
        with gr.Column(elem_classes=only(FILL)):
            with gr.Row(elem_classes=["gb-fill"]):
                painter = MaskPainter(edit_presets.EYES, label="Paint what is drawn anew")
                mask = scene.control("mask", painter)
                label = "The painted part drawn anew"
                filling = Filling(None, label=label, server_functions=[missed])
            ground = Ground(None, label="The picture under the mask")
        with gr.Column(elem_classes=only(WALK)):
            seed_walk = SeedWalk(None, label="Faces from seed to seed", server_functions=[missed])
    with scene.desk():
        modes = Radio(MODES, value=REDRAW, show_label=False, elem_classes=["gb-pills"])
        scene.control("mode", modes)
        with gr.Column(elem_classes=[*only(REDRAW, FILL), "gb-edit-framed"]):
            frame = Frame(edit_presets.MIDDLE, label="Drag the frame over a face")
            scene.control("frame", frame)
            frame_ground = FrameGround(None, label="The photo under the frame")
        named = _choices(scene)
        draw, halt = _buttons()
        with gr.Accordion("More: guidance, steps", open=False):
            named |= _settings(scene)
            lent = choice()
        with gr.Column(elem_classes=only(REDRAW, FILL)):
            photo = photo_below(scene, "edit_sketch", "What the frame holds")
    how = [named[name] for name in ("character", "guidance", "seed", "steps")]
    under = [named["on"], named["face"], photo]
    return Parts(
        redrawing,
        filling,
        seed_walk,
        ground,
        frame_ground,
        halt,
        photo,
        redraw_inputs=[
            *(named["source"], named["number"], photo, named["strength"], *how, frame, *lent)
        ],
        fill_inputs=[*under, mask, named["variants"], *how, frame, *lent],
        walk_inputs=[
            *(named[name] for name in ("seed", "other", "stops", "character", "guidance", "steps")),
            *(named[name] for name in ("way", "amount")),
            *lent,
        ],
        ground_inputs=[*under, frame],
        draw=draw,
    )


def _choices(scene: Scene) -> dict[str, Component]:
    """The controls in sight, by their names in links."""
    found = {}
    with gr.Column(elem_classes=only(REDRAW)):
        found["source"] = source_control(scene, "source", "photo")
        found["number"] = number_control(scene, "number", 1)
        strength = Slider(
            edit.LEAST_STRENGTH, 1, edit_presets.STRENGTH, step=0.05, label="Strength of the noise"
        )
        found["strength"] = scene.control("strength", strength)
    with gr.Column(elem_classes=only(FILL)):
        found["on"] = source_control(scene, "on", "face")
        found["face"] = number_control(scene, "face", edit_presets.FACE)
    with gr.Column(elem_classes=only(WALK)):
        ways = list(zip(WAY_NAMES, walk.WAYS, strict=True))
        way = Radio(ways, value=walk.LINE, label="Way", elem_classes=["gb-pills"])
        found["way"] = scene.control("way", way)
        amount = Slider(0, 1, walk.AMOUNT, step=0.05, label="Of another noise")
        found["amount"] = scene.control("amount", amount)
        stops = Slider(
            walk.FEWEST_STOPS, walk.MOST_STOPS, edit_presets.STOPS, step=1, label="Faces"
        )
        found["stops"] = scene.control("stops", stops)
    choices = character_choices(each=False)
    whom = Dropdown(choices, value=edit_presets.CHARACTER, label="Drawn as", filterable=False)
    found["character"] = scene.control("character", whom)
    with gr.Row(elem_classes=["gb-tight"]):
        seed = Number(edit_presets.SEED, label="Seed", precision=0)
        found["seed"] = scene.control("seed", seed)
        other = Number(edit_presets.OTHER_SEED, label="Other seed", precision=0)
        other.elem_classes = only(WALK)
        found["other"] = scene.control("other", other)
        variants = Slider(1, edit.MOST_VARIANTS, edit_presets.VARIANTS, step=1, label="Variants")
        variants.elem_classes = only(FILL)
        found["variants"] = scene.control("variants", variants)
    return found


def _buttons() -> tuple[dict[str, gr.Button], gr.Button]:
    """A button for each mode, by the names in `edit.opening`; and the one that stops."""
    with gr.Row(elem_classes=["gb-tight"]):
        draw = {
            name: draw_button(words, *only(mode))
            for name, words, mode in (
                ("redrawn", "Simpsonify", REDRAW),
                ("filled", "Fill in", FILL),
                ("walked", "Walk", WALK),
            )
        }
        return draw, stop_button()


def _settings(scene: Scene) -> dict[str, Component]:
    """The controls under *More*."""
    guidance = Slider(0, MOST_GUIDANCE, edit_presets.GUIDANCE, step=0.5, label="Guidance")
    steps = Slider(1, MOST_STEPS, edit_presets.STEPS, step=1, label="Steps from pure noise")
    return {
        "guidance": scene.control("guidance", guidance),
        "steps": scene.control("steps", steps),
    }
