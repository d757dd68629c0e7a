"""What is asked: endpoints, events of the page, views' functions, routes, files, links."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.fuzz.api import API, Api, Parameter
from tests.fuzz.uploads import named
from tests.fuzz.values import anything, leaves, like, texts

JSON = {"content-type": "application/json"}
SESSION = "a visitor's own"  # in a body: each is sent with another
OFTEN = 12  # times as often is an endpoint asked whose work is short
LONG = {
    "train_live", "resume_live", "race", "steps_and_quality", "walk_seeds", "path_film", "learn",
    "photo_full", "photo_several", "matters", "objectives", "inpaint", "simpsonify", "reverse",
    "nearest", "generate", "side", "beam",
}  # fmt: skip
KEYS = ("weights", "factor", "bias", "x", "y", "colour", "span", "path", "composite", "layers")
ROUTES = (
    "/", "/config", "/health", "/notes", "/code.svg", "/handout/", "/theme.css", "/robots.txt",
    "/manifest.json", "/pwa_icon", "/assets/", "/static/", "/svelte/", "/favicon.ico", "/login",
    "/monitoring", "/monitoring/summary", "/runs", "/docs", "/openapi.json", f"{API}/info",
    f"{API}/openapi.json", f"{API}/file=", f"{API}/file/", f"{API}/proxy=", f"{API}/user",
    f"{API}/token", f"{API}/app_id", f"{API}/call/", f"{API}/call/v2/convolve", f"{API}/api/",
    f"{API}/run/", f"{API}/queue/data", f"{API}/queue/join", f"{API}/queue/status",
    f"{API}/cancel", f"{API}/reset", f"{API}/upload_progress", f"{API}/custom_component/",
    f"{API}/stream/", f"{API}/deep_link", f"{API}/component_server", f"{API}/process_recording",
    f"{API}/vibe-edit", f"{API}/vibe-code", f"{API}/dev/reload", f"{API}/profiling/traces",
)  # fmt: skip
ENDINGS = (
    "", "etc/passwd", "/etc/passwd", "../app.py", "..%2f..%2fapp.py", "%2e%2e/app.py", "%00", "%ff",
    "app.py", "C:/windows/win.ini", "http://127.0.0.1:1/x", "file:///etc/passwd", "x" * 3000,
    "convolution", "vae/../../app.py", "<script>alert(1)</script>", "requirements.txt",
)  # fmt: skip
HEADERS = (
    {}, {"host": "<b>x</b>"}, {"x-forwarded-host": "a.example\\@b"}, {"range": "bytes=9-1"},
    {"accept-encoding": "br;q=x, *;q=-1"}, {"if-none-match": "*"}, {"content-type": "text/plain"},
    {"x-forwarded-proto": "gopher"}, {"x-gradio-server": "http://[::1"}, {"cookie": "a=\x01;;="},
    {"content-type": "multipart/form-data"}, {"referer": "http://[x"}, {"origin": "null"},
)  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """One request.

    Attributes:
        kind: what is asked.
        name: which of them.
        path: with its query.
        body: None for a GET.
        headers: besides those that any client sends.
        file: a file's name and which of `uploads.contents` it holds, sent as a form.
        session: whether a visitor's stream of events tells what came of it, rather than one that
            the answer names.
    """

    kind: str
    name: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=lambda: JSON)
    file: tuple[str, str] | None = None
    session: bool = False


def asks(api: Api, photos: Sequence[str], cheap: bool = False) -> st.SearchStrategy[Ask]:
    """Everything that can be asked, endpoints more often than the rest.

    Args:
        api: what there is.
        photos: paths of files on the server that were uploaded before.
        cheap: whether to leave out what takes long even where it is refused late.
    """
    names = [name for name in api.endpoints if name not in LONG for _ in range(OFTEN)]
    names += [] if cheap else [name for name in api.endpoints if name in LONG]
    endpoints = {name: _endpoint(api, name, photos) for name in set(names)}
    endpoint = _one([endpoints[name] for name in names])
    others = [_event(api), _server(api), _route(), _upload(), _link(api)]
    return _one([endpoint] * 8 + [others[0]] * 2 + others)


def _one(strategies: Sequence[st.SearchStrategy]) -> st.SearchStrategy:
    """What one of them makes, each as often as it is named."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def _endpoint(api: Api, name: str, photos: Sequence[str]) -> st.SearchStrategy[Ask]:
    parameters = api.endpoints[name]
    values = [_argument(one, photos) for one in parameters]
    good = [one.value for one in parameters]

    @st.composite
    def nearly(draw: st.DrawFn) -> Any:
        places = range(len(good))
        chosen = draw(st.sets(st.sampled_from(places), min_size=1, max_size=3)) if good else ()
        return [draw(values[place]) if place in chosen else good[place] for place in places]

    data = st.one_of(
        nearly(), nearly(), nearly(), nearly(), st.tuples(*values).map(list),
        st.lists(anything(KEYS), max_size=len(good) + 2), leaves,
    )  # fmt: skip
    return data.map(lambda sent: Ask("endpoint", name, f"{API}/call/{name}", _json({"data": sent})))


