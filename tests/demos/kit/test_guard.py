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

from demos.kit.guard import HEALTH, LOG, POLICY, SORRY, TROUBLES, Guard, log_requests
from demos.kit.talk import code
from models.core.errors import InputError


async def stream(request) -> StreamingResponse:
    async def parts():
        yield b"one"
        yield b"two"

    return StreamingResponse(parts(), media_type="text/event-stream")


async def cut(request) -> StreamingResponse:
    async def parts():
        yield b"data: 1\n\n"
        raise TypeError("Integer exceeds 64-bit range")

    return StreamingResponse(parts(), media_type="text/event-stream; charset=utf-8")


async def broken(request):
    raise RuntimeError("on purpose")


async def half(request) -> StreamingResponse:
    async def parts():
        yield b"one"
        raise RuntimeError("on purpose")

    return StreamingResponse(parts())


APP = Starlette(
    routes=[
        Route("/", lambda request: HTMLResponse("<p>page")),
        Route("/gradio_api/file={path:path}", lambda request: PlainTextResponse("abc")),
        Route("/stream", stream),
        Route("/broken", broken),
        Route("/ours", lambda request: code("")),
        Route("/half", half),
        Route("/cut", cut),
        Route("/gradio_api/process_recording", broken, methods=["POST"]),
    ],
    middleware=[Middleware(Guard)],
)


def get(*paths: str, method: str = "GET") -> list[httpx.Response]:
    async def all_of_them():
        transport = httpx.ASGITransport(APP, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return [await client.request(method, path) for path in paths]

    return asyncio.run(all_of_them())


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, LOG.name)
    return lambda: [
        json.loads(record.message) for record in caplog.records if record.name == LOG.name
    ]


def test_health_is_answered_by_the_app_that_is_well():
    answer = get(HEALTH)[0]
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("end", ["", "/"])
def test_nobody_has_a_recording_worked_on(end, caplog):
    (answer,) = get("/gradio_api/process_recording" + end, method="POST")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert caplog.records == []


def test_a_stream_of_events_that_breaks_ends_with_words():
    first, last = filter(None, get("/cut")[0].text.split("\n\n"))
    assert first == "data: 1"
    event, data = last.splitlines()
    assert event == "event: error"
    told = json.loads(data.removeprefix("data: "))
    assert told == {
        "msg": "unexpected_error", "message": SORRY, "error": SORRY, "success": False,
    }  # fmt: skip


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


def test_an_exception_is_a_sentence_and_a_line_of_the_log(caplog):
    (answer,) = get("/broken?secret")
    assert (answer.status_code, answer.json()) == (500, {"error": SORRY})
    (told,) = [record for record in caplog.records if record.name == TROUBLES.name]
    assert (told.message, told.exc_info) == ("GET '/broken': RuntimeError", None)


def test_an_exception_that_came_through_our_code_leaves_its_trace(caplog):
    (answer,) = get("/ours")
    assert answer.json() == {"error": SORRY}
    (told,) = [record for record in caplog.records if record.name == TROUBLES.name]
    assert isinstance(told.exc_info[1], InputError)


def test_half_an_answer_is_not_followed_by_a_sentence(caplog):
    sent = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/half", "query_string": b"", "headers": []}
    asyncio.run(APP(scope, receive, send))
    assert [message.get("body") for message in sent] == [None, b"one"]
    assert [record.message for record in caplog.records] == ["GET '/half': RuntimeError"]


def test_the_log_is_written_when_asked_for(capsys):
    before = list(LOG.handlers), LOG.level, LOG.propagate
    try:
        log_requests()
        get(HEALTH)
        assert json.loads(capsys.readouterr().err)["path"] == HEALTH
    finally:
        LOG.handlers[:], LOG.propagate = before[0], before[2]
        LOG.setLevel(before[1])
