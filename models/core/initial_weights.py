"""First weights by a seed, whatever other threads draw at the same time."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

Network = TypeVar("Network", bound=nn.Module)


def drawn(build: Callable[[], Network], generator: torch.Generator) -> Network:
    """A new network with PyTorch's own first weights, drawn from `generator`.

    PyTorch draws them from one generator that all threads share: seeded there, two networks that
    are built at once get each other's numbers. Here that generator is neither used nor touched.

    Args:
        build: makes the network; its layers fill their weights by `torch.nn.init`.
        generator: as it would be after `torch.manual_seed`; it is used up in the same order.
    """
    with _Filling(generator):
        return build()


class _Filling(TorchFunctionMode):
    """In this thread, until it is left: tensors are filled at random by one given generator."""

    FILLS = (torch.Tensor.uniform_, torch.Tensor.normal_)

    def __init__(self, generator: torch.Generator):
        super().__init__()
        self.generator = generator

    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        # Functions of `nn.init` are handed over whole, most of them with `generator=None`.
        if (function in self.FILLS or "generator" in kwargs) and kwargs.get("generator") is None:
            kwargs["generator"] = self.generator
        return function(*args, **kwargs)
