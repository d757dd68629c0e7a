"""Random crops, against torch's own resizing of the same rectangle."""

import torch
from torch.nn import functional as F

from models.training.augment import random_flip, random_resized_crop


def test_half_of_the_pictures_are_mirrored():
    torch.manual_seed(0)
    images = torch.rand(100, 1, 2, 4)
    flipped = random_flip(images)
    same = (flipped == images).flatten(1).all(1)
    assert 30 < same.sum() < 70
    assert torch.equal(flipped[~same], images[~same].flip(-1))


def test_a_crop_of_everything_is_the_picture_or_its_mirror():
    torch.manual_seed(0)
    images = torch.rand(20, 3, 8, 8)
    crops = random_resized_crop(images, 8, scale=(1.0, 1.0), ratio=(1.0, 1.0))
    same = (crops - images).abs().amax((1, 2, 3)) < 1e-5
    mirrored = (crops - images.flip(-1)).abs().amax((1, 2, 3)) < 1e-5
    assert (same | mirrored).all()
    assert 3 < same.sum() < 17


def test_a_crop_is_torch_s_resizing_of_a_rectangle(monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda *shape, **_: torch.full(shape, 0.5))
    image = torch.arange(64.0).reshape(1, 1, 8, 8)  # 0.5 puts the rectangle in the middle
    crop = random_resized_crop(image, 8, scale=(0.25, 0.25), ratio=(1.0, 1.0))
    grown = F.interpolate(image[..., 2:6, 2:6], size=(8, 8), mode="bilinear")
    torch.testing.assert_close(crop[..., 1:-1, 1:-1], grown[..., 1:-1, 1:-1])


def test_rectangles_stay_inside():
    torch.manual_seed(0)
    ramp = torch.linspace(0, 1, 16).expand(500, 1, 16, 16)
    crops = random_resized_crop(ramp, 4, scale=(0.05, 1.0))
    assert crops.min() >= 0
    assert crops.max() <= 1
    assert crops[:, 0, 0, 0].std() > 0.1  # they differ
