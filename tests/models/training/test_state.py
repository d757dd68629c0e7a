"""A run that begins with what is shipped: where it stands, and what it does not know any more."""

import copy
import filecmp
import json
from dataclasses import replace

import pytest
import torch

from models.core import checkpoint
from models.core.errors import InputError
from models.core.history import History
from models.training import state
from models.training.loop import make_accelerator, train
from models.training.publish import publish, refresh
from models.training.run import Run
from tests.models.training.toy import Toy, ToyTraining

ENGINE = make_accelerator(torch.device("cpu"))
SOLO, PAIR = ("toy",), ("toy", "discriminator")


def toy(players=SOLO, **changes):
    experiment = ToyTraining(players=players)
    experiment.recipe = replace(experiment.recipe, **changes)
    return experiment


def go(experiment, folder, shipped=None, steps=None):
    """Train for so many steps, or to the end; the losses and validations."""
    left = iter(range(steps if steps is not None else 1_000_000))
    run = train(experiment, folder, ENGINE, lambda: next(left, None) is None, weights=shipped)
    return [(progress.seen, progress.losses, progress.validation) for progress in run]


@pytest.fixture
def ship(tmp_path):
    """Trains some toys that are best after 80 of 160 examples, and publishes them."""

    def shipped(players=SOLO):
        experiment, values = toy(players), iter([3.0, 1.0, 2.0, 2.0])
        experiment.validate = lambda networks: {"loss": next(values)}
        go(experiment, tmp_path / "toy")
        assert publish(tmp_path / "toy", tmp_path / "weights")
        return tmp_path / "weights"

    return shipped


def test_the_history_tells_what_a_run_was_trained_on(tmp_path, monkeypatch):
    go(toy(), tmp_path / "toy", steps=3)
    go(toy(), tmp_path / "toy", steps=3)
    assert History.read(tmp_path / "toy" / "history.json").about["devices"] == ["CPU"]
    monkeypatch.setattr("models.core.device.called", lambda device: "a GPU")
    go(toy(), tmp_path / "toy")
    assert History.read(tmp_path / "toy" / "history.json").about["devices"] == ["CPU", "a GPU"]


def tensors_equal(a, b):
    return all(torch.equal(a[key], b[key]) for key in b) and a.keys() == b.keys()


@pytest.mark.parametrize("players", [SOLO, PAIR])
def test_a_run_begins_where_the_shipped_weights_are_from(tmp_path, ship, players):
    weights, folder = ship(players), tmp_path / "new" / "toy"
    run = state.begin(toy(players), folder, ENGINE, weights)
    assert (run.step, run.seen, run.since, run.best) == (10, 80, 80, 1.0)
    files = {"toy": weights / "toy.safetensors"}
    files |= {name: weights / name / "toy.safetensors" for name in players[1:]}
    for name, path in files.items():
        saved = checkpoint.load(Toy, path).state_dict()
        assert tensors_equal(run.plain[name].state_dict(), saved)
        assert tensors_equal(run.average[name].module.state_dict(), saved)
        assert run.average[name].n_averaged == 10
        assert run.optimizers[name].state_dict()["state"] == {}
        kept = "best" if name == "toy" else name
        assert filecmp.cmp(folder / f"{kept}.safetensors", path, shallow=False)
    before = History.read(weights / "toy.history.json")
    assert [record["seen"] for record in before.records] == [40, 80, 120, 160]
    assert run.history.records == before.records[:2]
    assert run.history.strips == before.strips[:2]
    assert run.seconds == before.records[1]["seconds"]


def test_it_warms_up_and_goes_on_with_the_examples_that_come_next(tmp_path, ship):
    weights, folder = ship(), tmp_path / "new" / "toy"
    seen = [at for at, *_ in go(toy(), folder, weights)]
    assert seen == list(range(88, 161, 8))
    run = state.begin(toy(), tmp_path / "another", ENGINE, weights)
    batches, rates = [], []
    run.experiment.batch = lambda indices: batches.append(indices) or toy().batch(indices)
    for _ in range(4):
        run.train_step()
        rates.append(run.optimizers["toy"].param_groups[0]["lr"])
    straight = toy()
    order = []
    straight.batch = lambda indices: order.append(indices) or toy().batch(indices)
    go(straight, tmp_path / "straight", steps=14)
    assert torch.equal(torch.stack(batches), torch.stack(order[10:]))
    assert rates[0] == 0.0  # as at the very start
    assert rates[1] < rates[2] < 0.05


