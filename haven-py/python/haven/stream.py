"""What goes on: items as they come."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Callable, Generic, TypeVar

from ._bridge import run
from .subscription import Subscription

if TYPE_CHECKING:
    from typing_extensions import Self

    from . import _haven

T = TypeVar("T")


class Stream(Generic[T]):
    """Items as they come: `async for item in stream`. It has one reader.

    It begins with the first item that is asked for, or with `async with`, which also stops it at the end.
    """

    def __init__(self, source: _haven.Stream) -> None:
        self._source = source
        self._items: deque[T] = deque()
        self._is_stopped = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._items:
            if self._is_stopped:
                raise StopAsyncIteration
            self._items.extend(self._source.take())
            if not self._items and not await run(self._source.fill()):
                raise StopAsyncIteration
        return self._items.popleft()

    async def __aenter__(self) -> Self:
        await run(self._source.begin())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Ends it, and returns once its connection is closed. Whoever waits for an item learns that there are no more."""
        self._is_stopped = True
        self._items.clear()
        await run(self._source.stop())

    async def subscribe(self, callback: Callable[[T], object]) -> Subscription:
        """Begins it, and tells `callback` of each item, one after another."""
        await run(self._source.begin())
        return Subscription(self, callback)
