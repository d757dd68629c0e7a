"""Our scripts and styles as the app serves them: once in the page, by their hash, kept for good."""

import gzip
import re
from urllib.parse import urljoin

import brotli
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from demos.kit import assets
from demos.kit.view import ASSETS

BASE = re.compile(r'<base href="([^"]+)"')
NAMED = re.compile(
    r'<(?:script[^>]* src|link rel="stylesheet" href)="(\./assets/[\w/]+\.\w{12}\.\w+)"'
)
DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.fixture(scope="module")
def page(app_url) -> str:
    return httpx.get(app_url).text


def test_the_page_names_every_file_once_in_order_and_before_gradios_script(page):
    paths = [re.sub(r"^\./assets/|\.\w{12}(?=\.)", "", path) for path in NAMED.findall(page)]
    scripts = [path for path in paths if path.endswith(".js")]
    on_disk = [path.relative_to(ASSETS).as_posix() for path in ASSETS.glob("*/*.js")]
    assert sorted(scripts) == sorted(on_disk)
    assert [path for path in paths if path not in scripts] == ["glassbox.css"]
    assert scripts[:2] == ["kit/core.js", "kit/links.js"]
    folders = [path.split("/")[0] for path in scripts]
    assert folders == sorted(folders, key=lambda folder: (folder != "kit", folder))
    tags = re.findall(r"<script[^>]*/assets/[^>]*>", page)
    ours, gradios = [tag for tag in tags if "module" not in tag], "module"
    assert all(" defer " in tag for tag in ours)
    assert [gradios in tag for tag in tags] == [False] * len(ours) + [True]
    assert page.index("<base ") < page.index(tags[0])


def test_nothing_of_them_travels_in_the_page_itself(page, app_url):
    config = httpx.get(f"{app_url}config").text
    for text in (page, config):
        assert "glassbox.views" not in text
        assert ".gb-transport" not in text


@pytest.mark.parametrize("encoding", list(DECODE))
def test_each_is_answered_with_its_type_whole_and_for_good(page, app_url, encoding):
    address = urljoin(app_url, BASE.search(page)[1])
    for path in NAMED.findall(page):
        headers = {"Accept-Encoding": encoding}
        with httpx.stream("GET", urljoin(address, path), headers=headers) as answer:
            content = DECODE[encoding](b"".join(answer.iter_raw()))
        assert answer.status_code == 200
        assert answer.headers.get("content-encoding", "identity") == encoding
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "accept-encoding" in answer.headers["vary"].lower()
        kind = {"js": "text/javascript", "css": "text/css"}[path.rsplit(".", 1)[1]]
        assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
        if kind == "text/javascript":
            file = ASSETS / re.sub(r"^\./assets/|\.\w{12}(?=\.)", "", path)
            assert content == file.read_bytes()
        else:
            assert content.decode() == assets.styles()


def test_another_hash_is_not_answered(page, app_url):
    path = NAMED.findall(page)[-1]
    other = re.sub(r"\.\w{12}\.", ".000000000000.", path)
    assert httpx.get(urljoin(app_url, other)).status_code == 404


PAGE = '<head><base href="./"><script>0</script></head>'


@pytest.fixture(scope="module")
def beneath() -> TestClient:
    """An app of three pages and a file, at `/deep/inside`."""
    routes = [
        Route("/", lambda request: HTMLResponse(PAGE)),
        Route("/other", lambda request: HTMLResponse(PAGE)),
        Route("/assets/app.js", lambda request: PlainTextResponse("theirs")),
    ]
    inner = assets.Assets(Starlette(routes=routes))
    return TestClient(Starlette(routes=[Mount("/deep/inside", inner)]), "http://host")


def test_it_works_under_a_root_path_and_leaves_everything_else_alone(beneath):
    answer = beneath.get("/deep/inside/")
    paths = NAMED.findall(answer.text)
    assert len(paths) == len(assets.assets())
    assert int(answer.headers["content-length"]) == len(answer.content)
    for path in (paths[0], paths[-1]):
        assert beneath.get(urljoin("http://host/deep/inside/", path)).status_code == 200
    assert beneath.get("/deep/inside/other").text == PAGE
    assert beneath.get("/deep/inside/assets/app.js").text == "theirs"
    assert beneath.post(urljoin("http://host/deep/inside/", paths[0])).status_code == 404
