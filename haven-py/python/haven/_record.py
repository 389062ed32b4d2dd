"""What the classes of the model have in common: they are made once, and then do not change."""

from __future__ import annotations

import builtins
import json
from datetime import datetime, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Mapping, TypeVar

from ._haven import Secret

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        return lambda kind: kind


T = TypeVar("T")

EMPTY: Mapping[str, Any] = MappingProxyType({})
"""Nothing by name."""

assign = object.__setattr__
"""How a constructor sets what nobody else may set."""


def hidden(value: Any) -> Any:
    """Texts that must not be seen, hidden: one, or some by name."""
    if isinstance(value, str):
        return Secret(value)
    if isinstance(value, Mapping):
        return {name: hidden(inner) for name, inner in value.items()}
    return value


def plain(value: Any) -> Any:
    """What JSON has for a value; secrets stay hidden."""
    if isinstance(value, Record):
        return {name: plain(inner) for name, inner in value._asdict().items() if inner is not None}
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(inner) for inner in value]
    if isinstance(value, Secret):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, builtins.bytes):
        return value.decode(errors="replace")
    return value


@dataclass_transform(frozen_default=True)
class Record:
    """An object whose fields are set when it is made. Two that have the same fields are equal."""

    __slots__: tuple[str, ...] = ()

    def _asdict(self) -> dict[str, Any]:
        """The fields by their names in JSON."""
        return {name.rstrip("_"): getattr(self, name) for name in self.__slots__}

    def replace(self, **fields: Any) -> Self:
        """The same with other values in these fields."""
        return type(self)(**{**{name: getattr(self, name) for name in self.__slots__}, **fields})

    def to_json(self, indent: int | None = None) -> str:
        """The fields as JSON, with the names that the API has for them; secrets are `***`."""
        return json.dumps(plain(self), indent=indent)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    if not TYPE_CHECKING:  # Who checks types knows it by `dataclass_transform`.

        def __setattr__(self, name: str, value: Any) -> None:
            raise AttributeError(f"`{type(self).__name__}.{name}` cannot be set: make another with `replace({name}=…)`")

        def __delattr__(self, name: str) -> None:
            raise AttributeError(f"`{type(self).__name__}.{name}` cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        fields = ((name, getattr(self, name)) for name in self.__slots__)
        said = ", ".join(f"{name}={value!r}" for name, value in fields if value not in (None, (), EMPTY))
        return f"{type(self).__name__}({said})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Nothing by name is one object, which cannot be written.
        return type(self), tuple({} if value is EMPTY else value for value in self._values())


class Output(Record):
    """A piece of a program's output."""

    __slots__ = ("channel", "bytes")

    channel: Literal["stdout", "stderr"]
    """Where it was written. A program with a terminal writes everything to `stdout`."""

    bytes: builtins.bytes
    """What was written: any bytes, cut anywhere."""

    def __init__(self, channel: Literal["stdout", "stderr"], bytes: builtins.bytes) -> None:
        assign(self, "channel", channel)
        assign(self, "bytes", bytes)

    @property
    def text(self) -> str:
        """The same as text; what is no UTF-8 shows as `�`."""
        return self.bytes.decode(errors="replace")
