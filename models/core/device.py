"""The one place that decides where networks run and in what precision."""

import os
from dataclasses import dataclass

import torch

from models.core.checks import one_of
from models.core.errors import InputError
from models.core.once import once

CHOICES = ("auto", "cpu", "cuda", "mps")
ENVIRONMENT_VARIABLE = "GLASSBOX_DEVICE"
ZERO_GPU = "SPACES_ZERO_GPU"
"""Set on a Space whose hardware is ZeroGPU."""


@dataclass(frozen=True)
class Runtime:
    """Where inference runs and in what floating-point type."""

    device: torch.device
    dtype: torch.dtype

    def describe(self) -> str:
        """The device and precision for a status line, such as `CPU · 2 threads · float32`."""
        name = called(self.device)
        if self.device.type == "cpu":
            threads = torch.get_num_threads()
            name += f" · {threads} thread{'s' if threads > 1 else ''}"
        return f"{name} · {str(self.dtype).removeprefix('torch.')}"


def called(device: torch.device) -> str:
    """What a device is called: `CPU`, or the GPU's name."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return "CPU"


def lends_a_gpu() -> bool:
    """Whether a GPU can be had for a while in a process of its own, and there alone: on ZeroGPU.

    PyTorch is made to say there that it has CUDA, so that networks can be placed on it beforehand.
    """
    return os.environ.get(ZERO_GPU, "").lower() in ("1", "t", "true")


def available(name: str) -> bool:
    """Whether this machine has the device `name` (one of `CHOICES`) for the app itself."""
    if name == "cuda":
        return torch.cuda.is_available() and not lends_a_gpu()
    if name == "mps":
        return torch.backends.mps.is_available()
    return name in ("auto", "cpu")


def choose(name: str = "auto") -> Runtime:
    """The runtime for a device name; `auto` takes CUDA, then MPS, then the CPU.

    Inference is in float32 everywhere: the networks are small, and the same seed then gives the
    same picture on a CPU and on a GPU, but for the last bits, in which they add up in another
    order. (See `current`: GPUs would round the inputs of convolutions to 10 bits.)

    Raises:
        InputError: the name is unknown, or this machine has no such device.
    """
    one_of("Device", name, CHOICES)
    if not available(name):
        raise InputError(f"This machine has no {name} device; try --device auto.")
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if available(kind))
    return Runtime(torch.device(name), torch.float32)


@once
def current() -> Runtime:
    """The runtime of this process: what `GLASSBOX_DEVICE` names, `auto` where it is not set.

    Where that is CUDA, TF32 is turned off for the whole process: PyTorch lets convolutions use it
    unless told otherwise, and their inputs then have 10 bits of mantissa instead of 23.
    """
    runtime = choose(os.environ.get(ENVIRONMENT_VARIABLE, "auto"))
    if runtime.device.type == "cuda":
        keep_float32_exact()
    return runtime


def keep_float32_exact() -> None:
    """Turn TF32 off, for this process and those that it forks."""
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def training_precision(device: torch.device) -> str:
    """Accelerate's `mixed_precision` for training: `bf16` where the hardware has it, else `no`."""
    if device.type == "cuda":
        hardware = torch.cuda.is_bf16_supported(including_emulation=False)  # emulated it is slow
        return "bf16" if hardware else "no"
    if device.type == "cpu":
        # Not in PyTorch's interface: where a version has no such question, the answer is no.
        hardware = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
        return "bf16" if hardware else "no"
    return "no"
