"""The grid over the photo: a place's annotation comes from where the page draws its cell."""

import pytest
import torch

from models.captioning import shipped
from models.core.images import squeezed


@pytest.mark.parametrize(("height", "width"), [(160, 160), (120, 360), (300, 100)])
def test_a_places_annotation_depends_on_the_photo_at_its_cell(height, width):
    """The middle of what it depends on, by the gradient at the photo's own pixels, is no further
    than half a cell from the middle of the cell, whatever the photo's shape."""
    network = shipped.captioner().network
    size, grid = network.config.size, network.config.grid
    generator = torch.Generator().manual_seed(0)
    photos = torch.rand(4, 3, height, width, generator=generator)
    rows = (torch.arange(height) + 0.5) / height * grid
    columns = (torch.arange(width) + 0.5) / width * grid
    for row, column in ((2, 2), (2, 7), (5, 5), (7, 3), (7, 7)):
        seen = photos.clone().requires_grad_(True)
        annotations = network.annotate(squeezed(seen, size))
        place = annotations[:, row * grid + column]
        (gradient,) = torch.autograd.grad(place.square().sum(), seen)
        share = gradient.square().sum((0, 1))  # H W
        share = share / share.sum()
        assert (share.sum(1) * rows).sum().item() == pytest.approx(row + 0.5, abs=0.5)
        assert (share.sum(0) * columns).sum().item() == pytest.approx(column + 0.5, abs=0.5)
