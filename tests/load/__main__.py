"""Many users at once: `python -m tests.load --users 60 --minutes 2`, as JSON.

Starts the app, lets users open the page and use all five tabs over HTTP until the time is over,
and tells what came of it by tab: how many answers, errors, and seconds; and the server's memory.
Ends with an error where any request was not answered.

`--calls 2000 --pages 500 --users 4` lets them ask that much instead, of every kind, and tells by
how much memory grew in the second half, and whether it stays.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from tests.benchmarks.page import running
from tests.load.memory import Look, growth, resident, stays
from tests.load.mixed import KINDS, plan
from tests.load.users import Answer, User

MOST_NOTED = 10  # errors that are told in words


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--calls", type=int, help="ask that much, mixed, instead of for minutes")
    parser.add_argument("--pages", type=int, default=0, help="page loads among the calls")
    parser.add_argument("--every", type=float, default=1, help="seconds between looks at memory")
    return parser.parse_args(arguments)


Work = Callable[[User], Coroutine[Any, Any, None]]


async def crowd(url: str, process: int, users: int, work: Work, every: float) -> dict[str, Any]:
    """Let users come to a running app, and wait until all was answered.

    Args:
        url: the app's address.
        process: its number.
        users: how many.
        work: what each of them does.
        every: seconds between two looks at the server's memory.
    """
    answers: list[Answer] = []
    looks: list[Look] = []
    began = time.perf_counter()

    async def watch() -> None:
        while True:
            seconds = round(time.perf_counter() - began, 1)
            looks.append(Look(seconds, resident(process), len(answers)))
            await asyncio.sleep(every)

    watching = asyncio.create_task(watch())
    try:
        await asyncio.gather(*(work(User(url, number, answers)) for number in range(users)))
    finally:
        watching.cancel()
    return {
        "cpus": os.cpu_count(),
        "seconds": round(time.perf_counter() - began, 1),
        **summary(answers),
        "memory_mib": {"peak": max((one.mib for one in looks), default=0), **growth(looks)},
        "curve": [[one.seconds, one.mib, one.answers] for one in looks],
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


def main(arguments: list[str] | None = None) -> int:
    """Start the app, let the users come, print what came of it."""
    asked = options(arguments)
    left = plan(asked.calls or 0, asked.pages)
    with running() as (url, _, process):
        until = time.perf_counter() + 60 * asked.minutes

        def work(user: User) -> Coroutine[Any, Any, None]:
            return user.work(left, KINDS) if asked.calls else user.stay(until)

        found = asyncio.run(crowd(url, process.pid, asked.users, work, asked.every))
    well = not found["errors"]
    if asked.calls:
        found["memory_stays"] = stays(found["memory_mib"])
        well = well and found["memory_stays"]
        what = f"{asked.calls} calls and {asked.pages} page loads by {asked.users} users"
    else:
        what = f"{asked.users} users for {60 * asked.minutes:g} s, then until all was answered"
    sys.stdout.write(json.dumps({"what": what, **found}, indent=2) + "\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
