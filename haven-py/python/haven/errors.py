"""What Haven raises: a class a kind, each answering what the caller can do.

Generated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""

from __future__ import annotations

from ._error import HavenError

__all__ = [
    "AlreadyExists",
    "Busy",
    "Conflict",
    "Denied",
    "HavenError",
    "Invalid",
    "NotFound",
    "Timeout",
    "Unauthenticated",
    "Unavailable",
    "Unexpected",
    "Unsupported",
]


class NotFound(HavenError):
    """The named object does not exist."""

    kind = "not_found"


class AlreadyExists(HavenError):
    """The name is taken."""

    kind = "already_exists"


class Conflict(HavenError):
    """The object changed under us: a stale revision, or the wrong state."""

    kind = "conflict"


class Invalid(HavenError):
    """The request itself is wrong; sending it again cannot help."""

    kind = "invalid"


class Unauthenticated(HavenError):
    """Sign in, or sign in again."""

    kind = "unauthenticated"


class Denied(HavenError):
    """The caller may not do this."""

    kind = "denied"


class Busy(HavenError):
    """Later: a limit, a full disk, a quota. `retry_after` says when, where that is known."""

    kind = "busy"


class Unsupported(HavenError):
    """This engine, store or registry cannot do this."""

    kind = "unsupported"


class Unavailable(HavenError):
    """The other side cannot be reached; nothing happened."""

    kind = "unavailable"


class Timeout(HavenError):
    """No answer in time; the operation **may have taken effect**."""

    kind = "timeout"


class Unexpected(HavenError):
    """A bug, ours or the other side's."""

    kind = "unexpected"
