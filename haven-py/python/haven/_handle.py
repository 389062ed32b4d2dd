"""What the handles of a fleet have in common, and what some have beyond the operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._bridge import run
from .stream import Stream
from .terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._haven import Fleet
    from .model import ContainerSpec, Node, Plan, PlanDetail


class Handle:
    """Operations of one kind."""

    __slots__ = ("_fleet",)

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def _call(self, operation: str, parameters: dict[str, Any]) -> Any:
        return await run(self._fleet.call(operation, parameters))

    def _follow(self, operation: str, parameters: dict[str, Any]) -> Stream[Any]:
        return Stream(self._fleet.call(operation, parameters))

    async def _converse(self, operation: str, parameters: dict[str, Any]) -> Terminal:
        return Terminal(await run(self._fleet.call(operation, parameters)))


class Nodes(Handle):
    """What nodes have beyond their operations."""

    __slots__ = ()

    async def wait_online(self, node: str, within: float = 30) -> Node:
        """Waits until a node's engine is connected; `Timeout` with the reason after `within` seconds."""
        online: Node = await run(self._fleet.wait_online(node, within))
        return online


class Containers(Handle):
    """What containers have beyond their operations."""

    __slots__ = ()

    async def run(self, node: str, name: str, spec: ContainerSpec) -> str:
        """Creates a container and starts it; answers its id."""
        id: str = await run(self._fleet.run(node, name, spec))
        return id


class Plans(Handle):
    """What plans have beyond their operations."""

    __slots__ = ()

    async def apply_and_wait(self, plan: Plan | Mapping[str, Any]) -> PlanDetail:
        """Begins a plan, of which it is checked first that nobody altered it since it was made, and waits until it is at
        rest: applied, or whatever else its status says.

        A plan that was kept as JSON (`plan.to_json()`) and read back, in this process or another, is the same plan.
        """
        detail: PlanDetail = await run(self._fleet.apply_and_wait(plan))
        return detail

    async def wait(self, plan: str) -> PlanDetail:
        """Waits until a plan that was begun is at rest.

        * `plan`: Its id, or the beginning of its id.
        """
        detail: PlanDetail = await run(self._fleet.wait_plan(plan))
        return detail
