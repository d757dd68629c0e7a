"""One evaluation of the network for many runs, by all cores, each on its share of the rows; or by a
GPU, where few rows are a CUDA graph.

Two threads that share every operation wait for each other hundreds of times in an evaluation, and
where something else runs beside them each time for long. A share each they wait once.

One who draws alone gets float32, as everywhere. A crowd waits for the processor, whose float32 is
used to its limit by then; where it multiplies bfloat16 in hardware, twice as fast, a crowd is
answered in that: faces differ by 0.2 to 0.6 of a screen's 255 steps on average, which nobody sees.
"""

from collections.abc import Callable, Iterator, Sequence

import torch

from models.core import one_thread
from models.core.device import lends_a_gpu, training_precision
from models.core.errors import InputError
from models.diffusion.graphs import Graphs
from models.diffusion.job import Job
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import predict

Share = Callable[..., torch.Tensor]

ROWS_AT_ONCE = 16
"""Of a core's share, in float32. A core of an AMD EPYC did 37.4 rows a second by 32 and 36.4
by 16 at once, for which it took 128 and 69 MB of memory."""
CROWD = 6
"""Runs in one evaluation from which on it is computed in bfloat16, where the processor can."""


class Shards:
    """Asks a network for many runs at once."""

    def __init__(self, network: FaceDenoiser):
        self.network = network
        kind = next(network.parameters()).device.type
        on_cpu = kind == "cpu"
        self.cores = torch.get_num_threads() if on_cpu else 0
        """Of the CPU; 0 where the network is on a GPU."""
        self.halves = on_cpu and training_precision(torch.device("cpu")) == "bf16"
        """Whether crowds are answered in bfloat16."""
        graphs = kind == "cuda" and not lends_a_gpu()
        self._whole = Graphs(network) if graphs else network

    def wait(self) -> None:
        """Until what is recorded in the background is."""
        if isinstance(self._whole, Graphs):
            self._whole.wait()

    def answers(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, torch.Tensor | Exception]]:
        """v for each run, or why there is none: a run that fails does so alone."""
        try:
            queries = [job.trajectory.query() for job in jobs]
            crowded = self.halves and len(jobs) >= CROWD
            found = predict(self.network, queries, self.quickly if crowded else self.evaluate)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to who waits
            if len(jobs) == 1:
                yield jobs[0], spoken(error)
                return
            for job in jobs:
                yield from self.answers([job])
        else:
            for job in jobs if crowded else ():
                job.quick = True
            yield from zip(jobs, found, strict=True)

    def evaluate(
        self, x: torch.Tensor, timestep: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """What the network's `forward` gives for these rows."""
        return self._by_all_cores(self._exact, x, timestep, labels)

    def quickly(
        self, x: torch.Tensor, timestep: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """The same, computed in bfloat16."""
        return self._by_all_cores(self._half, x, timestep, labels)

    def _by_all_cores(self, share: Share, *rows: torch.Tensor) -> torch.Tensor:
        shares = min(self.cores, len(rows[0]))
        if shares < 2:
            return share(*rows)
        parts = [tensor.tensor_split(shares) for tensor in rows]
        return torch.cat(list(one_thread.workers_a_core().map(share, *parts)))

    @torch.no_grad()  # of each worker's own thread, here and below
    def _exact(self, *rows: torch.Tensor) -> torch.Tensor:
        if not self.cores:
            return self._whole(*rows)
        parts = [tensor.split(ROWS_AT_ONCE) for tensor in rows]
        return torch.cat([self.network(*part) for part in zip(*parts, strict=True)])

    @torch.no_grad()
    def _half(self, *rows: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return self.network(*rows).float()


def spoken(error: Exception) -> Exception:
    """An error in words for who asked, where it is about memory; others as they are."""
    words = str(error).lower()
    if isinstance(error, MemoryError) or "out of memory" in words or "allocate memory" in words:
        return InputError("There is not enough memory for this run now; ask for fewer faces.")
    return error
