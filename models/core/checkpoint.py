"""Weights on disk: one safetensors file, half precision, with the network's config inside.

Whatever is written here is written beside its place first and then moved there in one step, so
that a disk that fills up half-way leaves the last good file as it was.
"""

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from models.core.errors import InputError

Network = TypeVar("Network", bound=nn.Module)


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, then move it there; on failure `path` stays as it was.

    Raises:
        InputError: the disk is full, or the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Could not make the folder {path.parent}: {error}.") from error
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(beside)
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except (OSError, RuntimeError, SafetensorError) as error:  # torch.save: RuntimeError
        kept = "the file that stood there is untouched" if path.exists() else "nothing was kept"
        raise InputError(f"Could not save {path} ({error}); {kept}.") from error
    finally:
        beside.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """Copy a file, atomically."""
    write_atomically(target, lambda beside: shutil.copyfile(source, beside))


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, atomically."""
    write_atomically(path, lambda file: file.write_text(json.dumps(value, indent=1) + "\n"))


def config_json(network: nn.Module) -> str:
    """The config dataclass of a network as canonical JSON."""
    return json.dumps(dataclasses.asdict(network.config), sort_keys=True)


def has_config(network: nn.Module, text: str) -> bool:
    """Whether a config as JSON is this network's; what it lacks has the default, as in `load`."""
    try:
        return _config(type(network), json.loads(text)) == network.config
    except TypeError:  # it has a field that this network's has not, or lacks one without a default
        return False


def save(network: nn.Module, path: Path, training: dict[str, Any] | None = None) -> None:
    """Write a network in half precision; `training` (any JSON) says how it came to be.

    Raises:
        InputError: a weight is not finite in half precision, or the file cannot be written.
    """
    tensors = {}
    for key, tensor in network.state_dict().items():
        tensor = tensor.detach().cpu().contiguous()
        tensors[key] = tensor.half() if tensor.is_floating_point() else tensor
        if not torch.isfinite(tensors[key]).all():
            raise InputError(f"{key} of {type(network).__name__} does not fit half precision.")
    metadata = {
        "network": type(network).__name__,
        "config": config_json(network),
        "training": json.dumps(training or {}),
    }
    write_atomically(path, lambda file: save_file(tensors, file, metadata))


def describe(path: Path) -> dict[str, Any]:
    """What a weight file says of itself: `network`, `config`, and `training` as given to `save`.

    Raises:
        InputError: there is no such file, it is damaged, or it was not written by `save`.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata()
        return {
            "network": metadata["network"],
            "config": json.loads(metadata["config"]),
            "training": json.loads(metadata["training"]),
        }
    except FileNotFoundError as error:
        raise InputError(f"There is no weight file {path}.") from error
    except (SafetensorError, KeyError, TypeError, json.JSONDecodeError, OSError) as error:
        raise InputError(f"{path} is not a weight file of ours: {error}.") from error


def metric(path: Path) -> float:
    """The validation metric that the weights in a file were chosen by; lower is better.

    Raises:
        InputError: as `describe`.
    """
    training = describe(path)["training"]
    return training["validation"][training["chosen_by"]]


def load(kind: type[Network], path: Path) -> Network:
    """Build the network that a file describes, and load it: float32, on the CPU, in `eval` mode.

    Raises:
        InputError: the file is missing or damaged, holds another network than `kind`, or its
            tensors do not match its config key by key.
    """
    about = describe(path)
    if about["network"] != kind.__name__:
        raise InputError(f"{path} holds a {about['network']}, not a {kind.__name__}.")
    try:
        network = kind(_config(kind, about["config"]))
        with safe_open(path, "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        network.load_state_dict(tensors, strict=True)
    except (TypeError, RuntimeError, SafetensorError) as error:
        raise InputError(f"{path} does not fit {kind.__name__}: {error}") from error
    return network.eval()


def _config(kind: type[nn.Module], values: dict[str, Any]) -> Any:
    """The config dataclass that `kind` is annotated to take, with JSON's lists as tuples."""
    tuples = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
    return get_type_hints(kind.__init__)["config"](**tuples)
