"""Haven for programs without an event loop: the same as `haven`, waited for instead of awaited.

```python
import haven.blocking

with haven.blocking.open("memory:") as fleet:
    print(fleet.system.status())
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _haven
from ._bridge import run
from .agent import Agent
from .engine import Engine
from .fleet import Haven
from .stream import Stream
from .subscription import Subscription
from .terminal import Terminal

if TYPE_CHECKING:
    from ..model import Secret

__all__ = ["Agent", "Engine", "Haven", "Stream", "Subscription", "Terminal", "open"]


def open(
    url: str,
    *,
    token: Secret | str | None = None,
    user: str | None = None,
    password: Secret | str | None = None,
    ca: str | None = None,
    timeout: float | None = None,
) -> Haven:
    """Opens a fleet by its address, as `haven.open` does. Use it in `with`, which closes it at the end."""
    return Haven(run(_haven.Fleet.open(url, token, user, password, ca, timeout)))
