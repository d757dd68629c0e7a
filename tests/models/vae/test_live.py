"""A live training: its losses fall, by the seed, within its bounds, whichever thread resumes it."""

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Barrier, Event

import pytest
import torch

from models.core.errors import InputError
from models.vae import live
from models.vae.decode import sheet
from models.vae.encode import encode
from models.vae.live import LiveTraining, fitting_extent, learning_rate, train_live
from models.vae.live_settings import LiveSettings
from models.vae.network import Autoencoder
from models.vae.objective import kl_divergence

BRIEF = {"examples": 20 * live.BATCH, "seconds": 180}


def run(**settings) -> list[live.LiveStep]:
    return list(train_live(LiveTraining(LiveSettings(**{**BRIEF, **settings}))))


def test_losses_fall_on_digits_never_trained_on():
    steps = run(examples=60 * live.BATCH)
    first, last = steps[0].frame.validation, steps[-1].frame.validation
    assert last["reconstruction"] < 0.6 * first["reconstruction"]
    assert steps[-1].losses["reconstruction"] < 0.6 * steps[1].losses["reconstruction"]


def test_same_seed_same_losses():
    one, other, third = run(seed=3), run(seed=3), run(seed=4)
    assert [step.losses for step in one] == [step.losses for step in other]
    assert [step.losses for step in one] != [step.losses for step in third]
    torch.testing.assert_close(one[-1].frame.means, other[-1].frame.means, rtol=0, atol=0)


def test_torchs_own_generator_stays_where_it_was():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    run(seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_trainings_begun_together_are_equal_whatever_others_draw():
    alone = LiveTraining(LiveSettings(seed=0))
    together, over = Barrier(4), Event()

    def disturb() -> None:
        while not over.is_set():
            torch.manual_seed(1)
            Autoencoder(live.CONFIG)

    def begin(_: int) -> LiveTraining:
        together.wait()
        return LiveTraining(LiveSettings(seed=0))

    with ThreadPoolExecutor(5) as threads:
        other = threads.submit(disturb)
        crowd = list(threads.map(begin, range(100)))
        over.set()
        other.result()
    expected = list(alone.network.parameters())
    for training in crowd:
        assert all(map(torch.equal, training.network.parameters(), expected))
    steps = [training.advance().losses for training in (alone, crowd[0], crowd[-1])]
    assert steps[0] == steps[1] == steps[2]


def test_it_ends_by_examples_or_by_seconds_of_training_and_with_a_frame():
    steps = run()
    assert [step.seen for step in steps] == [live.BATCH * i for i in range(21)]
    assert [step.finished for step in steps] == [False] * 20 + [True]
    assert steps[0].frame is not None
    assert steps[0].losses == {}
    assert steps[-1].frame is not None
    by_time = run(examples=live.LiveSettings().examples, seconds=1)
    assert by_time[-1].finished
    assert by_time[-2].seconds < 1 <= by_time[-1].seconds
    assert by_time[-1].frame is not None


def test_a_pause_costs_no_time_and_changes_nothing():
    training = LiveTraining(LiveSettings(**BRIEF))
    stream = train_live(training)
    first = list(islice(stream, 8))
    stream.close()
    before = training.seconds
    later = list(train_live(training))
    assert later[0].seen == first[-1].seen
    assert later[0].seconds >= before
    whole = [step.losses for step in run() if step.losses]
    assert [step.losses for step in first + later if step.losses] == whole


def test_every_step_may_run_on_another_thread_and_in_no_grad():
    training = LiveTraining(LiveSettings(**BRIEF))
    stream, losses = train_live(training), []
    with torch.no_grad():
        for _ in range(21):
            with ThreadPoolExecutor(1) as thread:
                losses.append(thread.submit(next, stream).result().losses)
    assert losses == [step.losses for step in run()]


def test_a_frame_is_what_the_network_does():
    training = LiveTraining(LiveSettings(**BRIEF))
    *_, last = train_live(training)
    posterior = encode(training.network, training.shown)
    torch.testing.assert_close(last.frame.means, posterior.mean)
    kl = kl_divergence(posterior.mean, posterior.log_variance).sum(1).mean().item()
    assert last.frame.validation["kl"] == pytest.approx(kl)
    torch.testing.assert_close(
        last.frame.sheet, sheet(training.network, live.SHEET, last.frame.extent)
    )
    assert len(last.frame.labels) == live.SHOWN
    assert last.frame.labels.unique().numel() == 10


def test_no_digit_is_both_learned_and_shown():
    training = LiveTraining(LiveSettings())
    learned = {bytes(picture.numpy()) for picture in training.pictures[training.chosen]}
    shown = (training.shown * 255).round().byte()
    assert not learned & {bytes(picture.numpy()) for picture in shown}


def test_it_learns_from_as_many_digits_as_asked():
    training = LiveTraining(LiveSettings(digits=40, **BRIEF))
    list(train_live(training))
    assert len(training.chosen) == 40
    assert set(training.order.tolist()) <= set(training.chosen.tolist())


def test_beta_decides_between_the_terms():
    none, much = run(beta=0, examples=3200), run(beta=100, examples=3200)
    assert much[-1].frame.validation["kl"] < 1 < none[-1].frame.validation["kl"]


def test_a_loss_that_is_no_number_ends_it_in_words():
    training = LiveTraining(LiveSettings(**BRIEF))
    with torch.no_grad():
        training.network.decoder[0].weight.fill_(torch.nan)
    with pytest.raises(InputError, match="no longer a number"):
        training.advance()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"beta": math.nan}, "β"),
        ({"beta": -1}, "β"),
        ({"beta": 1e9}, "β"),
        ({"beta": "one"}, "β"),
        ({"beta": True}, "β"),
        ({"beta": None}, "β"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": 181}, "seconds"),
        ({"seconds": math.inf}, "seconds"),
        ({"digits": 9}, "digits"),
        ({"digits": 10.5}, "digits"),
        ({"examples": 10**7}, "examples"),
    ],
)
def test_bad_settings_are_refused_in_words(settings, words):
    with pytest.raises(InputError, match=words):
        LiveSettings(**settings)


def test_the_rate_rises_stays_and_falls():
    rates = [learning_rate(step) for step in (0, 19, 500, 999, 3999)]
    top = live.LEARNING_RATE
    assert rates == pytest.approx([top / 20, top, top, top, top / 2])


def test_the_plane_grows_with_the_digits_and_does_not_flicker():
    def spread(reach: float) -> torch.Tensor:
        return torch.linspace(-reach, reach, 200)[:, None].expand(-1, 2)

    assert fitting_extent(spread(1.0), 4.0) == 4
    assert fitting_extent(spread(5.0), 4.0) == 6
    assert fitting_extent(spread(4.0), 6.0) == 6  # room, but not enough to shrink
    assert fitting_extent(spread(2.0), 6.0) == 4
    assert fitting_extent(spread(500.0), 4.0) == live.EXTENTS[-1]
