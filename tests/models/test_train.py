"""The whole plan: its command line, and that a dry run of it goes through without any data."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from itertools import count
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import torch

from models import evaluate, plan, ship, train
from models.captioning import describers, rarity
from models.captioning.network import Captioner
from models.captioning.vocabulary import Vocabulary
from models.core import checkpoint
from models.core.data import NoDataError
from models.core.errors import InputError
from models.core.history import History
from models.plan import Job
from models.training import loop
from models.training.command_line import Options
from models.training.lock import BusyError, hold
from models.training.run import Run
from tests.models.training.toy import ToyTraining

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
    measured = Mock(side_effect=ship.evaluate)
    monkeypatch.setattr(ship, "evaluate", measured)
    train.main(["--dry-run", "--runs", str(tmp_path)])
    topics = [call.args[0] for call in measured.call_args_list]
    assert sorted(topics) == sorted(plan.WINGS)  # each once, after those whose features it is in
    assert topics.index("backbone") < topics.index("colorizer")
    assert topics.index("vae") < topics.index("diffusion")
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


def test_the_card_says_how_far_a_run_went_on_without_getting_better(tmp_path):
    options = Options(runs=tmp_path, dry_run=True)
    train.train([A], options, lambda: False)
    ship.publish_better([A], options)
    card = tmp_path / "weights" / "vae" / "CARD.md"
    before = card.read_text()
    history = History.read(tmp_path / A.name / "history.json")
    history.about["seen"] = 4321
    history.write(tmp_path / A.name / "history.json")
    ship.publish_better([A], options)
    assert card.read_text() == before.replace("| 8 | 8 |", "| 4,321 | 8 |")
    assert "4,321" in card.read_text()


def test_a_lost_run_goes_on_from_what_is_shipped(tmp_path, monkeypatch, capsys):
    """Shipped in one place, on another one it need not begin anew."""
    there = ["digits_2d", "--dry-run", "--runs", str(tmp_path)]
    train.main(there)
    shutil.rmtree(tmp_path / A.name)
    capsys.readouterr()
    monkeypatch.setattr(Run, "train_step", Mock(side_effect=AssertionError("it began anew")))
    train.main([*there, "--from-shipped"])
    assert "vae/digits_2d: finished, 8 of 8 seen" in capsys.readouterr().out
    assert (tmp_path / A.name / "state.pt").is_file()


def test_an_interrupted_publication_is_taken_up_again(tmp_path, monkeypatch):
    options, weights = Options(runs=tmp_path, dry_run=True), tmp_path / "weights" / "vae"
    train.train([A], options, lambda: False)
    with monkeypatch.context() as broken:
        broken.setattr(ship, "evaluate", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ship.publish_better([A], options)
    assert (weights / f"{A.name}.safetensors").is_file()
    assert not (weights / "CARD.md").exists()
    ship.publish_better([A], options)
    assert "| bare PyTorch loop |" in (weights / "CARD.md").read_text()
    told = (weights / "CARD.md").stat().st_mtime_ns
    ship.publish_better([A], options)
    assert (weights / "CARD.md").stat().st_mtime_ns == told


def test_who_is_judged_by_a_new_network_is_judged_again(tmp_path, monkeypatch):
    """Frechet distances in the features of two backbones cannot be compared."""
    options = Options(runs=tmp_path, dry_run=True)
    judge, judged = Job("backbone", "backbone"), Job("colorizer", "cifar_l1")
    asked, evaluate_one = [], ship.evaluate
    monkeypatch.setattr(ship, "evaluate", lambda *of: asked.append(of[0]) or evaluate_one(*of))
    train.train([judge, judged], options, lambda: False)
    ship.publish_better([judge], options)
    assert asked == ["backbone"]  # there is nothing yet to be judged by it
    ship.publish_better([judged], options)
    assert asked == ["backbone", "colorizer"]
    card = tmp_path / "weights" / "colorizer" / "CARD.md"
    card.unlink()
    (tmp_path / "weights" / "backbone" / "backbone.safetensors").unlink()  # so the run is better
    ship.publish_better([judge], options)
    assert asked == ["backbone", "colorizer", "backbone", "colorizer"]  # by what is published
    assert "| `cifar_l1` |" in card.read_text()


def test_what_fails_after_a_topic_is_published_leaves_its_follow_ups_to_the_next_time(
    tmp_path, monkeypatch
):
    """Else the colorizer's distances would stay in the features of a backbone that is gone."""
    options = Options(runs=tmp_path, dry_run=True)
    judge, judged = Job("backbone", "backbone"), Job("colorizer", "cifar_l1")
    captioner = Job("captioning", "captioner")
    train.train([judge, judged, captioner], options, lambda: False)
    ship.publish_better([judged], options)
    evaluate_one, asked = ship.evaluate, []

    def evaluate(topic, *of):
        asked.append(topic)
        if topic == "captioning" and asked.count(topic) == 1:
            raise NoDataError("No data set 'flickr8k'")
        return evaluate_one(topic, *of)

    monkeypatch.setattr(ship, "evaluate", evaluate)
    with pytest.raises(NoDataError):
        ship.publish_better([judge, captioner], options)
    asked.remove("backbone")
    ship.publish_better([judge, captioner], options)
    assert asked == ["captioning", "backbone", "captioning", "colorizer"]


