"""How many processes share the tests, and in each of them one running app."""

import asyncio
import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.serving import served

if TYPE_CHECKING:
    import gradio as gr
    from gradio_client import Client

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
MOST_WORKERS = 8
MEMORY = 3 * 2**30  # bytes a worker: PyTorch, the app and a browser
FIRST_PORT, PORTS = 7860, 100  # of those that Gradio looks through

# PyTorch and Gradio read these when they are imported, so they are set before that: workers with
# a thread each for every core would only wait for each other, and two that look for a free port,
# or delete the files of an app that ends, must not meet.
if "PYTEST_XDIST_WORKER" in os.environ:
    threads = max(CORES // int(os.environ["PYTEST_XDIST_WORKER_COUNT"]), 1)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    os.environ["GRADIO_SERVER_PORT"] = str(FIRST_PORT + PORTS * number)
files = tempfile.TemporaryDirectory(prefix="glassbox-tests-")
os.environ["GRADIO_TEMP_DIR"] = files.name

# Examples share their cores with other workers: how long one takes says nothing about it.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker for each core where folders are tested; files and single tests run right here."""
    if not any(Path(argument).is_dir() for argument in config.args):
        return 0
    room = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEMORY
    workers = min(CORES, MOST_WORKERS, room)
    return workers if workers > 1 else 0


def pytest_configure() -> None:
    """Collect no garbage while all tests are imported, of which little is any."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Collect it again, without searching the packages and tests that stay to the end."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Leave no files behind."""
    files.cleanup()


@pytest.fixture(autouse=True)
def no_loop_of_a_browsers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let tests without a browser run event loops of their own, whichever worker takes them.

    Once it has begun, Playwright's loop counts as running in its thread, also while it rests, and
    asyncio would refuse another one there.
    """
    loop = None if request.node.get_closest_marker("browser") else asyncio._get_running_loop()
    if loop is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """What the app's server runs on, and no other that some package brings."""
    return "asyncio"


@pytest.fixture(scope="session")
def demo() -> "gr.Blocks":
    """The app's page, built once for the whole session; `app_url` serves it."""
    import app

    return app.build()


@pytest.fixture(scope="session")
def app_url(demo: "gr.Blocks") -> Iterator[str]:
    """The address of the app, started once for the whole session."""
    with served(demo) as address:
        yield address


@pytest.fixture(scope="session")
def client(app_url: str) -> "Client":
    """A `gradio_client` of the running app: what a program sees of it."""
    from gradio_client import Client

    return Client(app_url, verbose=False)
