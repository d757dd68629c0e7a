"""The engine: each run as it would be alone, in any company, and nobody in another's way."""

import itertools
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from models.core.errors import InputError
from models.diffusion import draw, shipped
from models.diffusion.engine import PATIENCE, Engine, FullError, Waiting
from models.diffusion.job import Job
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import initial_noise, predict, sample
from models.diffusion.samplers import SAMPLERS, Settings
from models.diffusion.shards import CROWD, Shards
from models.diffusion.trajectory import DenoisingStep, Start
from tests.models.diffusion.test_sample import TINY

NEAR = 1e-4
"""Of faces in [0, 1], where a screen's steps are 4e-3; measured on two cores: 4e-6."""
WHILE = 60  # seconds: a busy machine is no failure
PICTURES = ("noisy", "predicted_x0", "predicted_noise", "x")
NUMBERS = ("step", "timestep", "signal_rate", "noise_rate", "evaluations")


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


@pytest.fixture
def engine(network):
    made = Engine(network)
    yield made
    made.close()


def start(network, *seeds, label=3, **more):
    labels = torch.full((len(seeds),), network.nobody if label is None else label)
    return Start(initial_noise(network, seeds), labels, seeds, **more)


class Gate:
    """Lets an engine evaluate only when told to, and knows what each evaluation was asked for."""

    def __init__(self, engine: Engine):
        self.sizes: list[int] = []
        self.labels: list[list[int]] = []
        self._evaluate, self._go = engine.shards.evaluate, threading.Semaphore(0)
        self._came = threading.Semaphore(0)
        engine.shards.evaluate = self

    def __call__(self, x, timestep, labels):
        self.sizes.append(len(x))
        self.labels.append(labels.tolist())
        self._came.release()
        assert self._go.acquire(timeout=WHILE)
        return self._evaluate(x, timestep, labels)

    def asked(self) -> None:
        """Wait until the next evaluation begins."""
        assert self._came.acquire(timeout=WHILE)

    def go(self, count: int = 1) -> None:
        """Let evaluations happen."""
        self._go.release(count)


@pytest.fixture
def gated(network):
    made = Engine(network, most_rows=4, turn=1000)
    gate = Gate(made)
    yield made, gate
    gate.go(10_000)
    made.close()


class Later:
    """A generator that a thread goes through, as a handler does."""

    def __init__(self, items):
        self.items, self.got, self.error = items, [], None
        self._stop, self._thread = threading.Event(), threading.Thread(target=self._run)
        self._new = threading.Condition()
        self._thread.start()

    def _run(self):
        try:
            for one in self.items:
                with self._new:
                    self.got.append(one)
                    self._new.notify_all()
                if self._stop.is_set():
                    break
        except InputError as error:
            self.error = error
        finally:
            self.items.close()

    def steps(self) -> list[DenoisingStep]:
        return [one for one in self.got if isinstance(one, DenoisingStep)]

    def wait(self, condition):
        with self._new:
            assert self._new.wait_for(lambda: condition(self), WHILE)

    def stop(self):
        """Close it after its next value."""
        self._stop.set()

    def end(self) -> list[DenoisingStep]:
        self._thread.join(WHILE)
        assert not self._thread.is_alive()
        return self.steps()


def in_line(one: Later) -> bool:
    return any(isinstance(value, Waiting) for value in one.got)


def assert_same(ours, expected, near=1e-5):
    assert len(ours) == len(expected)
    for mine, other in zip(ours, expected, strict=True):
        assert [getattr(mine, name) for name in NUMBERS] == [
            getattr(other, name) for name in NUMBERS
        ]
        for name in PICTURES:
            torch.testing.assert_close(
                getattr(mine, name), getattr(other, name), atol=near, rtol=near
            )


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_run_is_what_the_plain_loop_yields(network, engine, name):
    settings, begin = Settings(name, 4, 2.0, eta=0.5), start(network, 7, 8)
    near = 5e-3 if SAMPLERS[name].by_sigma else 1e-5  # see test_sample
    ours = list(engine.sample(settings, begin))
    assert_same(ours, list(sample(network, settings, begin)), near)
    seconds = [step.seconds for step in ours]
    assert 0 < seconds[0] <= seconds[-1]
    assert seconds == sorted(seconds)


def test_an_edit_is_what_the_plain_loop_yields(network, engine):
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., :8] = 1
    picture = torch.rand(1, 3, 16, 16) * 2 - 1
    begin = start(network, 7, 8, image=picture, strength=0.6, mask=mask)
    settings = Settings("dpm", 10)
    assert_same(list(engine.sample(settings, begin)), list(sample(network, settings, begin)))


