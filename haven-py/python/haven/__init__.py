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

TYPE_CHECKING = False

if sys.version_info < (3, 10):
    raise ImportError(f"haven needs Python 3.10 or newer, this is {sys.version.split()[0]}")

if TYPE_CHECKING:
    from ._package import *
    from ._package import __version__ as __version__
    from .errors import *
    from .model import *
else:

    def __getattr__(name: str) -> object:
        """Loads the package with the first thing that is asked of it: the installed agent needs none of it."""
        from importlib import import_module

        package = import_module("._package", __name__)
        if name != "__all__" and name not in package.__all__:
            raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
        globals().update({known: getattr(package, known) for known in ("__all__", *package.__all__)})
        return globals()[name]

    def __dir__() -> list[str]:
        return __getattr__("__all__")
