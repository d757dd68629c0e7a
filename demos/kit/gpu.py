"""The GPU that a Space on ZeroGPU lends for a run, where its visitor asks for it.

There every call of a function under `@spaces.GPU` runs in a process of its own, forked from the
app's, which has a GPU for as long as that takes. So the engine, whose thread is the app's, stays on
the CPU and is what visitors get: sixty of them behind one address have a few minutes of GPU a day
between them. Who asks for the GPU gets the plain loop on it. Elsewhere nothing of this is seen, and
the package `spaces`, which those Spaces bring, is not looked for.

What goes to that process and comes back is pickled: settings and tensors, never a network, which
is found there, since it was placed before the app began (`place`).
"""

import functools
import importlib
import io
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import gradio as gr
import torch

from models.core import device
from models.core.errors import InputError

LABEL = "On a GPU that the Space lends: it takes of the visitor's minutes a day"
NAME = "GPU of ZeroGPU · float32"
"""In the place of the app's device in the status line."""
BEGINNING = 10.0
"""Seconds that a process is given to take hold of its GPU."""
HERE = os.getpid()

_networks: list[Callable[[torch.device], torch.nn.Module]] = []


@dataclass(frozen=True)
class Lent:
    """What a handler's value becomes where a lent GPU computed it: the status line says so."""

    value: Any


def choice() -> list[gr.Checkbox]:
    """Lay out the control by which a visitor asks for the GPU: one where one is lent, else none.

    No link holds it: what a lecturer asks for is not asked for by the whole room.
    """
    return [gr.Checkbox(False, label=LABEL)] if device.lends_a_gpu() else []


def lent(
    seconds: Callable[..., float], network: Callable[[torch.device], torch.nn.Module]
) -> Callable[[Callable[..., Iterator]], Callable[..., Iterator]]:
    """Let a generator of a module run on a lent GPU.

    Args:
        seconds: gives, from the same arguments, how long the GPU is to be had for at most.
        network: loads what the generator asks, on a given device.

    Returns:
        A decorator. The generator gets its tensors on the GPU, after the network, which it gets
        first; they come out of it on the CPU. Where no GPU is lent, a call raises an `InputError`.
    """

    def decorate(function: Callable[..., Iterator]) -> Callable[..., Iterator]:
        def there(packed: bytes) -> Iterator[bytes]:
            if os.getpid() != HERE:
                torch.set_num_threads(1)  # a fork has none of the threads that share a computation
            placed = network(torch.device("cuda"))
            where = next(placed.parameters()).device
            for value in function(placed, *_unpacked(packed, where)):
                yield _packed(value)

        @functools.wraps(function)
        def here(*args: Any) -> Iterator[Any]:
            if not device.lends_a_gpu():
                raise InputError("No GPU is lent here: that is done by a Space on ZeroGPU alone.")
            with closing(there(_packed(args))) as values:
                for value in values:
                    yield _unpacked(value, torch.device("cpu"))

        if device.lends_a_gpu():
            spaces = importlib.import_module("spaces")
            there = spaces.GPU(duration=lambda packed: _most(seconds, packed))(there)
            _networks.append(network)
        return here

    return decorate


def place() -> None:
    """Place the networks on the GPU to be lent, before the app is launched; nothing elsewhere.

    Raises:
        InputError: a weight file is missing or damaged.
    """
    if not device.lends_a_gpu():
        return
    device.keep_float32_exact()
    for network in _networks:
        network(torch.device("cuda"))


def marked(values: Iterator[Any], asked: bool) -> Iterator[Any]:
    """A handler's values, as `Lent` where the GPU was asked for."""
    return map(Lent, values) if asked else values


def _most(seconds: Callable[..., float], packed: bytes) -> int:
    """The duration to ask for, in whole seconds."""
    return round(BEGINNING + seconds(*_unpacked(packed, torch.device("cpu"))))


class _Pickler(pickle.Pickler):
    """Tensors go as arrays: PyTorch's own way shares memory, which ends with the process."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return torch.from_numpy, (value.detach().cpu().numpy(),)
        return NotImplemented


def _packed(value: Any) -> bytes:
    """A value as it travels from one process to another."""
    made = io.BytesIO()
    _Pickler(made).dump(value)
    return made.getvalue()


def _unpacked(packed: bytes, where: torch.device) -> Any:
    """The value again, its tensors on a device."""
    return _on(pickle.loads(packed), where)


def _on(value: Any, where: torch.device) -> Any:
    """A value with the tensors in it on a device: in tuples, dictionaries and dataclasses."""
    if isinstance(value, torch.Tensor):
        return value.to(where)
    if isinstance(value, tuple):
        return tuple(_on(one, where) for one in value)
    if isinstance(value, dict):
        return {name: _on(one, where) for name, one in value.items()}
    if is_dataclass(value):
        held = {one.name: _on(getattr(value, one.name), where) for one in fields(value)}
        return replace(value, **held)
    return value
