"""What several processes that train one network have to agree on; one by itself just goes on."""

from typing import TypeVar

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

Value = TypeVar("Value")


def part(accelerator: Accelerator) -> None:
    """Close the connection of several processes, at the end of a program.

    Gloo's threads let go of the last tensors in their own time. Where the interpreter is ending by
    then, they abort the process (pytorch/pytorch#190489); here they are waited for.
    """
    accelerator.free_memory()
    accelerator.end_training()


def agreed(stop: bool, accelerator: Accelerator) -> bool:
    """Whether any process wants to stop, so that all leave at the same step."""
    if accelerator.num_processes == 1:
        return stop
    vote = torch.tensor([float(stop)], device=accelerator.device)
    return bool(accelerator.reduce(vote, "sum").item())


def of_the_first(value: Value, accelerator: Accelerator) -> Value:
    """The main process' value, in all processes: for what each finds out a little differently."""
    if accelerator.num_processes == 1:
        return value
    return broadcast_object_list([value])[0]
