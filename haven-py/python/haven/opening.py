"""How a fleet is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generator

from . import _haven
from ._bridge import run
from .fleet import Haven

if TYPE_CHECKING:
    from .model import Secret


class Opening:
    """A fleet that is being opened: `await` it, or use it in `async with`, which closes it at the end."""

    def __init__(self, work: _haven.Work) -> None:
        self._work = work
        self._haven: Haven | None = None

    async def _open(self) -> Haven:
        self._haven = Haven(await run(self._work))
        return self._haven

    def __await__(self) -> Generator[Any, None, Haven]:
        return self._open().__await__()

    async def __aenter__(self) -> Haven:
        return await self._open()

    async def __aexit__(self, *_: object) -> None:
        if self._haven is not None:
            await self._haven.close()


def open(
    url: str,
    *,
    token: Secret | str | None = None,
    user: str | None = None,
    password: Secret | str | None = None,
    ca: str | None = None,
    timeout: float | None = None,
) -> Opening:
    """Opens a fleet by its address: `memory:`, `redb:PATH`, `etcd://HOST:PORT,…` for one in this process,
    `https://HOST:PORT` or `http://…` for a Haven server.

    * `token`: The token of a session on that server.
    * `user`: A user to sign in as, with `password`.
    * `ca`: Authorities to trust besides the well-known ones, as PEM text.
    * `timeout`: Seconds that an answer may take; none: 120.
    """
    return Opening(_haven.Fleet.open(url, token, user, password, ca, timeout))
