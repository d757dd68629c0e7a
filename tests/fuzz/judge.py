"""What must never be in an answer, and what must never be in the log."""

import json
import re
import sys
import tempfile
from collections import Counter
from http import HTTPStatus
from pathlib import Path

from demos.kit import disk
from demos.kit.guard import SORRY

ROOT = Path(__file__).resolve().parents[2]
# What only Python says of itself; the visitor's own text holds none of it (see `values`).
TRACE = re.compile(r'Traceback|File "[^"]*", line \d|site-packages|<module>|0x[0-9a-f]{8,}')
NAMES = re.compile(
    r"\b(?:[A-Z]\w*(?:Error|Exception|Warning)|StopIteration|KeyboardInterrupt|NoneType|ndarray)\b"
)
SECRETS = re.compile(r"root:[x*]?:0:0|BEGIN [A-Z ]*PRIVATE KEY|HOSTNAME=|PATH=/")
# Gradio's protocol names the folder of uploads, which holds nothing else; no other is told.
OURS = (str(ROOT), sys.prefix, sys.base_prefix + "/lib")
SENTENCES = (SORRY, disk.FULL)  # where an upload fails they come as they are
RAISED = re.compile(r"^(?:[A-Za-z_]\w*\.)*([A-Z]\w+)(?::|$)")
FRAME = re.compile(r'^\s*[|+ ]*\s*File "([^"]+)", line (\d+), in (\S+)')
BEGINS = "Traceback (most recent call last):"


def trouble(status: int, text: str, sent: str = "", of_all: bool = False) -> str:
    """What is wrong with an answer; empty where nothing is.

    Args:
        status: of HTTP.
        text: the body, or the data of an event stream.
        sent: what was asked: a sentence may quote it.
        of_all: whether it is a page, a script or a description that is the same for everybody, and
            may tell programs which errors there are.
    """
    if SECRETS.search(text):
        return "a secret of the server"
    if (found := TRACE.search(text)) and found[0] not in sent:
        return f"a trace: {found[0]}"
    if any(path in text and path not in sent for path in OURS):
        return "a path of the server"
    if (found := NAMES.search(text)) and found[0] not in sent and not of_all:
        return f"a name of Python's: {found[0]}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.SERVICE_UNAVAILABLE:
        return "" if _spoken(text) else f"status {status} without words"
    return ""


def unspoken(data: str) -> str:
    """What is wrong with the error event of a run; empty where it is a sentence."""
    return "" if _spoken(data) else "an error without words"


def _spoken(text: str) -> bool:
    if text in SENTENCES:
        return True
    try:
        error = json.loads(text)
    except ValueError:
        return False
    return isinstance(error, dict) and isinstance(error.get("error"), str) and bool(error["error"])


def traces(log: str) -> Counter[tuple[str, str]]:
    """The tracebacks of a log: the exception, and the last line of ours that it came through.

    Where it came through none of ours, the last of all.
    """
    found: Counter[tuple[str, str]] = Counter()
    last, ours, open_ = "", "", False
    for line in log.splitlines():
        if BEGINS in line:
            last, ours, open_ = "", "", True
        elif open_ and (frame := FRAME.match(line)):
            path, number, function = frame.groups()
            last = f"{_short(path)}:{number} {function}"
            if Path(path).is_relative_to(ROOT) and "/tests/" not in path:
                ours = last
        elif open_ and (raised := RAISED.match(line.lstrip("|+ "))) and not line.startswith("    "):
            found[raised[1], ours or last] += 1
            open_ = False
    return found


def _short(path: str) -> str:
    """A file by its place in the repository or in its package, and so the same everywhere."""
    for root in (ROOT, Path(tempfile.gettempdir())):
        if Path(path).is_relative_to(root):
            return Path(path).relative_to(root).as_posix()
    return path.rpartition("site-packages/")[2]
