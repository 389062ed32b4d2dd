"""Fleets of Docker machines, seen and driven as one.

```python
import asyncio
import haven

async def main() -> None:
    async with haven.open("memory:") as fleet:
        await fleet.nodes.register("web-1", "sim:")
        await fleet.nodes.wait_online("web-1")
        await fleet.containers.run("web-1", "hello", haven.ContainerSpec("busybox", command=["sleep", "60"]))
        for at in (await fleet.containers.list()).items:
            print(at.node, at.item.name, at.item.state)

asyncio.run(main())
```

`haven.blocking` is the same for programs without an event loop. What fails raises a `HavenError`, of a class that says what
can be done about it.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 10):
    raise ImportError(f"haven needs Python 3.10 or newer, this is {sys.version.split()[0]}")

from . import errors, model
from ._haven import version as __version__
from .agent import Agent
from .engine import Engine
from .errors import *
from .fleet import Haven
from .model import *
from .opening import Opening, open
from .stream import Stream
from .subscription import Subscription
from .terminal import Terminal

__all__ = ["Agent", "Engine", "Haven", "Opening", "Stream", "Subscription", "Terminal", "__version__", "open"]
__all__ += errors.__all__
__all__ += model.__all__
