"""What clients of the tests read of an event stream."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from tests.streams import lines


def test_a_message_is_whole_whatever_it_quotes():
    told = 'event: error\ndata: "No \u2028 such\x85 preset."\r\n\nid: 1'

    async def read_in_parts(size: int) -> list[str]:
        raw = told.encode()
        parts = [raw[at : at + size] for at in range(0, len(raw), size)]

        async def stream() -> AsyncIterator[bytes]:
            for part in parts:
                yield part

        answer = httpx.Response(200, content=stream(), headers={"content-type": "text/plain"})
        return [line async for line in lines(answer)]

    for size in (1, 7, len(told) * 2):
        found = [line for line in asyncio.run(read_in_parts(size)) if line]
        assert found == ["event: error", 'data: "No \u2028 such\x85 preset."', "id: 1"]
