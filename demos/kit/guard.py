"""The guard: is the app well, what may its page load, one line for every request, no traces."""

import json
import logging
import re
import time
import traceback
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.kit import disk
from demos.kit.bounds import UPLOAD
from demos.kit.door import route

HEALTH = "/health"
CLOSED = "/gradio_api/process_recording"  # keeps what it is sent for good, and runs ffmpeg on it
# The page's own host and nothing else. Gradio writes scripts and styles into the page and makes
# functions of a component's `js`; pictures travel as data, and as blobs while they are uploaded.
# Who may put the page in a frame is left open: a Space is one.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
OF_PAGES = {"content-security-policy": POLICY, "referrer-policy": "no-referrer"}
OF_ALL = {"x-content-type-options": "nosniff"}
FILE = re.compile(r"(?<=/file=).*")  # a path that ends in what somebody called a file
LOG = logging.getLogger("glassbox.requests")
TROUBLES = logging.getLogger("glassbox.troubles")
SORRY = "The app cannot answer this request: “Use via API” at the page's foot lists what it takes."
_MESSAGE = json.dumps(
    {"msg": "unexpected_error", "message": SORRY, "error": SORRY, "success": False}
)
LAST_EVENT = f"\n\nevent: error\ndata: {_MESSAGE}\n\n".encode()
"""What a stream of events ends with where there is no answer: a page's and a program's reader of
Gradio's both understand it."""
OUR_FOLDERS = tuple(str(Path(__file__).parents[2] / name) for name in ("demos", "models"))
PASSES_ON = ("__call__", "_made")  # what a request comes through on its way to Gradio


class Guard:
    """ASGI middleware around all others: answers `/health`, sets headers, and keeps the log.

    What Gradio has for its own recordings of a page is not there.

    An exception that reaches it becomes a sentence with the status 500, or the last event of a
    stream, and the connection goes on.
    Gradio has no words for requests that no page of its own sends (a view's function asked for by
    a component that does not exist, say): such a one is a line in the log. Where one came through
    code of ours, which words what it expects, the log has all of its trace.

    The log has a line of JSON for each request, at the level INFO: method, path, status, bytes and
    milliseconds until the last of them. What was typed is in none of them: a query is left out, and
    so is a file's name.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, size, streams = time.perf_counter(), 0, 0, False

        async def guarded(message: Message) -> None:
            nonlocal status, size, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                about = Headers(raw=list(message["headers"])).get("content-type", "")
                streams = about.startswith("text/event-stream")
                message = {**message, "headers": _with_ours(message["headers"])}
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        path = route(scope) or "/"
        try:
            if path == HEALTH and scope["method"] in ("GET", "HEAD"):
                await JSONResponse({"status": "ok"})(scope, receive, guarded)
            elif path.rstrip("/") == CLOSED:
                nothing, about = {"detail": "Not Found"}, {"connection": "close"}
                await JSONResponse(nothing, HTTPStatus.NOT_FOUND, about)(scope, receive, guarded)
            else:
                await self.app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 (whatever it is, nobody else words it)
            _tell(error, scope["method"], path)
            if not status:
                await _apology(error, path)(scope, receive, guarded)
            elif streams:  # half an answer cannot be taken back, but events can be told one more
                await guarded({"type": "http.response.body", "body": LAST_EVENT})
            # Of any other half an answer the server ends the connection.
        finally:
            if LOG.isEnabledFor(logging.INFO):
                LOG.info(_line(scope["method"], path, status, size, time.perf_counter() - began))


def _with_ours(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    found = MutableHeaders(raw=list(headers))
    page = Headers(raw=headers).get("content-type", "").startswith("text/html")
    for name, value in (OF_ALL | (OF_PAGES if page else {})).items():
        found[name] = value
    return found.raw


def _apology(error: Exception, path: str) -> Response:
    """What a visitor reads of an exception; what came of an upload the page shows as it is."""
    full = disk.is_full(error)
    sentence = disk.FULL if full else SORRY
    status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.INTERNAL_SERVER_ERROR
    if path.startswith(UPLOAD):
        return PlainTextResponse(sentence, status)
    return JSONResponse({"error": sentence}, status)


def _tell(error: Exception, method: str, path: str) -> None:
    """Note an exception in the log, with its trace where it came through code of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    last = [frame.name for frame in frames if frame.filename.startswith(OUR_FOLDERS)][-1]
    ours = last not in PASSES_ON
    where = f"{method} {FILE.sub('…', path)!r}: {type(error).__name__}"
    TROUBLES.error(where, exc_info=error if ours else None)


def _line(method: str, path: str, status: int, size: int, seconds: float) -> str:
    about = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "method": method,
        "path": FILE.sub("…", path),
        "status": int(status),
        "bytes": size,
        "ms": round(1000 * seconds, 1),
    }
    return json.dumps(about, ensure_ascii=False)


def log_requests() -> None:
    """Write the log to stderr from now on."""
    writer = logging.StreamHandler()
    writer.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(writer)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