def test_stopped_and_resumed_it_equals_never_stopped(tmp_path, ship):
    weights = ship(PAIR)
    straight = go(toy(PAIR), tmp_path / "straight", weights)
    parts = [
        part for steps in (1, 3, None) for part in go(toy(PAIR), tmp_path / "parts", weights, steps)
    ]
    assert parts == straight
    a, b = (torch.load(tmp_path / n / "state.pt", weights_only=True) for n in ("straight", "parts"))
    assert all(tensors_equal(a["networks"][name], b["networks"][name]) for name in PAIR)
    assert a["numbers"]["since"] == b["numbers"]["since"] == 80


def test_only_what_is_better_than_the_shipped_weights_is_kept(tmp_path, ship):
    weights, folder = ship(), tmp_path / "new" / "toy"
    experiment, values = toy(), iter([1.5, 0.5])
    experiment.validate = lambda networks: {"loss": next(values)}
    go(experiment, folder, weights, steps=5)  # validates at 120
    assert not publish(folder, weights)
    assert refresh(folder, weights)  # the history tells how far it went on
    assert History.read(weights / "toy.history.json").records[-1]["validation"] == {"loss": 1.5}
    go(experiment, folder, weights)
    assert publish(folder, weights)
    assert checkpoint.metric(weights / "toy.safetensors") == 0.5


def test_a_state_goes_before_what_is_shipped(tmp_path, ship):
    weights, folder = ship(), tmp_path / "new" / "toy"
    go(toy(), folder, steps=3)
    assert state.begin(toy(), folder, ENGINE, weights).seen == 24


def test_where_nothing_is_shipped_it_begins_at_the_start(tmp_path):
    straight = go(toy(), tmp_path / "straight")
    assert go(toy(), tmp_path / "other", tmp_path / "weights") == straight


def test_shipped_weights_of_another_config_are_refused(tmp_path, ship):
    wider = ToyTraining(width=5)
    with pytest.raises(InputError, match=r"toy\.safetensors has another config than toy of toy"):
        state.begin(wider, tmp_path / "new" / "toy", ENGINE, ship())


@pytest.mark.parametrize(
    ("file", "match"),
    [
        ("toy.safetensors", r"weights/toy\.safetensors is not a weight file of ours"),
        ("discriminator/toy.safetensors", r"discriminator/toy\.safetensors is not a weight file"),
        ("toy.history.json", r"toy\.history\.json is damaged"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_begun(tmp_path, ship, file, match):
    weights, folder = ship(PAIR), tmp_path / "new" / "toy"
    (weights / file).write_text("{")
    with pytest.raises(InputError, match=match):
        state.begin(toy(PAIR), folder, ENGINE, weights)
    assert not folder.exists()


def test_a_missing_partner_is_named(tmp_path, ship):
    weights = ship(PAIR)
    (weights / "discriminator" / "toy.safetensors").unlink()
    with pytest.raises(InputError, match=r"no weight file .*discriminator/toy\.safetensors"):
        state.begin(toy(PAIR), tmp_path / "new" / "toy", ENGINE, weights)


def test_it_is_told_in_the_history_as_one_run(tmp_path, ship):
    weights, folder = ship(), tmp_path / "new" / "toy"
    go(toy(examples=240), folder, weights)
    history = json.loads((folder / "history.json").read_text())
    assert [record["seen"] for record in history["records"]] == [40, 80, 120, 160, 200, 240]
    seconds = [record["seconds"] for record in history["records"]]
    assert seconds == sorted(seconds)
    assert (history["about"]["seen"], history["about"]["recipe"]["examples"]) == (240, 240)


def test_a_run_gives_its_state_and_takes_it(tmp_path):
    """Torch's own idiom: with no folder between them, both go the same way from here on."""
    first, second = (Run(toy(PAIR), tmp_path / name, ENGINE) for name in "ab")
    for _ in range(5):
        first.train_step()
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    assert (second.step, second.seen, second.sums) == (first.step, first.seen, first.sums)
    assert [first.train_step() for _ in range(3)] == [second.train_step() for _ in range(3)]
    for name in PAIR:
        assert tensors_equal(first.average[name].state_dict(), second.average[name].state_dict())
    assert not list(tmp_path.iterdir())
