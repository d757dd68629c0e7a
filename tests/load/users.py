"""One user of the app, over plain HTTP: opens the page and uses all tabs, one after the other."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from demos.kit.photo import EXAMPLES
from tests.streams import lines

PATIENCE = httpx.Timeout(600)  # seconds for one answer
PAUSE = (1, 4)  # seconds that somebody looks at what came
PHOTOS = [Path(path) for path in sorted(EXAMPLES.values())]


@dataclass(frozen=True)
class Answer:
    """What came of one request.

    Attributes:
        tab: whose endpoint was asked; `page` and `upload` for those two.
        first: seconds until the first value.
        seconds: until the last one.
        values: how many came.
        error: what was answered instead; `lost` where the answer ended without an end.
    """

    tab: str
    first: float
    seconds: float
    values: int = 1
    error: str = ""


Change = Callable[[random.Random], dict[str, Any]]
"""What differs from an endpoint's defaults, this time."""
Photo = Callable[[random.Random], tuple[str, bytes]]
"""A photo to upload: its name and its content."""
PAGE = "page"


def example(rng: random.Random) -> tuple[str, bytes]:
    """One of the example photos."""
    photo = rng.choice(PHOTOS)
    return photo.name, photo.read_bytes()


@dataclass(frozen=True)
class Kind:
    """One kind of call.

    Attributes:
        endpoint: its name.
        change: what differs from the endpoint's defaults.
        photo: what it is sent, where it takes a photo.
        share: of a thousand calls, how many are of this kind.
    """

    endpoint: str
    change: Change
    photo: Photo = example
    share: int = 0


def convolution(rng: random.Random) -> dict[str, Any]:
    """Another kernel over a photo."""
    rows = [[rng.randint(-2, 2) for _ in range(3)] for _ in range(3)]
    return {"kernel": {"weights": rows, "factor": 1, "bias": 0}}


def diffusion(rng: random.Random) -> dict[str, Any]:
    """Some faces in few steps; now and then two users ask for the same."""
    return {
        "count": rng.choice((1, 4, 9)), "steps": 6, "sampler": "unipc", "seed": rng.randrange(50)
    }  # fmt: skip


def vae(rng: random.Random) -> dict[str, Any]:
    """Another point of the plane."""
    return {"model": "digits_2d", "point": [rng.uniform(-3, 3), rng.uniform(-3, 3)]}


TABS = {
    "convolution": Kind("convolve", convolution),
    "colorizer": Kind("photo", lambda rng: {"saturation": rng.choice((0.5, 1.0, 1.5))}),
    "diffusion": Kind("generate", diffusion),
    "vae": Kind("decode", vae),
    "captioning": Kind("words", lambda rng: {"decoder": "transformer", "method": "greedy"}),
}
"""Each tab's main endpoint, and what a user changes there; the photo is uploaded anew each time."""


class User:
    """Uses the app until a time, and notes every answer."""

    def __init__(self, url: str, number: int, answers: list[Answer]):
        self.url, self.number, self.answers = f"{url.rstrip('/')}/", number, answers
        self.rng = random.Random(number)

    async def stay(self, until: float) -> None:
        """Open the page and use one tab after the other; what has begun then is waited for."""
        async with httpx.AsyncClient(timeout=PATIENCE) as self.client:
            await self._noted(PAGE, self._get("?tab=diffusion"))
            endpoints = (await self.client.get(f"{self.url}gradio_api/info")).json()
            names = list(TABS)
            turn = self.number
            while time.perf_counter() < until:
                tab = names[turn % len(names)]
                await self._noted(tab, self._call(TABS[tab], endpoints["named_endpoints"]))
                await asyncio.sleep(self.rng.uniform(*PAUSE))
                turn += 1

    async def work(self, left: deque, kinds: Mapping[str, Kind]) -> None:
        """Ask what is left to be asked, one after the other, until nothing is.

        Args:
            left: names of `kinds`, or `page`; other users take from it too.
            kinds: every kind of call, by its name.
        """
        async with httpx.AsyncClient(timeout=PATIENCE) as self.client:
            endpoints = (await self.client.get(f"{self.url}gradio_api/info")).json()
            while left:
                name = left.popleft()
                if name == PAGE:
                    await self._noted(name, self._get("?tab=diffusion"))
                else:
                    await self._noted(name, self._call(kinds[name], endpoints["named_endpoints"]))

    async def _noted(self, tab: str, asked) -> None:
        began = time.perf_counter()
        try:
            first, values, error = await asked
        except httpx.HTTPError as trouble:
            first, values, error = 0.0, 0, repr(trouble)
        now = time.perf_counter()
        self.answers.append(Answer(tab, (first or now) - began, now - began, values, error))

    async def _get(self, query: str) -> tuple[float, int, str]:
        answer = await self.client.get(self.url + query)
        return 0.0, 1, "" if answer.is_success else str(answer.status_code)

    async def _call(self, kind: Kind, endpoints: dict) -> tuple[float, int, str]:
        """Ask an endpoint by its defaults, but for what is changed, and a photo uploaded anew."""
        changed = kind.change(self.rng)
        data = []
        for one in endpoints[f"/{kind.endpoint}"]["parameters"]:
            if one["parameter_name"] in changed:
                data.append(changed.pop(one["parameter_name"]))
            elif one["parameter_name"] == "photo":
                data.append(await self._uploaded(*kind.photo(self.rng)))
            else:
                data.append(one["parameter_default"])
        if changed:
            raise KeyError(f"/{kind.endpoint} has no parameter {', '.join(changed)}")
        return await self._called(kind.endpoint, data)

    async def _uploaded(self, name: str, content: bytes) -> dict[str, Any]:
        sent = await self.client.post(
            f"{self.url}gradio_api/upload", files={"files": (name, content)}
        )
        sent.raise_for_status()
        return {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}

    async def _called(self, name: str, data: list) -> tuple[float, int, str]:
        """Call an endpoint and read its stream to the end."""
        call = f"{self.url}gradio_api/call/{name}"
        asked = await self.client.post(call, json={"data": data})
        if not asked.is_success:
            return 0.0, 0, f"{asked.status_code} {asked.text[:200]}"
        first, values, event = 0.0, 0, ""
        async with self.client.stream("GET", f"{call}/{asked.json()['event_id']}") as stream:
            async for line in lines(stream):
                if line.startswith("event:"):
                    event = line.removeprefix("event:").strip()
                elif line.startswith("data:") and event != "heartbeat":
                    if event == "error":
                        return first, values, line.removeprefix("data:").strip() or "error"
                    if event == "complete":
                        return first or time.perf_counter(), values + 1, ""
                    if not _in_line(line):
                        first, values = first or time.perf_counter(), values + 1
        return first, values, "lost"


def _in_line(line: str) -> bool:
    """Whether a value only tells that the run waits for others: the view is left as it is.

    The first such value says so in words; those after it come as differences, of which there are
    none.
    """
    view = json.loads(line.removeprefix("data:"))[0]
    return view == [] or (isinstance(view, dict) and view.get("__type__") == "update")
