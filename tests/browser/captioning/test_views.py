"""Views by themselves in a real browser: what they write and offer of values that are made up."""

import math
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from demos.captioning import words
from models.core import images

PICTURE = images.to_data_uri(Image.new("RGB", (40, 30), (90, 120, 60)), lossless=True)
MAP = [[0.01] * 10 for _ in range(10)]
ROOM = 9  # rows of the tree where no stage bounds it: 16 rem of 1.75


def node(step, parent, log_p, kind="growing"):
    """One of a tree's nodes."""
    word = "" if kind == "ended" else f"w{-log_p:.0f}"
    return {
        "step": step, "parent": parent, "word": word, "kind": kind, "log_probability": log_p,
        "added": log_p,
    }  # fmt: skip


def search(nodes, ended):
    """A search that is over."""
    caption = {"node": ended, "caption": "w", "length": 2, "cut": False}
    caption["log_probability"] = nodes[ended]["log_probability"]
    steps = nodes[-1]["step"] + 1
    return {"run": 1, "nodes": nodes, "ended": [caption], "steps": steps, "done": True}


def first_column(view):
    """The nodes of the tree's first column, from the top."""
    return view.locator(".gb-beam-node[style*='left:0px']").evaluate_all(
        "(all) => all.map((one) => Number(one.dataset.node))"
    )


def test_a_column_keeps_its_best_and_the_path_where_not_all_have_room(mounted):
    first = [node(0, -1, -1.0 - i) for i in range(12)]
    page, view = mounted(
        "captioning/beam", search([*first, node(1, 11, -14.0, "ended")], 12), {"highest": 2}
    )
    expect(view.locator(".gb-beam-node")).to_have_count(ROOM + 1)
    assert first_column(view) == [*range(ROOM - 1), 11]
    view.locator(".gb-beam-node[data-node='3']").click()
    assert first_column(view) == [*range(ROOM)]  # on another path the last one is no more

    struck = [node(0, -1, -0.5 - i, "struck") for i in range(3)]
    some = first[:8]
    page.evaluate(
        "(value) => gbMounted.set(value)",
        {**search([*some, *struck, node(1, 0, -2.0, "ended")], 11), "run": 2},
    )
    assert first_column(view) == [8, *range(8)]  # of those struck out what there is room left for


@pytest.mark.parametrize("most", [words.MOST_GIVEN, 5])
def test_no_word_is_offered_to_go_on_from_where_the_sentence_would_be_too_long(mounted, most):
    def said(i):
        rivals = [("dog", 0.5), ("cat", 0.3), ("<end>", 0.1)]
        return {
            "word": "dog", "end": False, "given": False, "probability": 0.5, "map": MAP,
            "log_probability": -float(i), "alternatives": [
                {"word": word, "probability": share, "struck": False} for word, share in rivals
            ],
        }  # fmt: skip

    value = {
        "run": 1,
        "how": "",
        "src": PICTURE,
        "done": True,
        "words": [said(i) for i in range(22)],
    }
    page, view = mounted("captioning/words", value, {"most": most})
    items, rivals = view.locator(".gb-words-item"), view.locator(".gb-words-bars button")
    expect(items).to_have_count(22)
    offered = []
    for step in range(22):
        items.nth(step).click()
        expect(view).to_have_attribute("data-step", str(step))
        offered.append(rivals.count())
        titled = view.locator(".gb-words-bars [title='go on from here']").count()
        assert titled == offered[-1]
    assert offered == [1] * most + [0] * (22 - most)
    items.nth(most - 1).click()
    rivals.click()
    (told,) = page.evaluate("gbMounted.told")
    assert len(told["begin"].split()) == most


