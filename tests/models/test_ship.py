"""After a publication the page draws what it opens with, by a command that models only name."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from models import ship
from models.core.errors import InputError
from models.core.shipped import REPOSITORY
from models.training.command_line import Options


@pytest.mark.parametrize("status", [0, 2])
def test_openings_are_drawn_by_the_pages_own_command(monkeypatch, capsys, tmp_path, status):
    asked = []

    def run(command, **how):
        asked.append((command, how["cwd"]))
        return SimpleNamespace(returncode=status)

    monkeypatch.setattr(subprocess, "run", run)
    ship._draw_openings("diffusion", "denoiser", tmp_path)
    ((command, folder),) = asked
    module = command[2]
    assert command == [sys.executable, "-m", module, "denoiser", "--weights", str(tmp_path)]
    assert importlib.util.find_spec(module) is not None
    assert (Path(folder) / "demos").is_dir()
    typed = f"python -m {module} denoiser --weights {tmp_path}"
    assert (typed in capsys.readouterr().out) == bool(status)


def test_every_tab_that_opens_with_files_is_told_of_new_weights():
    modules = {path.parent.name for path in (REPOSITORY / "demos").glob("*/openings.py")}
    assert set(ship.DRAWN) == modules - {"kit"}


def test_a_command_that_names_no_network_writes_all(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **how: asked.append(command) or SimpleNamespace(returncode=0),
    )
    ship._draw_openings("vae", "digits_2d", tmp_path)
    assert asked == [[sys.executable, "-m", "demos.vae.openings"]]


def test_what_other_topics_make_of_a_network_is_made_anew_even_where_one_of_them_cannot(
    monkeypatch, capsys
):
    asked = []

    def evaluate(topic, options, weights):
        asked.append(topic)
        if topic == "colorizer":
            raise InputError("No data set 'flickr8k'.")
        return {topic: {}}

    monkeypatch.setattr(ship, "evaluate", evaluate)
    monkeypatch.setattr(ship.checkpoint, "write_json", lambda path, rows: asked.append(rows))
    monkeypatch.setattr(ship, "_draw_openings", lambda tab, *_: asked.append(f"{tab} opens"))
    shipped = [("diffusion", "denoiser"), ("backbone", "backbone"), ("vae", "faces")]
    assert ship._follow_up_elsewhere(shipped, Options()) == ["diffusion"]
    assert asked == ["vae opens", "colorizer", "diffusion", {"diffusion": {}}]
    assert "colorizer keeps its old numbers" in capsys.readouterr().out
    asked.clear()
    ship._follow_up_elsewhere([("vae", "digits_2d"), ("colorizer", "photo")], Options())
    assert asked == []
    measured_since = [("vae", "faces"), ("diffusion", "character_classifier")]
    assert ship._follow_up_elsewhere(measured_since, Options()) == []
    assert asked == []
