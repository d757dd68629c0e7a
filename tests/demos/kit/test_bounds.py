"""Requests that are too long are refused before they fill the memory; uploads have their own."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from demos.kit.bounds import MOST_BYTES, TOO_LONG, UPLOAD, Bounds

read: list[int] = []


async def take(request: Request) -> PlainTextResponse:
    read.extend([len(part) async for part in request.stream()])
    return PlainTextResponse("taken")


def post(path: str, content) -> httpx.Response:
    routes = [Route(one, take, methods=["POST"]) for one in ("/", UPLOAD)]
    app = Starlette(routes=routes, middleware=[Middleware(Bounds)])

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return await client.post(path, content=content)

    read.clear()
    return asyncio.run(sent())


def test_what_says_that_it_is_too_long_is_not_read():
    answer = post("/", bytes(MOST_BYTES + 1))
    assert (answer.status_code, answer.json()) == (413, {"error": TOO_LONG})
    assert read == []


def test_what_does_not_say_how_long_it_is_is_read_up_to_the_bound():
    sent: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            sent.append(2**20)
            yield bytes(2**20)

    answer = post("/", endless())
    assert (answer.status_code, answer.text) == (413, TOO_LONG)
    assert sum(sent) == MOST_BYTES + 2**20


@pytest.mark.parametrize("content", [bytes(MOST_BYTES), b""])
def test_what_is_not_too_long_goes_through(content):
    assert post("/", content).text == "taken"
    assert sum(read) == len(content)


def test_uploads_have_bounds_of_their_own():
    assert post(UPLOAD, bytes(MOST_BYTES + 1)).text == "taken"
