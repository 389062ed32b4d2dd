"""How what takes time is waited for: with the interpreter's lock released, and until Ctrl-C at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._haven import Work


def run(work: Work) -> Any:
    """Waits for some work."""
    return work.wait()
