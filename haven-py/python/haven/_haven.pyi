"""
Haven's engine, for the package around it.
"""

from _typeshed import Incomplete
from os import PathLike
from typing import Any, Final, SupportsFloat, SupportsIndex, final

version: Final[str]
"""
The version of the package.
"""

@final
class Agent:
    """
    Collects what this machine uses, and reports it to a Haven server.
    """
    def __new__(cls, /, master: str, secret: Secret | str | None, name: str | None, docker: str, address: str | None, ca: str | None, interval: SupportsFloat | SupportsIndex, root: str | PathLike[str]) -> Agent:
        """
        Checks the configuration.
        """
    def run(self, /) -> Work:
        """
        Reports every interval, until it is stopped.
        """
    def stop(self, /) -> None:
        """
        Ends reporting.
        """

@final
class Engine:
    """
    A container engine: a real one, or a simulated one in this process.
    """
    def container(self, /, id: str) -> Work: ...
    def containers(self, /, filter: Any) -> Work: ...
    def create_container(self, /, name: str | None, spec: Any) -> Work: ...
    @staticmethod
    def docker(address: str) -> Work:
        """
        Connects to the Docker Engine at an address.
        """
    def images(self, /) -> Work: ...
    def info(self, /) -> Work: ...
    def networks(self, /) -> Work: ...
    def ping(self, /) -> Work: ...
    def remove_container(self, /, id: str, options: Any) -> Work: ...
    @staticmethod
    def simulated() -> Engine:
        """
        A new simulated engine.
        """
    def start_container(self, /, id: str) -> Work: ...
    def stop_container(self, /, id: str, options: Any) -> Work: ...
    def volumes(self, /) -> Work: ...

@final
class Fleet:
    """
    A fleet that was opened; none: it was closed, and nothing keeps its store.
    """
    def apply_and_wait(self, /, plan: Any) -> Work:
        """
        Begins a plan, which must be as it was made, and waits until it is at rest; answers it and how far it has come.
        """
    def call(self, /, operation: str, parameters: Any) -> Any:
        """
        An operation: the work that answers a value or a terminal, or a stream, as the table has it.
        """
    def close(self, /) -> Work:
        """
        Ends the background work of a fleet in this process, once what was begun is done and written, and lets its store go.
        """
    @staticmethod
    def open(url: str, token: Secret | str | None = None, user: str | None = None, password: Secret | str | None = None, ca: str | None = None, timeout: SupportsFloat | SupportsIndex | None = None) -> Work:
        """
        Opens a fleet by its address.
        """
    def run(self, /, node: str, name: str, spec: Any) -> Work:
        """
        Creates a container and starts it; answers its id.
        """
    def wait_online(self, /, node: str, within: SupportsFloat | SupportsIndex) -> Work:
        """
        Waits until a node's engine is connected, for at most so many seconds; answers the node.
        """
    def wait_plan(self, /, plan: str) -> Work:
        """
        Waits until a plan that was begun is at rest; answers it and how far it has come.
        """

@final
class Inbox:
    """
    The answers for one event loop.
    """
    def __new__(cls, /) -> Inbox: ...
    def begin(self, /, key: SupportsIndex, work: Work) -> None:
        """
        Begins some work, whose answer arrives under `key`.
        """
    def cancel(self, /, key: SupportsIndex) -> None:
        """
        Gives some work up: it is dropped where it waits.
        """
    def fileno(self, /) -> int:
        """
        What the loop reads: it is readable when there is something to take.
        """
    def take(self, /) -> list[tuple[int, bool, Any]]:
        """
        What arrived: under which key, whether it succeeded, and the value or the exception.
        """

@final
class Secret:
    """
    A text that shows as `***`: an environment value, a password, a token.
    """
    def __copy__(self, /) -> Secret: ...
    def __deepcopy__(self, /, _memo: Any) -> Secret: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, value: str) -> Secret: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    def expose(self, /) -> str:
        """
        The value itself.
        """

@final
class Stream:
    """
    A stream, which begins when it is first asked for something. Waiting takes nothing, so giving the wait up loses nothing.
    """
    def begin(self, /) -> Work:
        """
        Waits until it has begun.
        """
    def fill(self, /) -> Work:
        """
        Waits until there is something to take; answers whether there is, else the stream has ended.
        """
    def stop(self, /) -> Work:
        """
        Ends it: who waits for items learns that there are no more, and its connection is closed when this is done.
        """
    def take(self, /) -> list[Any]:
        """
        The items that are there, none where it has to be waited for some. Raises what the stream failed with, after its items.
        """

@final
class Terminal:
    """
    A conversation that has begun.
    """
    def close(self, /) -> Work:
        """
        Ends the conversation.
        """
    def close_input(self, /) -> Work:
        """
        Ends what the program reads; its output goes on.
        """
    def exit_code(self, /) -> Work:
        """
        Waits until the program has ended, and answers its exit code.
        """
    @property
    def output(self, /) -> Stream:
        """
        What the program writes.
        """
    def resize(self, /, width: SupportsIndex, height: SupportsIndex) -> Work:
        """
        Tells the program the size of its terminal, in characters.
        """
    def write(self, /, data: bytes) -> Work:
        """
        Gives the program something to read.
        """

@final
class Work:
    """
    Something that Haven does, once.
    """
    def wait(self, /) -> Any:
        """
        Waits for it, with the interpreter's lock released. Ctrl-C ends the waiting.
        """

def __getattr__(name: str) -> Incomplete: ...
