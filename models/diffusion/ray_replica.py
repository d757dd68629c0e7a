"""A worker of Ray Serve (see `models.diffusion.ray_engine`): an engine, and its runs as messages.

Knows nothing of Ray, which makes a deployment of it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from models.core.errors import InputError
from models.diffusion import shipped
from models.diffusion.draw import while_wanted
from models.diffusion.engine import MOST_REQUESTS, Engine
from models.diffusion.network import FaceDenoiser
from models.diffusion.samplers import Settings
from models.diffusion.trajectory import DenoisingStep, Start
from models.diffusion.wire import Packer, moved

MESSAGE_EVERY = 0.1
"""Seconds between two messages of a run: one for every step is slow where many draw (ray #52745),
and nobody sees more than ten steps a second."""
FOLLOWED = MOST_REQUESTS + 32
"""Runs that are taken in: more than the engine has places for, so that it is the engine who says
that it is full, and when there will be room."""


class Replica:
    """Draws for those whom Ray sends here."""

    def __init__(self, network: FaceDenoiser | None = None):
        """With the shipped denoiser, on the device of this process, if no other is given."""
        self.engine = Engine(network or shipped.denoiser())
        self._threads = ThreadPoolExecutor(FOLLOWED, thread_name_prefix="follower")

    async def follow(self, settings: Settings, start: Start) -> AsyncIterator[list[Any]]:
        """What `Engine.follow` yields, steps packed, all that is there in one message.

        The last thing in it may be an `InputError`: the run failed. If the call is cancelled the
        run is out of the batch before the evaluation after the next.
        """
        news: asyncio.Queue = asyncio.Queue()
        loop, left = asyncio.get_running_loop(), []

        def tell(one: Any) -> None:
            loop.call_soon_threadsafe(news.put_nowait, one)

        reading = loop.run_in_executor(
            self._threads, self._read, settings, start, tell, lambda: not left
        )
        try:
            going_on = True
            while going_on:
                message = [await news.get()]
                while not news.empty():
                    message.append(news.get_nowait())
                going_on = message[-1] is not None
                if told := [one for one in message if one is not None]:
                    yield told
                if going_on:
                    await asyncio.sleep(MESSAGE_EVERY)
            await reading  # raises what is no InputError
        finally:
            left.append(True)

    async def state(self) -> tuple[int, int]:
        """The number of this process, and how many runs are under way or in line here."""
        return os.getpid(), len(self.engine)

    def _read(
        self,
        settings: Settings,
        start: Start,
        tell: Callable[[Any], None],
        wanted: Callable[[], bool],
    ) -> None:
        """Go through a run and tell of it; at the end of None."""
        packer = Packer()
        try:
            here = moved(start, next(self.engine.network.parameters()).device)
            for one in while_wanted(self.engine.follow(settings, here), wanted):
                tell(packer.packed(one) if isinstance(one, DenoisingStep) else one)
        except InputError as error:
            tell(error)
        finally:
            tell(None)
