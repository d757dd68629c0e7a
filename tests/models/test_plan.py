"""The plan: whose turn is next, and what the command line may name."""

from dataclasses import replace

import pytest

from models import plan
from models.core.errors import InputError
from models.core.history import History
from models.plan import Job
from models.training.command_line import Options
from models.training.lock import hold
from models.vae.train import DIGITS_CPU as VAE_CPU

A, B, C = (
    Job("vae", name, share)
    for name, share in (("digits_2d", 1), ("digits_16d", 2), ("digits_denoising", 2))
)


def write(options, job, seconds, examples=0):
    """A history of so much time, finished by a recipe of so many examples."""
    recipe = {"examples": examples}
    about = {"seconds": seconds, "seen": 1, "finished": examples > 0, "recipe": recipe}
    History(about).write(options.runs / job.name / "history.json")


def test_the_one_furthest_behind_its_share_goes_next(tmp_path):
    options = Options(runs=tmp_path)
    assert plan.next_job([A, B, C], options) is A  # the plan's order where none has begun
    for job, seconds in ((A, 60), (B, 100), (C, 140)):
        write(options, job, seconds)
    assert plan.next_job([A, B, C], options) is B
    write(options, B, 130)
    assert plan.next_job([A, B, C], options) is A
    write(options, A, 60, examples=10**9)
    assert plan.next_job([A, B, C], options) is B


def test_what_another_process_trains_is_left_to_it(tmp_path):
    options = Options(runs=tmp_path)
    with hold(tmp_path / A.name):
        assert plan.next_job([A, B], options) is B
    assert plan.next_job([A, B], options) is A


def test_a_run_waits_for_the_weights_that_it_begins_with(tmp_path, monkeypatch):
    options = Options(runs=tmp_path)
    later = Job("vae", A.name, after="backbone")
    wing = replace(plan.WINGS["backbone"], weights=tmp_path / "weights")
    monkeypatch.setitem(plan.WINGS, "backbone", wing)
    assert plan.next_job([later], options) is None
    assert plan.next_job([later, B], options) is B
    wing.weights.mkdir()
    (wing.weights / "backbone.safetensors").touch()
    assert plan.next_job([later], options) is later


def test_nothing_is_left_when_all_are_finished(tmp_path):
    options = Options(runs=tmp_path)
    write(options, A, 1, examples=VAE_CPU.examples)
    assert plan.next_job([A], options) is None


def test_what_the_cpu_finished_goes_on_with_the_gpu_s_recipe(tmp_path):
    write(Options(runs=tmp_path), A, 1, examples=VAE_CPU.examples)
    assert plan.next_job([A], Options(runs=tmp_path, recipe="gpu")) is A


def test_topics_and_runs_can_be_named():
    assert plan.chosen_jobs([]) == list(plan.PLAN)
    assert {job.topic for job in plan.chosen_jobs(["vae"])} == {"vae"}
    assert [job.name for job in plan.chosen_jobs(["digits_2d"])] == ["digits_2d"]
    with pytest.raises(InputError, match="called gan"):
        plan.chosen_jobs(["gan"])


def test_the_plan_has_every_run_once():
    names = sorted(job.name for job in plan.PLAN)
    assert names == sorted(name for wing in plan.WINGS.values() for name in wing.runs)
    for job in plan.PLAN:
        assert job.name in plan.WINGS[job.topic].runs
