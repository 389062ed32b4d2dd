"""The root of what Haven raises. The classes of `haven.errors` stand below it, one a kind."""

from __future__ import annotations

from typing import Mapping


class HavenError(Exception):
    """Something failed. Branch on the class, show `str(error)`, log `report`."""

    kind: str = "unexpected"
    """What the caller can do about it, in Haven's word: `not_found`, `busy`, …"""

    def __init__(
        self,
        message: str,
        context: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        report: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        """A clause with names in backticks."""
        self.context: Mapping[str, str] = context or {}
        """Where it happened: `{"node": "web-3"}`."""
        self.retry_after = retry_after
        """Seconds after which trying again makes sense, where that is known."""
        self.report = report or message
        """Message, context and causes on one line, for logs."""

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.context, self.retry_after, self.report)


def of(
    kind: str, message: str, context: Mapping[str, str], retry_after: float | None, report: str
) -> HavenError:
    """The error of a kind."""
    found = next((error for error in HavenError.__subclasses__() if error.kind == kind), HavenError)
    return found(message, context, retry_after, report)
