"""Conversations with programs in containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._bridge import run
from .stream import Stream

if TYPE_CHECKING:
    from typing_extensions import Self

    from . import _haven
    from .model import Output


class Terminal:
    """A conversation with a program: `async for output in terminal`, and write what it reads."""

    def __init__(self, terminal: _haven.Terminal) -> None:
        self._terminal = terminal
        self._output: Stream[Output] = Stream(terminal.output)

    def __aiter__(self) -> Stream[Output]:
        return self._output

    async def read(self, limit: int = 64 << 20) -> bytes:
        """All that the program writes from now on, until it ends, on both channels. `ValueError` when that is more bytes than
        `limit`."""
        said = bytearray()
        async for output in self._output:
            said += output.bytes
            if len(said) > limit:
                raise ValueError(f"the program wrote more than {limit} bytes")
        return bytes(said)

    async def write(self, data: bytes | str) -> None:
        """Gives the program something to read."""
        await run(self._terminal.write(data.encode() if isinstance(data, str) else data))

    async def close_input(self) -> None:
        """Ends what the program reads; its output goes on."""
        await run(self._terminal.close_input())

    async def resize(self, width: int, height: int) -> None:
        """Tells the program the size of its terminal, in characters."""
        await run(self._terminal.resize(width, height))

    async def exit_code(self) -> int:
        """Waits until the program has ended, and answers its exit code."""
        code: int = await run(self._terminal.exit_code())
        return code

    async def close(self) -> None:
        """Ends the conversation. The program of an exec goes on, as with Docker."""
        await run(self._terminal.close())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
