"""The plan: who goes next, and that a dry run of it goes through without any data."""

import pytest

from models import train as plan
from models.core.history import History
from models.train import Job


def write(runs, name, seconds, finished=False):
    about = {"seconds": seconds, "seen": 1, "finished": finished}
    History(about).write(runs / name / "history.json")


def test_the_one_furthest_behind_its_share_goes_next(tmp_path):
    a, b, c = (Job("topic", name, None, share) for name, share in (("a", 1), ("b", 2), ("c", 2)))
    assert plan.next_job([a, b, c], tmp_path) is a  # the plan's order where none has begun
    write(tmp_path, "a", 60)
    write(tmp_path, "b", 100)
    write(tmp_path, "c", 140)
    assert plan.next_job([a, b, c], tmp_path) is b
    write(tmp_path, "b", 130)
    assert plan.next_job([a, b, c], tmp_path) is a
    write(tmp_path, "a", 60, finished=True)
    assert plan.next_job([a, b, c], tmp_path) is b


def test_nothing_is_left_when_all_are_finished(tmp_path):
    job = Job("topic", "a", None, 1)
    write(tmp_path, "a", 1, finished=True)
    assert plan.next_job([job], tmp_path) is None


def test_topics_and_runs_can_be_named():
    assert plan.chosen_jobs([]) == list(plan.PLAN)
    assert {job.topic for job in plan.chosen_jobs(["diffusion"])} == {"diffusion"}
    assert [job.name for job in plan.chosen_jobs(["denoiser"])] == ["denoiser"]
    with pytest.raises(ValueError, match="called gan"):
        plan.chosen_jobs(["gan"])


def test_names_are_unique():
    names = [job.name for job in plan.PLAN]
    assert len(set(names)) == len(names)
