"""The door: the page made once for all, compressed, byte by byte the app's; nothing personal."""

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import brotli
import gradio as gr
import httpx
import pytest
from gradio_client import Client
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

import app
from demos.kit import door
from demos.kit.door import Door, best

PAGES = ["/", "/config", "/gradio_api/info", "/gradio_api/info?all_endpoints=True",
         "/gradio_api/openapi.json", "/theme.css"]  # fmt: skip
VISITORS = httpx.Client(timeout=60, limits=httpx.Limits(max_connections=60))
DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, "": lambda body: body}


@pytest.mark.parametrize(
    ("root", "path", "inside"),
    [
        ("", "/gradio_api/upload", "/gradio_api/upload"),
        ("/glassbox", "/glassbox/gradio_api/upload", "/gradio_api/upload"),
        ("/glassbox/", "/glassbox", ""),
        ("/gradio", "/gradio_api/upload", "/gradio_api/upload"),
        ("/a", "/assets/kit.css", "/assets/kit.css"),
        ("https://hall.example/glassbox", "/config", "/config"),
    ],
)
def test_a_root_path_is_cut_off_as_a_whole(root, path, inside):
    assert door.route({"path": path, "root_path": root}) == inside


def raw(url: str, encoding: str = "", **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer, and its body as it came over the wire."""
    headers = {"accept-encoding": encoding, **headers}
    with VISITORS.stream("GET", url, headers=headers) as response:
        return response, b"".join(response.iter_raw())


def small() -> gr.Blocks:
    """A page of one echo and one stream."""

    def count():
        yield from range(3)

    with gr.Blocks() as demo:
        text = gr.Textbox(label="Text")
        gr.Button("Echo").click(lambda words: words, text, text, api_name="echo")
        gr.Button("Count").click(count, None, gr.Number(label="n"), api_name="count")
    return demo


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve a small page behind the door; launch arguments as Gradio's. Gives its address."""
    demos = []

    def launched(behind: bool = True, **arguments) -> str:
        demo = small()
        demos.append(demo)
        middleware = [Middleware(Door)] if behind else []
        demo.launch(
            prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", ssr_mode=False,
            app_kwargs={"middleware": middleware}, **arguments,
        )  # fmt: skip
        return demo.local_url.rstrip("/")

    yield launched
    for demo in demos:
        demo.close()


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The paths of the answers that the app itself made while the test ran."""
    paths, make = [], Door._made

    async def counted(self, key, scope, receive):
        paths.append(scope["path"])
        return await make(self, key, scope, receive)

    monkeypatch.setattr(Door, "_made", counted)
    return paths


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_the_whole_app_answers_equally_for_everybody_in_every_encoding(app_url, path, encoding):
    url = app_url.rstrip("/") + path
    first, body = raw(url, encoding)
    again, same = raw(url, encoding, cookie="who=me", **{"user-agent": "a phone"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.headers.get("content-encoding", "") == encoding
    assert body == same
    assert DECODE[encoding](body) == raw(url)[1]
    assert int(first.headers["content-length"]) == len(body)
    assert "Accept-Encoding" in first.headers["vary"]
    assert "set-cookie" not in first.headers


@pytest.mark.parametrize("path", PAGES)
def test_what_the_door_hands_out_is_what_gradio_makes(demo, app_url, path, monkeypatch):
    kept = raw(app_url.rstrip("/") + path)
    monkeypatch.setattr(Door, "_key", lambda self, scope: None)  # all goes through
    made = raw(app_url.rstrip("/") + path)
    assert kept[1] == made[1]
    assert kept[0].headers["content-type"] == made[0].headers["content-type"]


def test_browsers_keep_for_good_what_gradio_names_after_its_content(app_url):
    found = re.findall(r'"(?:\./)?(assets/[^"]+-[^"]+\.(?:js|css))"', raw(app_url)[1].decode())
    assert found
    for path in found:
        answer, _ = raw(app_url + path)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", path
    for path in ("", "config", "theme.css", "static/js/iframeResizer.contentWindow.min.js"):
        answer, _ = raw(app_url + path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache"), path


def test_the_session_is_made_in_the_browser(app_url):
    assert b'"session_hash"' not in raw(app_url)[1]


def test_sixty_at_once_are_served_by_one_rendering(serve, made):
    url = serve()
    made.clear()
    start = threading.Barrier(60)

    def visit(i: int) -> bytes:
        start.wait()
        return raw(f"{url}/?tab={i}", "br", **{"x-forwarded-host": "lecture.example"})[1]

    with ThreadPoolExecutor(60) as pool:
        bodies = set(pool.map(visit, range(60)))
    assert len(bodies) == 1
    assert made == ["/"]


def test_who_comes_by_another_address_gets_a_page_of_that_address(serve):
    url = serve()
    here = raw(url)[1]
    there, body = raw(url, **{"x-forwarded-host": "a.example", "x-forwarded-proto": "https"})
    assert b"https://a.example" in body
    assert b"a.example" not in here
    assert raw(url)[1] == here
    assert "x-forwarded-host" in there.headers["vary"]


def test_head_has_the_headers_and_no_body(serve, made):
    url = serve()
    asked = {"accept-encoding": "br"}
    early = VISITORS.head(url, headers=asked)
    assert made == []  # Gradio asks like that at the start, and the page need not be made for it
    raw(url)
    between = VISITORS.head(url, headers=asked)  # made, and not compressed yet
    full, body = raw(url, "br")
    head = VISITORS.head(url, headers=asked)
    for answer in (early, between, head):
        assert (answer.status_code, answer.content) == (200, b"")
        for name in ("content-type", "vary"):
            assert answer.headers[name] == full.headers[name]
    for answer in (between, head):
        assert answer.headers["etag"] == full.headers["etag"]
        assert answer.headers["content-encoding"] == "br"
    assert head.headers["content-length"] == str(len(body))


def test_who_has_it_already_is_told_so(serve):
    url = serve()
    plain, compressed = raw(url)[0].headers["etag"], raw(url, "br")[0].headers["etag"]
    assert plain != compressed
    for held in (compressed, f'"old", W/{compressed}', "*"):
        answer, body = raw(url, "br", **{"if-none-match": held})
        assert (answer.status_code, body) == (304, b"")
        assert answer.headers["etag"] == compressed
        assert "Accept-Encoding" in answer.headers["vary"]
    assert raw(url, "br", **{"if-none-match": plain})[0].status_code == 200


def test_a_page_behind_a_login_is_never_kept(serve, made):
    url = serve(auth=("teacher", "secret"))
    assert raw(f"{url}/config")[0].status_code == 401
    with httpx.Client(base_url=url) as teacher:
        assert "auth_required" in teacher.get("/").text
        teacher.post("/login", data={"username": "teacher", "password": "secret"})
        assert '"username":"teacher"' in teacher.get("/").text
    assert b'"username":"teacher"' not in raw(url)[1]
    assert made == []


@pytest.mark.parametrize("path", ["/?deep_link=x", "/config?deep_link=x", "/?page=x", "/nothing",
                                  "/gradio_api/app_id"])  # fmt: skip
def test_what_may_be_ones_own_goes_through(serve, made, path):
    url = serve()
    made.clear()
    raw(url + path)
    assert made == []


def test_streams_stream(serve):
    client = Client(serve(), verbose=False)
    job = client.submit(api_name="/count")
    assert job.result() == 2
    assert job.outputs() == [0, 1, 2]
    assert client.predict("hello", api_name="/echo") == "hello"


def test_files_are_kept_too_and_parts_of_them_come_from_the_app(serve, made):
    url = serve()
    script = raw(url)[1].split(b'src="./assets/')[1].split(b'"')[0].decode()
    made.clear()
    bodies = {DECODE[e](raw(f"{url}/assets/{script}", e)[1]) for e in ("", "gzip", "br", "br")}
    assert len(bodies) == 1
    assert made == [f"/assets/{script}"]
    part, body = raw(f"{url}/assets/{script}", range="bytes=0-9")
    assert (part.status_code, body) == (206, bodies.pop()[:10])


class Answering:
    """An app of Gradio's face that counts how often it is asked, and answers as told."""

    auth = auth_dependency = None

    def __init__(self, **answer):
        self.answer, self.asked, self.config = answer, 0, {}

    def get_blocks(self):
        return self

    async def __call__(self, scope, receive, send):
        self.asked += 1
        await PlainTextResponse("x" * 1000, **self.answer)(scope, receive, send)


async def asked_twice(inner: Answering, between: Callable = lambda: None, **headers) -> list:
    """The answers to two equal requests at a door before `inner`."""
    outer = Door(inner)

    async def entrance(scope, receive, send):
        await outer({**scope, "app": inner}, receive, send)

    transport = httpx.ASGITransport(entrance)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        first = await client.get("/", headers=headers)
        between()
        return [first, await client.get("/", headers=headers)]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 500},
        {"status_code": 404},
        {"headers": {"set-cookie": "who=me"}},
        {"headers": {"cache-control": "private, max-age=5"}},
        {"headers": {"cache-control": "no-store"}},
    ],
)
async def test_errors_and_what_is_personal_are_asked_for_anew(answer):
    inner = Answering(**answer)
    one, other = await asked_twice(inner)
    assert inner.asked == 4  # tried, then let through, twice
    for response in (one, other):
        assert response.status_code == answer.get("status_code", 200)
        assert answer.get("headers", {}).items() <= dict(response.headers).items()


