"""One evaluation of the network for many runs, by all cores, each on its share of the rows.

Two threads that share every operation wait for each other hundreds of times in an evaluation, and
where something else runs beside them each time for long. A share each they wait once.
"""

from collections.abc import Iterator, Sequence

import torch

from models.core import one_thread
from models.core.errors import InputError
from models.diffusion.job import Job
from models.diffusion.network import FaceDenoiser
from models.diffusion.sample import predict


class Shards:
    """Asks a network for many runs at once."""

    def __init__(self, network: FaceDenoiser):
        self.network = network
        on_cpu = next(network.parameters()).device.type == "cpu"
        self.cores = torch.get_num_threads() if on_cpu else 0
        """Of the CPU; 0 where the network is on a GPU."""

    def answers(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, torch.Tensor | Exception]]:
        """v for each run, or why there is none: a run that fails does so alone."""
        try:
            queries = [job.trajectory.query() for job in jobs]
            found = predict(self.network, queries, self.evaluate)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told to who waits
            if len(jobs) == 1:
                yield jobs[0], spoken(error)
                return
            for job in jobs:
                yield from self.answers([job])
        else:
            yield from zip(jobs, found, strict=True)

    def evaluate(
        self, x: torch.Tensor, timestep: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        """What the network's `forward` gives for these rows."""
        shares = min(self.cores, len(x))
        if shares < 2:
            return self.network(x, timestep, labels)
        parts = [tensor.tensor_split(shares) for tensor in (x, timestep, labels)]
        return torch.cat(list(one_thread.workers_a_core().map(self._share, *parts)))

    @torch.no_grad()  # of each worker's own thread
    def _share(self, x, timestep, labels) -> torch.Tensor:
        return self.network(x, timestep, labels)


def spoken(error: Exception) -> Exception:
    """An error in words for who asked, where it is about memory; others as they are."""
    words = str(error).lower()
    if isinstance(error, MemoryError) or "out of memory" in words or "allocate memory" in words:
        return InputError("There is not enough memory for this run now; ask for fewer faces.")
    return error
