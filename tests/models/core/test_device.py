"""Where networks run, and in what precision they are trained."""

import torch

from models.core import device


def test_bf16_that_is_only_emulated_is_not_trained_in(monkeypatch):
    """As on a T4, where PyTorch answers yes unless it is asked for the hardware's own."""
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation
    )
    assert device.training_precision(torch.device("cuda")) == "no"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)
    assert device.training_precision(torch.device("cuda")) == "bf16"
