"""Long runs: who may run, whose Stop ends what, and what the endpoints look like."""

import inspect
import threading
from collections.abc import Iterator

import gradio as gr
import pytest
from gradio_client import Client

import app
from demos.kit.controls import Slider
from demos.kit.handlers import handler
from demos.kit.head import SceneInfo
from demos.kit.run import (
    ENGINE,
    HEAVY,
    TURNS,
    InLine,
    Turns,
    Wanted,
    always,
    draw_button,
    stop_button,
    stopping,
    turn_by_turn,
)
from demos.kit.scene import frame
from models.core.errors import InputError
from models.diffusion.engine import MOST_REQUESTS

PATIENCE = 30  # seconds: a busy machine is no failure


def count(start: int = 0, *, wanted: Wanted = always) -> Iterator[int]:
    """Count for as long as somebody wants it.

    Args:
        start: the number before the first.
    """
    if start < 0:
        raise InputError("Too small.")
    for number in range(start, start + 5):
        yield number
        if not wanted():
            return


def asked(session: str | None) -> gr.Request:
    """A request of one page in somebody's browser."""
    return gr.Request(session_hash=session)


def test_turns_belong_to_visitors():
    turns = Turns()
    with turns.taken("ann") as first, turns.taken("bob") as other:
        assert first()
        with turns.taken("ann") as second:
            assert second()
            assert not first()  # a newer run of hers
            assert turns.stop("bob")
            assert not other()
            assert not turns.stop("bob")  # pressed twice
        assert not first()
    assert len(turns) == 0


def test_runs_of_nobody_leave_each_other_alone():
    turns = Turns()
    with turns.taken(None) as first, turns.taken(None) as second:
        assert not turns.stop(None)
        assert first()
        assert second()


def test_a_newer_run_ends_the_one_before_in_its_scene_alone():
    here, there = turn_by_turn(count, "tab/here"), turn_by_turn(count, "tab/there")
    first, elsewhere = here(0, asked("ann")), there(0, asked("ann"))
    other = here(0, asked("bob"))
    assert [next(first), next(elsewhere), next(other)] == [0, 0, 0]
    assert list(here(10, asked("ann"))) == [10, 11, 12, 13, 14]
    assert list(first) == []
    assert list(elsewhere) == list(other) == [1, 2, 3, 4]
    assert len(TURNS) == 0


def test_stop_ends_the_runs_of_who_pressed_it():
    run = turn_by_turn(count, "tab/here")
    mine, yours, nobodys = run(0, asked("ann")), run(0, asked("bob")), run(0, asked(None))
    assert [next(mine), next(yours), next(nobodys)] == [0, 0, 0]
    stopping("tab/elsewhere")(asked("ann"))
    assert next(mine) == 1
    stopping("tab/here")(asked("ann"))
    stopping("tab/here")(asked(None))
    assert list(mine) == []
    assert list(yours) == list(nobodys) == [1, 2, 3, 4]


@pytest.mark.parametrize("end", ["closed", "failed"])
def test_a_run_that_ends_otherwise_gives_its_turn_back(end):
    run = turn_by_turn(count, "tab/here")(0 if end == "closed" else -1, asked("ann"))
    if end == "closed":
        next(run)
        assert len(TURNS) == 1
        run.close()
    else:
        with pytest.raises(InputError):
            next(run)
    assert len(TURNS) == 0


def test_the_handler_has_the_functions_parameters_without_the_asking():
    run = turn_by_turn(count, "tab/here")
    assert list(inspect.signature(run).parameters) == ["start", "request"]
    assert run.__doc__ == count.__doc__
    assert list(run(3)) == [3, 4, 5, 6, 7]  # as `Scene.wire` calls it for the first values


@pytest.fixture
def counting() -> Iterator[tuple[str, threading.Event]]:
    """A page whose scene counts until it is told to go on, and the address of it."""
    going = threading.Event()

    def slowly(start: int = 5, *, wanted: Wanted = always) -> Iterator[str]:
        """Count slowly."""
        yield f"from {start}"
        going.wait(PATIENCE)
        yield f"wanted: {wanted()}"

    with gr.Blocks() as demo, frame("tab", SceneInfo("here", "Here", "")) as scene:
        start = Slider(0, 9, 5, step=1, label="Start")
        draw, again, halt = draw_button(), draw_button("Again"), stop_button()
        view = gr.Textbox(label="Counted")
        first = "at rest".strip
        scene.run(slowly, draw, halt, [start], [view], api_name="slow", first=first)
        scene.run(slowly, again, halt, [start], [view], api_name="again", first=first)
    demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield demo.local_url, going
    going.set()
    demo.close()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (InLine(0, None), "You are next"),
        (InLine(1, 7.2), "One run is before yours: about 8 s"),
        (InLine(12, 240.0), "12 runs are before yours: about 4 min"),
    ],
)
def test_who_is_in_line_reads_it_and_keeps_what_the_page_shows(place, words):
    def run():
        yield place
        yield 1, 2

    (first, second, line), (*_, after) = list(handler(run, views=2)())
    assert first == second == gr.skip()
    assert f'<span class="gb-in-line">{words}</span>' in line
    assert "gb-in-line" not in after


def test_stop_is_an_endpoint_for_all_runs_of_a_scene(counting):
    address, going = counting
    mine, yours = Client(address, verbose=False), Client(address, verbose=False)
    jobs = [mine.submit(5, api_name="/again"), yours.submit(7, api_name="/slow")]
    for job in jobs:
        next(iter(job))  # it has begun
    mine.predict(api_name="/slow_stop")
    going.set()
    assert [job.result(PATIENCE)[0] for job in jobs] == ["wanted: False", "wanted: True"]
    parameters = mine.view_api(return_format="dict")["named_endpoints"]["/slow"]["parameters"]
    assert [(one["parameter_name"], one["parameter_default"]) for one in parameters] == [
        ("start", 5)
    ]


def events(demo: gr.Blocks, work: dict) -> set[str]:
    """The endpoints of a page whose work is of one kind."""
    runs = [one for one in demo.fns.values() if one.concurrency_id == work["concurrency_id"]]
    assert {one.concurrency_limit for one in runs} == {work["concurrency_limit"]}
    return {one.api_name for one in runs}


def test_all_tabs_heavy_work_waits_in_one_queue_or_in_the_engines_line():
    demo = app.build()
    heavy, together = events(demo, HEAVY), events(demo, ENGINE)
    assert heavy >= {"race", "objectives", "words", "beam"}
    assert together >= {"generate", "simpsonify", "reverse"}
    # Whoever comes too late is told so by the engine, and nobody is kept waiting for a thread.
    assert (
        MOST_REQUESTS < ENGINE["concurrency_limit"] < app.MOST_THREADS - HEAVY["concurrency_limit"]
    )
    stops = {one.api_name for one in demo.fns.values() if str(one.api_name).endswith("_stop")}
    assert stops == {
        "beam_stop", "edit_stop", "generate_stop", "learn_stop", "matters_stop", "nearest_stop",
        "objectives_stop", "race_stop", "reverse_stop", "side_stop", "words_stop"
    }  # fmt: skip
