"""The data of Haven: what operations take and answer.

Generated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Union

from ._haven import Secret
from ._record import EMPTY, Output, Record, assign, hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = [
    "Acted",
    "Actor",
    "AgentStatus",
    "At",
    "AuditPage",
    "AuditRecord",
    "Check",
    "Cluster",
    "ClusterKind",
    "Container",
    "ContainerDetail",
    "ContainerSpec",
    "ContainerState",
    "ContainerStats",
    "ContainerUse",
    "Count",
    "Created",
    "DiskUse",
    "EngineInfo",
    "EngineStatus",
    "ErrorKind",
    "Event",
    "EventCount",
    "Events",
    "ExecSpec",
    "Exited",
    "Face",
    "Found",
    "Health",
    "HealthCheck",
    "Identity",
    "Image",
    "ImageDetail",
    "Invitation",
    "Listing",
    "MemoryUse",
    "MetricsSource",
    "Missing",
    "Mount",
    "MountKind",
    "NetUse",
    "Network",
    "NetworkSpec",
    "Node",
    "NodeMetrics",
    "NodeStatus",
    "NodeUse",
    "Object",
    "Outcome",
    "Output",
    "Page",
    "Placement",
    "Port",
    "Processes",
    "Protocol",
    "PullProgress",
    "Refusal",
    "Report",
    "RestartPolicy",
    "Secret",
    "Session",
    "Severity",
    "SystemStatus",
    "SystemUse",
    "TerminalSize",
    "TlsSpec",
    "TopBy",
    "Volume",
    "VolumeSpec",
    "WireError",
]

T = TypeVar("T")

Check = Literal["contact", "name", "port", "memory"]
"""What a node must pass to take a container.
* `contact`: Its engine answers.
* `name`: No container has the name.
* `port`: No container that runs publishes one of the ports.
* `memory`: It has as much memory as the container may use.
"""

ClusterKind = Literal["builtin", "pool"]
"""What kind of cluster it is.
* `builtin`: `all` and `orphans`: they always exist, their nodes follow from the others.
* `pool`: Haven places containers.
"""

ContainerState = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]
"""What a container is doing.
* `created`: Made, not started yet.
* `running`: Its program runs.
* `paused`: Its program is held.
* `restarting`: It ended, and the engine starts it again.
* `removing`: The engine is removing it.
* `exited`: It ended.
* `dead`: The engine could not remove it.
"""

ErrorKind = Literal[
    "not_found",
    "already_exists",
    "conflict",
    "invalid",
    "unauthenticated",
    "denied",
    "busy",
    "unsupported",
    "unavailable",
    "timeout",
    "unexpected",
]
"""What a caller can *do* about an error. A kind is added only when a caller would branch on it.
* `not_found`: The named object does not exist.
* `already_exists`: The name is taken.
* `conflict`: The object changed under us: a stale revision, or the wrong state.
* `invalid`: The request itself is wrong; sending it again cannot help.
* `unauthenticated`: Sign in, or sign in again.
* `denied`: The caller may not do this.
* `busy`: Later: a limit, a full disk, a quota. `retry_after` says when, where that is known.
* `unsupported`: This engine, store or registry cannot do this.
* `unavailable`: The other side cannot be reached; nothing happened.
* `timeout`: No answer in time; the operation **may have taken effect**.
* `unexpected`: A bug, ours or the other side's.
"""

Face = Literal["rust", "rest", "cli", "agent", "python", "ffi", "dashboard"]
"""A face of Haven.
* `rust`: A Rust program, in its own process.
* `rest`: The HTTP API.
* `cli`: The `haven` program.
* `agent`: The door that agents report at.
* `python`: Python.
* `ffi`: A host over UniFFI.
* `dashboard`: The dashboard.
"""

Health = Literal["starting", "healthy", "unhealthy"]
"""What a container's health check says.
* `starting`: Not known yet.
* `healthy`: The check passes.
* `unhealthy`: The check failed as often as it may.
"""

MetricsSource = Literal["agent", "containers"]
"""Where a node's figures come from.
* `agent`: Its agent: the whole machine.
* `containers`: The sum over its containers: a node without an agent.
"""

MountKind = Literal["bind", "volume", "tmpfs"]
"""The kind of a `Mount`.
* `bind`: A folder of the host.
* `volume`: A volume of the engine.
* `tmpfs`: Memory.
"""

NodeStatus = Literal["online", "unknown", "pending"]
"""Whether a node can be worked with now.
* `online`: Its engine is connected.
* `unknown`: Contact is lost. What ran there is listed as last seen; it most likely still runs.
* `pending`: Its engine was never reached yet.
"""

Outcome = Literal["done", "already_so"]
"""Whether an acting call changed something.
* `done`: It did.
* `already_so`: It was so already.
"""

Protocol = Literal["tcp", "udp", "sctp"]
"""The protocol of a published port.
* `tcp`: TCP.
* `udp`: UDP.
* `sctp`: SCTP.
"""

RestartPolicy = Union[Literal["no", "always", "unless-stopped"], "Mapping[str, Any]"]
"""What the engine does when a container's program ends.
* `no`: Nothing.
* `always`: Start it again, always.
* `unless-stopped`: Start it again unless it was stopped on purpose.
"""

Severity = Literal["info", "warning", "error"]
"""How much an event matters.
* `info`: For the record.
* `warning`: Somebody should look.
* `error`: Something failed.
"""

TopBy = Literal["cpu", "memory", "network"]
"""What to put first in a list of what uses most.
* `cpu`: CPU.
* `memory`: Memory.
* `network`: Bytes over the network.
"""


class Acted(Record):
    """An answer that is one outcome."""

    __slots__ = ("outcome",)

    outcome: Outcome
    """Whether it changed something."""

    def __init__(self, outcome: Outcome) -> None:
        assign(self, "outcome", outcome)


class Actor(Record):
    """Who asks Haven for something, through which face, from where."""

    __slots__ = ("identity", "face", "request", "address")

    identity: Identity
    """Who it is."""

    face: Face
    """The face that the request came through."""

    request: str
    """Follows the request through logs, audit and engine calls."""

    address: str | None
    """The address that the request came from, where it came over a network."""

    def __init__(self, identity: Identity, face: Face, request: str, address: str | None = None) -> None:
        assign(self, "identity", identity)
        assign(self, "face", face)
        assign(self, "request", request)
        assign(self, "address", address)


class AgentStatus(Record):
    """What is known of a node's agent."""

    __slots__ = ("reporting", "last_seen", "age")

    reporting: bool
    """Whether it reports: its last report is younger than three of its intervals."""

    last_seen: datetime | None
    """When it reported last."""

    age: float | None
    """Seconds since then."""

    def __init__(self, reporting: bool, last_seen: datetime | None = None, age: float | None = None) -> None:
        assign(self, "reporting", reporting)
        assign(self, "last_seen", last_seen)
        assign(self, "age", age)


