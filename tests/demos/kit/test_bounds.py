"""Requests that are too long are refused before they fill the memory; uploads have their own."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from demos.kit import bounds
from demos.kit.bounds import MOST_BYTES, MOST_UPLOADED, UPLOAD, Bounds, too_long
from demos.kit.photo import MOST_PHOTOS
from demos.kit.view import ASSETS

FILE = 20 * 2**20  # bytes: `max_file_size` of `app.launch`
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
    assert (answer.status_code, answer.json()) == (413, {"error": too_long(MOST_BYTES)})
    assert read == []


def test_what_does_not_say_how_long_it_is_is_read_up_to_the_bound():
    sent: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            sent.append(2**20)
            yield bytes(2**20)

    answer = post("/", endless())
    assert (answer.status_code, answer.text) == (413, too_long(MOST_BYTES))
    assert sum(sent) == MOST_BYTES + 2**20


@pytest.mark.parametrize("content", [bytes(MOST_BYTES), b""])
def test_what_is_not_too_long_goes_through(content):
    assert post("/", content).text == "taken"
    assert sum(read) == len(content)


def test_uploads_have_bounds_of_their_own(monkeypatch):
    assert post(UPLOAD, bytes(MOST_BYTES + 1)).text == "taken"
    monkeypatch.setattr(bounds, "MOST_UPLOADED", 3 * 2**20)  # an upload's own bound, made small
    refused = post(UPLOAD, bytes(3 * 2**20 + 1))
    assert (refused.status_code, refused.text) == (413, too_long(3 * 2**20))  # shown as it is
    assert read == []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(2**20)

    refused = post(UPLOAD, endless())
    assert (refused.status_code, refused.text) == (413, too_long(3 * 2**20))
    assert sum(read) <= 3 * 2**20


def test_an_upload_may_hold_as_many_photos_as_the_page_takes_and_the_proxy_lets_them_pass():
    assert MOST_PHOTOS * FILE < MOST_UPLOADED < MOST_PHOTOS * FILE * 1.1
    proxy = (ASSETS / "deploy" / "nginx.conf").read_text("utf-8")
    own = re.search(rf"location = {UPLOAD} {{\s*client_max_body_size (\d+)m;", proxy)
    assert int(own[1]) * 2**20 == MOST_UPLOADED
