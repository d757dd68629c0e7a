"""What a run costs on its way: each step once, bytes in memory, and what was missed on asking."""

import json

import pytest
import torch

from demos.diffusion import runs
from demos.diffusion.film import PARTS, Film, asked
from demos.diffusion.run_view import streamed
from demos.diffusion.runs import RUNS, Runs, missed, whole_run
from models.core.errors import InputError
from models.diffusion.draw import begin
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import sample
from models.diffusion.samplers import Settings

FACES, STEPS, SIDE = 25, 12, 32
TINY = DenoiserConfig(("a", "b", "other"), SIDE, (8, 16), norm_groups=4, head_channels=8)
SHEET = FACES * SIDE * SIDE * 3  # bytes


@pytest.fixture(scope="module")
def values():
    """A run of 25 faces as its page gets it."""
    torch.manual_seed(0)
    network = FaceDenoiser(TINY).eval()
    steps = sample(network, Settings("ddim", STEPS), begin(network, FACES, "anyone", 0))
    return list(streamed(steps, STEPS, {"columns": 5}))


def weight(value) -> int:
    return len(json.dumps(value))


def test_each_step_is_sent_once(values):
    *steps, last = values
    assert [value["first"] for value in values] == list(range(STEPS + 1))
    assert all(len(value["frames"]) == 1 for value in values)
    assert last["done"]
    heaviest = max(map(weight, steps))
    assert weight(last) < 2 * heaviest  # it was as heavy as all the others together
    assert weight(whole_run(last["run"])) > 0.5 * sum(map(weight, steps))  # which it has in one


def test_bytes_are_kept_and_no_floats(values):
    run = RUNS.find(values[-1]["run"])
    assert run.film.bytes() == 3 * (STEPS + 1) * SHEET


def test_the_whole_is_what_was_sent(values):
    whole = whole_run(values[-1]["run"])
    assert whole["frames"] == [frame for value in values for frame in value["frames"]]
    assert whole["first"] == 0
    for name in ("faces", "done", "stopped", "total", "columns", "run"):
        assert whole[name] == values[-1][name]


def test_what_was_missed_comes_as_it_was_sent(values):
    again = missed({"run": values[-1]["run"], "steps": [3, 7, STEPS]})["values"]
    for value, step in zip(again, (3, 7, STEPS), strict=True):
        assert value == {name: values[step][name] for name in ("first", "frames", "film")}


def test_a_run_under_way_can_be_asked_about(values):
    torch.manual_seed(0)
    network = FaceDenoiser(TINY).eval()
    steps = sample(network, Settings("ddim", STEPS), begin(network, 1, "anyone", 0))
    stream = streamed(steps, STEPS, {})
    name = next(stream)["run"]
    next(stream)
    assert len(whole_run(name)["frames"]) == 2
    assert "done" not in whole_run(name)
    assert "must be a whole number from 0 to 1" in missed({"run": name, "steps": [2]})["error"]
    stream.close()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"run": "nobody's", "steps": [0]}, "no longer kept"),
        ({"run": None, "steps": [0]}, "no longer kept"),
        ({"run": ["a"], "steps": [0]}, "no longer kept"),
        ({"steps": [0]}, "must be some of run, steps"),
        ("nonsense", "must be some of run, steps"),
    ],
)
def test_what_cannot_be_had_gets_a_sentence(what, words):
    assert words in missed(what)["error"]


@pytest.mark.parametrize("steps", [[], None, "0", [-1], [0.5], ["0"], [STEPS + 1], [0] * 102])
def test_steps_that_are_none_get_a_sentence(values, steps):
    answer = missed({"run": values[-1]["run"], "steps": steps})
    assert set(answer) == {"error"}
    assert "step" in answer["error"]


END = {"faces": "drawn"}


def film(size: int) -> Film:
    """A film of so many moments of one tiny face."""
    made = Film(("x",))
    for _ in range(size):
        made.add({}, {"x": torch.zeros(1, 3, 8, 8)})
    return made


def test_the_oldest_films_go_when_they_take_too_much():
    kept = Runs(most_bytes=10 * 192)
    first, second = kept.begin({}, film(4)), kept.begin({}, film(4))
    assert kept.bytes() == 8 * 192
    first.end = second.end = END
    third = kept.begin({}, film(4))
    with pytest.raises(InputError, match="no longer kept; draw it again"):
        kept.find(first.about["run"])
    assert [kept.find(run.about["run"]) for run in (second, third)] == [second, third]
    third.end = END
    alone = kept.begin({}, film(40))  # more than there is room for: the one that runs stays
    assert kept.find(alone.about["run"]) is alone
    assert kept.bytes() == 40 * 192


def test_what_goes_on_is_kept_and_what_ended_gives_way_without_another_one(monkeypatch):
    """A page asks for the steps that it missed until the end; nobody may come after a crowd."""
    kept = Runs(most_bytes=10 * 192)
    crowd = [kept.begin({}, film(4)) for _ in range(20)]
    assert [kept.find(run.about["run"]) for run in crowd] == crowd
    for run in crowd:
        run.end = END
        kept.trim()
    assert kept.bytes() <= 10 * 192
    assert kept.find(crowd[-1].about["run"]) is crowd[-1]
    left = kept.begin({}, film(9))  # by somebody who closed the page
    kept.begin({}, film(2))
    assert kept.find(left.about["run"]) is left
    left.film.touched -= runs.QUIET + 1
    kept.trim()
    with pytest.raises(InputError, match="no longer kept"):
        kept.find(left.about["run"])


def test_followers_of_one_run_share_its_sheets(monkeypatch):
    torch.manual_seed(0)
    network = FaceDenoiser(TINY).eval()
    steps = list(sample(network, Settings("ddim", 4), begin(network, FACES, "anyone", 0)))
    kept = Runs()
    monkeypatch.setattr("demos.diffusion.run_view.RUNS", kept)
    one, other = (list(streamed(iter(steps), 4, {"columns": 5})) for _ in range(2))
    assert [value["film"] for value in one] == [value["film"] for value in other]
    alone = len(PARTS) * SHEET
    # The four steps once, and each follower's own end
    assert kept.bytes() == 4 * alone + 2 * alone


def test_nobody_can_guess_a_runs_name():
    names = {runs.new_name() for _ in range(1000)}
    assert len(names) == 1000
    assert all(len(name) >= 16 for name in names)


def test_a_film_has_the_parts_that_it_is_of():
    torch.manual_seed(0)
    network = FaceDenoiser(TINY).eval()
    step = next(sample(network, Settings("ddim", 2), begin(network, 2, "anyone", 0)))
    made = Film(("x0",))
    made.add({"t": 1}, asked(step))
    assert set(made.newest()["film"]) == {"x0"}
    assert made.since(1) == {"first": 1, "frames": [], "film": {}}