class At(Record, Generic[T]):
    """A thing, and the machine it is on."""

    __slots__ = ("node", "item")

    node: str
    """The machine."""

    item: T
    """The thing."""

    def __init__(self, node: str, item: T) -> None:
        assign(self, "node", node)
        assign(self, "item", item)


class AuditPage(Record):
    """A part of the audit."""

    __slots__ = ("items", "intact", "unreadable")

    items: Sequence[AuditRecord]
    """The records, oldest first."""

    intact: bool
    """Whether every record of this part has its own hash and that of the one before."""

    unreadable: Sequence[int]
    """The numbers of those that this Haven cannot read: a newer one wrote them."""

    def __init__(self, items: Sequence[AuditRecord], intact: bool, unreadable: Sequence[int] = ()) -> None:
        assign(self, "items", items)
        assign(self, "intact", intact)
        assign(self, "unreadable", unreadable)


class AuditRecord(Record):
    """One operation that acted, or tried to. Each record holds the hash of the one before, so that none can be altered or
    taken out unseen.
    """

    __slots__ = ("number", "time", "actor", "operation", "object", "previous", "parameters", "failed", "hash")

    number: int
    """Its number, from 1 on without a gap."""

    time: datetime
    """When it ended."""

    actor: Actor
    """Who asked, through which face, from where."""

    operation: str
    """The operation: `containers.stop`."""

    object: Object
    """What it touched."""

    previous: str
    """The hash of the record before; empty for the first."""

    parameters: Mapping[str, Any]
    """What was asked of it: its parameters, secrets as `***`, and `…` where something long was cut."""

    failed: ErrorKind | None
    """Why it failed; none: it was done."""

    hash: str
    """The SHA-256 of this record as it is stored, with this field empty."""

    def __init__(
        self,
        number: int,
        time: datetime,
        actor: Actor,
        operation: str,
        object: Object,
        previous: str,
        parameters: Mapping[str, Any] = EMPTY,
        failed: ErrorKind | None = None,
        hash: str = "",
    ) -> None:
        assign(self, "number", number)
        assign(self, "time", time)
        assign(self, "actor", actor)
        assign(self, "operation", operation)
        assign(self, "object", object)
        assign(self, "previous", previous)
        assign(self, "parameters", parameters)
        assign(self, "failed", failed)
        assign(self, "hash", hash)


class Cluster(Record):
    """Machines managed as one."""

    __slots__ = ("name", "kind", "nodes", "containers", "description", "revision")

    name: str
    """Its name."""

    kind: ClusterKind
    """What kind it is."""

    nodes: Count
    """Its nodes: online, and all."""

    containers: Count
    """Its containers: running, and all, as last seen."""

    description: str
    """What it is for."""

    revision: str | None
    """For a conditional change; none for the clusters that always exist."""

    def __init__(
        self,
        name: str,
        kind: ClusterKind,
        nodes: Count,
        containers: Count,
        description: str = "",
        revision: str | None = None,
    ) -> None:
        assign(self, "name", name)
        assign(self, "kind", kind)
        assign(self, "nodes", nodes)
        assign(self, "containers", containers)
        assign(self, "description", description)
        assign(self, "revision", revision)


class Container(Record):
    """A container in a list."""

    __slots__ = (
        "id",
        "name",
        "image",
        "image_id",
        "command",
        "created",
        "state",
        "status",
        "health",
        "ports",
        "labels",
        "networks",
        "mounts",
    )

    id: str
    """Its full id."""

    name: str
    """Its name, without the leading slash."""

    image: str
    """The image as it was asked for; its id once that name means another image, or none."""

    image_id: str
    """The id of the image."""

    command: str
    """The program and its arguments, as one text."""

    created: datetime
    """When it was created."""

    state: ContainerState
    """What it is doing."""

    status: str
    """The state in Docker's words: `Up 5 minutes`, `Exited (0) 2 days ago`."""

    health: Health | None
    """What its health check says, where it has one."""

    ports: Sequence[Port]
    """Its ports, published or exposed."""

    labels: Mapping[str, str]
    """Its labels, the image's included."""

    networks: Mapping[str, str]
    """The networks it is connected to, and its address there."""

    mounts: Sequence[Mount]
    """What is mounted into it."""

    def __init__(
        self,
        id: str,
        name: str,
        image: str,
        image_id: str,
        command: str,
        created: datetime,
        state: ContainerState,
        status: str,
        health: Health | None = None,
        ports: Sequence[Port] = (),
        labels: Mapping[str, str] = EMPTY,
        networks: Mapping[str, str] = EMPTY,
        mounts: Sequence[Mount] = (),
    ) -> None:
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "image", image)
        assign(self, "image_id", image_id)
        assign(self, "command", command)
        assign(self, "created", created)
        assign(self, "state", state)
        assign(self, "status", status)
        assign(self, "health", health)
        assign(self, "ports", ports)
        assign(self, "labels", labels)
        assign(self, "networks", networks)
        assign(self, "mounts", mounts)


