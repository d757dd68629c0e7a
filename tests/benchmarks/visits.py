"""What one visitor costs, and what sixty do: requests to the running app, as numbers."""

import http.client
import os
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

VISITS = 100
CROWD = 60
RUNS = 4  # of *Generate* at once
STEPS = 100
CONFIGS = 20
TARGETS = {
    "target_median_ms": 25,
    "target_last_of_the_crowd_s": 1,
    "target_bytes": 250_000,
    "target_slowest_config_s": 1,
}


def visits(url: str) -> dict[str, object]:
    """`GET /` by one visitor after the other, then by a crowd at once; compressed, as browsers ask.

    The first one waits until the page is compressed and is told apart. The crowd's clients run on
    the same machine.
    """
    first, size = _got(url)
    alone = [_got(url)[0] for _ in range(VISITS)]
    ready = threading.Barrier(CROWD + 1)

    def visit(i: int) -> float:
        ready.wait()
        return _got(f"{url}?tab=diffusion&seed={i}")[0] and time.perf_counter()

    with ThreadPoolExecutor(CROWD) as pool:
        waiting = [pool.submit(visit, i) for i in range(CROWD)]
        ready.wait()
        start = time.perf_counter()
        last = max(future.result() for future in waiting) - start
    return {
        "what": f"GET /, {VISITS} visits one by one and {CROWD} at once, {os.cpu_count()} cpus",
        "first_ms": _ms(first),
        "median_ms": _ms(statistics.median(alone)),
        "tenth_slowest_ms": _ms(statistics.quantiles(alone, n=10)[-1]),
        "last_of_the_crowd_s": round(last, 3),
        "html_bytes": size,
        "target_median_ms": TARGETS["target_median_ms"],
        "target_last_of_the_crowd_s": TARGETS["target_last_of_the_crowd_s"],
    }


def wire(url: str) -> dict[str, object]:
    """What Chromium receives until the first scene stands, with an empty cache, by kind.

    "ours" is the document with all that the app adds to Gradio; "gradio" its own scripts, styles
    and fonts, the same for every Gradio app; "events" is what the server answers to the page's
    first requests.
    """
    from tests.benchmarks.page import browsed

    kinds = {"ours": 0, "gradio": 0, "events": 0}
    with browsed() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        addresses: dict[str, str] = {}
        session.on(
            "Network.responseReceived",
            lambda event: addresses.update({event["requestId"]: event["response"]["url"]}),
        )

        def count(event: dict) -> None:
            path = urlsplit(addresses.get(event["requestId"], "")).path
            kinds[_kind(path)] += int(event["encodedDataLength"])

        session.on("Network.loadingFinished", count)
        page.goto(url)
        page.wait_for_selector(".gb-scene [data-scene]:visible")
        page.wait_for_load_state("load")
        page.wait_for_timeout(2000)
    return {
        "what": "bytes over the wire until the first scene stands, nothing cached",
        **{f"{name}_bytes": size for name, size in kinds.items()},
        "target_bytes": TARGETS["target_bytes"],
        "target_is_for": "ours",
    }


def crowd(url: str) -> dict[str, object]:
    """A new client's config while runs of *Generate* go on: as it is kept, and made anew.

    "anew" comes by an address under which nobody came before.
    """
    from gradio_client import Client

    clients = [Client(url, verbose=False) for _ in range(RUNS)]
    runs = [
        client.submit(count=9, steps=STEPS, seed=i, api_name="/generate")
        for i, client in enumerate(clients)
    ]
    while not all(run.outputs() for run in runs):
        time.sleep(0.02)
    kept, anew = [], []
    for i in range(CONFIGS):
        kept.append(_got(f"{url}config")[0])
        anew.append(_got(f"{url}config", {"X-Forwarded-Host": f"room{i}.example"})[0])
    going = sum(not run.done() for run in runs)
    for run in runs:
        run.cancel()
    return {
        "what": f"seconds for GET /config, {CONFIGS} each, while {RUNS} runs of Generate go on",
        "runs_still_going_at_the_end": going,
        "kept_slowest_s": round(max(kept), 3),
        "anew_median_s": round(statistics.median(anew), 3),
        "anew_slowest_s": round(max(anew), 3),
        "target_slowest_config_s": TARGETS["target_slowest_config_s"],
    }


def _got(url: str, headers: dict[str, str] | None = None) -> tuple[float, int]:
    """Seconds until a whole answer was there, a new connection each, and its bytes."""
    parts = urlsplit(url)
    start = time.perf_counter()
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=300)
    target = f"{parts.path}?{parts.query}"
    connection.request("GET", target, headers={"Accept-Encoding": "gzip, br", **(headers or {})})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != http.client.OK:
        raise RuntimeError(f"{url} answered {response.status}")
    return time.perf_counter() - start, len(body)


def _kind(path: str) -> str:
    if path.startswith(("/assets/", "/static/", "/theme.css")) or not path:
        return "gradio"
    return "events" if path.startswith(("/gradio_api/queue", "/gradio_api/heartbeat")) else "ours"


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
