"""What a Space gets: the one line that uploads it, to a made-up Hub, and what its README says."""

import base64
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import RepoCard, SpaceCardData

from tests.test_house import ROOT, requirements, tracked

ATTRIBUTES = ROOT / "assets" / "deploy" / "gitattributes"
COMMAND = re.compile(r"^hf (upload USER/SPACE \. .*)$", re.MULTILINE)
LEFT_HERE = {
    ".git/objects/pack/pack-1.pack",
    ".venv/lib/a.py",
    "demos/__pycache__/a.pyc",
    "runs/photo/1.pt",
}
ZERO_GPU = {"3.10", "3.10.13", "3.12", "3.12.12"}
"""Versions of Python, as a README names them, that ZeroGPU has."""
LENT = {(2, 8), (2, 9), (2, 10), (2, 11), (2, 12), (2, 13)}
"""Of PyTorch."""


class Hub(BaseHTTPRequestHandler):
    """The Hub as far as an upload asks it; it takes the README alone, and remembers all offered."""

    offered: dict[str, bytes]
    ignoring: list[str]
    taken: list[str]

    def do_GET(self) -> None:
        self._answer({"id": "user/space", "sha": "0" * 40, "siblings": []})

    def do_POST(self) -> None:
        chunked = "chunked" in self.headers.get("transfer-encoding", "")
        body = self._chunks() if chunked else self.rfile.read(int(self.headers["content-length"]))
        if "/preupload/" in self.path:
            asked = json.loads(body)
            self.ignoring.append(asked["gitIgnore"])
            for file in asked["files"]:
                self.offered[file["path"]] = base64.b64decode(file["sample"])
            files = [
                {"path": path, "uploadMode": "regular", "shouldIgnore": path != "README.md"}
                for path in (file["path"] for file in asked["files"])
            ]
            self._answer({"files": files})
        elif "/commit/" in self.path:
            lines = [json.loads(line) for line in body.splitlines()]
            self.taken += [line["value"]["path"] for line in lines if line["key"] == "file"]
            place = f"http://{self.headers['host']}/spaces/user/space"
            self._answer({"commitOid": "0" * 40, "commitUrl": f"{place}/commit/{'0' * 40}"})
        else:
            self._answer({"url": f"http://{self.headers['host']}/spaces/user/space"})

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        return b"".join(parts)

    def _answer(self, value: dict) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[tuple[str, type[Hub]]]:
    """Its address, and what it remembers."""
    kind = type("Once", (Hub,), {"offered": {}, "ignoring": [], "taken": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", kind
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder like this one, in which somebody has worked: with git's own, a run and a cache."""
    for name in named_by_git("ls-files", "-z"):
        place = tmp_path / "work" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            place.symlink_to(ROOT / name)
    for name in LEFT_HERE:
        place = tmp_path / "work" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"not for a Space")
    return tmp_path / "work"


def named_by_git(*arguments: str, given: str = "") -> set[str]:
    result = subprocess.run(
        ["git", *arguments], cwd=ROOT, input=given, capture_output=True, text=True
    )
    assert result.returncode in (0, 1), result.stderr  # check-ignore: 1 where it names nothing
    return set(result.stdout.split("\0")) - {""}


def test_one_line_uploads_what_git_tracks_and_nothing_else(hub, folder, tmp_path):
    address, asked = hub
    (line,) = COMMAND.findall((ROOT / "README.md").read_text("utf-8"))
    tool = Path(sys.executable).with_name("hf")
    own = {"HF_ENDPOINT": address, "HF_TOKEN": "hf_made_up", "HF_HOME": str(tmp_path / "hub")}
    result = subprocess.run(
        [tool, *line.replace("USER/SPACE", "user/space").split()],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    assert not any(name.startswith(".git/") for name in asked.offered)
    # What is ignored the Hub leaves out by itself: it is sent what is to be.
    assert set(asked.ignoring) == {(ROOT / ".gitignore").read_text()}
    offered = "\0".join(asked.offered)
    ignored = named_by_git("check-ignore", "--no-index", "-z", "--stdin", given=offered)
    assert ignored == {name for name in LEFT_HERE if not name.startswith(".git/")}
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}
    assert set(asked.offered) - ignored == ours
    assert asked.taken == ["README.md"]


def test_every_binary_file_goes_by_lfs_where_one_pushes_by_git_and_no_text_does():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    told = subprocess.run(
        ["git", "-c", f"core.attributesFile={ATTRIBUTES}", "check-attr", "-z", "--stdin", "filter"],
        cwd=ROOT,
        input="\0".join(names),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    by_lfs = {name for name, value in zip(told[::3], told[2::3], strict=False) if value == "lfs"}
    binary = {name for name in names if b"\0" in (ROOT / name).read_bytes()}
    assert binary
    assert by_lfs == binary


def test_no_attributes_lie_at_the_root_where_a_clone_would_need_git_lfs():
    assert not (ROOT / ".gitattributes").exists()


def test_the_readme_is_a_card_that_the_hubs_client_reads():
    card = RepoCard.load(ROOT / "README.md")
    about = SpaceCardData(**card.data.to_dict())
    assert (about.title, about.sdk, about.app_file) == ("Glassbox", "gradio", "app.py")
    assert about.python_version in ZERO_GPU  # as text: as a number 3.10 would be 3.1
    assert (ROOT / about.app_file).is_file()


def test_what_zero_gpu_installs_first_satisfies_the_requirements():
    """Else pip would look for other versions after all, and find a PyTorch that ZeroGPU lacks."""
    first = requirements("assets/deploy/pre-requirements.txt")
    asked = requirements("requirements.txt")
    assert set(first) == {"torch", "torchvision"}
    for name, pinned in first.items():
        lowest = asked[name].removeprefix(">=")
        assert re.fullmatch(r"[\d.]+", lowest), asked[name]
        assert numbers(pinned.removeprefix("==")) >= numbers(lowest)
    assert numbers(first["torch"].removeprefix("=="))[:2] in LENT


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
