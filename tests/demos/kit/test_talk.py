"""Codes, notes and handouts, as a server gives them."""

import asyncio
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import app
from demos.kit import handout
from demos.kit.handout import Chapter
from demos.kit.head import Preset, SceneInfo
from demos.kit.talk import LONGEST, Talk, chapters
from demos.kit.view import ASSETS

CHAPTERS = chapters(app.TABS)
SERVER = Starlette(
    routes=[Route("/", lambda request: PlainTextResponse("page"))],
    middleware=[Middleware(Talk, chapters=CHAPTERS)],
)


def get(path: str, **headers: str) -> httpx.Response:
    async def answer():
        transport = httpx.ASGITransport(SERVER)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(answer())


def test_a_code_is_a_picture_by_itself():
    found = get("/code.svg?text=http://app/%3Ftab=vae")
    assert (found.status_code, found.headers["content-type"]) == (200, "image/svg+xml")
    root = ElementTree.fromstring(found.content)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert get("/code.svg?text=http://app/").content != found.content


@pytest.mark.parametrize(
    ("text", "said"), [("", "a code is of a link"), ("x" * (LONGEST + 1), "1,201 characters long")]
)
def test_what_no_phone_could_read_is_refused_in_a_sentence(text, said):
    found = get(f"/code.svg?text={text}")
    assert found.status_code == 400
    assert said in found.text.lower()
    assert get(f"/code.svg?text={'x' * LONGEST}").status_code == 200


def test_the_page_knows_how_long_a_link_may_be():
    script = (ASSETS / "kit" / "talk.js").read_text("utf-8")
    assert f"const LONGEST = {LONGEST};" in script


def test_a_code_holds_no_markup_of_what_it_says():
    assert "alert" not in get("/code.svg?text=%3Cscript%3Ealert(1)%3C/script%3E").text


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_a_handout_has_every_preset_of_its_tab(chapter):
    found = get(f"/handout/{chapter.slug}")
    assert found.status_code == 200
    for info in chapter.scenes:
        link = f"http://app/?tab={chapter.slug}&amp;scene={info.slug}"
        assert f'href="{link}"' in found.text
        for preset in info.presets:
            assert f'href="{link}&amp;preset={preset.slug}"' in found.text
    assert "$" not in found.text
    assert len(CHAPTERS) == len(app.TABS)


def test_a_handout_leads_to_where_the_visitor_came_from():
    headers = {"x-forwarded-host": "glass.example", "x-forwarded-proto": "https"}
    found = get("/handout/vae", **headers).text
    assert 'href="https://glass.example/?tab=vae&amp;scene=plane"' in found
    assert get("/handout/nothing").status_code == 404
    assert get("/handout/").status_code == 404


@pytest.mark.parametrize(
    ("address", "alone"),
    [
        ("http://127.0.0.1:7860/", True),
        ("http://localhost:7860/", True),
        ("http://[::1]:7860/glass/", True),
        ("http://192.0.2.7:7860/", False),
        ("https://localhost.example/", False),
    ],
)
def test_a_handout_says_where_no_phone_will_find_the_page(address, alone):
    assert ('role="note"' in handout.sheet(CHAPTERS[0], address)) == alone


def test_a_handout_writes_words_as_words_and_formulas_as_formulas():
    info = SceneInfo("a", "A & <b>", "So **this** is $x_t < 1$ & that.", (Preset("p", "1 < 2"),))
    sheet = handout.sheet(Chapter("tab", "T", (info,)), 'http://app/"')
    assert "<h2>A &amp; &lt;b&gt;</h2>" in sheet
    assert "<strong>this</strong>" in sheet
    assert "<msub><mi>x</mi><mi>t</mi></msub>" in sheet
    assert "1 &lt; 2" in sheet
    assert 'app/"' not in sheet.replace('app/"?', "?")


def test_notes_are_a_page_and_everything_else_goes_through():
    found = get("/notes")
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("text/html")
    assert "BroadcastChannel" in found.text
    assert found.headers["cache-control"] == "no-cache"  # else an update finds old notes
    assert get("/").text == "page"
