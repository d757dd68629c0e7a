"""Our scripts and styles: files with a hash in their names, which browsers keep for good.

Each script is a file of its own, so that an error in one leaves the views of the others alone; the
styles are one file. The page names them before Gradio's own script: deferred scripts run in the
order of the page, so a view finds what it needs when Gradio mounts it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.kit.door import FOR_GOOD, route
from demos.kit.view import ASSETS

FIRST = ("palette", "core", "links", "numbers")  # what every other file of ours builds on
FONTS = "static/fonts/"  # Gradio's, as its page calls them
# Gradio's own styles come later and are as particular as one or two classes: ours win by three.
INSIDE = ".gradio-container.gradio-container .contain"


@dataclass(frozen=True)
class Asset:
    """One file as it is served: `path` relative to the page, and its content."""

    path: str
    kind: str
    content: bytes


def files(suffix: str) -> list[Path]:
    """Our scripts (`js`) or styles (`css`): the kit's, `FIRST` of all, then the tabs'."""

    def place(path: Path) -> tuple:
        folder, name = path.parent.name, path.stem
        first = FIRST.index(name) if name in FIRST else len(FIRST)
        return (folder != "kit", folder, first, name)

    return sorted(ASSETS.glob(f"*/*.{suffix}"), key=place)


def _asset(name: str, kind: str, text: str) -> Asset:
    content = text.encode()
    stem, suffix = name.rsplit(".", 1)
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"assets/{stem}.{digest}.{suffix}", kind, content)


def styles() -> str:
    """All styles, twice: as they are, for dialogs and what else lies outside, and `INSIDE`."""
    text = "\n".join(path.read_text("utf-8") for path in files("css"))
    text = text.replace(FONTS, f"../{FONTS}")  # as seen from the style's own address
    apart = re.compile(r"^@(?:font-face|keyframes)(?:[^{}]|\{[^{}]*\})*\}\n", re.MULTILINE)
    inside = re.sub(r"^\.dark (?=\S)(?!\{)", ".dark & ", apart.sub("", text), flags=re.MULTILINE)
    return f"{text}\n{INSIDE} {{\n{inside}}}\n"


def assets() -> list[Asset]:
    """Everything that the page names: the style, then the scripts in their order."""
    scripts = [
        _asset(path.relative_to(ASSETS).as_posix(), "text/javascript", path.read_text("utf-8"))
        for path in files("js")
    ]
    return [_asset("glassbox.css", "text/css", styles()), *scripts]


def tags(named: list[Asset]) -> str:
    """What stands in the page's head for these files."""
    made = {
        "text/css": '<link rel="stylesheet" href="./{}">',
        "text/javascript": '<script defer src="./{}"></script>',
    }
    return '<meta name="color-scheme" content="light dark">' + "".join(
        made[asset.kind].format(asset.path) for asset in named
    )


class Assets:
    """ASGI middleware: answers for our files, and names them in the page. The door compresses."""

    def __init__(self, app: ASGIApp):
        self.app = app
        named = assets()
        self.head = tags(named).encode()
        self.files: Mapping[str, Asset] = {f"/{asset.path}": asset for asset in named}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on to Gradio."""
        path = ""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = route(scope) or "/"
        if path in self.files:
            asset = self.files[path]
            kept = {"cache-control": FOR_GOOD}
            answer = Response(asset.content, media_type=asset.kind, headers=kept)
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, _Head(self.head, send) if path == "/" else send)


class _Head:
    """A `send` that puts tags into the page on its way: before its first script, after its base."""

    def __init__(self, head: bytes, send: Send):
        self.head, self.send = head, send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            page = headers.get("content-type", "").startswith("text/html")
            if page and "content-encoding" not in headers:
                self.start = message  # until the body is there: its length changes
        if self.start is None:
            await self.send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish()

    async def _finish(self) -> None:
        base, script, rest = self.body.partition(b"<script")
        body = base + self.head + script + rest if b"<base " in base else self.body
        headers = MutableHeaders(raw=list(self.start["headers"]))
        headers["content-length"] = str(len(body))
        await self.send({**self.start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})
