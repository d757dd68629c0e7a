"""The report of a crowd says what came of its requests."""

import os

from tests.load.__main__ import resident, summary
from tests.load.users import Answer, _in_line


def test_the_report_counts_what_went_wrong():
    answers = [Answer("vae", 0.1, float(i)) for i in range(1, 101)]
    answers += [Answer("vae", 0, 9, 0, "lost"), Answer("page", 0, 1, 0, "503 full")]
    found = summary(answers)
    assert (found["errors"], found["lost"]) == (2, 1)
    assert found["troubles"] == {"vae: lost": 1, "page: 503 full": 1}
    vae = found["tabs"]["vae"]
    assert (vae["answers"], vae["errors"], vae["values"]) == (101, 1, 100)
    assert (vae["p50_s"], vae["p95_s"]) == (50.5, 95.05)
    assert found["tabs"]["page"]["p50_s"] is None


def test_a_place_in_line_is_no_value():
    assert _in_line('data: [{"__type__": "update", "props": {}}, "CPU"]')
    assert _in_line('data: [[], [["replace", [], "CPU"]]]')
    assert not _in_line('data: [{"first": 0, "frames": []}, "CPU"]')
    assert not _in_line('data: [[["replace", [], {"first": 1}]], "CPU"]')


def test_memory_is_a_processs_own():
    if os.path.exists("/proc/self/status"):
        assert resident(os.getpid()) > 50  # PyTorch alone takes more
    assert resident(2**30) == 0
