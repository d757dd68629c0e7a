"""Many users at once: `python -m tests.load --users 60 --minutes 2`, as JSON.

Starts the app, lets users open the page and use all five tabs over HTTP until the time is over,
and tells what came of it by tab: how many answers, errors, and seconds; and the server's memory.
Ends with an error where any request was not answered.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.page import running
from tests.load.users import Answer, User

MOST_NOTED = 10  # errors that are told in words


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--every", type=float, default=1, help="seconds between looks at memory")
    return parser.parse_args(arguments)


async def crowd(url: str, process: int, users: int, seconds: float, every: float) -> dict[str, Any]:
    """Let users come to a running app.

    Args:
        url: the app's address.
        process: its number.
        users: how many.
        seconds: for which they begin new requests; what has begun then is waited for.
        every: seconds between two looks at the server's memory.
    """
    answers: list[Answer] = []
    memory: list[list[float]] = []
    began = time.perf_counter()

    async def watch() -> None:
        while True:
            memory.append([round(time.perf_counter() - began, 1), resident(process)])
            await asyncio.sleep(every)

    watching = asyncio.create_task(watch())
    try:
        people = [User(url, number, answers) for number in range(users)]
        await asyncio.gather(*(one.stay(began + seconds) for one in people))
    finally:
        watching.cancel()
    return {
        "what": f"{users} users for {seconds:g} s, then until all was answered",
        "cpus": os.cpu_count(),
        "seconds": round(time.perf_counter() - began, 1),
        **summary(answers),
        "memory_mib": {"peak": max((mib for _, mib in memory), default=0), "curve": memory},
    }


def summary(answers: list[Answer]) -> dict[str, Any]:
    """The answers by tab: how many, errors, seconds until the first value and until the last."""
    troubles = Counter(f"{one.tab}: {one.error}"[:200] for one in answers if one.error)
    return {
        "errors": sum(troubles.values()),
        "lost": sum(one.error == "lost" for one in answers),
        "troubles": dict(troubles.most_common(MOST_NOTED)),
        "tabs": {
            tab: _of_one([one for one in answers if one.tab == tab])
            for tab in sorted({one.tab for one in answers})
        },
    }


def _of_one(answers: list[Answer]) -> dict[str, Any]:
    good = [one for one in answers if not one.error]
    return {
        "answers": len(answers),
        "errors": len(answers) - len(good),
        "values": sum(one.values for one in good),
        "first_p50_s": _percentile([one.first for one in good], 50),
        "p50_s": _percentile([one.seconds for one in good], 50),
        "p95_s": _percentile([one.seconds for one in good], 95),
    }


def _percentile(seconds: list[float], percent: int) -> float | None:
    if len(seconds) < 2:
        return round(seconds[0], 3) if seconds else None
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1], 3)


def resident(process: int) -> float:
    """Memory of a process that is in use, in MiB; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0.0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return round(int(lines.get("VmRSS", "0 kB").split()[0]) / 1024, 1)


def main(arguments: list[str] | None = None) -> int:
    """Start the app, let the users come, print what came of it."""
    asked = options(arguments)
    with running() as (url, _, process):
        seconds = 60 * asked.minutes
        found = asyncio.run(crowd(url, process.pid, asked.users, seconds, asked.every))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 1 if found["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
