"""Where networks run, and in what precision they are trained."""

from collections.abc import Iterator

import pytest
import torch

from models.core import device


@pytest.fixture
def tf32() -> Iterator[None]:
    """PyTorch's own choice before a test, and what was in force after it; no runtime chosen."""
    backends = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [backend.allow_tf32 for backend in backends]
    for backend in backends:
        backend.allow_tf32 = True
    device.current.cache_clear()
    yield
    for backend, allowed in zip(backends, before, strict=True):
        backend.allow_tf32 = allowed
    device.current.cache_clear()


@pytest.mark.parametrize(("name", "allowed"), [("cuda", False), ("cpu", True)])
def test_where_cuda_is_chosen_float32_is_float32(monkeypatch, tf32, name, allowed):
    monkeypatch.setattr(device, "available", lambda asked: True)
    monkeypatch.setenv(device.ENVIRONMENT_VARIABLE, name)
    assert device.current().device.type == name
    assert torch.backends.cudnn.allow_tf32 is allowed
    assert torch.backends.cuda.matmul.allow_tf32 is allowed


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU")
def test_a_convolution_on_a_gpu_is_the_cpus(monkeypatch, tf32):
    monkeypatch.setenv(device.ENVIRONMENT_VARIABLE, "cuda")
    generator = torch.Generator().manual_seed(0)
    picture = torch.randn(1, 256, 32, 32, generator=generator)
    kernel = torch.randn(256, 256, 3, 3, generator=generator) / 48
    where = device.current().device
    on_gpu = torch.conv2d(picture.to(where), kernel.to(where)).cpu()
    torch.testing.assert_close(on_gpu, torch.conv2d(picture, kernel), rtol=1e-5, atol=2e-5)


def test_a_pytorch_that_cannot_tell_of_bf16_trains_without(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    assert device.training_precision(torch.device("cpu")) == "no"


def test_bf16_that_is_only_emulated_is_not_trained_in(monkeypatch):
    """As on a T4, where PyTorch answers yes unless it is asked for the hardware's own."""
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation
    )
    assert device.training_precision(torch.device("cuda")) == "no"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)
    assert device.training_precision(torch.device("cuda")) == "bf16"