class ContainerDetail(Record):
    """Everything an engine says about one container."""

    __slots__ = (
        "id",
        "name",
        "image_id",
        "spec",
        "created",
        "state",
        "health",
        "pid",
        "exit_code",
        "oom_killed",
        "error",
        "started",
        "finished",
        "restart_count",
        "networks",
        "ports",
    )

    id: str
    """Its full id."""

    name: str
    """Its name, without the leading slash."""

    image_id: str
    """The id of the image."""

    spec: ContainerSpec
    """What it was created from, the image's own values merged in as the engine does."""

    created: datetime
    """When it was created."""

    state: ContainerState
    """What it is doing."""

    health: Health | None
    """What its health check says, where it has one."""

    pid: int | None
    """The process id of its program on the host, while it runs."""

    exit_code: int | None
    """How its program ended last."""

    oom_killed: bool
    """Whether the kernel ended it for want of memory."""

    error: str | None
    """Why it could not be started, in the engine's words."""

    started: datetime | None
    """When its program started last."""

    finished: datetime | None
    """When its program ended last."""

    restart_count: int
    """How often the engine started it again."""

    networks: Mapping[str, str]
    """The networks it is connected to, and its address there."""

    ports: Sequence[Port]
    """Its ports as they are published now."""

    def __init__(
        self,
        id: str,
        name: str,
        image_id: str,
        spec: ContainerSpec,
        created: datetime,
        state: ContainerState,
        health: Health | None = None,
        pid: int | None = None,
        exit_code: int | None = None,
        oom_killed: bool = False,
        error: str | None = None,
        started: datetime | None = None,
        finished: datetime | None = None,
        restart_count: int = 0,
        networks: Mapping[str, str] = EMPTY,
        ports: Sequence[Port] = (),
    ) -> None:
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "image_id", image_id)
        assign(self, "spec", spec)
        assign(self, "created", created)
        assign(self, "state", state)
        assign(self, "health", health)
        assign(self, "pid", pid)
        assign(self, "exit_code", exit_code)
        assign(self, "oom_killed", oom_killed)
        assign(self, "error", error)
        assign(self, "started", started)
        assign(self, "finished", finished)
        assign(self, "restart_count", restart_count)
        assign(self, "networks", networks)
        assign(self, "ports", ports)


class ContainerSpec(Record):
    """What a container shall be. Every field may be left out but the image."""

    __slots__ = (
        "image",
        "command",
        "entrypoint",
        "env",
        "labels",
        "hostname",
        "user",
        "working_dir",
        "tty",
        "open_stdin",
        "ports",
        "mounts",
        "network",
        "restart",
        "memory",
        "nano_cpus",
        "health",
        "stop_signal",
        "stop_timeout",
    )

    image: str
    """The image to run."""

    command: Sequence[str]
    """Arguments of the entry point, or the program where the image has none; empty: the image's own."""

    entrypoint: Sequence[str]
    """The program; empty: the image's own."""

    env: Mapping[str, Secret]
    """The environment, by name. Values are secret: they are shown as `***`."""

    labels: Mapping[str, str]
    """Labels."""

    hostname: str | None
    """The host name inside."""

    user: str | None
    """The user, and group, that the program runs as: `1000:1000`."""

    working_dir: str | None
    """The folder that the program starts in."""

    tty: bool
    """Whether the program has a terminal."""

    open_stdin: bool
    """Whether standard input stays open."""

    ports: Sequence[Port]
    """Published ports."""

    mounts: Sequence[Mount]
    """Volumes, folders of the host, and memory file systems."""

    network: str | None
    """The network to join; none: the engine's default bridge."""

    restart: RestartPolicy
    """What the engine does when the program ends."""

    memory: int | None
    """The most memory, in bytes; none: no limit."""

    nano_cpus: int | None
    """The most CPU time, in billionths of a core; none: no limit."""

    health: HealthCheck | None
    """The health check; none: the image's own."""

    stop_signal: str | None
    """The signal that asks the program to end; none: the image's, else SIGTERM."""

    stop_timeout: int | None
    """Seconds between that signal and SIGKILL; none: the engine's own, 10."""

    def __init__(
        self,
        image: str,
        command: Sequence[str] = (),
        entrypoint: Sequence[str] = (),
        env: Mapping[str, Secret | str] = EMPTY,
        labels: Mapping[str, str] = EMPTY,
        hostname: str | None = None,
        user: str | None = None,
        working_dir: str | None = None,
        tty: bool = False,
        open_stdin: bool = False,
        ports: Sequence[Port] = (),
        mounts: Sequence[Mount] = (),
        network: str | None = None,
        restart: RestartPolicy = "no",
        memory: int | None = None,
        nano_cpus: int | None = None,
        health: HealthCheck | None = None,
        stop_signal: str | None = None,
        stop_timeout: int | None = None,
    ) -> None:
        assign(self, "image", image)
        assign(self, "command", command)
        assign(self, "entrypoint", entrypoint)
        assign(self, "env", hidden(env))
        assign(self, "labels", labels)
        assign(self, "hostname", hostname)
        assign(self, "user", user)
        assign(self, "working_dir", working_dir)
        assign(self, "tty", tty)
        assign(self, "open_stdin", open_stdin)
        assign(self, "ports", ports)
        assign(self, "mounts", mounts)
        assign(self, "network", network)
        assign(self, "restart", restart)
        assign(self, "memory", memory)
        assign(self, "nano_cpus", nano_cpus)
        assign(self, "health", health)
        assign(self, "stop_signal", stop_signal)
        assign(self, "stop_timeout", stop_timeout)