@pytest.mark.parametrize("halves", [False, True])
def test_a_crowd_of_the_shipped_network_draws_everybodys_own_faces(halves):
    """Same seed, same picture, alone or among others, whatever they ask for.

    In bfloat16 nearly: in steps of a screen, of which there are 255.
    """
    network = shipped.denoiser()
    asked = [
        (Settings(name, 3 + number, 1.0 + number % 3), draw.begin(network, 1 + number % 2, whom, 5))
        for number, (name, whom) in enumerate(
            zip(SAMPLERS, itertools.cycle(["anyone", "bart_simpson"]), strict=False)
        )
    ]
    engine = Engine(network)
    engine.shards.halves = halves
    with ThreadPoolExecutor(len(asked)) as pool:
        crowd = list(pool.map(lambda one: list(engine.sample(*one)), asked))
    engine.close()
    for (settings, begin), ours in zip(asked, crowd, strict=True):
        for mine, alone in zip(ours, sample(network, settings, begin), strict=True):
            off = (mine.predicted_x0 - alone.predicted_x0).abs()
            if not halves:
                assert off.max() / 2 <= NEAR
        if halves:
            off = (mine.x.clamp(-1, 1) - alone.x.clamp(-1, 1)).abs() * 127.5
            assert off.mean() <= 1
            assert off.flatten().quantile(0.99) <= 4
        else:
            assert (mine.x - alone.x).abs().max() / 2 <= NEAR


@pytest.mark.parametrize(("runs", "exact"), [(CROWD - 1, True), (CROWD, False)])
def test_only_a_crowd_is_answered_in_half_precision(network, runs, exact):
    shards = Shards(network)
    shards.halves = True
    jobs = [
        Job(network, Settings("ddim", 3), start(network, seed), str(seed)) for seed in range(runs)
    ]
    answers = [answer for _, answer in shards.answers(jobs)]
    with torch.no_grad():
        alone = [predict(network, [job.trajectory.query()])[0] for job in jobs]
    assert {answer.dtype for answer in answers} == {torch.float32}
    worst = max((mine - one).abs().max() for mine, one in zip(answers, alone, strict=True))
    assert (worst <= NEAR) == exact


def test_who_draws_alone_gets_no_crowd_s_faces(network):
    """What a crowd was answered in half precision is not kept for who asks for the same later."""
    engine = Engine(network, most_rows=2 * CROWD)
    engine.shards.halves = True
    gate, settings = Gate(engine), Settings("ddim", 3)
    first, *others = (start(network, seed) for seed in range(CROWD))
    crowd = [Later(engine.follow(settings, first))]
    gate.asked()
    crowd += [Later(engine.follow(settings, one)) for one in others]
    for one in crowd[1:]:
        one.wait(in_line)
    gate.go(10_000)
    alone = list(sample(network, settings, first))
    halved, *_ = [one.end() for one in crowd]
    assert (halved[-1].x - alone[-1].x).abs().max() / 2 > NEAR
    assert engine.kept_bytes() == 0
    assert_same(list(engine.sample(settings, first)), alone)
    assert engine.kept_bytes() > 0
    engine.close()


@pytest.mark.parametrize(("cores", "parts"), [(2, [2, 3, 4, 4, 4, 4]), (0, [21])])
def test_a_core_s_large_share_is_evaluated_in_parts(network, cores, parts, monkeypatch):
    """So that a full batch takes half the memory; 0 cores is a GPU, which takes all at once."""
    monkeypatch.setattr("models.diffusion.shards.ROWS_AT_ONCE", 4)
    shards, seen = Shards(network), []
    shards.cores = cores
    rows = initial_noise(network, range(21)), torch.arange(21), torch.arange(21) % 3
    with torch.no_grad():
        whole = network(*rows)
    watching = network.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    try:
        found = shards.evaluate(*rows)
    finally:
        watching.remove()
    assert (found - whole).abs().max() <= NEAR
    assert sorted(seen) == parts


def test_runs_join_and_leave_a_batch_that_goes_on(network, gated):
    engine, gate = gated
    first = Later(engine.follow(Settings("ddim", 4), start(network, 1, label=None)))
    gate.asked()
    second = Later(engine.follow(Settings("unipc", 2, 2.0), start(network, 2)))
    second.wait(in_line)
    gate.go(10)
    assert_same(
        first.end(), list(sample(network, Settings("ddim", 4), start(network, 1, label=None)))
    )
    assert_same(second.end(), list(sample(network, Settings("unipc", 2, 2.0), start(network, 2))))
    assert gate.sizes == [1, 3, 3, 1]  # the guided one is there twice


