"""The GPU that a Space lends: nothing of it elsewhere, and there for who asks for it alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from demos.diffusion import generate
from demos.kit import gpu
from demos.kit.handlers import handler
from demos.kit.run import turn_by_turn
from models.core import device
from models.core.errors import InputError
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import Start
from tests.test_house import ROOT

NOT_LOOKED_FOR = """
import sys
import app
app.build
print(sorted(name for name in sys.modules if name.split(".")[0] == "spaces"))
"""


def in_a_process(*arguments: str, **environment: str) -> str:
    """The last line that Python prints."""
    kept = {name: value for name, value in os.environ.items() if name != device.ZERO_GPU}
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, "GRADIO_ANALYTICS_ENABLED": "False", **environment},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return result.stdout.splitlines()[-1]


@pytest.fixture
def zero_gpu(monkeypatch) -> list[float]:
    """A Space on ZeroGPU whose package runs what it is given right here; the durations asked."""
    asked: list[float] = []

    def lending(duration):
        def decorate(task):
            def run(*args):
                asked.append(duration(*args))
                yield from task(*args)

            return run

        return decorate

    monkeypatch.setenv(device.ZERO_GPU, "true")
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=lending))
    monkeypatch.setattr(gpu, "_networks", [])
    return asked


def placed(where: torch.device) -> nn.Module:
    """A network that says where it was asked for; it is on the CPU, for want of a GPU."""
    network = nn.Linear(2, 2)
    network.asked_on = where.type
    return network


def doubled(network: nn.Module, start: Start, times: int) -> Iterator[dict]:
    """Yields what a run does, as far as the way there and back is concerned."""
    for time in range(times):
        yield {"where": network.asked_on, "pair": (time, start.noise * 2), "start": start}


def start() -> Start:
    noise = torch.arange(12.0).reshape(1, 3, 2, 2)
    return Start(noise, torch.tensor([1]), (7,))


def test_elsewhere_there_is_nothing_to_choose_and_nothing_to_lend():
    assert gpu.choice() == []
    run = gpu.lent(lambda *_: 1, placed)(doubled)
    with pytest.raises(InputError, match="No GPU is lent here"):
        next(run(start(), 2))
    with pytest.raises(InputError, match="No GPU is lent here"):
        next(generate.generate(1, steps=1, gpu=True))
    gpu.place()  # nothing: no network is asked for


def test_elsewhere_the_package_is_not_looked_for():
    assert in_a_process("-c", NOT_LOOKED_FOR) == "[]"


def test_a_run_on_a_lent_gpu_gives_what_it_gives_here(zero_gpu):
    run = gpu.lent(lambda begun, times: 0.5 * times, placed)(doubled)
    values = list(run(start(), 4))
    assert [value["where"] for value in values] == ["cuda"] * 4
    assert [value["pair"][0] for value in values] == [0, 1, 2, 3]
    assert torch.equal(values[3]["pair"][1], start().noise * 2)
    assert torch.equal(values[3]["start"].labels, torch.tensor([1]))
    assert values[3]["start"].seeds == (7,)
    assert zero_gpu == [gpu.BEGINNING + 2]


def test_the_networks_are_placed_before_the_app_begins(zero_gpu):
    asked = []
    gpu.lent(lambda *_: 1, lambda where: asked.append(where.type))(doubled)
    assert asked == []  # nothing is loaded where a module is imported
    gpu.place()
    assert asked == ["cuda"]


def test_what_travels_has_no_tensor_in_it():
    travels = gpu._packed((start(), {"a": torch.ones(2)}, [1, "b"]))
    assert b"torch._utils" not in travels
    back, held, rest = gpu._unpacked(travels, torch.device("cpu"))
    assert torch.equal(back.noise, start().noise)
    assert torch.equal(held["a"], torch.ones(2))
    assert rest == [1, "b"]


def test_who_stops_looking_ends_the_run(zero_gpu):
    ended = []

    def endless(network: nn.Module) -> Iterator[int]:
        try:
            for number in range(1000):
                yield number
        finally:
            ended.append(number)

    run = gpu.lent(lambda: 1, placed)(endless)()
    assert [next(run), next(run)] == [0, 1]
    run.close()
    assert ended == [1]


@pytest.mark.parametrize("asked", [True, False])
def test_the_status_line_says_where_it_was(asked):
    def run(gpu: bool, *, wanted) -> Iterator[int]:
        yield 1

    ((value, status),) = handler(turn_by_turn(run, "a scene"))(asked)
    assert value == 1
    assert status.startswith(gpu.NAME) == asked


def test_the_apps_own_device_is_the_cpu_where_a_gpu_is_lent(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)  # as the package makes it say
    assert device.available("cuda")
    monkeypatch.setenv(device.ZERO_GPU, "1")
    assert device.choose("auto").device.type == "cpu"
    with pytest.raises(InputError, match="no cuda device"):
        device.choose("cuda")


def test_a_gpu_is_asked_for_longer_where_a_run_is_longer():
    from demos.diffusion import lent

    short, long = Settings("ddim", 10), Settings("heun", 100)
    assert lent._evaluations(short, start()) == pytest.approx(10 * lent.EVALUATION)
    assert lent._evaluations(long, start()) == pytest.approx(200 * lent.EVALUATION)
    assert lent._of_all((short, long), start()) == lent._evaluations(long, start())


def test_the_app_on_a_space_with_the_package_itself(tmp_path):
    """Forked for real, by the real package; only the scheduler is ours, and the GPU is missing."""
    pytest.importorskip("spaces")
    last = in_a_process("-m", "tests.zero_gpu", HOME=str(tmp_path))
    found = json.loads(last)
    assert found["reported"]
    assert found["asks"] == [
        "/generate",
        "/reverse",
        "/simpsonify",
        "/inpaint",
        "/walk_seeds",
        "/race",
    ]
    assert (found["says_cuda"], found["device"], found["placed"]) == (True, "cpu", "cuda")
    assert not found["tf32"]
    here, there = found["runs"]
    assert here["asked"] == []  # whoever asks for nothing takes nobody's minutes
    assert here["status"].startswith("CPU")
    assert there["asked"] == [10]
    assert there["status"].startswith(gpu.NAME)
    assert there["faces"] == here["faces"]
    assert found["race"]["done"]
    assert (found["stopped"], found["kept"]) == (2, 0)  # who stops gives the GPU back
    assert found["race"]["asked"] == [10, 14]  # 40 steps of Heun's ask the network 80 times
