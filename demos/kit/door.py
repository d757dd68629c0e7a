"""The door: what is the same for every visitor is made once, compressed, and kept in memory."""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS = {"/", "/config", "/gradio_api/info", "/gradio_api/openapi.json", "/theme.css"}
FILES = ("/assets/", "/static/")  # Gradio's own scripts, styles and fonts
# What its bundler names after its content: "index-DphvyggB.js", "Index-Akn07EZk2.js".
HASHED = re.compile(r"/assets/[^/]+-[\w-]{8}\d?\.\w+")
FOR_GOOD = "public, max-age=31536000, immutable"  # for what has another name when it changes
# What of a request can change these answers, besides the path: where the visitor sees the app ...
ORIGIN = ("host", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
# ... and of the query these alone (a link's state is read in the browser), with the values kept.
QUERY = {"page": ("",), "all_endpoints": ("True", "true"), "deep_link": ("",)}
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg+xml")
COMPRESS = {
    "br": lambda body: brotli.compress(body, quality=5),  # quality 11: 11 % less, 100 times as long
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
# Headers of a request that are one visitor's, and of an answer that are set for each.
ONES_OWN = {b"cookie", b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
MADE_ANEW = {b"content-length", b"etag", b"accept-ranges", b"date"}
PAGE = {
    "content-type": "text/html; charset=utf-8",
    "vary": ", ".join(("Accept-Encoding", *ORIGIN[1:])),
}
SMALLEST = 400  # bytes: less is not worth compressing
MOST_BYTES = 64 * 2**20  # kept in all, so that made-up hosts cannot fill the memory


@dataclass
class Kept:
    """An answer as it was made, and as it travels: its body by encoding."""

    headers: list[tuple[bytes, bytes]]
    bodies: dict[str, bytes]
    etag: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def size(self) -> int:
        """Bytes of memory that its bodies take."""
        return sum(map(len, self.bodies.values()))

    @property
    def compressible(self) -> bool:
        """Whether compressing it pays: text that is not short, and not compressed already."""
        headers = Headers(raw=self.headers)
        text = headers.get("content-type", "").startswith(COMPRESSIBLE)
        return text and "content-encoding" not in headers and len(self.bodies[""]) >= SMALLEST

    async def body(self, encoding: str) -> bytes:
        """The body, compressed once however many ask."""
        async with self.lock:
            if encoding not in self.bodies:
                plain = self.bodies[""]
                self.bodies[encoding] = await asyncio.to_thread(COMPRESS[encoding], plain)
        return self.bodies[encoding]


class Door:
    """ASGI middleware that answers for the page, its config and the API's description.

    They are the same for everybody: they hold no session (the browser makes its hash) and no
    cookie. Whatever could be somebody's own goes through untouched, as everything else does, event
    streams above all: a page behind a login, an answer that sets a cookie or says that it is
    private, a deep link. Errors go through too, and are asked for anew.
    """

    def __init__(self, app: ASGIApp):
        self.app = app
        self._kept: OrderedDict[tuple, Kept] = OrderedDict()
        self._making: dict[tuple, asyncio.Lock] = {}
        self._config: object = None  # what the page was made of: Gradio's reload brings another

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the request through."""
        key = self._key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        kept = self._found(key)
        if kept is None and scope["method"] == "HEAD" and route(scope) == "/":
            # Whether the page is there is asked by Gradio at the start, for three seconds at most:
            # what only making it would tell may be left out (RFC 9110, 9.3.2).
            await send(_start(HTTPStatus.OK, MutableHeaders(PAGE)))
            await send({"type": "http.response.body", "body": b""})
            return
        if kept is None:
            try:
                async with self._making.setdefault(key, asyncio.Lock()):
                    kept = self._found(key)  # whoever waited finds what the first one made
                    if kept is None:
                        kept = await self._made(key, scope, receive)
            finally:
                self._making.pop(key, None)
        if kept is None:
            await self.app(scope, receive, send)
        else:
            await self._answer(kept, scope, send)

    def _key(self, scope: Scope) -> tuple | None:
        """What the answer depends on; None where it is not ours to keep."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path, headers = route(scope), Headers(scope=scope)
        if path.startswith(FILES):
            return None if "range" in headers else (path,)
        if path not in PATHS and path.rstrip("/") not in PATHS:
            return None
        if "authorization" in headers or _asks_who(scope["app"]):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query = [(name, value) for name, value in query if name in QUERY]
        if len(query) > len(QUERY) or any(value not in QUERY[name] for name, value in query):
            return None
        config = scope["app"].get_blocks().config
        if config is not self._config:
            self._config = config
            self._kept.clear()
        origin = tuple(tuple(headers.getlist(name)) for name in ORIGIN)
        root = scope.get("root_path", "")
        return (scope["path"], root, scope["scheme"], scope.get("server"), origin, tuple(query))

    def _found(self, key: tuple) -> Kept | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    async def _made(self, key: tuple, scope: Scope, receive: Receive) -> Kept | None:
        """The app's own answer, kept; None where it may be one visitor's, or is none."""
        status, headers, parts = 0, Headers(), []

        async def catch(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], Headers(raw=message["headers"])
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        plain = [pair for pair in scope["headers"] if pair[0] not in ONES_OWN]
        asked = {**scope, "method": "GET", "headers": plain, "extensions": {}}
        await self.app(asked, receive, catch)
        control = headers.get("cache-control", "")
        if status != HTTPStatus.OK or "set-cookie" in headers:
            return None
        if "private" in control or "no-store" in control:
            return None
        body = b"".join(parts)
        told = [pair for pair in headers.raw if pair[0] not in MADE_ANEW]
        kept = Kept(told, {"": body}, hashlib.sha256(body).hexdigest()[:32])
        if "cache-control" not in headers:  # kept by browsers, for good or until they ask
            lasts = FOR_GOOD if HASHED.fullmatch(route(scope)) else "no-cache"
            kept.headers.append((b"cache-control", lasts.encode()))
        self._kept[key] = kept
        while sum(one.size for one in self._kept.values()) > MOST_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return kept

    async def _answer(self, kept: Kept, scope: Scope, send: Send) -> None:
        """Send what is kept in an encoding that the client takes, or that it has it already."""
        asked = Headers(scope=scope)
        encoding = best(asked.get("accept-encoding", "")) if kept.compressible else ""
        etag = f'"{kept.etag}{"-" + encoding if encoding else ""}"'
        headers = MutableHeaders(raw=list(kept.headers))
        headers["etag"] = etag
        for name in ("Accept-Encoding", *ORIGIN[1:]):
            headers.add_vary_header(name)
        if _has(asked.get("if-none-match", ""), etag):
            await send(_start(HTTPStatus.NOT_MODIFIED, headers))
            await send({"type": "http.response.body", "body": b""})
            return
        head = scope["method"] == "HEAD"
        # Who asks for the headers alone does not wait until the body is compressed.
        body = kept.bodies.get(encoding) if head else await kept.body(encoding)
        if encoding:
            headers["content-encoding"] = encoding
        if body is not None:
            headers["content-length"] = str(len(body))
        await send(_start(HTTPStatus.OK, headers))
        await send({"type": "http.response.body", "body": b"" if head else body})


def best(accepted: str) -> str:
    """The encoding to answer in, from an `Accept-Encoding` header; empty where none of ours is."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        try:
            weights[name.strip()] = float(weight.partition("=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    other = weights.get("*", 0.0)
    taken = [name for name in COMPRESS if weights.get(name, other) > 0]
    return taken[0] if taken else ""


def route(scope: Scope) -> str:
    """The path of a request inside the app, which may lie below a root path."""
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    return path[len(root) :] if f"{path}/".startswith(f"{root}/") else path


def _has(held: str, etag: str) -> bool:
    """Whether an `If-None-Match` header names this answer."""
    tags = [tag.strip().removeprefix("W/") for tag in held.split(",")]
    return "*" in tags or etag in tags


def _start(status: HTTPStatus, headers: MutableHeaders) -> Message:
    return {"type": "http.response.start", "status": int(status), "headers": headers.raw}


def _asks_who(app) -> bool:
    """Whether a Gradio app wants to know who its visitors are."""
    return app.auth is not None or app.auth_dependency is not None
