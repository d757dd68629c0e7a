"""Freed memory goes back to the system, where the allocator can be asked to."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from models.core import memory

GLIBC = memory._glibc() is not None
HOLES = """
import torch
from models.core import memory
def resident():
    line = next(one for one in open("/proc/self/status") if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
torch.set_num_threads(1)
kept = [torch.ones(100_000) for _ in range(1000)]  # 400 MB in pieces that an arena holds
kept = kept[::10]  # what is left keeps their pages apart: nothing is at the arena's end
before = resident()
print(memory.trim(), before - resident(), memory.trim())
"""

THREADS = """
import ctypes, re, sys, threading
from models.core import memory
if sys.argv[1] == "few":
    assert memory.few_arenas()
meet = threading.Barrier(9)
def work():
    kept = [bytes(2000) for _ in range(100)]
    meet.wait()
for _ in range(8):
    threading.Thread(target=work).start()
meet.wait()
libc = ctypes.CDLL("libc.so.6")
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(len(re.findall("<heap nr", open(sys.argv[2]).read())))
"""


@pytest.mark.skipif(not GLIBC, reason="another allocator than glibc's")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read memory from")
def test_what_was_freed_is_given_back():
    environment = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "PYTHONPATH": "."}  # as after a while
    made = subprocess.run(
        [sys.executable, "-c", HOLES], capture_output=True, text=True, check=True, env=environment
    )
    given, megabytes, again = made.stdout.split()
    assert given == "True"
    assert float(megabytes) > 250
    assert again in ("True", "False")


@pytest.mark.skipif(not GLIBC, reason="another allocator than glibc's")
def test_threads_share_two_arenas(tmp_path):
    def arenas(how: str) -> int:
        command = [sys.executable, "-c", THREADS, how, str(tmp_path / "info.xml")]
        environment = {"PYTHONPATH": ".", "MALLOC_ARENA_MAX": "8"}
        made = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return int(made.stdout)

    assert arenas("many") > 2
    assert arenas("few") <= 2


def test_one_thread_does_it_however_often_it_is_asked():
    assert memory.keep_trimmed() is memory.keep_trimmed()
    assert (memory.keep_trimmed() is not None) == GLIBC


def test_another_allocator_is_left_alone(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert memory.trim() is False
    assert memory.few_arenas() is False