def test_a_perplexity_follows_from_what_is_written_or_only_nearly(mounted):
    def caption(number, log_p, count):
        each = {"word": "w", "log_probability": log_p / count, "likeliest": "w"}
        return {
            "kind": str(number), "caption": "w " * count, "rank": 1, "log_probability": log_p,
            "words": [{**each, "likeliest_probability": 0.5}] * count,
            "perplexity": math.exp(-log_p / count),
        }  # fmt: skip

    found = [(-19.551, 11), (-19.6, 11), (-30.444, 5), (-8.0, 4)]
    captions = [caption(i, *one) for i, one in enumerate(found)]
    value = {"run": 1, "src": PICTURE, "references": [], "captions": captions}
    _, view = mounted("captioning/wrong", value)
    signs = []
    for i, one in enumerate(captions):
        view.locator(".gb-wrong-row").nth(i).click()
        expect(view).to_have_attribute("data-row", str(i + 1))
        text = view.locator(".gb-wrong-sum").inner_text()
        log, count, sign, said = re.search(
            r"e\^\(([\d.]+) / (\d+)\) ([=≈]) ([\d.]+)\. ", text
        ).groups()
        assert said == f"{one['perplexity']:.1f}"
        assert log == f"{-one['log_probability']:.2f}"
        assert (f"{math.exp(float(log) / int(count)):.1f}" == said) == (sign == "="), text
        signs.append(sign)
    assert signs == ["=", "=", "≈", "="]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (1, "Less than 1 % of the photo is painted over. It says the same"),
        (4, "1 % of the photo"),
        (200, "50 % of the photo"),
        (396, "99 % of the photo"),
        (399, "More than 99 % of the photo"),
        (400, "100 % of the photo"),
    ],
)
def test_a_little_is_not_nothing_and_the_most_not_all(mounted, cells, told):
    said = [{"word": "dog", "probability": 0.5}, {"word": "", "probability": 0.9}]
    value = {"src": PICTURE, "before": said, "after": said, "hidden": cells / 400}
    _, view = mounted("captioning/away", value)
    expect(view.locator(".gb-away-note")).to_have_text(re.compile(f"^{told}"))


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (1.01, "it is hardly less probable."),
        (1.049, "it is hardly less probable."),
        (1.051, "it is 1.1 times less probable."),
        (3.0, "it is 3.0 times less probable."),
        (0.9, "Hiding none of these places makes “dog” less probable."),
    ],
)
def test_what_is_hardly_less_probable_is_no_number_of_times_less(mounted, factor, told):
    drop = [[-1.0] * 10 for _ in range(10)]
    drop[3][4] = math.log(factor)
    value = {
        "src": PICTURE, "drop": drop, "word": "dog", "done": 100, "total": 100, "finished": True,
        "cells": 1, "run": 1,
    }  # fmt: skip
    _, view = mounted("captioning/away-map", value)
    expect(view.locator(".gb-away-head")).to_contain_text(told)


COUNTED = """() => {
    window.gbObservers = 0;
    for (const name of ["ResizeObserver", "MutationObserver"]) {
        const made = window[name];
        window[name] = class extends made {
            constructor(...given) {
                super(...given);
                window.gbObservers += 1;
            }
        };
    }
}"""


def test_lanes_stay_from_run_to_run(mounted):
    """Whatever observes the body keeps a view alive: one for each caption, and the page grows."""

    def lane(name, *said, **more):
        spoken = [
            {
                "word": word, "end": False, "given": False, "map": MAP, "log_probability": -1.0,
                "alternatives": [{"word": word, "probability": 0.5, "struck": False}],
            }
            for word in said
        ]  # fmt: skip
        return {"name": name, "title": name.upper(), **({"words": spoken} if said else {}), **more}

    def value(run, *lanes, done=True):
        return {"run": run, "src": PICTURE, "lanes": lanes, "done": done}

    page, view = mounted("captioning/side", {})
    page.evaluate(COUNTED)
    draw = "(value) => { gbMounted.set(value); return gbObservers; }"
    lanes, words_of = view.locator(".gb-side-lane"), view.locator(".gb-side-word")
    made = page.evaluate(draw, value(1, lane("lstm", "a", "dog"), lane("both", "a", "cat")))
    expect(lanes).to_have_count(2)
    view.locator("[data-name='lstm'] .gb-side-map").evaluate("(map) => { map.dataset.old = 1; }")
    for run in range(2, 6):
        waits = value(run, lane("lstm", "a", "man"), lane("both", note="waits"), done=False)
        assert page.evaluate(draw, waits) == made
        expect(lanes.nth(1)).to_contain_text("waits")
        expect(lanes.nth(1).locator(".gb-side-map")).to_have_count(0)
        come = value(run, lane("lstm", "a", "man"), lane("both", "a", "sea", str(run)))
        assert page.evaluate(draw, come) == made
    expect(words_of).to_have_text(["a", "man", "a", "sea", "5"])
    expect(view.locator("[data-name='lstm'] .gb-side-map[data-old]")).to_have_count(1)

    fetched = lane("blip", note="5 of 990 MB are here", share=0.1)
    more = page.evaluate(draw, value(6, lane("lstm", "a"), lane("both", "b"), fetched))
    expect(lanes.nth(2).locator("progress")).to_have_count(1)
    page.evaluate(draw, value(7, lane("lstm", "a"), lane("both", "b"), lane("blip", error="Gone.")))
    expect(lanes.nth(2)).to_have_class(re.compile("failed"))
    expect(lanes.nth(2).get_by_role("alert")).to_have_text("Gone.")
    page.evaluate(draw, value(8, lane("lstm", "a"), lane("both", "b"), lane("blip", "c", "d")))
    expect(lanes.nth(2)).not_to_have_class(re.compile("failed"))
    all_three = page.evaluate(draw, value(9, lane("lstm", "a")))
    expect(lanes).to_have_count(1)
    again = value(10, lane("lstm", "e"), lane("both", "f"), lane("blip", "g"))
    assert page.evaluate(draw, again) == all_three > more
    expect(words_of).to_have_text(["e", "f", "g"])
    for i in range(3):
        expect(lanes.nth(i).locator(".gb-word-bar.chosen b")).to_have_text("efg"[i])
