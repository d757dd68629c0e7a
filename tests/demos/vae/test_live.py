"""Train it live: its stream, who may train when, and what is refused in which words."""

import math
import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from demos.vae import live
from demos.vae.live.sessions import KEPT_SECONDS, MOST_KEPT, Trainings
from models.core.errors import InputError
from models.vae.decode import decode
from models.vae.live_settings import LiveSettings
from models.vae.points import parse

SHORT = LiveSettings(seconds=1, examples=320, digits=40)


class Asking:
    """What a handler sees of a request: whose session it is."""

    def __init__(self, visitor: str):
        self.session_hash = visitor


@pytest.fixture(autouse=True)
def trainings(monkeypatch) -> Iterator[Trainings]:
    """Trainings of this test alone, all of which have given their places back at its end."""
    own = Trainings()
    monkeypatch.setattr(live, "TRAININGS", own)
    yield own
    until(lambda: own.running() == 0)


def until(met: Callable[[], bool], patience: float = 60.0) -> None:
    """Wait for something, with patience for a busy machine."""
    end = time.monotonic() + patience
    while not met():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def test_a_stream_of_frames(trainings):
    frames = list(live.learn(1, 0, 1, 40, Asking("a")))
    assert {frame["phase"] for frame in frames[:-1]} == {"running"}
    assert frames[-1]["phase"] == "finished"
    assert frames[0]["seen"] == 0
    assert frames[0]["train"] is None
    assert [frame["seen"] for frame in frames] == sorted(frame["seen"] for frame in frames)
    assert len({frame["run"] for frame in frames}) == 1
    last = frames[-1]
    assert len(last["points"]) == len(last["labels"]) == 500
    assert last["sheet"].startswith("data:image/jpeg;base64,")
    assert last["validation"]["reconstruction"] < frames[0]["validation"]["reconstruction"]
    assert trainings.running() == 0


def test_two_at_a_time_and_the_third_is_told_what_to_do(trainings):
    streams = [live.learn(1, 0, 180, 40, Asking(name)) for name in "ab"]
    for stream in streams:
        next(stream)
    assert trainings.running() == 2
    with pytest.raises(InputError, match=r"2 trainings are running .* press Start again"):
        next(live.learn(1, 0, 180, 40, Asking("c")))
    streams[0].close()
    assert trainings.running() == 1
    third = live.learn(1, 0, 180, 40, Asking("c"))
    assert next(third)["phase"] == "running"
    streams[1].close()
    third.close()


def test_a_second_start_of_one_session_is_refused(trainings):
    stream = live.learn(1, 0, 180, 40, Asking("a"))
    next(stream)
    with pytest.raises(InputError, match="running already"):
        next(live.learn(1, 0, 180, 40, Asking("a")))
    with pytest.raises(InputError, match="running already"):
        next(live.resume_live(1, Asking("a")))
    stream.close()


def test_pause_and_resume_go_on_where_it_was(trainings):
    stream = live.learn(1, 0, 60, 400, Asking("a"))
    token = next(stream)["run"]
    next(stream)
    trainings.find(token).stopping.set()
    *_, last = stream
    assert last["phase"] == "paused"
    assert trainings.running() == 0
    again = live.resume_live(0.1, Asking("a"))
    first = next(again)
    assert (first["run"], first["seen"], first["phase"]) == (token, last["seen"], "running")
    later = next(again)
    assert later["seen"] > last["seen"]
    assert later["beta"] == 0.1
    again.close()


def test_pausing_waits_until_it_has_stopped(trainings):
    stream = live.learn(1, 0, 60, 40, Asking("a"))
    token = next(stream)["run"]
    thread = Thread(target=lambda: list(stream))
    thread.start()
    assert live.pause({"run": token}) == {}
    assert trainings.running() == 0
    thread.join()


def test_beta_may_change_while_it_learns(trainings):
    stream = live.learn(1, 0, 60, 40, Asking("a"))
    next(stream)
    live.steer(30, Asking("a"))
    live.steer(0, Asking("b"))  # somebody else's, who has none: nothing happens
    assert next(stream)["beta"] == 30
    stream.close()


