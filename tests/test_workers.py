"""The processes that share the tests: as many as the machine holds, none in another's way."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from tests import conftest

GIB = 2**30
ALL, FOLDER, FILE = "tests", "tests/models", "tests/test_workers.py"


@pytest.mark.parametrize(
    ("cores", "memory", "arguments", "workers"),
    [
        (1, 8 * GIB, [ALL], 0),  # in the one process that there is anyway
        (2, 24 * GIB, [ALL], 2),
        (2, 4 * GIB, [ALL], 0),
        (16, 128 * GIB, [ALL], 8),
        (16, 12 * GIB, [ALL], 4),
        (2, 24 * GIB, [FILE, FOLDER], 2),
        (2, 24 * GIB, [FILE], 0),
        (2, 24 * GIB, [f"{FILE}::test_of_one"], 0),
    ],
)
def test_a_worker_takes_a_core_and_its_memory(monkeypatch, cores, memory, arguments, workers):
    monkeypatch.chdir(Path(__file__).parents[1])
    monkeypatch.setattr(conftest, "CORES", cores)
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 1, "SC_PHYS_PAGES": memory}.get)
    config = SimpleNamespace(args=arguments)
    assert conftest.pytest_xdist_auto_num_workers(config) == workers


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one process only")
def test_workers_do_not_fight_for_cores():
    workers = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    assert torch.get_num_threads() * workers <= max(conftest.CORES, workers)
    assert os.environ["GRADIO_TEMP_DIR"] == conftest.files.name
