"""Shipped networks: one that everybody shares, and copies of it where a device wants its own."""

from collections.abc import Iterator

import pytest
import torch

from models.backbone.network import Backbone
from models.core import device, shipped
from models.diffusion import shipped as diffusion

META = torch.device("meta")  # stands in for a GPU: tensors move there on any machine


@pytest.fixture
def elsewhere(monkeypatch) -> Iterator[None]:
    """An app that runs on another device than the CPU, and has loaded nothing yet."""
    caches = (shipped.network, shipped.network_on, diffusion.character_classifier)
    for cached in caches:
        cached.cache_clear()
    monkeypatch.setattr(device, "current", lambda: device.Runtime(META, torch.float32))
    yield
    for cached in caches:
        cached.cache_clear()


def where(network: torch.nn.Module) -> set[torch.device]:
    return {tensor.device for tensor in network.state_dict().values()}


def test_what_everybody_shares_stays_where_it_is(elsewhere):
    path = diffusion.WEIGHTS / "character_classifier.safetensors"
    shared = shipped.network(Backbone, path)
    before = {name: tensor.clone() for name, tensor in shared.state_dict().items()}
    assert where(diffusion.character_classifier()) == {META}
    assert shipped.network(Backbone, path) is shared
    assert where(shared) == {torch.device("cpu")}
    after = shared.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


def test_a_copy_is_made_once_and_asks_for_no_gradients(elsewhere):
    assert diffusion.character_classifier() is diffusion.character_classifier()
    copied = shipped.network_on(Backbone, diffusion.WEIGHTS / "character_classifier.safetensors",
                                META)  # fmt: skip
    assert copied is diffusion.character_classifier()
    assert not copied.training
    assert not any(parameter.requires_grad for parameter in copied.parameters())


def test_on_the_cpu_nothing_is_copied():
    path = diffusion.WEIGHTS / "character_classifier.safetensors"
    cpu = torch.device("cpu")
    assert shipped.network_on(Backbone, path, cpu) is shipped.network(Backbone, path)
