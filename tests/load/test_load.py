"""The report of a crowd says what came of its requests."""

import io
import os
import random
from collections import Counter

import pytest
from PIL import Image

from tests.load.__main__ import summary
from tests.load.memory import Look, growth, resident, stays
from tests.load.mixed import KINDS, LARGE, large, plan
from tests.load.users import PAGE, Answer, _in_line


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


@pytest.mark.parametrize(("calls", "pages"), [(2000, 500), (100, 0)])
def test_a_plan_asks_as_much_as_was_asked_for_and_every_kind(calls, pages):
    asked = Counter(plan(calls, pages))
    assert asked.pop(PAGE, 0) == pages
    assert asked.total() == calls
    assert set(asked) == set(KINDS)
    assert sum(kind.share for kind in KINDS.values()) == 1000


def test_every_quarter_of_a_plan_asks_about_the_same():
    asked = list(plan(2000, 500))
    quarters = [Counter(asked[i : i + 625]) for i in range(0, 2500, 625)]
    for name in ("convolution", "vae", PAGE):
        counts = [one[name] for one in quarters]
        assert max(counts) < 1.5 * min(counts)


def test_large_photos_have_twelve_megapixels():
    name, content = large(random.Random(1))
    with Image.open(io.BytesIO(content)) as opened:
        assert (opened.size, opened.format) == (LARGE, "JPEG")
    assert name.endswith(".jpg")


def test_memory_that_grows_is_told_from_memory_that_is_used_now_and_then():
    steady = [Look(i, 1000 + 300 * (i % 10 == 0), i) for i in range(100)]
    leaking = [Look(i, 800 + 4 * i, i) for i in range(100)]
    assert growth(steady) == {"quarters": [1000, 1000, 1000, 1000], "growth": 0}
    assert stays({"peak": 1300, **growth(steady)})
    assert growth(leaking)["growth"] == pytest.approx(100 / 1048, abs=0.002)
    assert not stays({"peak": 1300, **growth(leaking)})
    assert not stays({"peak": 1500, **growth(steady)})  # more than 1.5 GB


def test_too_few_looks_are_no_proof():
    assert growth([])["growth"] is None
    assert not stays({"peak": 0, **growth([Look(0, 100, 0), Look(1, 100, 10)])})
