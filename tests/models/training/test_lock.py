"""One process at a time to a run's folder, by a lock that no ended process leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.core.errors import InputError
from models.training.lock import BusyError, held, hold

HOLDING = """
import sys, time
from pathlib import Path
from models.training.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
ROOT = Path(__file__).resolve().parents[3]


def test_whoever_holds_a_folder_keeps_others_out_and_lets_go_however_it_ends(tmp_path):
    folder = tmp_path / "run"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "held\n"
        assert held(folder)
        with pytest.raises(BusyError, match="is being trained by another process"), hold(folder):
            pass
    finally:
        other.kill()  # without a chance to let go
        other.wait()
    assert not held(folder)
    with hold(folder):
        assert held(folder)
    assert not held(folder)


def test_asking_makes_nothing(tmp_path):
    assert not held(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_folder_is_named(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(InputError, match=r"Could not write to .*run"), hold(tmp_path / "run"):
        pass
