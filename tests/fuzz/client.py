"""Asks, reads what comes, and judges it."""

import asyncio
import itertools
import json
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import httpx

from tests.fuzz.api import API, Api, read
from tests.fuzz.asks import JSON, SESSION, Ask
from tests.fuzz.judge import trouble, unspoken
from tests.fuzz.uploads import contents
from tests.streams import lines

PATIENCE = 120  # seconds for one answer: others wait for the same cores
AT_ONCE = 8
MOST_VALUES = 2  # of a run that goes on; then the client leaves without a word
SHOWN = 300  # characters of an example


@dataclass(frozen=True)
class Finding:
    """An answer that should not have come."""

    kind: str
    name: str
    what: str
    sent: str
    got: str


class Fuzzer:
    """A client of a running app that means no good.

    `findings` holds what it found, `asked` how many answers it judged.
    """

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        self.findings: list[Finding] = []
        self.asked = 0
        self.slowest = ("", 0.0)
        self._sessions = itertools.count()

    async def described(self) -> Api:
        """What the app can be asked; the keywords of views' functions are in their refusals."""
        async with self._client() as client:
            info, config = [
                (await client.get(f"{self.url}{path}")).json()
                for path in (f"{API}/info", "/config")
            ]
            api = read(info, config)
            servers = []
            for number, name, _ in api.servers:
                body = {"data": {"": 0}, "component_id": number, "fn_name": name}
                body["session_hash"] = "fuzz"
                answer = await client.post(f"{self.url}{API}/component_server", json=body)
                _, _, keys = answer.text.partition("must be some of ")
                keys = keys.partition(".")[0]
                servers.append((number, name, tuple(keys.split(", ")) if keys else ()))
            return replace(api, servers=tuple(servers))

    async def photos(self) -> list[str]:
        """Upload every file of `uploads.contents`; where they lie on the server."""
        found = []
        async with self._client() as client:
            for name, content in contents().items():
                sent = await client.post(
                    f"{self.url}{API}/upload", files={"files": (f"{name}.png", content)}
                )
                if sent.is_success:
                    found += sent.json()
        return found

    async def ask(self, asks: Iterable[Ask]) -> None:
        """Ask all that, a few at a time."""
        left = iter(asks)

        async def work(client: httpx.AsyncClient) -> None:
            for one in left:
                began = time.perf_counter()
                await self._judged(client, one)
                seconds = time.perf_counter() - began
                if seconds > self.slowest[1]:
                    self.slowest = (f"{one.kind} {one.name}", round(seconds, 1))

        async with self._client() as client:
            await asyncio.gather(*(work(client) for _ in range(AT_ONCE)))

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=PATIENCE)

    async def _judged(self, client: httpx.AsyncClient, ask: Ask) -> None:
        self.asked += 1
        try:
            answered = self._answered(client, ask)
            status, got, failure = await asyncio.wait_for(answered, PATIENCE)
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError):
            return  # no client can send that
        except asyncio.TimeoutError:
            self._note(ask, f"no answer in {PATIENCE} s", "")
            return
        except httpx.HTTPError as lost:
            self._note(ask, "the connection was lost", repr(lost))
            return
        sent = ask.path + (ask.body or b"").decode("utf-8", "replace") + str(ask.file)
        what = failure or trouble(status, got, sent, of_all=ask.kind == "route")
        if what:
            self._note(ask, what, got)

    async def _answered(self, client: httpx.AsyncClient, ask: Ask) -> tuple[int, str, str]:
        """Status, text, and what is wrong with how a run ended."""
        address, session = self.url + ask.path, f"fuzz{next(self._sessions)}"
        if ask.file is not None:
            name, content = ask.file
            answer = await client.post(address, files={"files": (name, contents()[content])})
        elif ask.body is None:
            return (*await self._got(client, address, ask.headers), "")
        else:
            body = ask.body.replace(SESSION.encode(), session.encode())
            answer = await client.post(address, content=body, headers=ask.headers)
        if ask.kind not in ("endpoint", "event", "link") or not answer.is_success:
            return answer.status_code, answer.text, ""
        stream = f"{address}/{answer.json()['event_id']}"
        if ask.session:
            stream = f"{self.url}{API}/queue/data?session_hash={session}"
        text, failure = await self._run(client, stream)
        return answer.status_code, text, failure

    async def _got(self, client: httpx.AsyncClient, address: str, headers: dict) -> tuple[int, str]:
        """A GET, whose answer may be a stream without an end: its beginning is enough."""
        parts: list[str] = []
        take = parts.append
        async with client.stream("GET", address, headers=headers) as answer:
            stream = "event-stream" in answer.headers.get("content-type", "")

            async def come() -> None:
                async for part in answer.aiter_text():
                    take(part)

            with suppress(asyncio.TimeoutError if stream else ()):
                await asyncio.wait_for(come(), 1 if stream else PATIENCE)
            return answer.status_code, "".join(parts)

    async def _run(self, client: httpx.AsyncClient, stream: str) -> tuple[str, str]:
        """What a run told, until its end or until it is clear that it works."""
        told: list[str] = []
        event, values = "", 0
        async with client.stream("GET", stream) as answer:
            async for line in lines(answer):
                if line.startswith("event:"):
                    event = line.removeprefix("event:").strip()
                if not line.startswith("data:"):
                    continue
                data = line.removeprefix("data:").strip()
                message = json.loads(data)
                if not event and isinstance(message, dict):  # of a session: it says what it is
                    name, output = message.get("msg"), message.get("output")
                    if name == "process_completed":
                        told.append(json.dumps(output))
                        failed = not message.get("success")
                        return "\n".join(told), unspoken(told[-1]) if failed else ""
                    if name == "process_generating":
                        told.append(json.dumps(output))
                        values += 1
                elif event == "error":
                    return data, unspoken(data)
                elif event in ("complete", "generating"):
                    told.append(data)
                    values += 1
                    if event == "complete":
                        break
                if values >= MOST_VALUES:
                    break
        return "\n".join(told), ""

    def _note(self, ask: Ask, what: str, got: str) -> None:
        sent = ask.path[:SHOWN] + " " + (ask.body or b"").decode("utf-8", "replace")[:SHOWN]
        sent += f" {ask.file}" if ask.file else ""
        self.findings.append(Finding(ask.kind, ask.name, what, sent, got[:SHOWN]))


async def alive(url: str) -> bool:
    """Whether the app says that it is well."""
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.get(f"{url.rstrip('/')}/health", headers=JSON)
    except httpx.HTTPError:
        return False
    return answer.is_success and answer.json() == {"status": "ok"}


def grouped(findings: Sequence[Finding]) -> list[dict]:
    """Findings of one sort together, the most frequent first, each with its first example."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.kind, one.name, one.what), []).append(one)
    return [
        {"kind": kind, "name": name, "what": what, "count": len(some), "sent": some[0].sent,
         "got": some[0].got}
        for (kind, name, what), some in sorted(groups.items(), key=lambda one: -len(one[1]))
    ]  # fmt: skip