def test_who_leaves_is_out_of_the_batch_before_the_next_evaluation(network, gated):
    engine, gate = gated
    stays = Later(engine.follow(Settings("ddim", 3), start(network, 1, label=1)))
    gate.asked()
    leaves = engine.follow(Settings("ddim", 50), start(network, 2, label=2))
    assert isinstance(next(leaves), Waiting)
    gate.go()
    gate.asked()
    gate.go()
    assert isinstance(next(leaves), DenoisingStep)
    gate.asked()  # the third evaluation has begun with both
    leaves.close()
    assert len(engine) == 1
    gate.go(10)
    assert len(stays.end()) == 3
    assert gate.labels == [[1], [1, 2], [1, 2]]
    assert len(engine) == 0


def test_who_leaves_the_line_is_out_of_it(network, gated):
    engine, gate = gated
    first = Later(engine.follow(Settings("ddim", 2), start(network, 1, 2, 3, label=1)))
    gate.asked()
    leaves = engine.follow(Settings("ddim", 2), start(network, 4, 5, label=2))
    assert next(leaves) == Waiting(0, None)
    last = Later(engine.follow(Settings("ddim", 2), start(network, 6, 7, label=3)))
    last.wait(in_line)
    assert last.got[0] == Waiting(1, None)
    leaves.close()
    gate.go(10)
    assert len(first.end()) == len(last.end()) == 2
    assert not any(2 in labels for labels in gate.labels)


def test_first_come_first_served_with_a_place_and_an_estimate(network, gated):
    engine, gate = gated
    runs = [
        engine.follow(Settings("ddim", 2), start(network, *range(4 * i, 4 * i + 4)))
        for i in range(3)
    ]
    first = Later(runs[0])
    gate.asked()
    gate.go()
    gate.asked()
    later = []
    for run in runs[1:]:
        later.append(Later(run))
        later[-1].wait(in_line)
    second, third = (one.got[0] for one in later)
    assert (second.ahead, third.ahead) == (0, 1)
    rate = engine.rate
    assert second.seconds == pytest.approx(4 / rate)  # of the first one's last evaluation
    assert third.seconds == pytest.approx((4 + 8) / rate)
    gate.go(10)
    assert [len(one.end()) for one in (first, *later)] == [2, 2, 2]
    assert gate.sizes == [4] * 6  # each of them alone: two would be over the cap


def test_a_long_run_does_not_starve_short_ones(network):
    engine = Engine(network, most_rows=2, turn=10)
    order = []

    def run(name, steps, seed):
        for _ in engine.sample(Settings("ddim", steps), start(network, seed, seed + 1)):
            pass
        order.append(name)

    threads = [threading.Thread(target=run, args=("long", 60, 0))]
    threads[0].start()
    while not engine.line.batch:
        pass
    threads += [threading.Thread(target=run, args=("short", 3, 2 * i)) for i in range(1, 4)]
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(WHILE)
    assert order == ["short"] * 3 + ["long"]


def test_a_run_larger_than_the_cap_has_the_batch_for_itself(network):
    engine = Engine(network, most_rows=2)
    assert len(list(engine.sample(Settings("ddim", 2), start(network, *range(5))))) == 2


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "not enough memory"),
        (MemoryError(), "not enough memory"),
        (None, "left the range of numbers"),
    ],
)
def test_a_run_that_fails_fails_alone(network, gated, trouble, words):
    engine, gate = gated
    evaluate = gate._evaluate

    def break_for_label_9(x, timestep, labels):
        if trouble and 9 in labels:
            raise trouble
        v = evaluate(x, timestep, labels)
        v[labels == 9] = torch.nan
        return v

    gate._evaluate = break_for_label_9
    good = Later(engine.follow(Settings("unipc", 3), start(network, 1)))
    gate.asked()
    bad = Later(engine.follow(Settings("ddim", 3), start(network, 2, label=9)))
    bad.wait(in_line)
    gate.go(20)
    assert bad.end() == []
    assert words in str(bad.error)
    assert_same(good.end(), list(sample(network, Settings("unipc", 3), start(network, 1))))
    gate._evaluate = evaluate  # and nothing is remembered of it
    assert len(list(engine.sample(Settings("ddim", 3), start(network, 2, label=9)))) == 3


def test_equal_runs_are_computed_once(network, gated):
    engine, gate = gated
    settings = Settings("ddim", 4)
    first = Later(engine.follow(settings, start(network, 1, 2)))
    gate.asked()
    gate.go()
    gate.asked()
    first.wait(lambda one: one.steps())
    joins, other = (
        Later(engine.follow(settings, start(network, *seeds))) for seeds in ((1, 2), (1, 3))
    )
    joins.wait(lambda one: one.steps())  # what there was before it came
    assert joins.got == first.got[:1]
    other.wait(in_line)
    gate.go(20)
    assert first.end() == joins.end()
    assert_same(other.end(), list(sample(network, settings, start(network, 1, 3))))
    assert gate.sizes == [2, 2, 4, 4, 2, 2]
    before = len(gate.sizes)
    assert list(engine.sample(settings, start(network, 1, 2))) == first.steps()  # just finished
    assert len(gate.sizes) == before


