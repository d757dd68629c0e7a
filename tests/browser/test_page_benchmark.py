"""The page's benchmark, run small on the app of the tests: it asks what it says it asks."""

import json
import sys
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from tests.benchmarks import page as benchmark
from tests.benchmarks import visits
from tests.benchmarks.sections import main


@pytest.fixture
def few(monkeypatch, app_url: str, chromium: Browser) -> None:
    """Few visits, on the app that runs already, in the browser that is open."""
    for name, number in {"VISITS": 3, "CROWD": 4, "RUNS": 1, "CONFIGS": 2}.items():
        monkeypatch.setattr(visits, name, number)

    @contextmanager
    def served():
        yield app_url, 1.0

    @contextmanager
    def browsed():
        yield chromium

    monkeypatch.setattr(benchmark, "served", served)
    monkeypatch.setattr(benchmark, "browsed", browsed)
    monkeypatch.setattr(benchmark, "STARTS", 1)
    monkeypatch.setattr(benchmark, "BARE", "pass")


def test_all_sections_print_their_figures(few, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["page"])
    main(benchmark.__doc__, benchmark.SECTIONS)
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"visits", "wire", "crowd", "startup"}
    assert found["visits"]["median_ms"] > 0
    assert found["visits"]["last_of_the_crowd_s"] > 0
    page = found["visits"]["html_bytes"]
    assert 10_000 < page < 400_000  # compressed: plain it is three times that at least
    assert found["wire"]["ours_bytes"] >= page
    assert found["wire"]["gradio_bytes"] > 100_000
    assert found["crowd"]["runs_still_going_at_the_end"] == 1
    assert found["crowd"]["kept_slowest_s"] > 0
    assert found["startup"]["ratio"] > 1


def test_an_answer_that_is_none_is_no_figure(app_url):
    with pytest.raises(RuntimeError, match="nothing answered 404"):
        visits._got(f"{app_url}nothing")
