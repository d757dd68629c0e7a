"""Bad values for everything that can be asked: `python -m tests.fuzz --calls 10000`, as JSON.

Starts the app, reads what it can be asked from its own description, and asks all of it with values
that hypothesis makes: wrong types, too large, nested, of other hosts, files that are no photos.
Tells every answer that shows a trace, a name of Python's, a path or no words at all; every
traceback in the app's log; whether it still answers; and its memory. Ends with an error where
there is any of that.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.benchmarks.page import running
from tests.fuzz.api import Api
from tests.fuzz.asks import Ask, asks
from tests.fuzz.client import Fuzzer, alive, grouped
from tests.fuzz.judge import traces
from tests.load.memory import resident

MOST_MIB = 3072  # of the app, at any time
EVERY = 0.5  # seconds between looks at it
BATCH = 500


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60, help="stop then, however many came")
    parser.add_argument("--log", type=Path, help="where to keep what the app says meanwhile")
    return parser.parse_args(arguments)


def made(api: Api, photos: list[str], many: int, number: int, cheap: bool = False) -> list[Ask]:
    """So many requests as hypothesis makes them; for equal numbers the same."""
    found: list[Ask] = []

    @seed(number)
    @settings(
        max_examples=many,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(asks(api, photos, cheap))
    def collect(ask: Ask) -> None:
        found.append(ask)

    collect()
    return found[:many]


async def fuzz(
    url: str, calls: int, number: int = 0, cheap: bool = False, minutes: float = 60
) -> dict[str, Any]:
    """Ask a running app so much, as far as the time reaches, and tell what came of it."""
    fuzzer = Fuzzer(url)
    api, photos = await fuzzer.described(), await fuzzer.photos()
    kinds: Counter[str] = Counter()
    began = time.perf_counter()
    while fuzzer.asked < calls and time.perf_counter() - began < 60 * minutes:
        many = min(BATCH, calls - fuzzer.asked)
        batch = await asyncio.to_thread(made, api, photos, many, number + fuzzer.asked, cheap)
        kinds.update(one.kind for one in batch)
        await fuzzer.ask(batch)
    return {
        "asked": fuzzer.asked,
        "kinds": dict(kinds),
        "endpoints": len(api.endpoints),
        "events": len(api.events),
        "functions_of_views": len(api.servers),
        "seconds": round(time.perf_counter() - began, 1),
        "slowest": fuzzer.slowest,
        "alive": await alive(url),
        "findings": grouped(fuzzer.findings),
    }


@contextmanager
def bounded(process: subprocess.Popen) -> Iterator[list[float]]:
    """End an app that takes too much memory, before the machine does; yields the most it took."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            peak[0] = max(peak[0], resident(process.pid))
            if peak[0] > MOST_MIB:
                process.kill()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield peak
    finally:
        over.set()
        watching.join()


def main(arguments: list[str] | None = None) -> int:
    """Start the app, ask, print what was found."""
    asked = options(arguments)
    with tempfile.TemporaryFile("w+") as log:
        with running(errors=log) as (url, _, process), bounded(process) as peak:
            found = asyncio.run(fuzz(url, asked.calls, asked.seed, minutes=asked.minutes))
            found["ended"] = process.poll() is not None
        found["memory_mib"] = peak[0]
        log.seek(0)
        said = log.read()
    if asked.log:
        asked.log.write_text(said, "utf-8")
    found["traces"] = [
        {"exception": name, "at": place, "count": count}
        for (name, place), count in traces(said).most_common()
    ]
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    well = found["alive"] and not found["ended"] and found["memory_mib"] < MOST_MIB
    return 0 if well and not found["findings"] and not found["traces"] else 1


if __name__ == "__main__":
    sys.exit(main())
