"""Learning rates and data order, against the libraries and by their properties."""

from dataclasses import replace

import pytest
import torch
from transformers import get_cosine_schedule_with_warmup, get_wsd_schedule

from models.training.recipe import Recipe, batch_indices, ema_decay, learning_rate

RECIPE = Recipe(examples=100, batch_size=1, learning_rate=0.5, warmup=10, decay=90)


def library_rates(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def test_the_cosine_schedule_is_transformers():
    expected = library_rates(lambda o: get_cosine_schedule_with_warmup(o, 10, 100), 100)
    assert [learning_rate(RECIPE, seen) for seen in range(100)] == pytest.approx(expected)


def test_warm_up_stable_decay_is_transformers():
    recipe = replace(RECIPE, decay=20)
    expected = library_rates(
        lambda o: get_wsd_schedule(o, 10, 20, num_stable_steps=70, decay_type="cosine"), 100
    )
    assert [learning_rate(recipe, seen) for seen in range(100)] == pytest.approx(expected)


def test_cycles_are_torch_s_step_schedule():
    expected = library_rates(lambda o: torch.optim.lr_scheduler.StepLR(o, 30, gamma=0.5), 100)
    recipe = Recipe(examples=100, learning_rate=0.5, cycle=30, cycle_factor=0.5)
    assert [learning_rate(recipe, seen) for seen in range(100)] == pytest.approx(expected)


def test_a_new_optimizer_warms_up_wherever_it_begins():
    recipe = replace(RECIPE, decay=50)
    rates = [learning_rate(recipe, seen, since=45) for seen in range(45, 100)]
    assert rates[:5] == pytest.approx([0.0, 0.05, 0.1, 0.15, 0.2])
    assert rates[5] == pytest.approx(0.25 * 1.0)
    assert rates[10:] == [learning_rate(recipe, seen) for seen in range(55, 100)]


def test_it_ends_at_zero_and_stays():
    assert learning_rate(RECIPE, 100) == learning_rate(RECIPE, 150) == 0


def test_every_epoch_shows_every_example_once_in_another_order():
    stream = torch.cat([batch_indices(10, seen, 4, seed=3) for seen in range(0, 40, 4)])
    epochs = stream.split(10)
    assert all(epoch.sort().values.tolist() == list(range(10)) for epoch in epochs)
    assert len({tuple(epoch.tolist()) for epoch in epochs}) == 4


def test_the_order_depends_on_seed_and_position_alone():
    whole = batch_indices(10, 0, 30, seed=1)
    assert torch.equal(batch_indices(10, 7, 16, seed=1), whole[7:23])
    assert not torch.equal(batch_indices(10, 0, 30, seed=2), whole)


def test_the_average_starts_young():
    assert ema_decay(0.999, 0) == pytest.approx(0.1)
    assert ema_decay(0.999, 10**6) == 0.999
