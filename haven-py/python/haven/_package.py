"""All that `import haven` has."""

from __future__ import annotations

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

__all__ = ["Agent", "Engine", "Haven", "Opening", "Stream", "Subscription", "Terminal", "__version__", "errors", "model", "open"]
__all__ += errors.__all__
__all__ += model.__all__