class ContainerStats(Record):
    """One sample of what a container uses. Times and byte counts grow from the container's start."""

    __slots__ = (
        "read",
        "cpu",
        "cpus",
        "memory",
        "network_rx",
        "network_tx",
        "block_read",
        "block_write",
        "system_cpu",
        "cpu_percent",
        "memory_limit",
        "pids",
    )

    read: datetime
    """When the engine took it."""

    cpu: int
    """CPU time used, in nanoseconds."""

    cpus: int
    """How many cores it may use."""

    memory: int
    """Memory in use in bytes, without the page cache that can be given back, as `docker stats` counts it."""

    network_rx: int
    """Bytes received."""

    network_tx: int
    """Bytes sent."""

    block_read: int
    """Bytes read from disks."""

    block_write: int
    """Bytes written to disks."""

    system_cpu: int | None
    """CPU time of the whole machine, in nanoseconds, where the engine says."""

    cpu_percent: float | None
    """CPU use since the sample before, in percent of one core (two busy cores are 200); none: there is none before."""

    memory_limit: int | None
    """The most memory it may use in bytes, or what the machine has."""

    pids: int | None
    """Processes and threads."""

    def __init__(
        self,
        read: datetime,
        cpu: int,
        cpus: int,
        memory: int,
        network_rx: int,
        network_tx: int,
        block_read: int,
        block_write: int,
        system_cpu: int | None = None,
        cpu_percent: float | None = None,
        memory_limit: int | None = None,
        pids: int | None = None,
    ) -> None:
        assign(self, "read", read)
        assign(self, "cpu", cpu)
        assign(self, "cpus", cpus)
        assign(self, "memory", memory)
        assign(self, "network_rx", network_rx)
        assign(self, "network_tx", network_tx)
        assign(self, "block_read", block_read)
        assign(self, "block_write", block_write)
        assign(self, "system_cpu", system_cpu)
        assign(self, "cpu_percent", cpu_percent)
        assign(self, "memory_limit", memory_limit)
        assign(self, "pids", pids)


class ContainerUse(Record):
    """A container and what it uses."""

    __slots__ = ("id", "name", "image", "stats")

    id: str
    """Its full id."""

    name: str
    """Its name."""

    image: str
    """Its image."""

    stats: ContainerStats
    """The last sample."""

    def __init__(self, id: str, name: str, image: str, stats: ContainerStats) -> None:
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "image", image)
        assign(self, "stats", stats)


class Count(Record):
    """How many run, of how many."""

    __slots__ = ("on", "total")

    on: int
    """Running, or online."""

    total: int
    """All."""

    def __init__(self, on: int, total: int) -> None:
        assign(self, "on", on)
        assign(self, "total", total)


class Created(Record):
    """An answer that is the id of what was made."""

    __slots__ = ("id",)

    id: str
    """The container's id."""

    def __init__(self, id: str) -> None:
        assign(self, "id", id)


class DiskUse(Record):
    """A disk of a machine, in bytes."""

    __slots__ = ("total", "used")

    total: int
    """All of it."""

    used: int
    """In use."""

    def __init__(self, total: int = 0, used: int = 0) -> None:
        assign(self, "total", total)
        assign(self, "used", used)


class EngineInfo(Record):
    """What an engine says about itself and its machine."""

    __slots__ = (
        "id",
        "name",
        "version",
        "operating_system",
        "os",
        "architecture",
        "kernel",
        "cpus",
        "memory",
        "storage_driver",
        "containers_running",
        "containers",
        "images",
        "labels",
    )

    id: str
    """The engine's own id."""

    name: str
    """The name of the machine."""

    version: str
    """The engine's own version."""

    operating_system: str
    """The operating system: `Debian GNU/Linux 12`."""

    os: str
    """The kind of kernel: `linux`."""

    architecture: str
    """The processor: `x86_64`."""

    kernel: str
    """The kernel's version."""

    cpus: int
    """How many cores."""

    memory: int
    """Memory in bytes."""

    storage_driver: str
    """The storage driver: `overlay2`."""

    containers_running: int
    """How many containers run."""

    containers: int
    """How many containers there are."""

    images: int
    """How many images there are."""

    labels: Mapping[str, str]
    """Labels of the engine."""

    def __init__(
        self,
        id: str,
        name: str,
        version: str,
        operating_system: str,
        os: str,
        architecture: str,
        kernel: str,
        cpus: int,
        memory: int,
        storage_driver: str,
        containers_running: int,
        containers: int,
        images: int,
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "version", version)
        assign(self, "operating_system", operating_system)
        assign(self, "os", os)
        assign(self, "architecture", architecture)
        assign(self, "kernel", kernel)
        assign(self, "cpus", cpus)
        assign(self, "memory", memory)
        assign(self, "storage_driver", storage_driver)
        assign(self, "containers_running", containers_running)
        assign(self, "containers", containers)
        assign(self, "images", images)
        assign(self, "labels", labels)


class EngineStatus(Record):
    """What is known of a node's engine."""

    __slots__ = ("connected", "last_seen", "age", "error", "api", "info")

    connected: bool
    """Whether it answers."""

    last_seen: datetime | None
    """When it answered last."""

    age: float | None
    """Seconds since then."""

    error: WireError | None
    """Why it does not answer."""

    api: str | None
    """The API version spoken with it."""

    info: EngineInfo | None
    """What it says about itself."""

    def __init__(
        self,
        connected: bool,
        last_seen: datetime | None = None,
        age: float | None = None,
        error: WireError | None = None,
        api: str | None = None,
        info: EngineInfo | None = None,
    ) -> None:
        assign(self, "connected", connected)
        assign(self, "last_seen", last_seen)
        assign(self, "age", age)
        assign(self, "error", error)
        assign(self, "api", api)
        assign(self, "info", info)


class Event(Record):
    """Something that happened: a container's change of state, contact with a node lost, a limit passed."""

    __slots__ = (
        "time",
        "severity",
        "type",
        "action",
        "id",
        "message",
        "cursor",
        "node",
        "cluster",
        "name",
        "attributes",
    )

    time: datetime
    """When it happened."""

    severity: Severity
    """How much it matters."""

    type: str
    """The kind of object: `container`, `image`, `network`, `volume`, `node`, `cluster`."""

    action: str
    """What happened: `start`, `die`, `oom`, `unknown`, `online`, `limit`, …"""

    id: str
    """The id of the object."""

    message: str
    """What happened, for people."""

    cursor: str
    """Where it stands in the order of events; hand it back to go on after it. Empty until it is recorded."""

    node: str | None
    """The node it happened on."""

    cluster: str | None
    """The cluster that the node was in."""

    name: str
    """The name of the object."""

    attributes: Mapping[str, str]
    """What else is known: image, exit code, limit."""

    def __init__(
        self,
        time: datetime,
        severity: Severity,
        type: str,
        action: str,
        id: str,
        message: str,
        cursor: str = "",
        node: str | None = None,
        cluster: str | None = None,
        name: str = "",
        attributes: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "time", time)
        assign(self, "severity", severity)
        assign(self, "type", type)
        assign(self, "action", action)
        assign(self, "id", id)
        assign(self, "message", message)
        assign(self, "cursor", cursor)
        assign(self, "node", node)
        assign(self, "cluster", cluster)
        assign(self, "name", name)
        assign(self, "attributes", attributes)


