"""Between an event loop and Haven's threads, which never enter the interpreter: the loop reads what they left."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ._haven import Inbox

if TYPE_CHECKING:
    import asyncio

    from ._haven import Work


class Bridge:
    """The answers that one event loop waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._inbox = Inbox()
        self._keys = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        loop.add_reader(self._inbox.fileno(), self._deliver)

    def _deliver(self) -> None:
        for key, succeeded, value in self._inbox.take():
            future = self._waiting.get(key)
            # Who was cancelled does not wait any more.
            if future is None or future.done():
                continue
            if succeeded:
                future.set_result(value)
            else:
                future.set_exception(value)

    async def run(self, loop: asyncio.AbstractEventLoop, work: Work) -> Any:
        key = next(self._keys)
        future = self._waiting[key] = loop.create_future()
        try:
            self._inbox.begin(key, work)
            return await future
        finally:
            self._inbox.cancel(key)
            del self._waiting[key]


_bridges: WeakKeyDictionary[asyncio.AbstractEventLoop, Bridge] = WeakKeyDictionary()


async def run(work: Work) -> Any:
    """Awaits some work. Giving up the waiting drops it."""
    # Who awaits has it loaded already; programs without an event loop do without.
    from asyncio import get_running_loop

    loop = get_running_loop()
    bridge = _bridges.get(loop)
    if bridge is None:
        bridge = _bridges[loop] = Bridge(loop)
    return await bridge.run(loop, work)
