"""Whatever comes, the app answers in words, goes on, and its log stays clean."""

import asyncio
import logging

import pytest

from demos.kit.guard import TROUBLES
from tests.fuzz.__main__ import fuzz, made
from tests.fuzz.api import API, Api, Parameter, read
from tests.fuzz.judge import ROOT, traces, trouble, unspoken
from tests.fuzz.uploads import contents

CALLS = 300
TRACE = f'''INFO: nothing
Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/gradio/queueing.py", line 9, in push
    x()
  File "{ROOT}/demos/kit/run.py", line 12, in taken
    y()
  File "/usr/lib/python3/site-packages/torch/nn.py", line 3, in forward
    raise KeyError(z)
KeyError: 'z'
Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/gradio/queueing.py", line 9, in push
    x()
gradio.exceptions.InvalidPathError: no
'''


def test_three_hundred_bad_calls_are_answered_in_words(app_url, capfd, caplog):
    caplog.set_level(logging.ERROR, TROUBLES.name)
    found = asyncio.run(fuzz(app_url, CALLS, cheap=True))
    assert found["findings"] == []
    assert traces(capfd.readouterr().err) == {}
    assert [one for one in caplog.records if one.name == TROUBLES.name and one.exc_info] == []
    assert found["alive"]
    assert found["asked"] == CALLS
    assert found["endpoints"] > 80
    assert {"endpoint", "event", "server", "route", "upload", "link"} == set(found["kinds"])


@pytest.mark.parametrize(
    ("status", "text", "what"),
    [
        (200, "x\nTraceback (most recent call last):\n", "a trace"),
        (400, '{"detail": "KeyError: 3"}', "a name of Python's"),
        (400, f"no such file {ROOT}/app.py", "a path of the server"),
        (200, "root:x:0:0:root:/root:/bin/bash", "a secret of the server"),
        (500, "Internal Server Error", "status 500 without words"),
        (500, '{"error": null}', "status 500 without words"),
        (500, '{"error": "Reload the page."}', ""),
        (503, "Queue is full", ""),
        (422, '{"detail": [{"msg": "Field required"}]}', ""),
    ],
)
def test_an_answer_is_judged(status, text, what):
    assert trouble(status, text).startswith(what)
    assert bool(trouble(status, text)) == bool(what)


def test_what_a_sentence_quotes_of_the_visitor_is_no_trouble():
    assert trouble(400, "There is no MyError.", sent="?scene=MyError") == ""
    assert trouble(400, "There is no MyError.") != ""


def test_an_error_of_a_run_needs_words():
    assert unspoken('{"error": "Side 3 is not known.", "duration": 10}') == ""
    assert unspoken('{"error": null}') == unspoken("null") == "an error without words"


def test_a_log_is_read_for_what_was_raised_and_where_it_came_through_ours():
    assert traces(TRACE) == {
        ("KeyError", "demos/kit/run.py:12 taken"): 1,
        ("InvalidPathError", "gradio/queueing.py:9 push"): 1,
    }


def test_equal_seeds_ask_the_same_and_others_something_else():
    kinds = {"x": (Parameter(0.5),), "photo": (Parameter({"path": "a.png"}, file=True),)}
    api = Api(kinds, ((3, "restore", 0),), ((7, "look", ("point",)),), ("seed",), ("vae",))
    once, again, other = (made(api, ["/tmp/b.png"], 60, number) for number in (1, 1, 2))
    assert once == again != other
    assert {"endpoint", "link"} <= {one.kind for one in once}
    assert any(one.path == f"{API}/call/photo" for one in once)


def test_the_description_is_read(demo):
    api = read(demo.get_api_info(), demo.get_config_file())
    assert api.endpoints["photo"][0].file
    assert api.endpoints["photo_several"][0].file
    assert not api.endpoints["shift"][0].file
    assert {"seed", "photo", "model"} <= set(api.controls)
    assert {"convolution", "race"} <= set(api.places)
    assert "restore" in {name for _, name, _ in api.events}


def test_hostile_files_are_what_they_say():
    files = contents()
    assert len(files["a bomb"]) < 20_000  # and 900 megapixels
    assert files["a bomb"][:4] == b"\x89PNG"
    assert files["half a JPEG"][:2] == b"\xff\xd8"
