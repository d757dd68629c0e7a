"""How long a request may be: Gradio reads all of it into memory before it looks at any."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.kit.door import route

MOST_BYTES = 24 * 2**20  # a drawing of 20 MB, and what is around it
UPLOAD = "/gradio_api/upload"  # has a limit for each file, and keeps them on the disk
TOO_LONG = f"This request is too long: the app takes {MOST_BYTES // 2**20} MB at most."


@dataclass(frozen=True)
class Bounds:
    """ASGI middleware that refuses what is too long, before it is read or while it comes."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http" or route(scope).rstrip("/") == UPLOAD:
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > MOST_BYTES):
            refusal = {"error": TOO_LONG}
            answer = JSONResponse(
                refusal, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"connection": "close"}
            )
            await answer(scope, receive, send)
            return
        come = 0

        async def counted() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > MOST_BYTES:  # one that did not say how long it is
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LONG)
            return message

        await self.app(scope, counted, send)
