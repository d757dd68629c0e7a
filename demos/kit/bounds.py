"""How long a request may be: Gradio reads all of it into memory before it looks at any."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.kit.door import route

MOST_BYTES = 24 * 2**20  # a drawing of 20 MB, and what is around it
UPLOAD = "/gradio_api/upload"  # has a limit for each file, and keeps them on the disk
MOST_UPLOADED = 500 * 2**20  # 24 photos of 20 MB, and what is around them; nginx.conf has it too


@dataclass(frozen=True)
class Bounds:
    """ASGI middleware that refuses what is too long, before it is read or while it comes."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        uploads = route(scope).rstrip("/") == UPLOAD
        most = MOST_UPLOADED if uploads else MOST_BYTES
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > most):
            status, about = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"connection": "close"}
            if uploads:  # the page shows it as it is
                answer = PlainTextResponse(too_long(most), status, about)
            else:
                answer = JSONResponse({"error": too_long(most)}, status, about)
            await answer(scope, receive, send)
            return
        come = 0

        async def counted() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > most:  # one that did not say how long it is
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long(most))
            return message

        await self.app(scope, counted, send)


def too_long(most: int) -> str:
    """What is said of a request that is longer than `most` bytes."""
    return f"This request is too long: the app takes {most // 2**20} MB at most."
