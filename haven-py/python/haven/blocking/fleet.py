# The blocking twin of `haven/fleet.py`, generated from it: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""A fleet: its machines seen and driven as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .. import _haven
from ._bridge import run
from .handles import Handles
from .stream import Stream
from .terminal import Terminal

if TYPE_CHECKING:
    from typing_extensions import Self


class Haven(Handles):
    """A fleet that was opened. It has a handle for each noun, with a method for each operation: `haven.containers.list()`."""

    __slots__ = ()

    def call(self, operation: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """Any operation by its name in the table: answers a value, a `Stream` or a `Terminal`."""
        begun = self._fleet.call(operation, dict(parameters or {}))
        if isinstance(begun, _haven.Stream):
            return Stream(begun)
        answer = run(begun)
        return Terminal(answer) if isinstance(answer, _haven.Terminal) else answer

    def close(self) -> None:
        """Ends the background work of a fleet in this process, once what was begun is done and written, and lets its store go.
        What is asked afterwards is a `Conflict`."""
        run(self._fleet.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
