"""The agent: it runs on a node, collects what the machine uses, and reports it to a Haven server."""

from __future__ import annotations

from . import _haven
from ._bridge import run


class Agent:
    """Reports from this machine to a Haven server, again and again; a server that is down is tried again.

    * `master`: The server: `http://HOST:8761`, `https://…`, or `HOST:PORT`.
    * `secret`: The secret that the server wants of its agents.
    * `name`: The node's name; none: the engine's.
    * `docker`: Where the engine answers, for this agent.
    * `address`: Where it answers, for the server; none: as for this agent.
    * `ca`: Authorities to trust besides the well-known ones, as PEM text.
    * `interval`: Seconds between two reports.
    * `root`: Where the machine's `/` is.
    """

    def __init__(
        self,
        master: str,
        *,
        secret: _haven.Secret | str | None = None,
        name: str | None = None,
        docker: str = "unix:///var/run/docker.sock",
        address: str | None = None,
        ca: str | None = None,
        interval: float = 60,
        root: str = "/",
    ) -> None:
        self._agent = _haven.Agent(master, secret, name, docker, address, ca, interval, root)

    async def run(self) -> None:
        """Reports until it is stopped. An agent runs once."""
        await run(self._agent.run())

    def stop(self) -> None:
        """Ends reporting: `run` returns."""
        self._agent.stop()
