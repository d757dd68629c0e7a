"""What a talk needs beside the page: a code of its link for phones, speaker's notes, handouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from types import ModuleType

import segno
from gradio.route_utils import get_root_url
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from demos.kit import handout
from demos.kit.door import route
from demos.kit.handout import Chapter
from demos.kit.view import ASSETS
from models.core.errors import InputError

CODE, NOTES, HANDOUT = "/code.svg", "/notes", "/handout/"
NOTES_PAGE = ASSETS / "html" / "notes.html"
LONGEST = 1200  # characters: of more the modules are too small for a phone in the last row


@dataclass(frozen=True)
class Talk:
    """ASGI middleware that answers for codes, notes and handouts.

    - `/code.svg?text=...`: a QR code (ISO/IEC 18004) of an address, with its quiet zone, black on
      white; 400 and a sentence where there is none, or where it is too long.
    - `/notes`: the second window of the speaker, which follows the page by the browser alone.
    - `/handout/<tab>`: a sheet to print, with a code of every preset.
    """

    app: ASGIApp
    chapters: Sequence[Chapter] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        answer = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = route(scope)
            if path in (CODE, NOTES) or path.startswith(HANDOUT):  # codes take a moment to draw
                answer = await run_in_threadpool(self._answer, Request(scope), path)
        await (answer or self.app)(scope, receive, send)

    def _answer(self, request: Request, path: str) -> Response | None:
        if path == CODE:
            try:
                drawn = code(request.query_params.get("text", ""))
            except InputError as error:
                return PlainTextResponse(str(error), HTTPStatus.BAD_REQUEST)
            return Response(drawn, media_type="image/svg+xml")
        if path == NOTES:
            fresh = {"cache-control": "no-cache"}  # else a browser shows those before an update
            return FileResponse(NOTES_PAGE, media_type="text/html", headers=fresh)
        for chapter in self.chapters:
            if path == HANDOUT + chapter.slug:
                root = get_root_url(request, request.url.path, request.scope.get("root_path"))
                return HTMLResponse(handout.sheet(chapter, root + "/"))
        return None


def chapters(tabs: Sequence[ModuleType]) -> tuple[Chapter, ...]:
    """What the tabs hold, from their modules, each with `TITLE` and `SCENES`."""
    return tuple(
        Chapter(
            tab.__name__.rpartition(".")[2], tab.TITLE, tuple(scene.INFO for scene in tab.SCENES)
        )
        for tab in tabs
    )


@lru_cache(maxsize=512)
def code(text: str) -> bytes:
    """A QR code as SVG, black on white with a quiet zone of four modules.

    Raises:
        InputError: there is no text, or more than a phone can read from a screen.
    """
    if not text:
        raise InputError("A code is of a link: tell one, as ?text=...")
    if len(text) > LONGEST:
        raise InputError(
            f"This link is {len(text):,} characters long: too much for a code that a phone can "
            f"read ({LONGEST:,} at most). Choose a preset, or copy the link."
        )
    drawn = BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(drawn, "svg", xmldecl=False, border=4, dark="#000", light="#fff", omitsize=True)
    return drawn.getvalue()
