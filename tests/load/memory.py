"""The server's memory under load: what it takes, and whether it stays."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_GROWTH = 0.05  # over the second half
MOST_MIB = 1.5e9 / 2**20  # at any time, with five tabs
QUARTERS = 4


@dataclass(frozen=True)
class Look:
    """One look at a running server.

    Attributes:
        seconds: since the beginning.
        mib: memory in use.
        answers: how many had come.
    """

    seconds: float
    mib: float
    answers: int


def resident(process: int) -> float:
    """Memory of a process that is in use, in MiB; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0.0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return round(int(lines.get("VmRSS", "0 kB").split()[0]) / 1024, 1)


def growth(looks: Sequence[Look]) -> dict[str, object]:
    """The median of each quarter of the answers, in MiB, and the last over the one before it.

    A run holds memory while it lasts, so single looks say little; a leak lifts the median.
    `growth` is None where there are too few looks for a quarter to have any.
    """
    last = max((one.answers for one in looks), default=0)
    quarters: list[list[float]] = [[] for _ in range(QUARTERS)]
    for one in looks:
        quarters[min(QUARTERS - 1, QUARTERS * one.answers // max(1, last))].append(one.mib)
    medians = [round(statistics.median(some), 1) if some else None for some in quarters]
    before, after = medians[-2:]
    return {
        "quarters": medians,
        "growth": round(after / before - 1, 4) if before and after else None,
    }


def stays(memory: dict[str, object]) -> bool:
    """Whether it grew by less than 5 % in the second half, and never took more than 1.5 GB."""
    grown = memory["growth"]
    return grown is not None and grown < MOST_GROWTH and memory["peak"] <= MOST_MIB
