"""The training loop: resumable to the step, repeatable, and safe when things go wrong."""

import json
import pickle
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from models.core import checkpoint
from models.core.errors import InputError
from models.training import state
from models.training.experiment import DivergedError
from models.training.loop import make_accelerator, train
from models.training.optimizer import parameter_groups
from models.training.run import Run
from tests.models.training.toy import Toy, ToyConfig, ToyTraining

ENGINE = make_accelerator(torch.device("cpu"))


def go(experiment, folder, steps=None):
    """Train in `folder` for so many steps, or to the end; the losses and validations."""
    left = iter(range(steps if steps is not None else 1_000_000))
    run = train(experiment, folder, ENGINE, lambda: next(left, None) is None)
    return [(progress.losses, progress.validation) for progress in run]


def weights(folder):
    state = torch.load(folder / "state.pt", weights_only=True)
    return state["networks"], state["average"]


def assert_equal_states(a, b):
    for part_a, part_b in zip(weights(a), weights(b), strict=True):
        for name in part_a:
            for key in part_a[name]:
                assert torch.equal(part_a[name][key], part_b[name][key]), key


@pytest.mark.parametrize("players", [("toy",), ("generator", "discriminator")])
def test_stopped_and_resumed_equals_never_stopped(tmp_path, players):
    straight = go(ToyTraining(players=players), tmp_path / "straight")
    parts = []
    for steps in (3, 4, None):  # stops inside and at the end of an epoch
        parts += go(ToyTraining(players=players), tmp_path / "parts", steps)
    assert parts == straight
    assert_equal_states(tmp_path / "straight", tmp_path / "parts")
    a, b = (json.loads((tmp_path / n / "history.json").read_text()) for n in ("straight", "parts"))
    for record in a["records"] + b["records"]:
        del record["seconds"]
    del a["about"]["seconds"], b["about"]["seconds"]
    assert a == b


def test_the_same_seed_twice_gives_the_same_weights_and_another_does_not(tmp_path):
    for name in ("a", "b"):
        go(ToyTraining(), tmp_path / name)
    assert_equal_states(tmp_path / "a", tmp_path / "b")
    other = ToyTraining()
    other.recipe = replace(other.recipe, seed=1)
    go(other, tmp_path / "c")
    with pytest.raises(AssertionError):
        assert_equal_states(tmp_path / "a", tmp_path / "c")


def test_training_lowers_the_validation_loss(tmp_path):
    experiment = ToyTraining()
    experiment.recipe = replace(experiment.recipe, examples=1600, decay=800)
    validations = [v["loss"] for _, v in go(experiment, tmp_path) if v]
    assert validations[-1] < 0.3 * validations[0]