@pytest.mark.anyio
async def test_another_page_replaces_the_one_that_is_kept():
    kept = Answering()
    await asked_twice(kept)
    assert kept.asked == 1
    reloaded = Answering()
    await asked_twice(reloaded, between=lambda: setattr(reloaded, "config", {"new": True}))
    assert reloaded.asked == 2


@pytest.mark.anyio
async def test_made_up_hosts_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(door, "MOST_BYTES", 5000)
    inner = Answering()
    outer = Door(inner)

    async def entrance(scope, receive, send):
        await outer({**scope, "app": inner}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(entrance)) as client:
        for i in range(50):
            await client.get(f"http://host{i}/")
    assert sum(kept.size for kept in outer._kept.values()) <= 5000
    assert outer._making == {}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", ""), ("identity", ""),
        ("br;q=0, gzip;q=0.5", "gzip"), ("*", "br"), ("*;q=0", ""), ("br;q=0, *", "gzip"),
        ("BR", "br"), ("br;q=soon", ""),
    ],
)  # fmt: skip
def test_the_encoding_is_one_that_the_client_takes(accepted, encoding):
    assert best(accepted) == encoding


def test_the_app_stands_behind_the_door(demo, app_url):
    assert [one.cls for one in demo.app.user_middleware if one.cls is Door] == [Door]
    assert app.Door is Door
