"""Small batches by graphs: of which sizes, what they answer, and where none can be recorded."""

import threading
from types import SimpleNamespace

import pytest
import torch

from models.core.device import ZERO_GPU
from models.diffusion.graphs import SIZES, Graphs, record
from models.diffusion.network import DenoiserConfig, FaceDenoiser
from models.diffusion.shards import Shards

TINY = DenoiserConfig(("one", "two"), 16, (16, 32), norm_groups=8, head_channels=16)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FaceDenoiser(TINY).eval().requires_grad_(False)


def rows(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 3, 16, 16, generator=generator)
    timestep = torch.rand(count, generator=generator) * 999
    return x, timestep, torch.arange(count) % 3


def without_a_device(network, *given):
    """As `record`, but that its graph is the network itself, on rows that stay where they are."""
    given = [part.clone() for part in given]

    def replay(*rows):
        count = len(rows[0])
        for place, part in zip(given, rows, strict=True):
            place[:count].copy_(part)
        return network(*given)[:count].clone()

    return replay


class Recorder:
    """Records when it is let, and counts."""

    def __init__(self):
        self.go, self.sizes = threading.Event(), []

    def __call__(self, network, *given):
        assert self.go.wait(60)
        self.sizes.append(len(given[0]))
        return without_a_device(network, *given)


def test_the_network_answers_until_a_graph_is_there_which_then_does(network, monkeypatch):
    recorder, asked = Recorder(), []
    graphs = Graphs(network, recorder)
    forward = network.forward
    monkeypatch.setattr(network, "forward", lambda *a: asked.append(len(a[0])) or forward(*a))
    first = graphs(*rows(3))
    assert asked == [3]
    recorder.go.set()
    graphs.wait()
    asked.clear()
    then = graphs(*rows(3))
    assert asked == [4]  # filled up
    torch.testing.assert_close(then, first, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 9, 16, 17, 64])
def test_a_graph_answers_each_row_as_the_network_does(network, count):
    recorder = Recorder()
    recorder.go.set()
    graphs = Graphs(network, recorder)
    for seed in range(3):  # the network itself, then the graph, then the graph with rows in it
        part = rows(count, seed)
        torch.testing.assert_close(graphs(*part), network(*part), atol=1e-5, rtol=1e-5)
        graphs.wait()
    fewer = rows(max(1, count - 1), 9)
    torch.testing.assert_close(graphs(*fewer), network(*fewer), atol=1e-5, rtol=1e-5)


def test_each_size_is_recorded_once_and_large_batches_never(network):
    recorder = Recorder()
    recorder.go.set()
    graphs = Graphs(network, recorder)
    for count in (5, 8, 7, 1, SIZES[-1] + 1, 6, 1):
        assert len(graphs(*rows(count))) == count
    graphs.wait()
    assert sorted(recorder.sizes) == [1, 8]


def test_where_recording_fails_the_network_answers_and_it_is_not_tried_again(network, caplog):
    tried = []

    def fails(network, *given):
        tried.append(len(given[0]))
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    graphs, part = Graphs(network, fails), rows(2)
    for _ in range(3):
        torch.testing.assert_close(graphs(*part), network(*part))
        graphs.wait()
    assert tried == [2]
    assert "No CUDA graph of 2 rows" in caplog.text


@pytest.mark.parametrize(
    ("kind", "lent", "by_graphs"),
    [("cpu", "", False), ("cuda", "", True), ("cuda", "true", False), ("mps", "", False)],
)
def test_only_a_gpu_of_the_apps_own_has_graphs(monkeypatch, kind, lent, by_graphs):
    monkeypatch.setenv(ZERO_GPU, lent)
    weight = SimpleNamespace(device=SimpleNamespace(type=kind))
    shards = Shards(SimpleNamespace(parameters=lambda: iter([weight])))
    assert isinstance(shards._whole, Graphs) == by_graphs


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU")
def test_a_recorded_evaluation_is_the_networks(network):
    there = FaceDenoiser(TINY).eval().requires_grad_(False)
    there.load_state_dict(network.state_dict())
    there.cuda()
    recorded = record(there, *(part.cuda() for part in rows(4)))
    for count in (4, 1):
        part = [one.cuda() for one in rows(count, seed=count)]
        torch.testing.assert_close(recorded(*part), there(*part), atol=1e-4, rtol=1e-4)