class EventCount(Record):
    """How many events of each severity a cluster had."""

    __slots__ = ("info", "warning", "error", "cluster")

    info: int
    """Events that are for the record."""

    warning: int
    """Events that somebody should look at."""

    error: int
    """Events that tell of a failure."""

    cluster: str | None
    """The cluster; none: nodes without one."""

    def __init__(self, info: int, warning: int, error: int, cluster: str | None = None) -> None:
        assign(self, "info", info)
        assign(self, "warning", warning)
        assign(self, "error", error)
        assign(self, "cluster", cluster)


class Events(Record):
    """A page of events."""

    __slots__ = ("items", "cursor")

    items: Sequence[Event]
    """The events, oldest first."""

    cursor: str
    """Where to go on: hand it back as `after`, or follow from there."""

    def __init__(self, items: Sequence[Event], cursor: str) -> None:
        assign(self, "items", items)
        assign(self, "cursor", cursor)


class ExecSpec(Record):
    """A program to run in a container that runs."""

    __slots__ = ("command", "tty", "stdin", "env", "user", "working_dir", "size")

    command: Sequence[str]
    """The program and its arguments."""

    tty: bool
    """Whether it has a terminal."""

    stdin: bool
    """Whether its standard input is open."""

    env: Mapping[str, Secret]
    """Further environment, by name. Values are secret."""

    user: str | None
    """The user, and group, that it runs as."""

    working_dir: str | None
    """The folder that it starts in."""

    size: TerminalSize | None
    """The size of the terminal at the start."""

    def __init__(
        self,
        command: Sequence[str] = (),
        tty: bool = False,
        stdin: bool = False,
        env: Mapping[str, Secret | str] = EMPTY,
        user: str | None = None,
        working_dir: str | None = None,
        size: TerminalSize | None = None,
    ) -> None:
        assign(self, "command", command)
        assign(self, "tty", tty)
        assign(self, "stdin", stdin)
        assign(self, "env", hidden(env))
        assign(self, "user", user)
        assign(self, "working_dir", working_dir)
        assign(self, "size", size)


class Exited(Record):
    """How a program ended."""

    __slots__ = ("exit_code",)

    exit_code: int
    """Its exit code."""

    def __init__(self, exit_code: int) -> None:
        assign(self, "exit_code", exit_code)


class Found(Record, Generic[T]):
    """One thing that was looked for over several machines, and how far that can be counted on."""

    __slots__ = ("node", "item", "as_of", "stale")

    node: str
    """The machine."""

    item: T
    """The thing."""

    as_of: datetime | None
    """When the engine was last asked for all it has; none: never yet."""

    stale: bool
    """Whether this is what was last seen: the machine is out of contact, or its events are."""

    def __init__(self, node: str, item: T, as_of: datetime | None = None, stale: bool = False) -> None:
        assign(self, "node", node)
        assign(self, "item", item)
        assign(self, "as_of", as_of)
        assign(self, "stale", stale)


class HealthCheck(Record):
    """How the engine finds out whether a container is healthy."""

    __slots__ = ("command", "interval", "timeout", "retries", "start_period")

    command: Sequence[str]
    """The program and its arguments, run inside; empty: no health check, not even the image's."""

    interval: int | None
    """Seconds between two checks; none: the image's, else 30."""

    timeout: int | None
    """Seconds that a check may take; none: the image's, else 30."""

    retries: int | None
    """How many checks in a row must fail; none: the image's, else 3."""

    start_period: int | None
    """Seconds at the start in which a failure does not count; none: the image's, else 0."""

    def __init__(
        self,
        command: Sequence[str],
        interval: int | None = None,
        timeout: int | None = None,
        retries: int | None = None,
        start_period: int | None = None,
    ) -> None:
        assign(self, "command", command)
        assign(self, "interval", interval)
        assign(self, "timeout", timeout)
        assign(self, "retries", retries)
        assign(self, "start_period", start_period)


class Identity(Record):
    """Who an `Actor` is."""

    __slots__ = ("kind", "name")

    kind: str
    """Which kind it is."""

    name: str | None

    def __init__(self, kind: str, name: str | None = None) -> None:
        assign(self, "kind", kind)
        assign(self, "name", name)


class Image(Record):
    """An image in a list."""

    __slots__ = ("id", "created", "size", "tags", "digests", "labels")

    id: str
    """Its id: `sha256:…`."""

    created: datetime
    """When it was made."""

    size: int
    """Its size in bytes."""

    tags: Sequence[str]
    """Its names: `nginx:1.27`."""

    digests: Sequence[str]
    """Its names by digest: `nginx@sha256:…`."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        id: str,
        created: datetime,
        size: int,
        tags: Sequence[str] = (),
        digests: Sequence[str] = (),
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "id", id)
        assign(self, "created", created)
        assign(self, "size", size)
        assign(self, "tags", tags)
        assign(self, "digests", digests)
        assign(self, "labels", labels)


class ImageDetail(Record):
    """Everything an engine says about one image."""

    __slots__ = (
        "id",
        "created",
        "size",
        "os",
        "architecture",
        "tags",
        "digests",
        "labels",
        "command",
        "entrypoint",
        "env",
    )

    id: str
    """Its id: `sha256:…`."""

    created: datetime
    """When it was made."""

    size: int
    """Its size in bytes."""

    os: str
    """The operating system it is for."""

    architecture: str
    """The processor it is for."""

    tags: Sequence[str]
    """Its names: `nginx:1.27`."""

    digests: Sequence[str]
    """Its names by digest: `nginx@sha256:…`."""

    labels: Mapping[str, str]
    """Its labels."""

    command: Sequence[str]
    """The default command."""

    entrypoint: Sequence[str]
    """The default entry point."""

    env: Mapping[str, Secret]
    """The default environment, by name."""

    def __init__(
        self,
        id: str,
        created: datetime,
        size: int,
        os: str,
        architecture: str,
        tags: Sequence[str] = (),
        digests: Sequence[str] = (),
        labels: Mapping[str, str] = EMPTY,
        command: Sequence[str] = (),
        entrypoint: Sequence[str] = (),
        env: Mapping[str, Secret | str] = EMPTY,
    ) -> None:
        assign(self, "id", id)
        assign(self, "created", created)
        assign(self, "size", size)
        assign(self, "os", os)
        assign(self, "architecture", architecture)
        assign(self, "tags", tags)
        assign(self, "digests", digests)
        assign(self, "labels", labels)
        assign(self, "command", command)
        assign(self, "entrypoint", entrypoint)
        assign(self, "env", hidden(env))


class Invitation(Record):
    """What an agent is invited with. The token is shown once, here."""

    __slots__ = ("token", "expires")

    token: Secret
    """What to fetch the agent's script with, once."""

    expires: datetime
    """Until when."""

    def __init__(self, token: Secret | str, expires: datetime) -> None:
        assign(self, "token", hidden(token))
        assign(self, "expires", expires)


