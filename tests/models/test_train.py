"""The plan: who goes next, and that a dry run of it goes through without any data."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from models import evaluate
from models import train as plan
from models.core.errors import InputError
from models.core.history import History
from models.core.lock import BusyError, hold
from models.core.options import Options
from models.train import Job
from models.vae.train import DIGITS_CPU as VAE_CPU
from tests.models.core.toy import ToyTraining

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
        with pytest.raises(InputError, match=r"digits_2d is being trained by another process"):
            plan.run(ToyTraining(name=A.name), options, lambda: False)
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


def test_what_another_process_takes_up_first_is_left_to_it(tmp_path, monkeypatch):
    """Two that start in the same second may choose the same run."""
    asked, options = [], Options(runs=tmp_path, dry_run=True)
    monkeypatch.setattr(plan, "next_job", lambda *_: asked.append(1) or (A if asked[1:] else B))
    trained = []

    def busy_first(experiment, *_):
        if experiment.name == B.name:
            raise BusyError("is being trained by another process")
        trained.append(experiment.name)

    monkeypatch.setattr(plan, "run", busy_first)
    plan.train([A, B], options, lambda: bool(trained))
    assert trained == [A.name]


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


def test_a_dry_run_trains_publishes_and_evaluates_without_data(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    plan.main(["--dry-run", "--runs", str(tmp_path)])
    said = capsys.readouterr().out
    for job in plan.PLAN:
        assert f"{job.topic}/{job.name}: published" in said
        assert f"{job.topic}/{job.name}: finished, 8 of 8 seen" in said
    for topic in plan.WINGS:
        card = (tmp_path / "weights" / topic / "CARD.md").read_text()
        assert "| bare PyTorch loop |" in card
        for job in plan.chosen_jobs([topic]):
            assert f"| `{job.name}` |" in card
    plan.main(["digits_2d", "--speed", "--dry-run", "--runs", str(tmp_path)])
    speeds = re.fullmatch(
        r"vae/digits_2d: (\d+) images a second, a bare loop (\d+)\n", capsys.readouterr().out
    )
    card = (tmp_path / "weights" / "vae" / "CARD.md").read_text()
    assert re.search(rf"`digits_2d` \| cpu \| CPU .* \| {speeds[1]} \| {speeds[2]} \|", card)


def test_without_data_it_says_where_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    with pytest.raises(SystemExit):
        plan.main(["backbone", "--runs", str(tmp_path)])
    assert "cs231n.stanford.edu" in capsys.readouterr().err


def test_it_stops_in_time(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    plan.main(["vae", "--minutes", "0", "--runs", str(tmp_path)])
    assert "vae/digits_2d: not finished, 0 of 1000000 seen" in capsys.readouterr().out


def test_evaluation_of_all_is_one_json_object(monkeypatch, capsys):
    rows = {"vae": {"digits_2d": {"kl": 1.0}}, "backbone": {"backbone": {"top1": 2.0}}}
    monkeypatch.setattr(evaluate, "evaluate", lambda topic, options, weights: rows[topic])
    evaluate.main(["vae", "backbone", "--json"])
    assert json.loads(capsys.readouterr().out) == rows


def test_training_needs_neither_the_app_nor_the_libraries_of_inference():
    code = "import sys, models.train; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    unwanted = {"gradio", "diffusers", "transformers", "torchmetrics", "matplotlib", "demos"}
    assert not unwanted & set(done.stdout.split())


def start(*command):
    """Run a module's command line to its end, on one thread a process."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_accelerate_launch_trains(tmp_path):
    """As documented; without MPI accelerate starts one process on a CPU, whatever is asked."""
    arguments = ["--cpu", "--num_processes", "2", "--mixed_precision", "no", "--num_machines", "1"]
    run = ["-m", "models.vae.train", "digits_2d", "--dry-run", "--runs", str(tmp_path)]
    start("accelerate.commands.launch", *arguments, *run)
    assert (tmp_path / "digits_2d" / "best.safetensors").is_file()


def test_two_processes_train_one_network(tmp_path):
    """A batch is shared between two real processes, whose weights stay the same."""
    arguments = ["--nproc_per_node", "2", "--master_port", "0", "--standalone"]
    start("torch.distributed.run", *arguments, "-m", "tests.models.two_processes", str(tmp_path))
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert all(torch.equal(first[key], second[key]) for key in first)
    state = torch.load(tmp_path / "run" / "state.pt", weights_only=True)
    assert state["numbers"]["seen"] == 160
    assert state["numbers"]["step"] == 20
