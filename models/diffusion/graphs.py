"""The network's evaluations as CUDA graphs.

Few faces at a time wait for hundreds of kernels to be launched one by one, and not for what these
compute; recorded as a graph they are launched as one. On an H200 an evaluation of 16 rows took
7.2 ms kernel by kernel and 2.6 ms as a graph, one of 256 rows 22.8 and 20.3 ms
(`python -m tests.benchmarks.gpu --only step`).
"""

import logging
import threading
from collections.abc import Callable

import torch

from models.diffusion.network import FaceDenoiser

Rows = Callable[..., torch.Tensor]
"""As the network's `forward`: x B 3 H W, timestep B and labels B to B 3 H W."""
SIZES = (1, 2, 4, 8, 16, 32, 64)
"""Rows of a graph, which fewer are filled up to. Of more the kernels take longer than launching."""
WARMING = 3  # evaluations before one is recorded: libraries choose and set up their kernels in them
_RECORDING = threading.Lock()


def record(network: FaceDenoiser, *rows: torch.Tensor) -> Rows:
    """Record an evaluation of rows on a CUDA device.

    Args:
        network: on that device.
        rows: what its `forward` takes, of as many rows as the graph is to have.

    Returns:
        What evaluates as many rows or fewer; one thread at a time may call it.

    Raises:
        RuntimeError: of CUDA: it cannot be recorded, or there is no memory for it.
    """
    given = [part.clone() for part in rows]

    @torch.no_grad()
    def evaluate() -> torch.Tensor:
        return network(*given)

    with torch.cuda.device(given[0].device):
        here, beside = torch.cuda.current_stream(), torch.cuda.Stream()
        beside.wait_stream(here)
        with torch.cuda.stream(beside):
            for _ in range(WARMING):
                evaluate()
        here.wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        # By default, whatever other threads ask of the device meanwhile would end the recording.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            answer = evaluate()

    def replay(*rows: torch.Tensor) -> torch.Tensor:
        count = len(rows[0])
        for place, part in zip(given, rows, strict=True):
            place[:count].copy_(part)
        graph.replay()
        return answer[:count].clone()

    return replay


class Graphs:
    """Evaluates small batches by graphs, which are recorded in the background as their sizes come
    up; until then, for larger ones, and where recording fails, the network itself answers.

    One thread at a time may call it.
    """

    def __init__(self, network: FaceDenoiser, record: Callable[..., Rows] = record):
        self.network, self._record = network, record
        self._ready: dict[int, Rows | None] = {}
        """By size; None while it is being recorded, and for good where that failed."""
        self._threads: list[threading.Thread] = []

    def __call__(self, *rows: torch.Tensor) -> torch.Tensor:
        """As the network's `forward`."""
        size = next((size for size in SIZES if size >= len(rows[0])), None)
        if size is not None and size not in self._ready:
            self._ready[size] = None
            filled = [_filled(part, size) for part in rows]
            thread = threading.Thread(
                target=self._make, args=(size, filled), name="graphs", daemon=True
            )
            self._threads.append(thread)
            thread.start()
        return (self._ready.get(size) or self.network)(*rows)

    def wait(self) -> None:
        """Until all that were begun are recorded, or have failed."""
        for thread in self._threads:
            thread.join()

    def _make(self, size: int, rows: list[torch.Tensor]) -> None:
        try:
            with _RECORDING:
                self._ready[size] = self._record(self.network, *rows)
        except RuntimeError:
            logging.getLogger(__name__).warning("No CUDA graph of %d rows", size, exc_info=True)


def _filled(part: torch.Tensor, size: int) -> torch.Tensor:
    """Rows filled up to `size` by more of the last one."""
    return torch.cat([part, part[-1:].expand(size - len(part), *part.shape[1:])])
