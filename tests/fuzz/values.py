"""Values that no control holds: of wrong types, too large, nested, cut off, or a file's address."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

HUGE = 100_000  # characters of the longest text; a few of them
DEEP = 400  # of lists in lists; Python's own reader of JSON gives up at about 1,000
NUMBERS = (
    0, -1, 1, 2, 3, 7, 0.5, -0.0, 1e-320, 1e308, -1e308, 2**31, 2**53 + 1, 2**63, -(2**64), 10**40,
    10**400, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "\n\r\t", "\u202egnp.exe", "é" * 50, "\U0001f600" * 30, "\ud800", "\ufeff",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "${7*7}",
    "{{7*7}}", "%s%n%x", "{0.__class__}", "'; DROP TABLE faces; --", "../../../../etc/passwd",
    "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "http://[::1", "\\\\host\\share",
    "data:image/png;base64,AAAA", "data:text/html,<b>x</b>", "NaN", "1e999", "-", "0x10", "1_000",
    "٣", "null", "[]", "{}", "true", "[[[[", '{"weights": 1}', "3:12:4", ":", "8:-1", "a,b,c",
)  # fmt: skip
PATHS = (
    "/etc/passwd", "../app.py", "app.py", "/proc/self/environ", "/dev/zero", "/dev/stdin", "", ".",
    "/", "a\x00b.png", "http://127.0.0.1:1/x.png", "file:///etc/hostname", "x" * 5000, "~/.bashrc",
)  # fmt: skip

numbers = st.sampled_from(NUMBERS) | st.integers(-(10**9), 10**9) | st.floats()
texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=40),
    st.builds(str.__mul__, st.sampled_from(("a", "∞", "<b>", "[")), st.sampled_from((999, HUGE))),
)
leaves = st.none() | st.booleans() | numbers | texts
files = st.one_of(
    st.fixed_dictionaries(
        {"path": st.sampled_from(PATHS) | leaves},
        optional={
            "url": st.sampled_from(PATHS) | leaves,
            "meta": st.just({"_type": "gradio.FileData"}) | leaves,
            "orig_name": texts,
            "size": numbers,
            "mime_type": texts,
            "is_stream": leaves,
        },
    ),
    st.sampled_from(PATHS),
)


def nested(depth: int, brackets: str) -> Any:
    """A list in a list in a list, or an object in an object, `depth` times."""
    value: Any = 0
    for _ in range(depth):
        value = [value] if brackets == "[" else {"a": value}
    return value


@cache
def anything(keys: tuple[str, ...] = ()) -> st.SearchStrategy:
    """Any JSON value; objects have some of `keys`, which are what the app expects."""
    names = st.sampled_from(keys) | texts if keys else texts
    return st.one_of(
        leaves,
        files,
        st.recursive(
            leaves,
            lambda inner: st.lists(inner, max_size=6) | st.dictionaries(names, inner, max_size=5),
            max_leaves=12,
        ),
        st.lists(st.lists(numbers, max_size=12), max_size=12),
        st.builds(nested, st.just(DEEP), st.sampled_from("[{")),
        st.builds(list.__mul__, st.lists(numbers, min_size=1, max_size=2), st.just(5000)),
    )


def like(value: Any) -> st.SearchStrategy:
    """Values that are nearly one that the app takes: one part of it, anywhere, is another."""
    if isinstance(value, dict) and value:
        return st.sampled_from(sorted(value)).flatmap(
            lambda key: st.one_of(
                like(value[key]).map(lambda part: {**value, key: part}),
                st.just({name: part for name, part in value.items() if name != key}),
                leaves.map(lambda part: {**value, "more": part}),
            )
        )
    if isinstance(value, list) and value:
        return st.integers(0, len(value) - 1).flatmap(
            lambda place: st.one_of(
                like(value[place]).map(lambda part: [*value[:place], part, *value[place + 1 :]]),
                st.just(value[:place]),
                st.just(value[place:] * 40),
            )
        )
    if isinstance(value, bool) or value is None:
        return anything()
    if isinstance(value, int | float):
        return st.one_of(numbers, st.sampled_from((value, str(value), [value])), leaves)
    return st.one_of(texts, anything())
