"""A kernel is learned as PyTorch's own optimizer learns it."""

import itertools
from pathlib import Path

import pytest
import torch
from PIL import ImageOps
from torch.nn import functional as F

from models.convolution import learn
from models.convolution.kernels import Kernel
from models.convolution.learn import Settings
from models.convolution.presets import preset
from models.core import images
from models.core.errors import InputError

EXAMPLES = Path(__file__).resolve().parents[3] / "assets" / "examples"
CAT = images.open_image(EXAMPLES / "glassbox-cat.webp")
PHOTO = images.to_tensor(ImageOps.fit(CAT, (learn.SIDE, learn.SIDE)))


@pytest.fixture(params=["photo", "noise"])
def picture(request) -> learn.Picture:
    return learn.of_photo(PHOTO) if request.param == "photo" else learn.of_noise(0)


def plain_loop(lesson, settings):
    """What a student would write."""
    layer = torch.nn.Conv2d(1, 1, settings.size, bias=False)
    with torch.no_grad():
        layer.weight.copy_(learn.first_weights(settings.size, settings.seed))
    optimizer = torch.optim.SGD(layer.parameters(), settings.rate, settings.momentum)
    for _ in range(settings.steps + 1):
        loss = F.mse_loss(layer(lesson.seen), lesson.answer)
        yield layer.weight.detach()[0, 0].clone(), loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize(("name", "size"), [("Sobel x", 3), ("Gaussian 5×5", 3), ("Sharpen", 7)])
def test_every_step_is_torch_s(picture, name, size, momentum):
    lesson = learn.lesson(picture, preset(name), size)
    rate = 0.4 * learn.largest_rate(lesson, momentum)
    settings = Settings(size, rate, momentum, steps=60, seed=5)
    ours = list(learn.learn(lesson, settings))
    assert [step.step for step in ours] == list(range(61))
    for step, (weights, loss) in zip(ours, plain_loop(lesson, settings), strict=True):
        torch.testing.assert_close(step.weights, weights, rtol=1e-4, atol=1e-5)
        assert step.loss == pytest.approx(loss, rel=1e-3, abs=1e-7)


def test_what_is_to_be_learned_is_what_the_kernel_makes(picture):
    kernel = preset("Emboss")
    for size, border in ((3, 0), (5, 1), (7, 2)):
        lesson = learn.lesson(picture, kernel, size)
        whole = F.conv2d(picture.numbers, kernel.tensor()[None, None])
        inner = whole[..., border : whole.shape[-2] - border, border : whole.shape[-1] - border]
        torch.testing.assert_close(lesson.answer, inner, rtol=1e-5, atol=1e-5)  # by the processor
        widened = torch.tensor(kernel.resized(size).scaled)
        torch.testing.assert_close(learn.predicted(lesson, widened), inner, rtol=1e-4, atol=1e-4)
        assert learn.distance(lesson, widened) == 0
    assert picture.numbers.mean().item() == pytest.approx(0, abs=1e-5)
    assert picture.numbers.std(correction=0).item() == pytest.approx(1, abs=1e-5)


def test_the_gradient_is_autograd_s(picture):
    lesson = learn.lesson(picture, preset("Sobel y"), 5)
    weights = torch.rand(5, 5, requires_grad=True)
    difference = learn.predicted(lesson, weights) - lesson.answer
    difference.square().mean().backward()
    found = learn.gradient(lesson, difference.detach())
    torch.testing.assert_close(found, weights.grad, rtol=1e-4, atol=1e-4)


def test_the_largest_rate_is_where_it_begins_to_diverge(picture):
    for momentum, size in itertools.product((0.0, 0.9), (3, 5)):
        lesson = learn.lesson(picture, preset("Sobel x"), size)
        most = learn.largest_rate(lesson, momentum)
        *_, below = learn.learn(lesson, Settings(size, 0.97 * most, momentum, 1000))
        *_, above = learn.learn(lesson, Settings(size, 1.03 * most, momentum, 1000))
        first = next(learn.learn(lesson, Settings(size, most, momentum)))
        assert below.step == 1000
        assert below.loss < 1e-2 * first.loss
        assert above.hopeless
        assert above.step < 1000
        assert above.loss > learn.HOPELESS * first.loss


