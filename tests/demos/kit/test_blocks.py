"""Values that no component can read: a sentence for whoever sent them, no trace in the log."""

import asyncio
import inspect
import json

import gradio as gr
import httpx
import pytest
from gradio import processing_utils
from gradio.state_holder import SessionState
from gradio_client import handle_file

from demos.kit.blocks import NOT_TAKEN, NOT_UPLOADED, Blocks, keep_signatures
from demos.kit.photo import EXAMPLES, Pad, PhotoInput
from demos.kit.view import View
from tests.fuzz.api import API

FILE = {"_type": "gradio.FileData"}
FAR = handle_file("https://example.org/cat.png")  # a program's, which sends addresses as they are


def told_by(event: gr.SelectData) -> str:
    return str(event.value)


async def downloaded(url: str, cache_dir: str) -> str:
    raise AssertionError(f"{url} was asked for")


@pytest.fixture(scope="module")
def served():
    with Blocks(analytics_enabled=False) as demo:
        photo = PhotoInput("cat", label="Photo")
        gr.Examples([[path] for path in EXAMPLES.values()], photo, api_name="example")
        drawing, button = Pad(label="Sketch"), gr.Button()
        button.click(lambda path: str(path), photo, gr.Textbox(), api_name="photo")
        button.click(lambda drawn: str(drawn), drawing, gr.Textbox(), api_name="sketch")
        button.click(lambda held: held, gr.JSON(), gr.JSON(), api_name="number")
        button.click(told_by, None, gr.Textbox(), api_name="told", api_visibility="private")
        button.click(lambda: [][0], None, gr.Textbox(), api_name="mistake")
    demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield demo.local_url.rstrip("/") + API
    demo.close()


def told(url: str, name: str, data: list) -> str:
    """The last event of a run."""
    event = httpx.post(f"{url}/call/{name}", json={"data": data}).json()["event_id"]
    return httpx.get(f"{url}/call/{name}/{event}", timeout=60).text


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("photo", [], NOT_TAKEN),
        ("photo", [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}], NOT_UPLOADED),
        ("photo", [FAR], NOT_UPLOADED),
        ("photo", [{**FAR, "url": None}], NOT_UPLOADED),
        ("sketch", [{"background": None, "layers": [FAR], "composite": None}], NOT_UPLOADED),
        ("number", [{"deep": [1, {"more": FAR}]}], NOT_UPLOADED),
        ("photo", [7], NOT_TAKEN),
        ("sketch", ["<svg>"], NOT_TAKEN),
        ("sketch", [{"composite": 3, "layers": None, "background": {}}], NOT_TAKEN),
        ("example", [None], NOT_TAKEN),
        ("example", [10**6], NOT_TAKEN),
        ("number", [10**40], NOT_TAKEN),
        ("number", [{"deep": [1, [-(10**40)]]}], NOT_TAKEN),
    ],
)
def test_what_no_component_can_read_is_refused_in_a_sentence(
    served, capfd, monkeypatch, name, data, sentence
):
    monkeypatch.setattr(processing_utils, "async_ssrf_protected_download", downloaded)
    said = told(served, name, data)
    assert "event: error" in said
    assert sentence[:20] in said.encode().decode("unicode_escape")
    assert "Traceback" not in capfd.readouterr().err


def test_an_upload_comes_with_the_address_that_the_page_shows_it_at(served):
    with open(EXAMPLES["cat"], "rb") as file:
        (path,) = httpx.post(f"{served}/upload", files={"files": file}).json()
    shown = {"path": path, "url": f"{served}/file={path}", "meta": FILE}
    assert path in told(served, "photo", [shown])


@pytest.mark.parametrize(
    "tells",
    [
        None,
        7,
        {"path": "/etc/passwd", "meta": FILE},
        {"path": "x" * 999, "meta": FILE},
        {"path": "\ud800", "url": "\ud800", "meta": FILE},  # no text that a disk could name
    ],
)
def test_an_event_that_tells_what_no_page_tells_is_refused_in_a_sentence(served, capfd, tells):
    body = {"data": [], "fn_index": number(served, "told"), "event_data": tells}
    sent = json.dumps(body | {"session_hash": "somebody"})  # whose letters are all ASCII
    about = {"content-type": "application/json"}
    said = httpx.post(f"{served}/queue/join", content=sent, headers=about)
    assert said.is_success
    with httpx.stream("GET", f"{served}/queue/data?session_hash=somebody", timeout=60) as stream:
        last = next(line for line in stream.iter_lines() if "process_completed" in line)
    assert NOT_TAKEN[:20] in last.encode().decode("unicode_escape")
    assert "Traceback" not in capfd.readouterr().err


def number(url: str, name: str) -> int:
    """An event's number."""
    config = httpx.get(url.removesuffix(API) + "/config").json()
    return next(one["id"] for one in config["dependencies"] if one["api_name"] == name)


def test_a_mistake_of_ours_is_not_hidden(served, capfd):
    said = told(served, "mistake", [])
    assert "event: error" in said
    assert NOT_TAKEN[:20] not in said
    assert "IndexError" in capfd.readouterr().err


def test_signatures_are_kept_as_they_are():
    kinds = (gr.Slider, gr.HTML, gr.Row, PhotoInput, View)
    before = [str(inspect.signature(inspect.unwrap(kind.__init__))) for kind in kinds]
    keep_signatures()
    assert [str(inspect.signature(kind.__init__)) for kind in kinds] == before
    assert all(hasattr(kind.__init__, "__signature__") for kind in kinds)


def changed(demo: Blocks, predictions: dict, monkeypatch) -> tuple[list, list]:
    """What a page is told, and the components that were built for it."""
    built, build = [], gr.Number.__init__
    monkeypatch.setattr(
        gr.Number,
        "__init__",
        lambda self, *args, **kw: built.append(self) or build(self, *args, **kw),
    )
    (block_fn,) = demo.fns.values()
    told = asyncio.run(demo.postprocess_data(block_fn, predictions, SessionState(demo)))
    return told, built


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_a_handler_leaves_as_it_is_is_not_built_anew(count, monkeypatch):
    """Gradio built each: a quarter of a second of the server for everybody who opens a link."""
    with Blocks(analytics_enabled=False) as demo:
        numbers = [gr.Number(label=str(i)) for i in range(20)]
        gr.Button().click(dict, None, numbers)
    named = dict(zip(numbers[5:], (gr.Number(label="other"), 7), strict=False))
    named = {**dict(list(named.items())[:count]), numbers[3]: gr.skip()}
    told, built = changed(demo, named, monkeypatch)
    expected = [gr.skip()] * 20
    expected[5 : 5 + count] = [{"label": "other", "__type__": "update"}, 7][:count]
    assert told == expected
    assert len(built) == min(count, 1)  # whose label is another


def test_an_empty_answer_is_one(monkeypatch):
    with Blocks(analytics_enabled=False) as demo:
        gr.Button().click(dict, None, gr.JSON())
    ((told,), _) = changed(demo, {}, monkeypatch)
    assert told.model_dump() == {}
