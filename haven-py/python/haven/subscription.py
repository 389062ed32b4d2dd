"""Callbacks that are told of what goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Awaitable, Callable

if TYPE_CHECKING:
    import asyncio

    from typing_extensions import Self

    from .stream import Stream


class Subscription:
    """Keeps a callback told, in the event loop; what it answers is awaited where it can be.

    What the callback raises ends the subscription, is told to the loop's exception handler at once, and is raised by
    `stop` and `wait`.
    """

    def __init__(self, stream: Stream[Any], callback: Callable[[Any], object]) -> None:
        import asyncio

        self._stream = stream
        self._callback = callback
        self._task = asyncio.get_running_loop().create_task(self._tell())
        self._task.add_done_callback(self._told)

    async def _tell(self) -> None:
        try:
            async for item in self._stream:
                answer = self._callback(item)
                if isinstance(answer, Awaitable):
                    await answer
        finally:
            await self._stream.stop()

    def _told(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            task.get_loop().call_exception_handler(
                {"message": "a subscription ended", "exception": error, "task": task}
            )

    async def wait(self) -> None:
        """Waits until the stream has ended, and raises what it, or the callback, failed with."""
        import asyncio

        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Ends it, and returns once the callback will not be called again. Raises what it had failed with."""
        import asyncio

        if self._task is asyncio.current_task():
            raise RuntimeError("a callback cannot wait for its own end: let it return, and stop it from outside")
        await self._stream.stop()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