def test_the_average_is_the_library_s(tmp_path):
    experiment = ToyTraining()
    run = Run(experiment, tmp_path, ENGINE)
    reference = AveragedModel(
        run.plain["toy"], multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True
    )
    average = run.average["toy"]
    while int(average.n_averaged) < 100:  # by then the decay has reached its limit
        run.train_step()
    reference.load_state_dict(average.state_dict())
    for _ in range(5):
        run.train_step()
        reference.update_parameters(run.plain["toy"])
    for ours, theirs in zip(average.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_one_step_is_torch_s_clipping_and_adamw(tmp_path):
    experiment = ToyTraining()
    experiment.recipe = replace(experiment.recipe, clip=0.1, warmup=0, ema=None)
    reference = Toy(experiment.networks["toy"].config)
    reference.load_state_dict(experiment.networks["toy"].state_dict())
    run = Run(experiment, tmp_path, ENGINE)
    run.train_step()
    gradients = [p.grad for p in run.plain["toy"].parameters()]
    norm = torch.stack([g.norm() for g in gradients]).norm()
    assert norm == pytest.approx(0.1, rel=1e-3)  # clipped to the limit
    optimizer = torch.optim.AdamW(parameter_groups(reference, 0.1), lr=0.05)
    for parameter, gradient in zip(reference.parameters(), gradients, strict=True):
        parameter.grad = gradient.clone()
    optimizer.step()
    for ours, theirs in zip(run.plain["toy"].parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_with_a_momentum_it_is_torch_s_sgd_of_nesterov_s(tmp_path):
    experiment = ToyTraining()
    experiment.recipe = replace(experiment.recipe, momentum=0.9, clip=100.0, warmup=0, ema=None)
    reference = Toy(experiment.networks["toy"].config)
    reference.load_state_dict(experiment.networks["toy"].state_dict())
    optimizer = torch.optim.SGD(
        parameter_groups(reference, 0.1), lr=0.05, momentum=0.9, nesterov=True
    )
    run = Run(experiment, tmp_path, ENGINE)
    for _ in range(2):
        run.train_step()
        gradients = [p.grad for p in run.plain["toy"].parameters()]
        for parameter, gradient in zip(reference.parameters(), gradients, strict=True):
            parameter.grad = gradient.clone()
        optimizer.step()
    for ours, theirs in zip(run.plain["toy"].parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_run_that_goes_on_with_another_optimizer_begins_it_there(tmp_path):
    before = Run(ToyTraining(), tmp_path, ENGINE)
    before.train_step()
    experiment = ToyTraining()
    experiment.recipe = replace(experiment.recipe, momentum=0.9)
    after = Run(experiment, tmp_path, ENGINE)
    after.load_state_dict(before.state_dict())
    assert after.since == after.seen == 8
    after.train_step()
    same = Run(ToyTraining(), tmp_path, ENGINE)
    same.load_state_dict(before.state_dict())
    assert same.since == 0


def test_a_state_without_counts_of_each_loss_goes_on(tmp_path):
    def half_way():
        run = Run(ToyTraining(), tmp_path, ENGINE)
        for _ in range(2):
            run.train_step()
        return run

    saved = half_way().state_dict()
    saved["numbers"]["summed"] = saved["numbers"].pop("counts")["toy_loss"]
    old, new = Run(ToyTraining(), tmp_path, ENGINE), half_way()
    old.load_state_dict(saved)
    old.validate()
    new.validate()
    assert old.history.records[0]["train"] == new.history.records[0]["train"]


def test_a_loss_that_came_late_is_averaged_over_the_steps_that_had_it(tmp_path):
    experiment = ToyTraining()
    plain = experiment.losses

    def losses(player, networks, batch):
        late = {"late": torch.tensor(5.0)} if experiment.seen >= 16 else {}
        return plain(player, networks, batch) | late

    experiment.losses = losses
    run = Run(experiment, tmp_path, ENGINE)
    mean = sum(run.train_step()["toy_loss"] for _ in range(4)) / 4
    run.validate()
    train = run.history.records[0]["train"]
    assert train == {"toy_loss": pytest.approx(mean), "late": 5.0}


def test_the_training_data_go_where_the_networks_are(tmp_path):
    experiment = ToyTraining()
    experiment.resident = ("x", "y", "poison_from")  # one of them is absent
    experiment.place(torch.device("meta"))
    assert experiment.x.is_meta
    assert experiment.y.is_meta
    assert experiment.poison_from is None


def test_biases_and_norms_are_not_decayed():
    decayed, free = parameter_groups(nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2)), 0.1)
    assert (len(decayed["params"]), decayed["weight_decay"]) == (1, 0.1)
    assert (len(free["params"]), free["weight_decay"]) == (3, 0.0)


def test_a_part_can_learn_slower_and_does_so_after_a_resume(tmp_path):
    def moved(run):
        before = [weights.clone() for weights in run.plain["toy"].parameters()]
        run.train_step()
        pairs = zip(before, run.plain["toy"].named_parameters(), strict=True)
        return {name: (now - old).abs().max().item() for old, (name, now) in pairs}

    experiment = ToyTraining()
    experiment.recipe = replace(
        experiment.recipe, warmup=0, decay=0, weight_decay=0.0, shares=(("head.", 0.25),)
    )
    run = Run(experiment, tmp_path, ENGINE)
    first = moved(run)  # Adam's first step is as long as the rate
    assert first["layers.0.weight"] == pytest.approx(0.05, rel=1e-3)
    assert first["head.bias"] == pytest.approx(0.0125, rel=1e-3)
    state.save(run)
    later = moved(run)
    assert moved(state.begin(experiment, tmp_path, ENGINE)) == later


def test_sentences_are_kept_in_the_history(tmp_path):
    experiment = ToyTraining()
    experiment.texts = lambda networks: [f"{len(networks)} network"]
    go(experiment, tmp_path)
    records = json.loads((tmp_path / "history.json").read_text())["records"]
    assert [record["texts"] for record in records] == 4 * [["1 network"]]


def test_it_stops_early_on_validation_loss(tmp_path):
    experiment = ToyTraining()
    experiment.recipe = replace(experiment.recipe, patience=2)
    values = iter([3.0, 2.0, 2.5, 2.1, 1.0])
    experiment.validate = lambda networks: {"loss": next(values)}
    validated = [v["loss"] for _, v in go(experiment, tmp_path) if v]
    assert validated == [3.0, 2.0, 2.5, 2.1]
    about = checkpoint.describe(tmp_path / "best.safetensors")["training"]
    assert about["validation"] == {"loss": 2.0}


def test_a_validation_that_is_not_a_number_is_never_the_best(tmp_path):
    experiment = ToyTraining()
    values = iter([float("nan"), 3.0, float("nan"), 2.0])
    experiment.validate = lambda networks: {"loss": next(values)}
    go(experiment, tmp_path)
    about = checkpoint.describe(tmp_path / "best.safetensors")["training"]
    assert about["validation"] == {"loss": 2.0}


def test_nan_stops_with_the_step_and_the_last_good_checkpoint_named(tmp_path):
    go(ToyTraining(), tmp_path, steps=3)
    before = weights(tmp_path)
    experiment = ToyTraining()
    experiment.poison_from = 2
    with pytest.raises(DivergedError, match=r"toy: toy is not finite at step 5; .*state\.pt"):
        go(experiment, tmp_path)
    after = weights(tmp_path)
    assert all(torch.equal(before[0]["toy"][k], after[0]["toy"][k]) for k in before[0]["toy"])


def test_a_checkpoint_of_another_config_is_refused(tmp_path):
    go(ToyTraining(), tmp_path, steps=2)
    with pytest.raises(InputError, match="another config"):
        go(ToyTraining(width=5), tmp_path, steps=2)


def test_a_state_from_before_a_config_had_a_field_goes_on(tmp_path):
    go(ToyTraining(), tmp_path, steps=2)
    path = tmp_path / "state.pt"
    state = torch.load(path, weights_only=True)
    configs = {name: json.loads(text) for name, text in state["configs"].items()}
    assert configs["toy"].pop("width") == ToyConfig().width
    state["configs"] = {name: json.dumps(config) for name, config in configs.items()}
    torch.save(state, path)
    assert len(go(ToyTraining(), tmp_path, steps=2)) == 2
    assert torch.load(path, weights_only=True)["numbers"]["step"] == 4
    with pytest.raises(InputError, match="another config"):
        go(ToyTraining(width=5), tmp_path, steps=2)


@pytest.mark.parametrize("content", [None, b"no checkpoint at all", pickle.dumps([1, 2], 2)])
def test_a_damaged_state_is_named(tmp_path, content):
    go(ToyTraining(), tmp_path, steps=2)
    state = tmp_path / "state.pt"
    state.write_bytes(state.read_bytes()[:100] if content is None else content)
    with pytest.raises(InputError, match=r"state\.pt is damaged"):
        go(ToyTraining(), tmp_path, steps=2)


def test_a_damaged_history_is_named(tmp_path):
    go(ToyTraining(), tmp_path, steps=2)
    (tmp_path / "history.json").write_text('{"about": ')
    with pytest.raises(InputError, match=r"history\.json is damaged"):
        go(ToyTraining(), tmp_path, steps=2)


def test_the_optimizers_counters_of_steps_stay_on_the_cpu(tmp_path):
    """AdamW keeps them there; on a GPU each step would wait for them. `meta` stands for a GPU."""
    go(ToyTraining(), tmp_path, steps=3)
    run = Run(ToyTraining(), tmp_path, ENGINE)
    run.accelerator = SimpleNamespace(device=torch.device("meta"))
    state.resume(run)
    counters = [each["step"] for each in run.optimizers["toy"].state_dict()["state"].values()]
    assert {counter.device.type for counter in counters} == {"cpu"}
    assert {counter.item() for counter in counters} == {3}


def test_a_full_disk_leaves_the_last_good_state(tmp_path, monkeypatch):
    go(ToyTraining(), tmp_path, steps=3)
    good = (tmp_path / "state.pt").read_bytes()

    def half(state, file):
        file.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(InputError, match=r"No space left.*untouched"):
        go(ToyTraining(), tmp_path, steps=2)
    assert (tmp_path / "state.pt").read_bytes() == good
    assert not list(tmp_path.glob(".*"))


def test_history_has_both_losses_and_strips(tmp_path):
    go(ToyTraining(), tmp_path)
    history = json.loads((tmp_path / "history.json").read_text())
    assert [record["seen"] for record in history["records"]] == [40, 80, 120, 160]
    assert {"toy_loss"} == set(history["records"][0]["train"])
    assert {"loss"} == set(history["records"][0]["validation"])
    assert history["strips"][0]["image"].startswith("data:image/webp;base64,")
    assert history["about"]["parameters"] == {"toy": 4 * 3 + 4 + 8 + 5}


class LateJudge(ToyTraining):
    """The second player joins after 40 examples."""

    def __init__(self):
        super().__init__(players=("generator", "discriminator"))

    def losses(self, player, networks, batch):
        late = player == "discriminator" and self.seen < 40
        return {} if late else super().losses(player, networks, batch)


def test_a_player_may_join_later(tmp_path):
    straight = go(LateJudge(), tmp_path / "straight")
    assert [len(losses) for losses, _ in straight] == 5 * [1] + 15 * [2]
    records = json.loads((tmp_path / "straight" / "history.json").read_text())["records"]
    means = [losses["discriminator_loss"] for losses, _ in straight[5:10]]
    assert "discriminator_loss" not in records[0]["train"]
    assert records[1]["train"]["discriminator_loss"] == pytest.approx(sum(means) / 5)
    parts = [*go(LateJudge(), tmp_path / "parts", 7), *go(LateJudge(), tmp_path / "parts")]
    assert parts == straight


def test_further_networks_are_saved_beside_the_best(tmp_path):
    go(LateJudge(), tmp_path)
    about = [
        checkpoint.describe(tmp_path / f"{name}.safetensors")["training"]
        for name in ("best", "discriminator")
    ]
    assert about[0] == about[1]
    assert not (tmp_path / "generator.safetensors").exists()


def test_networks_that_must_not_be_averaged_ship_as_they_are(tmp_path):
    experiment = LateJudge()
    experiment.unaveraged = ("discriminator",)
    go(experiment, tmp_path)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert set(state["average"]) == {"generator"}
    run = Run(experiment, tmp_path, make_accelerator(torch.device("cpu")))
    assert run.shipped()["discriminator"] is run.plain["discriminator"]
    assert run.shipped()["generator"] is not run.plain["generator"]
