"""The command line of the training programs: what is asked for, and when to stop."""

import os
import signal
from dataclasses import replace

import pytest

from models.core.history import History
from models.training import command_line
from models.training.command_line import Options, Stop, Training
from models.training.recipe import Recipe
from tests.models.training.toy import ToyTraining

CPU, GPU = Recipe(examples=100, batch_size=8), Recipe(examples=900, batch_size=90)


def parsed(*argv):
    return command_line.parse(command_line.parser("", ["toy"]).parse_args(argv))


def test_recipes_are_chosen_and_changed_by_the_command_line():
    assert parsed().choose(CPU, GPU) == CPU
    assert parsed("--recipe", "gpu").choose(CPU, GPU) == GPU
    assert parsed("--seed", "3", "--examples", "7").choose(CPU, GPU) == replace(
        CPU, seed=3, examples=7
    )
    assert parsed("--dry-run").choose(CPU, GPU).examples < 10


def test_a_shorter_run_begins_at_the_whole_rate_too():
    long = Recipe(examples=1000, warmup=10, decay=900)
    assert parsed("--examples", "110").choose(long, GPU) == replace(long, examples=110, decay=100)
    assert parsed("--examples", "2000").choose(long, GPU).decay == 900


def test_a_run_aims_at_its_recipe_s_examples():
    assert Training(ToyTraining, CPU, GPU).goal(parsed("--recipe", "gpu")) == 900


def test_a_dry_run_writes_to_a_folder_of_its_own(tmp_path):
    assert parsed().runs == command_line.RUNS
    assert parsed("--dry-run").runs != command_line.RUNS
    assert parsed("--dry-run", "--runs", str(tmp_path)).runs == tmp_path


def test_the_data_folder_is_named_or_in_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    assert parsed().data == tmp_path
    assert parsed("--data", "elsewhere").data.name == "elsewhere"


def test_it_stops_after_some_minutes_and_not_before():
    assert Stop(0)()
    assert not Stop(5)()
    assert not Stop()()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_the_state_saved(tmp_path, number):
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        experiment, stop = ToyTraining(), Stop().on_signals()
        validate, calls = experiment.validate, []

        def interrupted(networks):
            calls.append(os.kill(os.getpid(), number))
            return validate(networks)

        experiment.validate = interrupted
        command_line.run(experiment, Options(runs=tmp_path), stop)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert len(calls) == 1
    about = History.read(tmp_path / "toy" / "history.json").about
    assert (about["seen"], about["finished"]) == (40, False)


def test_a_topic_s_program_trains_what_is_named(tmp_path, capsys):
    runs = {
        name: Training(lambda options, name=name: ToyTraining(name=name), CPU, GPU)
        for name in ("one", "two")
    }
    command_line.main("", runs, ["two", "--runs", str(tmp_path)])
    assert not (tmp_path / "one").exists()
    assert History.read(tmp_path / "two" / "history.json").about["finished"]
    with pytest.raises(SystemExit):
        command_line.main("", runs, ["three"])
    assert "no run is called three" in capsys.readouterr().err


def test_a_run_that_diverges_is_one_line(tmp_path, capsys):
    def poisoned(options):
        experiment = ToyTraining()
        experiment.poison_from = 0
        return experiment

    with pytest.raises(SystemExit) as ended:
        command_line.main("", {"toy": Training(poisoned, CPU, GPU)}, ["--runs", str(tmp_path)])
    assert ended.value.code == 2
    assert "toy is not finite at step 0" in capsys.readouterr().err.splitlines()[-1]
