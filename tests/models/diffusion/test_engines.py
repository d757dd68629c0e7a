"""Who draws faces: the local engine unless Ray was asked for, which nobody needs to have."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from models.core.errors import InputError
from models.diffusion import engines
from models.diffusion.engine import Engine
from models.diffusion.replicas import ENVIRONMENT_VARIABLE, Replicas

ROOT = Path(__file__).resolve().parents[3]
PAGE = """
import sys
import app
from models.diffusion import engines
app.build()
engines.begin()
print(type(engines.engine()).__name__, [name for name in sys.modules if name.startswith("ray")])
"""


@pytest.fixture(autouse=True)
def _anew():
    """No engine is there before a test, nor left by it."""
    engines._made.cache_clear()
    yield
    engines._made.cache_clear()


def test_the_page_draws_itself_and_knows_nothing_of_ray():
    done = subprocess.run([sys.executable, "-c", PAGE], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Engine []"


def test_the_engine_is_always_the_same_one(monkeypatch):
    monkeypatch.delenv(engines.ENVIRONMENT_VARIABLE, raising=False)
    assert isinstance(engines.engine(), Engine)
    assert engines.engine() is engines.engine()


def test_an_engine_that_there_is_not_is_told_of(monkeypatch):
    monkeypatch.setenv(engines.ENVIRONMENT_VARIABLE, "steam")
    with pytest.raises(InputError, match="choose one of local, ray"):
        engines.begin()


def test_without_ray_one_is_told_how_to_get_it(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "ray" else find(name, *more),
    )
    monkeypatch.setenv(engines.ENVIRONMENT_VARIABLE, "ray")
    with pytest.raises(InputError, match=r'needs Ray: pip install "ray\[serve\]>=2\.60"'):
        engines.begin()


@pytest.mark.parametrize(
    ("text", "least", "most"), [("2", 2, 2), ("1-4", 1, 4), (" 3 ", 3, 3), ("5-5", 5, 5)]
)
def test_replicas_are_a_number_or_a_range(monkeypatch, text, least, most):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    assert Replicas.asked() == Replicas(least, most)


@pytest.mark.parametrize("text", ["", "0", "4-1", "two", "-1", "1-", "1-2-3", "1001"])
def test_other_replicas_are_told_of(monkeypatch, text):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    with pytest.raises(InputError, match="a number such as 2, or a range such as 1-4"):
        Replicas.asked()
