"""Fixtures for all tests: one running app for the API and browser tests."""

from collections.abc import Iterator

import pytest
from gradio_client import Client

import app


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the app, started once for the whole session."""
    demo = app.build()
    app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield demo.local_url
    demo.close()


@pytest.fixture(scope="session")
def client(app_url: str) -> Client:
    """A `gradio_client` of the running app: what a program sees of it."""
    return Client(app_url, verbose=False)
