"""Weight files: what is saved comes back, and what cannot be used is refused by name."""

import resource
import subprocess
import sys

import pytest
import torch

from models.core import checkpoint
from models.core.errors import InputError
from tests.models.training.toy import Toy, ToyConfig


@pytest.fixture
def saved(tmp_path):
    torch.manual_seed(0)
    path = tmp_path / "toy.safetensors"
    network = Toy(ToyConfig(6))
    checkpoint.save(network, path, {"step": 7})
    return network, path


def test_save_and_load_give_half_precision_s_equal(saved):
    network, path = saved
    loaded = checkpoint.load(Toy, path)
    assert loaded.config == network.config
    assert not loaded.training
    for key, tensor in network.state_dict().items():
        half = tensor.half().float() if tensor.is_floating_point() else tensor
        assert torch.equal(loaded.state_dict()[key], half)
    assert checkpoint.describe(path)["training"] == {"step": 7}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no weight file .*nothing\.safetensors"):
        checkpoint.load(Toy, tmp_path / "nothing.safetensors")


def test_damaged_and_foreign_files_are_refused(saved, tmp_path):
    _, path = saved
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a weight file of ours"):
        checkpoint.load(Toy, path)
    path.write_text("hello")
    with pytest.raises(InputError, match="not a weight file of ours"):
        checkpoint.load(Toy, path)


def test_another_network_is_refused(saved):
    with pytest.raises(InputError, match="holds a Toy, not a Linear"):
        checkpoint.load(torch.nn.Linear, saved[1])


def test_keys_are_strict(saved, tmp_path):
    network, path = saved
    network.extra = torch.nn.Linear(1, 1)
    checkpoint.save(network, path)
    with pytest.raises(InputError, match=r"(?s)does not fit Toy.*extra"):
        checkpoint.load(Toy, path)


def test_weights_beyond_half_precision_are_refused(saved):
    network, path = saved
    good = path.read_bytes()
    network.head.weight.data.fill_(1e6)
    with pytest.raises(InputError, match=r"head\.weight of Toy does not fit"):
        checkpoint.save(network, path)
    assert path.read_bytes() == good


def test_a_folder_that_cannot_be_made_is_named(saved):
    network, path = saved
    with pytest.raises(InputError, match=r"Could not make the folder .*toy\.safetensors"):
        checkpoint.save(network, path / "inside" / "toy.safetensors")


def test_a_full_disk_in_the_middle_of_a_save_keeps_the_last_good_file(saved):
    """A real one: the system refuses to let this process's files grow beyond 300 bytes."""
    _, path = saved
    good = path.read_bytes()
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from models.core import checkpoint\n"
        "from models.core.errors import InputError\n"
        "from tests.models.training.toy import Toy, ToyConfig\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "network = Toy(ToyConfig(500))\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (300, {resource.RLIM_INFINITY}))\n"
        "try:\n"
        "    checkpoint.save(network, Path(sys.argv[1]))\n"
        "except InputError as error:\n"
        "    sys.exit(0 if 'untouched' in str(error) else 2)\n"
        "sys.exit(3)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == 0
    assert path.read_bytes() == good
    assert [file.name for file in path.parent.iterdir()] == ["toy.safetensors"]