class Listing(Record, Generic[T]):
    """A list over several machines: what those that answered hold, and which did not answer."""

    __slots__ = ("items", "as_of", "stale", "missing", "next")

    items: Sequence[At[T]]
    """The things, each with its machine; those of machines out of contact as last seen."""

    as_of: datetime
    """When the oldest part of the list was true."""

    stale: bool
    """Whether some part of the list is stale: the machine is out of contact, or its events are."""

    missing: Sequence[Missing]
    """The machines whose part is missing or stale, and why."""

    next: str | None
    """Where the next page begins, where there is one."""

    def __init__(
        self,
        items: Sequence[At[T]],
        as_of: datetime,
        stale: bool,
        missing: Sequence[Missing] = (),
        next: str | None = None,
    ) -> None:
        assign(self, "items", items)
        assign(self, "as_of", as_of)
        assign(self, "stale", stale)
        assign(self, "missing", missing)
        assign(self, "next", next)


class MemoryUse(Record):
    """Memory of a machine, in bytes."""

    __slots__ = ("total", "used", "available")

    total: int
    """All of it."""

    used: int
    """In use."""

    available: int
    """What programs can still have."""

    def __init__(self, total: int = 0, used: int = 0, available: int = 0) -> None:
        assign(self, "total", total)
        assign(self, "used", used)
        assign(self, "available", available)


class Missing(Record):
    """A machine that did not answer."""

    __slots__ = ("node", "error", "as_of")

    node: str
    """The machine."""

    error: WireError
    """Why."""

    as_of: datetime | None
    """When its part of the list was true; none: it has no part."""

    def __init__(self, node: str, error: WireError, as_of: datetime | None = None) -> None:
        assign(self, "node", node)
        assign(self, "error", error)
        assign(self, "as_of", as_of)


class Mount(Record):
    """Something mounted into a container."""

    __slots__ = ("type", "target", "source", "read_only")

    type: MountKind
    """What kind of thing."""

    target: str
    """Where inside, an absolute path."""

    source: str
    """A volume's name, or a folder of the host; empty for a new volume without a name and for tmpfs."""

    read_only: bool
    """Whether it cannot be written."""

    def __init__(self, type: MountKind, target: str, source: str = "", read_only: bool = False) -> None:
        assign(self, "type", type)
        assign(self, "target", target)
        assign(self, "source", source)
        assign(self, "read_only", read_only)


class NetUse(Record):
    """A network interface of a machine, in bytes since it came up."""

    __slots__ = ("bytesIn", "bytesOut")

    bytesIn: int
    """Received."""

    bytesOut: int
    """Sent."""

    def __init__(self, bytesIn: int = 0, bytesOut: int = 0) -> None:
        assign(self, "bytesIn", bytesIn)
        assign(self, "bytesOut", bytesOut)


class Network(Record):
    """A network."""

    __slots__ = ("id", "name", "driver", "scope", "internal", "subnets", "labels")

    id: str
    """Its id."""

    name: str
    """Its name."""

    driver: str
    """Its driver: `bridge`, `host`, `overlay`, …"""

    scope: str
    """How far it reaches: `local`, `swarm`."""

    internal: bool
    """Whether it has no way out."""

    subnets: Sequence[str]
    """Its address ranges: `172.17.0.0/16`."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        id: str,
        name: str,
        driver: str,
        scope: str,
        internal: bool = False,
        subnets: Sequence[str] = (),
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "scope", scope)
        assign(self, "internal", internal)
        assign(self, "subnets", subnets)
        assign(self, "labels", labels)


class NetworkSpec(Record):
    """What a network shall be."""

    __slots__ = ("name", "driver", "internal", "subnet", "labels")

    name: str
    """Its name."""

    driver: str | None
    """Its driver; none: `bridge`."""

    internal: bool
    """Whether it has no way out."""

    subnet: str | None
    """Its address range; none: the engine chooses."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        name: str,
        driver: str | None = None,
        internal: bool = False,
        subnet: str | None = None,
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "internal", internal)
        assign(self, "subnet", subnet)
        assign(self, "labels", labels)


class Node(Record):
    """A machine of the fleet. What its engine and what its agent say are two facts, shown apart."""

    __slots__ = (
        "name",
        "status",
        "engine",
        "agent",
        "containers",
        "revision",
        "address",
        "cluster",
        "labels",
        "metrics",
    )

    name: str
    """Its name."""

    status: NodeStatus
    """`online` means that the engine is connected."""

    engine: EngineStatus
    """What is known of its engine."""

    agent: AgentStatus
    """What is known of its agent."""

    containers: Count
    """Containers that run, and all of them, as last seen."""

    revision: str
    """The registration, for a conditional change."""

    address: str | None
    """Where its engine answers, where that is known."""

    cluster: str | None
    """The cluster it belongs to; none: it is an orphan."""

    labels: Mapping[str, str]
    """Labels: the engine's own, what its agent said, and those given at registration, which win."""

    metrics: NodeMetrics | None
    """What the machine uses, as last reported."""

    def __init__(
        self,
        name: str,
        status: NodeStatus,
        engine: EngineStatus,
        agent: AgentStatus,
        containers: Count,
        revision: str,
        address: str | None = None,
        cluster: str | None = None,
        labels: Mapping[str, str] = EMPTY,
        metrics: NodeMetrics | None = None,
    ) -> None:
        assign(self, "name", name)
        assign(self, "status", status)
        assign(self, "engine", engine)
        assign(self, "agent", agent)
        assign(self, "containers", containers)
        assign(self, "revision", revision)
        assign(self, "address", address)
        assign(self, "cluster", cluster)
        assign(self, "labels", labels)
        assign(self, "metrics", metrics)