def _argument(one: Parameter, photos: Sequence[str]) -> st.SearchStrategy:
    if not one.file:
        return st.one_of(like(one.value), like(one.value), anything(KEYS))
    uploaded = st.sampled_from(photos).map(
        lambda path: {"path": path, "meta": {"_type": "gradio.FileData"}}
    )
    several = st.lists(uploaded, max_size=30) if isinstance(one.value, list) else uploaded
    return st.one_of(several, several, like(one.value), anything(KEYS))


def _event(api: Api) -> st.SearchStrategy[Ask]:
    """An event of the page's own, told of by a page that somebody wrote."""
    tells = st.one_of(
        leaves,
        anything(),
        st.fixed_dictionaries({}, optional=dict.fromkeys(_TOLD, anything())),
    )

    def sent(event: tuple[int, str, int]) -> st.SearchStrategy[Ask]:
        number, name, many = event
        data = st.lists(anything(KEYS), min_size=many, max_size=many) | st.lists(leaves, max_size=3)
        body = st.fixed_dictionaries(
            {
                "data": data,
                "event_data": tells,
                "fn_index": st.just(number),
                "session_hash": _SESSIONS,
            },
            optional={"trigger_id": st.none() | st.integers(-5, 2000)},
        )
        return body.map(lambda found: _joined("event", name, "", found))

    return _one([sent(event) for event in api.events])


_TOLD = ("slug", "query", "own", "value", "index", "choice", "row", "x", "y", "path", "place")
_SESSIONS = st.just(SESSION)


def _joined(kind: str, name: str, query: str, body: dict) -> Ask:
    path = f"{API}/queue/join{query}"
    return Ask(kind, name, path, _json(body), session=True)


def _server(api: Api) -> st.SearchStrategy[Ask]:
    def sent(about: tuple[int, str, tuple[str, ...]]) -> st.SearchStrategy[Ask]:
        number, name, keys = about
        exact = st.fixed_dictionaries({key: anything() for key in keys})
        body = st.fixed_dictionaries(
            {
                "data": exact | exact | anything(keys),
                "component_id": st.sampled_from((number,) * 9 + (-1, 10**9, None, "x", [1], 3)),
                "fn_name": st.sampled_from((name,) * 9 + ("__class__", "", None, "postprocess")),
                "session_hash": _SESSIONS | leaves,
            }
        )
        return body.map(lambda found: Ask("server", name, f"{API}/component_server", _json(found)))

    return _one([sent(about) for about in api.servers])


def _route() -> st.SearchStrategy[Ask]:
    query = st.dictionaries(
        st.sampled_from(("text", "page", "session_hash", "upload_id", "__theme", "view")),
        texts.map(lambda text: text[:2000]),
        max_size=2,
    )
    body = (
        st.none() | st.sampled_from((b"", b"{", b"\xff\xfe", b"[" * 5000)) | anything().map(_json)
    )
    parts = st.tuples(
        st.sampled_from(ROUTES), st.sampled_from(ENDINGS) | texts, query, body,
        st.sampled_from(HEADERS),
    )  # fmt: skip

    def asked(found: tuple) -> Ask:
        place, ending, query, body, headers = found
        ending = ending if "%" in ending else quote(_whole(ending)[:3000], safe="/:.")
        query = urlencode({name: _whole(text) for name, text in query.items()})
        path = place + ending + (f"?{query}" if query else "")
        return Ask("route", place, path, body, headers or (JSON if body else {}))

    return parts.map(asked)


def _upload() -> st.SearchStrategy[Ask]:
    path = f"{API}/upload"
    return named.map(lambda file: Ask("upload", file[1], path, b"", {}, file))


def _link(api: Api) -> st.SearchStrategy[Ask]:
    """The page's link, as the page tells of it at its first event."""
    restore = next((one for one in api.events if one[1] == "restore"), None)
    if restore is None:
        raise LookupError("The page has no event that restores a link.")
    places = st.sampled_from(api.places) | texts
    query = st.fixed_dictionaries(
        {},
        optional={"tab": places, "scene": places, "preset": texts, "lecture": texts, "hide": texts},
    )
    controls = st.dictionaries(
        st.sampled_from(api.controls), texts | anything().map(lambda one: _json(one).decode())
    )

    def asked(found: tuple[dict, dict, str]) -> Ask:
        named = {name: _whole(text)[:5000] for name, text in (found[0] | found[1]).items()}
        body = {"data": [], "fn_index": restore[0], "session_hash": found[2]}
        return _joined("link", str(named.get("tab"))[:20], f"?{urlencode(named)}", body)

    return st.tuples(query, controls, _SESSIONS).map(asked)


def _whole(text: str) -> str:
    """A text without half characters, which no address can hold."""
    return text.encode("utf-8", "replace").decode()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
