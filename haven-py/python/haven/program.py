"""The pip-installed `haven-agent`: the agent's command line, the same as the native program's."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs it until a signal ends it."""
    from ._program import agent

    sys.exit(agent(sys.argv[0], sys.argv[1:]))