class NodeMetrics(Record):
    """What a node uses: of the whole machine as its agent reports, of its containers as Haven samples them."""

    __slots__ = ("time", "source", "cpu_percent", "memory_used", "memory_total", "disks", "net")

    time: datetime
    """When it was so."""

    source: MetricsSource
    """Who says so."""

    cpu_percent: float | None
    """CPU in percent of the whole machine, 0 to 100."""

    memory_used: int | None
    """Memory in use in bytes."""

    memory_total: int | None
    """Memory of the machine in bytes."""

    disks: Mapping[str, DiskUse]
    """Disks by mount point."""

    net: Mapping[str, NetUse]
    """Network interfaces by name."""

    def __init__(
        self,
        time: datetime,
        source: MetricsSource,
        cpu_percent: float | None = None,
        memory_used: int | None = None,
        memory_total: int | None = None,
        disks: Mapping[str, DiskUse] = EMPTY,
        net: Mapping[str, NetUse] = EMPTY,
    ) -> None:
        assign(self, "time", time)
        assign(self, "source", source)
        assign(self, "cpu_percent", cpu_percent)
        assign(self, "memory_used", memory_used)
        assign(self, "memory_total", memory_total)
        assign(self, "disks", disks)
        assign(self, "net", net)


class NodeUse(Record):
    """A node and what it uses."""

    __slots__ = ("name", "containers", "cluster", "metrics", "stale")

    name: str
    """Its name."""

    containers: Count
    """Containers that run, and all of them."""

    cluster: str | None
    """Its cluster."""

    metrics: NodeMetrics | None
    """The last figures."""

    stale: bool
    """Whether nobody tells what it uses now: its engine is out of contact and no agent reports."""

    def __init__(
        self,
        name: str,
        containers: Count,
        cluster: str | None = None,
        metrics: NodeMetrics | None = None,
        stale: bool = False,
    ) -> None:
        assign(self, "name", name)
        assign(self, "containers", containers)
        assign(self, "cluster", cluster)
        assign(self, "metrics", metrics)
        assign(self, "stale", stale)


class Object(Record):
    """What an operation touches."""

    __slots__ = ("kind", "name")

    kind: str
    """Which kind it is."""

    name: str | None

    def __init__(self, kind: str, name: str | None = None) -> None:
        assign(self, "kind", kind)
        assign(self, "name", name)


class Page(Record, Generic[T]):
    """A part of a list, and where it goes on."""

    __slots__ = ("items", "next")

    items: Sequence[T]
    """The things, in order."""

    next: str | None
    """Where the next page begins, where there is one."""

    def __init__(self, items: Sequence[T], next: str | None = None) -> None:
        assign(self, "items", items)
        assign(self, "next", next)


class Placement(Record):
    """The node that a new container goes to, or why there is none."""

    __slots__ = ("reason", "node", "refused")

    reason: str
    """Why that one, or that none can, in words."""

    node: str | None
    """The node; none: no node can take it."""

    refused: Sequence[Refusal]
    """The nodes that cannot take it, and why."""

    def __init__(self, reason: str, node: str | None = None, refused: Sequence[Refusal] = ()) -> None:
        assign(self, "reason", reason)
        assign(self, "node", node)
        assign(self, "refused", refused)


class Port(Record):
    """A published port."""

    __slots__ = ("container", "host", "address", "protocol")

    container: int
    """The port inside."""

    host: int | None
    """The port on the host; none: the engine chooses, or the port is exposed only."""

    address: str | None
    """The host address it is published on; none: all."""

    protocol: Protocol
    """The protocol."""

    def __init__(
        self,
        container: int,
        host: int | None = None,
        address: str | None = None,
        protocol: Protocol = "tcp",
    ) -> None:
        assign(self, "container", container)
        assign(self, "host", host)
        assign(self, "address", address)
        assign(self, "protocol", protocol)


class Processes(Record):
    """What runs in a container, as `ps` on its host says."""

    __slots__ = ("titles", "processes")

    titles: Sequence[str]
    """The titles of the columns."""

    processes: Sequence[Sequence[str]]
    """One row a process."""

    def __init__(self, titles: Sequence[str], processes: Sequence[Sequence[str]]) -> None:
        assign(self, "titles", titles)
        assign(self, "processes", processes)


class PullProgress(Record):
    """One step of a pull: a layer's progress, or a message about the whole."""

    __slots__ = ("status", "layer", "current", "total")

    status: str
    """What happens: `Downloading`, `Pull complete`, …"""

    layer: str | None
    """The layer; none: the whole."""

    current: int | None
    """Bytes done."""

    total: int | None
    """Bytes in all."""

    def __init__(
        self,
        status: str,
        layer: str | None = None,
        current: int | None = None,
        total: int | None = None,
    ) -> None:
        assign(self, "status", status)
        assign(self, "layer", layer)
        assign(self, "current", current)
        assign(self, "total", total)


class Refusal(Record):
    """A node that cannot take a container."""

    __slots__ = ("node", "check", "reason")

    node: str
    """The node."""

    check: Check
    """What it does not pass."""

    reason: str
    """Why, in words."""

    def __init__(self, node: str, check: Check, reason: str) -> None:
        assign(self, "node", node)
        assign(self, "check", check)
        assign(self, "reason", reason)


