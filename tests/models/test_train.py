"""The whole plan: its command line, and that a dry run of it goes through without any data."""

import json
import os
import re
import subprocess
import sys

import pytest
import torch

from models import evaluate, plan, train
from models.core.errors import InputError
from models.core.lock import BusyError, hold
from models.core.options import Options
from models.plan import Job
from tests.models.core.toy import ToyTraining

A, B = (Job("vae", name) for name in ("digits_2d", "digits_16d"))


def test_two_processes_do_not_train_one_run(tmp_path):
    busy = pytest.raises(InputError, match=r"digits_2d is being trained by another process")
    with hold(tmp_path / A.name), busy:
        train.run(ToyTraining(name=A.name), Options(runs=tmp_path), lambda: False)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(InputError, match=r"Could not write to .*runs"), hold(tmp_path / "runs"):
        pass


def test_what_another_process_takes_up_first_is_left_to_it(tmp_path, monkeypatch):
    """Two that start in the same second may choose the same run."""
    asked, options = [], Options(runs=tmp_path, dry_run=True)
    monkeypatch.setattr(train, "next_job", lambda *_: asked.append(1) or (A if asked[1:] else B))
    trained = []

    def busy_first(experiment, *_):
        if experiment.name == B.name:
            raise BusyError("is being trained by another process")
        trained.append(experiment.name)

    monkeypatch.setattr(train, "run", busy_first)
    train.train([A, B], options, lambda: bool(trained))
    assert trained == [A.name]


def test_a_dry_run_trains_publishes_and_evaluates_without_data(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    train.main(["--dry-run", "--runs", str(tmp_path)])
    said = capsys.readouterr().out
    for job in plan.PLAN:
        assert f"{job.topic}/{job.name}: published" in said
        assert f"{job.topic}/{job.name}: finished, 8 of 8 seen" in said
    for topic in plan.WINGS:
        card = (tmp_path / "weights" / topic / "CARD.md").read_text()
        assert "| bare PyTorch loop |" in card
        for job in plan.chosen_jobs([topic]):
            assert f"| `{job.name}` |" in card
    train.main(["digits_2d", "--speed", "--dry-run", "--runs", str(tmp_path)])
    speeds = re.fullmatch(
        r"vae/digits_2d: (\d+) images a second, a bare loop (\d+)\n", capsys.readouterr().out
    )
    card = (tmp_path / "weights" / "vae" / "CARD.md").read_text()
    assert re.search(rf"`digits_2d` \| cpu \| CPU .* \| {speeds[1]} \| {speeds[2]} \|", card)


def test_without_data_it_says_where_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    with pytest.raises(SystemExit):
        train.main(["backbone", "--runs", str(tmp_path)])
    assert "cs231n.stanford.edu" in capsys.readouterr().err


def test_it_stops_in_time(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    train.main(["vae", "--minutes", "0", "--runs", str(tmp_path)])
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
