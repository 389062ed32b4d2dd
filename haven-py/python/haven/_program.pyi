from os import PathLike
from typing import Sequence

def agent(file: str | PathLike[str], arguments: Sequence[str], /) -> int:
    """Runs the agent's command line, until a signal ends it; answers the exit code."""
