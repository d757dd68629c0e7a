"""What is made once, also where many ask at the same time."""

import os
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.backbone.network import Backbone
from models.core import checkpoint, shipped
from models.core.once import once
from models.diffusion import engines
from models.diffusion import shipped as diffusion

CROWD = 12


def crowd(function):
    """What everybody gets who asks at once."""
    ready = threading.Barrier(CROWD)

    def ask(_):
        ready.wait()
        return function()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(ask, range(CROWD)))


def test_a_crowd_gets_one_and_the_same():
    made = []

    @once
    def slowly(name):
        made.append(name)
        threading.Event().wait(0.05)
        return object()

    assert len({id(one) for one in crowd(lambda: slowly("a"))}) == 1
    assert made == ["a"]
    assert slowly("b") is not slowly("a")
    assert made == ["a", "b"]
    slowly.cache_clear()
    assert slowly.cache_info().currsize == 0
    slowly("a")
    assert made == ["a", "b", "a"]


def test_who_asks_for_another_does_not_wait():
    began, go_on = threading.Event(), threading.Event()

    @once
    def made(name):
        if name == "long":
            began.set()
            assert go_on.wait(30)
        return name

    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(made, "long")
        assert began.wait(30)
        assert made("short") == "short"
        assert not long.done()
        go_on.set()
        assert long.result(30) == "long"


def test_a_failure_is_not_remembered():
    tries = []

    @once
    def made():
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("not yet")
        return "there"

    with pytest.raises(ValueError, match="not yet"):
        made()
    assert made() == "there"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_fork_does_not_wait_for_what_its_parent_makes():
    began, go_on = threading.Event(), threading.Event()

    @once
    def made():
        if threading.current_thread() is not threading.main_thread():
            began.set()
            assert go_on.wait(30)
        return "there"

    with ThreadPoolExecutor(1) as pool:
        parents = pool.submit(made)
        assert began.wait(30)
        child = os.fork()
        if child == 0:
            signal.alarm(10)  # which ends it, where it waits
            os._exit(0 if made() == "there" else 1)
        _, status = os.waitpid(child, 0)
        go_on.set()
        assert parents.result(30) == "there"
    assert status == 0


def test_a_file_is_loaded_once_however_many_ask(monkeypatch, tmp_path):
    loaded = []
    real = checkpoint.load

    def load(kind: type, path: Path):
        loaded.append(path)
        return real(kind, path)

    monkeypatch.setattr(checkpoint, "load", load)
    # A copy: what other tests share is neither cleared nor loaded twice.
    path = shutil.copy(diffusion.WEIGHTS / "character_classifier.safetensors", tmp_path)
    networks = crowd(lambda: shipped.network(Backbone, path))
    assert len({id(one) for one in networks}) == 1
    assert loaded == [path]


def test_a_crowd_shares_one_engine(monkeypatch):
    monkeypatch.setenv(engines.ENVIRONMENT_VARIABLE, "local")
    engines._made.cache_clear()
    made = crowd(engines.engine)
    assert len({id(one) for one in made}) == 1
