"""Edits keep what they promise: the unpainted part, the picture's share, the arc between seeds."""

import pytest
import torch

from models.core.errors import InputError, MissingInputError
from models.core.interpolation import slerp
from models.diffusion import display, edit, forward, walk
from models.diffusion.faces import to_x0
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.sample import initial_noise, sample, standard_normal
from models.diffusion.samplers import SAMPLERS, Settings
from models.diffusion.trajectory import Start

TINY = DenoiserConfig(("bart", "homer"), 32, (16, 32), norm_groups=8, head_channels=16)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval()


@pytest.fixture(scope="module")
def picture():
    shades = torch.randint(0, 256, (1, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    return shades / 255


def rows(painted):
    return ["".join("1" if painted(i, j) else "0" for j in range(32)) for i in range(32)]


def last(network, settings, start):
    *_, step = sample(network, settings, start)
    return step


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_is_not_painted_stays_to_the_last_shade(network, picture, sampler):
    mask = edit.mask_of(rows(lambda i, j: 8 <= i < 20 and j > 10))
    start = edit.filled(network, picture, mask, "homer", 3, 2)
    made = display.faces(last(network, Settings(sampler, 3), start).x)
    kept = (mask == 0).expand_as(picture)
    for one in made:
        assert torch.equal((one[None] * 255).round()[kept], (picture * 255).round()[kept])
        assert not torch.allclose(one[None][~kept], picture[~kept], atol=0.05)
    assert not torch.allclose(made[0], made[1], atol=0.05)  # another seed, another filling


def test_on_the_way_the_rest_is_as_noisy_as_the_step(network, picture):
    mask = edit.mask_of(rows(lambda i, j: j < 16))
    start = edit.filled(network, picture, mask, "anyone", 5, 1)
    noise = standard_normal([5], 32)
    for step in sample(network, Settings("ddim", 4), start):
        if step.step:  # the first x_t is noise alone
            x = forward.noised(to_x0(picture), noise, forward.cosine(), int(step.timestep))
            torch.testing.assert_close(
                step.noisy[..., 16:], x.float()[..., 16:], atol=1e-4, rtol=1e-4
            )


def test_with_everything_painted_nothing_of_the_picture_stays(network, picture):
    settings, mask = Settings("ddim", 3, 2.0), torch.ones(1, 1, 32, 32)
    filled = last(network, settings, edit.filled(network, picture, mask, "bart", 2, 1)).x
    free = Start(initial_noise(network, [2]), torch.tensor([0]), (2,))
    drawn = last(network, settings, free).x
    # At t = 999 a share of 0.00005 of the picture is left in x_t.
    torch.testing.assert_close(filled, drawn, atol=5e-3, rtol=5e-3)


def test_redrawn_is_noised_to_its_strength_and_denoised_from_there(network, picture):
    start = edit.redrawn(network, picture, 0.6, "homer", 4)
    steps = list(sample(network, Settings("ddim", 10), start))
    assert [step.timestep for step in steps] == [599, 499, 399, 299, 199, 99]
    x = forward.noised(to_x0(picture), standard_normal([4], 32), forward.cosine(), 599)
    torch.testing.assert_close(steps[0].noisy, x.float(), atol=1e-5, rtol=1e-5)
    assert start.labels.tolist() == [1]


def test_a_weak_redrawing_stays_near_the_picture(picture):
    """With a network that knows the truth, v = alpha eps - sigma x0, the picture comes back."""

    class Knowing(FaceDenoiser):
        def forward(self, noisy, timestep, label):
            alpha_bar = self.noise_schedule().alphas_cumprod[timestep.long()][:, None, None, None]
            x0 = to_x0(picture)
            noise = (noisy - alpha_bar.sqrt() * x0) / (1 - alpha_bar).sqrt()
            return alpha_bar.sqrt() * noise - (1 - alpha_bar).sqrt() * x0

    network = Knowing(TINY)
    made = last(network, Settings("ddim", 5), edit.redrawn(network, picture, 0.8, "bart", 0))
    torch.testing.assert_close(display.faces(made.x), picture, atol=1e-3, rtol=1e-3)


def test_a_walk_goes_along_the_arc_from_seed_to_seed(network):
    start = walk.walked(network, 3, 8, 5, "bart")
    first, end = standard_normal([3], 32), standard_normal([8], 32)
    torch.testing.assert_close(start.noise[:1], first)
    torch.testing.assert_close(start.noise[-1:], end)
    half = slerp(first.flatten(1), end.flatten(1), 0.5)
    torch.testing.assert_close(start.noise[2].flatten()[None], half)
    norms = start.noise.flatten(1).norm(dim=1)
    low, high = sorted((float(norms[0]), float(norms[-1])))
    assert (norms > low - 1e-3).all()
    assert (norms < high + 1e-3).all()


@pytest.mark.parametrize("sampler", ["ddim", "ddpm"])
def test_the_ends_of_a_walk_are_their_seeds_faces(network, sampler):
    settings = Settings(sampler, 2)
    made = last(network, settings, walk.walked(network, 1, 2, 3, "bart")).x
    alone = last(network, settings, Start(initial_noise(network, [1]), torch.tensor([0]), (1,))).x
    torch.testing.assert_close(made[:1], alone, atol=1e-4, rtol=1e-4)
    same = last(network, settings, walk.walked(network, 1, 1, 3, "bart")).x
    torch.testing.assert_close(same[1:], same[:2], atol=1e-5, rtol=1e-5)  # stands still


def test_masks_come_as_texts_or_numbers():
    texts = rows(lambda i, j: i == j)
    numbers = [[int(cell) for cell in row] for row in texts]
    assert torch.equal(edit.mask_of(texts), edit.mask_of(numbers))
    assert torch.equal(edit.mask_of(texts)[0, 0], torch.eye(32))


def test_a_mask_of_nothing_is_a_hint():
    with pytest.raises(MissingInputError, match="paint something first"):
        edit.mask_of(["0" * 32] * 32)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (None, "must be a list of 32 rows, got none"),
        ("1" * 32, "must be a list of 32 rows, got none"),
        ([], "got 0"),
        (["1" * 32] * 31, "got 31"),
        (["1" * 32] * 31 + ["1" * 33], "Row 31 of the mask must have 32 cells, got 33"),
        ([None] * 32, "Row 0 of the mask must have 32 cells, got 0"),
        ([[float("nan")] * 32] * 32, "holds 'nan'"),
        ([[0.5] * 32] * 32, "holds '0.5'"),
        (["2" * 32] * 32, "holds '2'"),
        ([[True] * 32] * 32, "holds 'True'"),
        ([[["1"]] * 32] * 32, "cells are 0"),
    ],
)
def test_what_is_no_mask_is_refused(wrong, words):
    with pytest.raises(InputError, match=words):
        edit.mask_of(wrong)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda n, p: edit.redrawn(n, p, 0, "bart", 0), "strength is 0"),
        (lambda n, p: edit.redrawn(n, p, float("nan"), "bart", 0), "strength is nan"),
        (lambda n, p: edit.redrawn(n, p, 1.1, "bart", 0), "strength is 1.1"),
        (lambda n, p: edit.redrawn(n, p, 0.5, "maggie", 0), "Character 'maggie'"),
        (lambda n, p: edit.redrawn(n, p, 0.5, "bart", -1), "seed is -1"),
        (lambda n, p: edit.filled(n, p, p[:, :1], "bart", 0, 7), "number of variants is 7"),
        (lambda n, p: walk.walked(n, 0, 1, 2, "bart"), "number of stops is 2"),
        (lambda n, p: walk.walked(n, 0, 1, 13, "bart"), "number of stops is 13"),
        (lambda n, p: walk.walked(n, "a", 1, 3, "bart"), "first seed is 'a'"),
        (lambda n, p: walk.walked(n, 0, 2.5, 3, "bart"), "last seed is 2.5"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(network, picture, call, words):
    with pytest.raises(InputError, match=words):
        call(network, picture)
