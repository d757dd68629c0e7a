"""A decoder of the tiny captioner, or both as one, by the name that a test asks for."""

import pytest

from tests.models.captioning.tiny import captioner


@pytest.fixture
def decoder(request):
    return captioner().writer(request.param)
