# The blocking twin of `haven/stream.py`, generated from it: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""What goes on: items as they come."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

from ._bridge import run
from .subscription import Subscription

if TYPE_CHECKING:
    from typing_extensions import Self

    from .. import _haven

T = TypeVar("T")


class Stream(Generic[T]):
    """Items as they come: `for item in stream`. It has one reader.

    It begins with the first item that is asked for, or with `with`, which also stops it at the end.
    """

    def __init__(self, begin: _haven.Work | _haven.Stream) -> None:
        self._begin = begin
        self._begun: _haven.Stream | None = None
        self._items: deque[T] = deque()

    def _source(self) -> _haven.Stream:
        if self._begun is None:
            begin: Any = self._begin
            self._begun = run(begin) if hasattr(begin, "wait") else begin
        return self._begun

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        while not self._items:
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
        if self._begun is not None:
            run(self._begun.stop())
        self._items.clear()

    def subscribe(self, callback: Callable[[T], object]) -> Subscription:
        """Begins it, and tells `callback` of each item, one after another."""
        self._source()
        return Subscription(self, callback)
