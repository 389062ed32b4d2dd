# The blocking twin of `haven/stream.py`, generated from it: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""What goes on: items as they come."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Callable, Generic, TypeVar

from .. import _haven
from ._bridge import run
from .subscription import Subscription

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")


class Stream(Generic[T]):
    """Items as they come: `for item in stream`. It has one reader.

    It begins with the first item that is asked for, or with `with`, which also stops it at the end.
    """

    def __init__(self, begin: _haven.Work | _haven.Stream) -> None:
        self._begin = begin
        self._begun: _haven.Stream | None = None
        self._items: deque[T] = deque()
        self._is_stopped = False

    def _source(self) -> _haven.Stream:
        if self._begun is None:
            begin = self._begin
            self._begun = begin if isinstance(begin, _haven.Stream) else run(begin)
        # Who stopped it while it began could not reach it yet.
        if self._is_stopped:
            run(self._begun.stop())
        return self._begun

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        while not self._items:
            if self._is_stopped:
                raise StopIteration
            source = self._source()
            self._items.extend(source.take())
            if not self._items and not run(source.fill()):
                raise StopIteration
        return self._items.popleft()

    def __enter__(self) -> Self:
        self._source()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it, and returns once its connection is closed. Whoever waits for an item learns that there are no more."""
        self._is_stopped = True
        self._items.clear()
        if self._begun is not None:
            run(self._begun.stop())

    def subscribe(self, callback: Callable[[T], object]) -> Subscription:
        """Begins it, and tells `callback` of each item, one after another."""
        self._source()
        return Subscription(self, callback)
