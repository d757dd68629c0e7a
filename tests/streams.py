"""Event streams, as the app's clients read them."""

import re
from collections.abc import AsyncIterator

import httpx


async def lines(answer: httpx.Response) -> AsyncIterator[str]:
    """The lines of an event stream, as browsers take them apart: at line feeds and returns alone.

    httpx parts them at U+2028 too, say, and a message may quote one that a visitor typed.
    """
    rest = ""
    async for part in answer.aiter_text():
        *whole, rest = re.split(r"[\r\n]", rest + part)
        for line in whole:
            yield line
    yield rest
