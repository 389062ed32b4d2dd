"""Callbacks that are told of what goes on."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING, Any, Callable

from ..errors import Unsupported

if TYPE_CHECKING:
    from typing_extensions import Self

    from .stream import Stream


class Subscription:
    """Keeps a callback told, in a thread of its own.

    What the callback raises ends the subscription, is told to `threading.excepthook` at once, and is raised by `stop` and
    `wait`. A subscription that nobody stopped is stopped when the interpreter ends.
    """

    def __init__(self, stream: Stream[Any], callback: Callable[[Any], object]) -> None:
        self._stream = stream
        self._callback = callback
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._tell, name="haven subscription", daemon=True)
        atexit.register(self._leave)
        self._thread.start()

    def _tell(self) -> None:
        try:
            for item in self._stream:
                self._callback(item)
        except BaseException as error:
            self._failed = error
            raise
        finally:
            atexit.unregister(self._leave)
            self._stream.stop()

    def _leave(self) -> None:
        """Ends it with the interpreter, which a callback that waits for ever shall not keep."""
        try:
            self._stream.stop()
        except Unsupported:
            # A fork of the process that subscribed has no such thread.
            return
        self._thread.join(5)

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until the stream has ended, and raises what it, or the callback, failed with. False: it goes on."""
        self._thread.join(timeout)
        if self._failed is not None:
            raise self._failed
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Ends it, and returns once the callback will not be called again. Raises what it had failed with."""
        if self._thread is threading.current_thread():
            raise RuntimeError("a callback cannot wait for its own end: let it return, and stop it from outside")
        self._stream.stop()
        self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
