"""What scenes open with: values of their views, made when weights are published, kept as files.

So nobody has to wait for a run when a page opens. Each is a small JSON file,
`assets/openings/<tab>/<scene>.json`; the pictures in it lie in a folder beside it, as files that
can be looked at.
"""

import argparse
import base64
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from demos.kit.view import ASSETS
from models.core import checkpoint
from models.core.errors import InputError
from models.core.once import once
from models.core.shipped import how_to_get_back

FOLDER = ASSETS / "openings"
SUFFIXES = {"data:image/jpeg;base64": ".jpg", "data:image/webp;base64": ".webp"}
KINDS = {suffix: kind for kind, suffix in SUFFIXES.items()}
PICTURE = "picture"
"""The one key of what stands for a picture in the JSON: its file's name."""


@once
def read(name: str, folder: Path = FOLDER) -> Any:
    """What a scene opens with: `name` is tab and scene, such as `diffusion/race`.

    Raises:
        InputError: a file is missing or damaged; says which, and how to get it back.
    """
    path = folder / f"{name}.json"

    def whole(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {PICTURE}:
            picture = folder / name / value[PICTURE]
            return f"{KINDS[picture.suffix]},{base64.b64encode(picture.read_bytes()).decode()}"
        if isinstance(value, dict):
            return {key: whole(one) for key, one in value.items()}
        return value

    try:
        return whole(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"What {name} opens with, {path}, is missing or damaged ({error}). "
            f"{how_to_get_back(path)}"
        ) from error


def write(name: str, value: Any, folder: Path = FOLDER) -> None:
    """Save what a scene opens with, in place of what was there.

    Args:
        name: tab and scene, such as `diffusion/race`.
        value: JSON whose texts may be pictures: data URIs of JPEG or WebP.
        folder: where to.

    Raises:
        InputError: a file cannot be written.
    """
    kept = set()

    def apart(value: Any, place: str) -> Any:
        if isinstance(value, dict):
            return {key: apart(one, f"{place}-{key}".strip("-")) for key, one in value.items()}
        kind, _, content = value.partition(",") if isinstance(value, str) else ("", "", "")
        if kind not in SUFFIXES:
            return value
        path = folder / name / f"{place}{SUFFIXES[kind]}"
        kept.add(path)
        checkpoint.write_atomically(path, lambda file: file.write_bytes(base64.b64decode(content)))
        return {PICTURE: path.name}

    checkpoint.write_json(folder / f"{name}.json", apart(value, ""))
    for path in set((folder / name).glob("*")) - kept:
        path.unlink()


Draw = Callable[[Sequence[str], Path | None, Path], Sequence[str]]
"""Writes openings: of the networks with these names, by weights in a folder, to another folder;
returns the scenes that were written."""


def command(
    draw: Draw,
    description: str | None,
    argv: Sequence[str] | None,
    names: Sequence[str] = (),
    weights: Path | None = None,
) -> None:
    """The command line of a tab's `openings`.

    Args:
        draw: what it does; what it cannot do it says as an `InputError`.
        description: what it says of itself.
        argv: the command's words; the process' own by default.
        names: networks that can be named, if it can be told which were published.
        weights: the folder of their weights, if it can be told another.
    """
    parser = argparse.ArgumentParser(description=description)
    if names:
        told = f"any of {', '.join(names)}; all if none is named"
        parser.add_argument("names", nargs="*", help=told)
    if weights:
        parser.add_argument("--weights", type=Path, default=weights)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to")
    arguments = parser.parse_args(argv)
    named = getattr(arguments, "names", [])
    if unknown := set(named) - set(names):
        parser.error(f"there is no network {', '.join(sorted(unknown))}")
    try:
        for scene in draw(named, getattr(arguments, "weights", None), arguments.folder):
            sys.stdout.write(f"{arguments.folder / scene}.json\n")
    except InputError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


def main(build: Callable, argv: Sequence[str] | None = None) -> None:
    """The command line of a tab whose scenes have `kept` all their openings.

    Args:
        build: the tab's `build`.
        argv: the command's words; the process' own by default.
    """

    def draw(names: Sequence[str], weights: Path | None, folder: Path) -> list[str]:
        made = kept(build)
        for name, opening in made.items():
            write(name, opening(), folder)
        return list(made)

    command(draw, __doc__, argv)


def kept(build: Callable) -> dict[str, Callable[[], Any]]:
    """What a tab keeps on disk of its scenes' first values: by name, what makes it anew."""
    with gr.Blocks(), gr.Tabs():
        scenes = build().scenes
    return {name: made for scene in scenes for name, made in scene.openings.items()}
