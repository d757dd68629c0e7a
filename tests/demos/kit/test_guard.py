"""The guard: health, headers, and a log that tells nothing of anybody."""

import asyncio
import json
import logging

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from demos.kit.guard import HEALTH, LOG, POLICY, Guard, log_requests


async def stream(request) -> StreamingResponse:
    async def parts():
        yield b"one"
        yield b"two"

    return StreamingResponse(parts(), media_type="text/event-stream")


async def broken(request):
    raise RuntimeError("on purpose")


APP = Starlette(
    routes=[
        Route("/", lambda request: HTMLResponse("<p>page")),
        Route("/gradio_api/file={path:path}", lambda request: PlainTextResponse("abc")),
        Route("/stream", stream),
        Route("/broken", broken),
    ],
    middleware=[Middleware(Guard)],
)


def get(*paths: str) -> list[httpx.Response]:
    async def all_of_them():
        transport = httpx.ASGITransport(APP, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(all_of_them())


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, LOG.name)
    return lambda: [json.loads(record.message) for record in caplog.records]


def test_health_is_answered_by_the_app_that_is_well():
    answer = get(HEALTH)[0]
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_page_may_load_nothing_from_another_host():
    page, file = get("/", "/gradio_api/file=a.txt")
    assert page.headers["content-security-policy"] == POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert "content-security-policy" not in file.headers
    assert page.headers["x-content-type-options"] == file.headers["x-content-type-options"]


def test_a_line_for_each_request_and_nothing_that_was_typed(lines):
    get("/?tab=captioning&prefix=my+secret", "/gradio_api/file=/tmp/gradio/1f/Anna's face.jpg")
    get("/stream", "/broken", "/nowhere")
    found = lines()
    assert [line["status"] for line in found] == [200, 200, 200, 500, 404]
    assert [line["path"] for line in found[:3]] == ["/", "/gradio_api/file=…", "/stream"]
    assert found[2]["bytes"] == 6
    assert all(line["ms"] >= 0 and line["method"] == "GET" for line in found)
    assert "secret" not in json.dumps(found)
    assert "Anna" not in json.dumps(found)


def test_the_log_is_written_when_asked_for(capsys):
    before = list(LOG.handlers), LOG.level, LOG.propagate
    try:
        log_requests()
        get(HEALTH)
        assert json.loads(capsys.readouterr().err)["path"] == HEALTH
    finally:
        LOG.handlers[:], LOG.propagate = before[0], before[2]
        LOG.setLevel(before[1])
