# The blocking twin of `haven/engine.py`, generated from it: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""One container engine, without a fleet around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence, cast

from .. import _haven
from ._bridge import run

if TYPE_CHECKING:
    from ..model import (
        Container, ContainerDetail, ContainerSpec, ContainerState, EngineInfo, Image, Network, Outcome, Volume
    )


class Engine:
    """A container engine: a real one, or a simulated one in this process."""

    def __init__(self, engine: _haven.Engine) -> None:
        self._engine = engine

    @classmethod
    def docker(cls, address: str = "unix:///var/run/docker.sock") -> Engine:
        """Connects to the Docker Engine at an address: `unix:///PATH` or `tcp://HOST:PORT`."""
        return cls(run(_haven.Engine.docker(address)))

    @classmethod
    def simulated(cls) -> Engine:
        """A new simulated engine."""
        return cls(_haven.Engine.simulated())

    def ping(self) -> None:
        """Succeeds when the engine answers."""
        run(self._engine.ping())

    def info(self) -> EngineInfo:
        """What it says about itself and its machine."""
        return cast("EngineInfo", run(self._engine.info()))

    def containers(
        self,
        *,
        id: Sequence[str] = (),
        name: Sequence[str] = (),
        image: Sequence[str] = (),
        label: Sequence[str] = (),
        state: Sequence[ContainerState] = (),
    ) -> Sequence[Container]:
        """The containers that meet all conditions, running or not; a condition with several values holds when one does."""
        conditions = {"id": id, "name": name, "image": image, "label": label, "state": state}
        return cast("Sequence[Container]", run(self._engine.containers(conditions)))

    def container(self, id: str) -> ContainerDetail:
        """Everything about one container. `NotFound` when there is none."""
        return cast("ContainerDetail", run(self._engine.container(id)))

    def create_container(self, spec: ContainerSpec, *, name: str | None = None) -> str:
        """Creates a container without starting it; answers its id. `AlreadyExists` when the name is taken, `NotFound` when the
        engine has no such image."""
        return cast(str, run(self._engine.create_container(name, spec)))

    def start_container(self, id: str) -> Outcome:
        """Starts a container; one that runs is `already_so`."""
        return cast("Outcome", run(self._engine.start_container(id)))

    def stop_container(self, id: str, *, timeout: int | None = None) -> Outcome:
        """Asks the program to end, and kills it after `timeout` seconds, else those that the container was made with, else 10; one
        that does not run is `already_so`."""
        return cast("Outcome", run(self._engine.stop_container(id, {"timeout": timeout})))

    def remove_container(self, id: str, *, force: bool = False, volumes: bool = False) -> Outcome:
        """Removes a container; one that does not exist is `already_so`. `Conflict` when it runs, unless `force` is set."""
        options = {"force": force, "volumes": volumes}
        return cast("Outcome", run(self._engine.remove_container(id, options)))

    def images(self) -> Sequence[Image]:
        """All images."""
        return cast("Sequence[Image]", run(self._engine.images()))

    def networks(self) -> Sequence[Network]:
        """All networks."""
        return cast("Sequence[Network]", run(self._engine.networks()))

    def volumes(self) -> Sequence[Volume]:
        """All volumes."""
        return cast("Sequence[Volume]", run(self._engine.volumes()))
