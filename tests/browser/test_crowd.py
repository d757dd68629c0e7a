"""A full queue: who comes too late is told so, in the page and as a program."""

import threading
from collections.abc import Iterator

import gradio as gr
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError
from playwright.sync_api import Browser, expect

import app


@pytest.fixture
def busy(monkeypatch) -> Iterator[str]:
    """A page whose one run does not end while the test goes on, and where one more may wait."""
    go = threading.Event()
    with gr.Blocks().queue(max_size=1) as demo:
        gr.Button("Draw").click(
            lambda: str(go.wait(60)), None, gr.Textbox(label="Answer"), api_name="draw",
            concurrency_limit=1, trigger_mode="multiple",
        )  # fmt: skip
    monkeypatch.setattr(app, "warm_up", lambda: None)
    app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    client = Client(demo.local_url, verbose=False)
    running = client.submit(api_name="/draw")
    while not demo._queue.active_jobs or not any(demo._queue.active_jobs):
        threading.Event().wait(0.02)
    waiting = client.submit(api_name="/draw")
    while not len(demo._queue):
        threading.Event().wait(0.02)
    yield demo.local_url
    go.set()
    assert (running.result(), waiting.result()) == ("True", "True")  # nobody lost a place
    demo.close()


def test_a_program_that_comes_too_late_is_refused(busy):
    with pytest.raises((AppError, QueueError), match="Queue is full"):
        Client(busy, verbose=False).predict(api_name="/draw")


def test_a_person_who_comes_too_late_reads_that_the_app_is_busy(chromium: Browser, busy):
    page = chromium.new_page()
    page.goto(busy)
    page.get_by_role("button", name="Draw").click()
    expect(page.get_by_text("currently busy. Please try again")).to_be_visible()
    page.close()


def test_the_queue_of_the_app_is_bounded(demo, app_url):
    assert demo._queue.max_size == app.MOST_WAITING