def test_a_captioner_s_words_are_counted_anew_with_it(tmp_path, monkeypatch):
    """N-grams by words' numbers are another network's nonsense, and its habits are its own."""
    options, weights = Options(runs=tmp_path, dry_run=True), tmp_path / "weights" / "captioning"
    captioner = Job("captioning", "captioner")
    train.train([captioner], options, lambda: False)
    ship.publish_better([captioner], options)
    training, held_back = options.parts("flickr8k")
    words = checkpoint.load(Captioner, weights / "captioner.safetensors").config.words
    expected = rarity.count(training.captions, Vocabulary(words))
    assert rarity.read(weights / rarity.FILE) == expected
    assert describers.read(weights)["pictures"] == len(held_back.images)


def test_a_damaged_history_leaves_its_job_out_alone(tmp_path, capsys):
    options = Options(runs=tmp_path, dry_run=True)
    train.train([A], options, lambda: False)
    (tmp_path / A.name / "history.json").write_text("{")
    assert train.train([A, B], options, lambda: False) == [A]
    assert plan.standing(B, options).finished
    assert "history.json" in capsys.readouterr().err


def test_without_data_it_says_where_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        train.main(["backbone", "--runs", str(tmp_path)])
    assert ended.value.code == 2
    assert "cs231n.stanford.edu" in capsys.readouterr().err


def test_what_cannot_be_trained_is_left_out_and_the_others_go_on(tmp_path, monkeypatch, capsys):
    """Its data are missing, or it diverges, as it would in every further turn."""
    options = Options(runs=tmp_path, dry_run=True)

    def build(options, name):
        if name == A.name:
            raise NoDataError("No data set 'mnist'")
        experiment = ToyTraining(name=name)
        experiment.poison_from = 0 if name == B.name else None
        return experiment

    jobs = [A, B, Job("vae", "digits_denoising")]
    runs = plan.WINGS["vae"].runs
    runs = {job.name: replace(runs[job.name], build=partial(build, name=job.name)) for job in jobs}
    monkeypatch.setitem(plan.WINGS, "vae", replace(plan.WINGS["vae"], runs=runs))
    left_out = train.train(jobs, options, lambda: False)
    assert left_out == [A, B]
    assert plan.standing(jobs[2], options).finished
    lines = [line for line in capsys.readouterr().err.splitlines() if "left out" in line]
    assert len(lines) == 2
    assert "vae/digits_2d is left out: No data set 'mnist'" in lines[0]
    assert "vae/digits_16d is left out: digits_16d: toy is not finite at step 0" in lines[1]


@pytest.mark.parametrize(("jobs", "turns"), [([A], 1), ([A, B], 4)])
def test_a_turn_takes_a_step_and_ends_where_another_run_waits(tmp_path, monkeypatch, jobs, turns):
    """Even where what comes before the first step takes longer than a turn; alone it goes on."""
    monkeypatch.setattr(train, "TURN_MINUTES", 0)
    # By this clock every step takes equally long, so both are always equally far behind.
    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=partial(next, count())))
    options, built, runs = Options(runs=tmp_path, dry_run=True), [], plan.WINGS["vae"].runs

    def build(options, name):
        built.append(name)
        two_steps = options.choose(runs[name].cpu, runs[name].gpu)
        return ToyTraining(two_steps, name=name)

    toys = {job.name: replace(runs[job.name], build=partial(build, name=job.name)) for job in jobs}
    monkeypatch.setitem(plan.WINGS, "vae", replace(plan.WINGS["vae"], runs=toys))
    assert train.train(jobs, options, lambda: len(built) > turns) == []
    assert built == [job.name for job in jobs] * (turns // len(jobs))
    assert all(plan.standing(job, options).finished for job in jobs)


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
        [sys.executable, "-m", *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,  # processes that do not agree wait for each other
    )
    assert done.returncode == 0, done.stderr


def test_accelerate_launch_trains(tmp_path):
    """As documented; without MPI accelerate starts one process on a CPU, whatever is asked."""
    arguments = ["--cpu", "--num_processes", "2", "--mixed_precision", "no", "--num_machines", "1"]
    run = ["-m", "models.vae.train", "digits_2d", "--dry-run", "--runs", str(tmp_path)]
    start("accelerate.commands.launch", *arguments, *run)
    assert (tmp_path / "digits_2d" / "best.safetensors").is_file()


def start_two(what, folder):
    """Let two real processes do what a function of `two_processes` says."""
    arguments = ["--nproc_per_node", "2", "--master_port", "0", "--standalone"]
    program = ["-m", "tests.models.training.two_processes", what, str(folder)]
    start("torch.distributed.run", *arguments, *program)


def test_two_processes_train_one_network(tmp_path):
    """A batch is shared between two real processes, whose weights stay the same."""
    start_two("one_network", tmp_path)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert all(torch.equal(first[key], second[key]) for key in first)
    state = torch.load(tmp_path / "run" / "state.pt", weights_only=True)
    assert state["numbers"]["seen"] == 160
    assert state["numbers"]["step"] == 20


def test_two_processes_that_validate_differently_stop_together(tmp_path):
    """By the first one's numbers, 3, 2, 1 and 0; the other's would have stopped it sooner."""
    start_two("different_validations", tmp_path)
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert [record["validation"]["loss"] for record in history["records"]] == [3, 2, 1, 0]


def test_a_signal_to_one_of_two_processes_ends_the_runs_of_both(tmp_path):
    start_two("a_signal_to_one", tmp_path)
    about = json.loads((tmp_path / "one" / "history.json").read_text())["about"]
    assert (about["seen"], about["finished"]) == (40, False)
    assert not (tmp_path / "two").exists()


def test_an_error_of_one_process_ends_both(tmp_path):
    with pytest.raises(AssertionError, match=r"The disk is full\."):
        start_two("an_error_of_one", tmp_path)