def test_a_point_is_decoded_by_the_visitors_own_network(trainings):
    with trainings.started("a", SHORT) as run:
        pass
    seen = live.look({"run": run.token, "point": [0.5, -1]})
    expected = decode(run.training.network, parse([0.5, -1], 2))
    assert seen == {"src": live.images.to_data_uri(expected, lossless=True)}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"run": "nobody's", "point": [0, 0]}, "no longer kept"),
        ({"run": None, "point": [0, 0]}, "no longer kept"),
        ({"run": "x", "point": [0, math.nan]}, "finite"),
        ({"run": "x", "point": [0, 99]}, "99"),
        ({"run": "x", "point": "here"}, "list of 2"),
        ({"run": "x"}, "must be some of run, point"),
        ("nonsense", "must be some of run, point"),
        (None, "must be some of run, point"),
    ],
)
def test_what_cannot_be_decoded_gets_a_sentence(asked, words):
    assert words in live.look(asked)["error"]


def test_pausing_nothing_gets_a_sentence():
    assert "no longer kept" in live.pause({"run": "nobody's"})["error"]
    assert "must be some of run" in live.pause(3)["error"]


def test_a_failure_gives_the_place_back(trainings, monkeypatch):
    def fail(settings):
        raise InputError("no digits")

    monkeypatch.setattr("demos.vae.live.sessions.LiveTraining", fail)
    with pytest.raises(InputError, match="no digits"):
        next(live.learn(1, 0, 1, 40, Asking("a")))
    assert (trainings.running(), trainings.kept()) == (0, 0)
    with pytest.raises(InputError, match="no longer kept"):
        next(live.resume_live(1, Asking("a")))


def test_what_rests_is_kept_for_a_while_and_not_in_any_number():
    now = [0.0]
    trainings = Trainings(clock=lambda: now[0])
    tokens = []
    for number in range(MOST_KEPT + 1):
        now[0] += 1
        with trainings.started(f"visitor {number}", SHORT) as run:
            tokens.append(run.token)
    assert trainings.kept() == MOST_KEPT
    with pytest.raises(InputError, match="no longer kept"):
        trainings.find(tokens[0])
    now[0] += KEPT_SECONDS - 5
    trainings.find(tokens[-1])
    now[0] += 10
    trainings.find(tokens[-1])
    assert trainings.kept() == 1


def test_a_new_start_lets_the_old_network_go(trainings):
    with trainings.started("a", SHORT) as old:
        pass
    with trainings.started("a", SHORT) as new:
        assert trainings.kept() == 1
    assert trainings.of("a") is new
    with pytest.raises(InputError, match="no longer kept"):
        trainings.find(old.token)


def test_a_finished_training_is_not_resumed(trainings):
    list(live.learn(1, 0, 1, 40, Asking("a")))
    with pytest.raises(InputError, match="used up its time"):
        next(live.resume_live(1, Asking("a")))


def test_a_new_seed_shows_its_plane_unless_something_was_trained(trainings):
    first, other = live.untrained(0), live.untrained(1, Asking("a"))
    assert first["phase"] == "new"
    assert first["points"] != other["points"]
    assert first["points"] == live.untrained(0, Asking("b"))["points"]
    with trainings.started("a", SHORT):
        pass
    assert "points" not in live.untrained(2, Asking("a"))


def test_the_endpoint_streams_by_the_seed(client: Client, trainings):
    job = client.submit(1, 5, 1, 40, api_name="/train_live")
    job.result()
    frames = job.outputs()
    assert len(frames) >= 2
    assert frames[-1]["phase"] == "finished"
    again = client.predict(1, 5, 1, 400, api_name="/train_live")
    assert again["seconds"] >= 1
    first = client.submit(1, 5, 1, 40, api_name="/train_live")
    first.result()
    assert first.outputs()[0]["points"] == frames[0]["points"]


def test_two_clients_train_at_once_and_a_third_is_refused(client, app_url, trainings):
    clients = [Client(app_url, verbose=False) for _ in range(2)]
    jobs = [one.submit(1, 0, 180, 40, api_name="/train_live") for one in clients]
    until(lambda: trainings.running() == 2)
    with pytest.raises(AppError, match="2 trainings are running"):
        client.predict(1, 0, 1, 40, api_name="/train_live")
    for job in jobs:
        job.cancel()
    until(lambda: trainings.running() == 0)
    assert client.predict(1, 0, 1, 40, api_name="/train_live")["phase"] == "finished"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (("NaN", 0, 10, 400), "β"),
        ((-1, 0, 10, 400), "β"),
        ((1e9, 0, 10, 400), "β"),
        (("much", 0, 10, 400), "β"),
        ((1, -3, 10, 400), "seed"),
        ((1, 0, 1e9, 400), "seconds"),
        ((1, 0, 10, 5), "digits"),
    ],
)
def test_bad_settings_get_a_sentence(client: Client, trainings, settings, words):
    with pytest.raises((AppError, ValueError), match=words):
        client.predict(*settings, api_name="/train_live")
    assert trainings.running() == 0