def test_a_run_that_is_hopeless_ends_and_the_ones_before_are_numbers(picture):
    lesson = learn.lesson(picture, preset("Scharr x"), 3)
    *before, last = learn.learn(lesson, Settings(3, 10.0, 0.9, 1000))
    assert last.hopeless
    assert not any(step.hopeless for step in before)
    assert all(step.weights.isfinite().all() for step in (*before, last))


def test_noise_teaches_in_a_few_steps_and_a_photo_in_the_default_ones():
    unknown = preset("Sobel x")
    lesson = learn.lesson(learn.of_noise(0), unknown, 3)
    *_, last = learn.learn(lesson, Settings(3, 0.5, 0.0, 40))
    assert learn.distance(lesson, last.weights) < 1e-3
    lesson = learn.lesson(learn.of_photo(PHOTO), unknown, 3)
    *_, last = learn.learn(lesson, Settings())
    assert learn.distance(lesson, last.weights) < 1e-2


def test_a_kernel_too_small_cannot_become_the_unknown_one(picture):
    lesson = learn.lesson(picture, preset("Gaussian 5×5"), 3)
    rate = 0.5 * learn.largest_rate(lesson, 0.9)
    *_, last = learn.learn(lesson, Settings(3, rate, steps=1000))
    assert learn.distance(lesson, last.weights) >= max(
        abs(weight) for row in preset("Gaussian 5×5").scaled for weight in (row[0], row[-1])
    )
    ring = F.unfold(lesson.seen, 3)[0]  # the best that nine weights can do, by least squares
    best = torch.linalg.lstsq(ring.T.double(), lesson.answer.flatten().double()[:, None])
    torch.testing.assert_close(last.weights.flatten().double(), best.solution[:, 0], atol=2e-3,
                               rtol=1e-2)  # fmt: skip


def test_the_same_seed_is_the_same_run_and_can_be_stopped():
    lesson = learn.lesson(learn.of_noise(7), preset("Sharpen"), 3)
    one, other, third = (
        [step.weights for step in learn.learn(lesson, Settings(steps=5, seed=seed))]
        for seed in (1, 1, 2)
    )
    assert torch.equal(torch.stack(one), torch.stack(other))
    assert not torch.equal(one[0], third[0])
    assert one[0].abs().max() <= 1 / 3
    answers = iter([True, True, False])
    stopped = list(learn.learn(lesson, Settings(steps=50), lambda: next(answers)))
    assert [step.step for step in stopped] == [0, 1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"size": 4}, "Kernel size 4"),
        ({"size": True}, "Kernel size True"),
        ({"rate": 0}, "learning rate is 0"),
        ({"rate": 11}, "learning rate is 11"),
        ({"rate": float("nan")}, "learning rate is nan"),
        ({"momentum": 1}, "Momentum is 1"),
        ({"momentum": "x"}, "Momentum is x"),
        ({"steps": 0}, "number of steps is 0"),
        ({"steps": 10**6}, "number of steps is 1000000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_settings_out_of_range_are_refused(wrong, words):
    with pytest.raises(InputError, match=words):
        Settings(**wrong)


def test_what_nothing_can_be_learned_from_is_refused():
    with pytest.raises(InputError, match="of one grey all over"):
        learn.of_photo(torch.full((1, 3, 96, 96), 0.3))
    with pytest.raises(InputError, match="more than 6 pixels"):
        learn.lesson(learn.of_photo(PHOTO[..., :6, :6]), preset("Sharpen"), 7)
    with pytest.raises(InputError, match="seed"):
        learn.of_noise(2**40)
    assert learn.lesson(learn.of_noise(0), Kernel(((1,),)), 3).answer.shape[-1] == 94