def test_a_run_goes_on_for_those_who_stay(network, gated):
    engine, gate = gated
    settings = Settings("ddim", 3)
    stays, leaves = (engine.sample(settings, start(network, 1)) for _ in range(2))
    gate.go()
    assert next(stays) == next(leaves)
    leaves.close()
    gate.go(10)
    assert len(list(stays)) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"settings": Settings("ddim", 3, 2.0)},
        {"settings": Settings("dpm", 3)},
        {"label": 4},
        {"image": torch.zeros(1, 3, 16, 16)},
        {"image": torch.zeros(1, 3, 16, 16), "strength": 0.5},
        {"image": torch.zeros(1, 3, 16, 16), "mask": torch.ones(1, 1, 16, 16)},
    ],
)
def test_runs_that_differ_are_not_taken_for_equal(network, engine, other):
    settings = Settings("ddim", 3)
    list(engine.sample(settings, start(network, 1)))
    more = {"settings": settings, **other}
    settings = more.pop("settings")
    ours = list(engine.sample(settings, start(network, 1, **more)))
    assert_same(ours, list(sample(network, settings, start(network, 1, **more))))


def test_the_kept_steps_are_bounded_and_the_run_comes_whole(network):
    settings = Settings("ddim", 10)
    one = sum(
        getattr(next(sample(network, settings, start(network, 0))), name).nbytes
        for name in PICTURES
    )
    engine = Engine(network, most_bytes=25 * one)
    for seed in range(5):
        assert len(list(engine.sample(settings, start(network, seed)))) == 10
        assert engine.kept_bytes() <= 25 * one
    small = Engine(network, most_bytes=3 * one)
    assert len(list(small.sample(settings, start(network, 0)))) == 10
    assert small.kept_bytes() == 0


def test_who_comes_too_late_is_told_when_to_come_again(network):
    engine = Engine(network, most_rows=1, most_requests=2)
    gate = Gate(engine)
    runs = [Later(engine.follow(Settings("ddim", 9), start(network, 0)))]
    gate.asked()
    runs.append(Later(engine.follow(Settings("ddim", 9), start(network, 1))))
    runs[1].wait(in_line)
    refused = engine.follow(Settings("ddim", 9), start(network, 2))
    with pytest.raises(FullError, match="2 places are taken: please try again in a while"):
        next(refused)
    assert len(list(engine.line.waiting)) == 1
    joins = Later(engine.follow(Settings("ddim", 9), start(network, 0)))  # needs no place
    engine.rate = 0.5  # rows a second
    with pytest.raises(FullError, match="try again in about 9 s"):  # half of the line's 9 rows
        next(engine.follow(Settings("ddim", 9), start(network, 2)))
    gate.go(100)
    assert [len(one.end()) for one in (*runs, joins)] == [9, 9, 9]
    assert len(list(engine.sample(Settings("ddim", 9), start(network, 2)))) == 9


def test_two_engines_run_at_once_and_their_threads_end(network):
    engines = [Engine(network), Engine(network)]
    settings, begin = Settings("unipc", 3), start(network, 5)
    with ThreadPoolExecutor(2) as pool:
        ours = list(pool.map(lambda one: list(one.sample(settings, begin)), engines))
    for steps in ours:
        assert_same(steps, list(sample(network, settings, begin)))
    for engine in engines:
        engine.close()
        assert engine._thread is None
    assert not [one for one in threading.enumerate() if one.name == "faces"]


def test_a_closed_engine_tells_its_runs_so_and_can_begin_again(network, gated):
    engine, gate = gated
    run = Later(engine.follow(Settings("ddim", 50), start(network, 1)))
    gate.asked()
    closing = threading.Thread(target=engine.close)
    closing.start()
    while not engine._closing:
        pass
    gate.go(100)
    closing.join(WHILE)
    run.end()
    assert "closing" in str(run.error)
    assert len(list(engine.sample(Settings("ddim", 2), start(network, 1)))) == 2


LEAVING = """
import threading
import models.diffusion.engines as module
assert threading.active_count() == 1, "a thread at import"
from models.diffusion.draw import begin
from models.diffusion.samplers import Settings
engine = module.engine()
run = engine.sample(Settings("ddim", 100), begin(engine.network, 9, "anyone", 0))
print(next(run).step, flush=True)
"""


def test_the_interpreter_ends_in_the_middle_of_a_run():
    done = subprocess.run(
        [sys.executable, "-c", LEAVING], capture_output=True, text=True, timeout=WHILE
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")


def test_who_waits_hears_often_enough_to_leave_within_a_second():
    assert PATIENCE <= 0.5