class Report(Record):
    """What an agent reports to `POST /discovery/nodes/{name}`, in the original Haven's shape.

    The original's Java agent writes `time` with a zone and an `https://` address, its Python script writes local time
    without a zone, `host:port`, labels and containers. Unknown keys are ignored; what is `null` is not known; a load that
    is no number (`"NaN"`) neither; numbers of bytes may be written as floats.
    """

    __slots__ = ("time", "name", "address", "labels", "system")

    time: datetime | None
    """When the agent took it, where that can be told: a time without a zone means nothing on another machine, so it
    is dropped and the time of arrival counts. Numbers are milliseconds, or seconds where they are small, since 1970.
    """

    name: str | None
    """The name of the machine. The name in the path counts."""

    address: str | None
    """Where the engine answers: `host:port`, or a URL. A loopback host is replaced by the agent's own address."""

    labels: Mapping[str, str] | None
    """The engine's labels; none: the agent does not know them, and those that it told before stay."""

    system: SystemUse | None
    """What the machine uses."""

    def __init__(
        self,
        time: datetime | None = None,
        name: str | None = None,
        address: str | None = None,
        labels: Mapping[str, str] | None = None,
        system: SystemUse | None = None,
    ) -> None:
        assign(self, "time", time)
        assign(self, "name", name)
        assign(self, "address", address)
        assign(self, "labels", labels)
        assign(self, "system", system)


class Session(Record):
    """Somebody who signed in. The token is shown once, here."""

    __slots__ = ("user", "token", "expires")

    user: str
    """Who."""

    token: Secret
    """What to send as `Authorization: Bearer TOKEN`."""

    expires: datetime
    """When it ends."""

    def __init__(self, user: str, token: Secret | str, expires: datetime) -> None:
        assign(self, "user", user)
        assign(self, "token", hidden(token))
        assign(self, "expires", expires)


class SystemStatus(Record):
    """Haven itself: what it is and how it is."""

    __slots__ = ("version", "time", "store", "revision", "store_bytes", "nodes", "containers", "events", "alarms")

    version: str
    """Haven's version."""

    time: datetime
    """The time there."""

    store: str
    """The kind of store: `memory`, `redb`, `etcd`."""

    revision: str
    """The store's present revision."""

    store_bytes: int
    """How many bytes the store takes."""

    nodes: Count
    """Nodes: online, and all."""

    containers: Count
    """Containers: running, and all, as last seen."""

    events: int
    """How many events are kept."""

    alarms: Sequence[str]
    """What the store warns of."""

    def __init__(
        self,
        version: str,
        time: datetime,
        store: str,
        revision: str,
        store_bytes: int,
        nodes: Count,
        containers: Count,
        events: int,
        alarms: Sequence[str] = (),
    ) -> None:
        assign(self, "version", version)
        assign(self, "time", time)
        assign(self, "store", store)
        assign(self, "revision", revision)
        assign(self, "store_bytes", store_bytes)
        assign(self, "nodes", nodes)
        assign(self, "containers", containers)
        assign(self, "events", events)
        assign(self, "alarms", alarms)


class SystemUse(Record):
    """What a machine uses."""

    __slots__ = ("cpuLoad", "memory", "disks", "net")

    cpuLoad: float | None
    """CPU use of the whole machine in percent, 0 to 100."""

    memory: MemoryUse | None
    """Memory, in bytes."""

    disks: Mapping[str, DiskUse]
    """Disks by mount point."""

    net: Mapping[str, NetUse]
    """Network interfaces by name."""

    def __init__(
        self,
        cpuLoad: float | None = None,
        memory: MemoryUse | None = None,
        disks: Mapping[str, DiskUse] = EMPTY,
        net: Mapping[str, NetUse] = EMPTY,
    ) -> None:
        assign(self, "cpuLoad", cpuLoad)
        assign(self, "memory", memory)
        assign(self, "disks", disks)
        assign(self, "net", net)


class TerminalSize(Record):
    """The size of a terminal, in characters."""

    __slots__ = ("width", "height")

    width: int
    """Columns."""

    height: int
    """Lines."""

    def __init__(self, width: int, height: int) -> None:
        assign(self, "width", width)
        assign(self, "height", height)


class TlsSpec(Record):
    """Certificates for an engine behind TLS, as PEM texts."""

    __slots__ = ("ca", "cert", "key")

    ca: str | None
    """Authorities to trust; none: the well-known ones."""

    cert: str | None
    """The client certificate."""

    key: Secret | None
    """Its key."""

    def __init__(self, ca: str | None = None, cert: str | None = None, key: Secret | str | None = None) -> None:
        assign(self, "ca", ca)
        assign(self, "cert", cert)
        assign(self, "key", hidden(key))


class Volume(Record):
    """A volume."""

    __slots__ = ("name", "driver", "mountpoint", "created", "labels")

    name: str
    """Its name."""

    driver: str
    """Its driver: `local`, …"""

    mountpoint: str
    """Where it is on the host."""

    created: datetime | None
    """When it was made, where the engine says."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        name: str,
        driver: str,
        mountpoint: str,
        created: datetime | None = None,
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "mountpoint", mountpoint)
        assign(self, "created", created)
        assign(self, "labels", labels)


class VolumeSpec(Record):
    """What a volume shall be."""

    __slots__ = ("name", "driver", "options", "labels")

    name: str
    """Its name."""

    driver: str | None
    """Its driver; none: `local`."""

    options: Mapping[str, str]
    """Options of the driver."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        name: str,
        driver: str | None = None,
        options: Mapping[str, str] = EMPTY,
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "options", options)
        assign(self, "labels", labels)


class WireError(Record):
    """An `Error` as plain data."""

    __slots__ = ("kind", "message", "context", "retry_after")

    kind: ErrorKind
    """What the caller can do about it."""

    message: str
    """A lower-case clause with names in backticks."""

    context: Sequence[Sequence[str]]
    """Where it happened: `[["node", "web-3"]]`."""

    retry_after: int | None
    """Seconds after which trying again makes sense."""

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        context: Sequence[Sequence[str]] = (),
        retry_after: int | None = None,
    ) -> None:
        assign(self, "kind", kind)
        assign(self, "message", message)
        assign(self, "context", context)
        assign(self, "retry_after", retry_after)
