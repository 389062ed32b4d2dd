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
    "AddressPool",
    "AgentStatus",
    "At",
    "AuditPage",
    "AuditRecord",
    "Availability",
    "Change",
    "ChangeKind",
    "Check",
    "Cluster",
    "ClusterKind",
    "Connection",
    "Container",
    "ContainerDetail",
    "ContainerSize",
    "ContainerSpec",
    "ContainerState",
    "ContainerStats",
    "ContainerUpdate",
    "ContainerUse",
    "Count",
    "Created",
    "Device",
    "DeviceRequest",
    "DiskUse",
    "Endpoint",
    "EngineInfo",
    "EngineStatus",
    "Environment",
    "ErrorKind",
    "Event",
    "EventCount",
    "Events",
    "ExecSpec",
    "Exited",
    "Explained",
    "Explanation",
    "Face",
    "FileProblem",
    "Found",
    "Gate",
    "Health",
    "HealthCheck",
    "Identity",
    "Ignored",
    "Image",
    "ImageDetail",
    "Invitation",
    "Ipam",
    "KeptContainer",
    "Layer",
    "Listing",
    "Member",
    "MemoryUse",
    "MetricsSource",
    "Missing",
    "Mount",
    "MountKind",
    "NetUse",
    "Network",
    "NetworkSpec",
    "NewContainer",
    "Node",
    "NodeMetrics",
    "NodeStatus",
    "NodeUse",
    "Object",
    "ObservedContainer",
    "OldContainer",
    "OnFailure",
    "Order",
    "Origin",
    "Outcome",
    "Output",
    "Overridden",
    "Page",
    "Placement",
    "Plan",
    "PlanChange",
    "PlanDetail",
    "PlanKind",
    "PlanProgress",
    "PlanState",
    "PlanStatus",
    "PlanStep",
    "PlanTally",
    "PlanText",
    "Port",
    "Processes",
    "Propagation",
    "Protocol",
    "Pruned",
    "PullProgress",
    "Refusal",
    "Report",
    "Requirements",
    "Reschedule",
    "RestartPolicy",
    "Rollout",
    "Running",
    "Secret",
    "Selection",
    "Session",
    "Severity",
    "SkippedContainer",
    "SourceSpec",
    "SourceStatus",
    "SpecChanges",
    "Stale",
    "StepState",
    "StepStatus",
    "Strategy",
    "SystemStatus",
    "SystemUse",
    "Tally",
    "TerminalSize",
    "ThrottleDevice",
    "TlsSpec",
    "TopBy",
    "Ulimit",
    "Volume",
    "VolumeSpec",
    "WeightDevice",
    "WireError",
]

T = TypeVar("T")

Availability = Literal["active", "pause", "drain"]
"""Whether a node takes new containers. What runs there goes on running in any case.
* `active`: It does.
* `pause`: It does not; what it has stays.
* `drain`: It does not, and what Haven placed there shall go elsewhere.
"""

ChangeKind = Literal["modified", "added", "deleted"]
"""What became of a file.
* `modified`: It is another.
* `added`: The image does not have it.
* `deleted`: Only the image has it.
"""

Check = Literal["contact", "availability", "constraint", "affinity", "instances", "name", "port", "memory", "cpu"]
"""What a node must pass to take a container, in the order in which it is looked at.
* `contact`: Its engine answers.
* `availability`: It takes new containers: it is neither paused nor drained.
* `constraint`: It is as a constraint asks.
* `affinity`: It holds what an affinity asks for.
* `instances`: It has fewer containers of the image than it may have.
* `name`: No container has the name.
* `port`: No container that runs publishes one of the ports.
* `memory`: It has as much memory left as the container may use.
* `cpu`: It has as much CPU time left as the container may use.
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

Layer = Literal["image", "repository", "request"]
"""A layer of configuration, in rising weight.
* `image`: Labels of the image.
* `repository`: The repository.
* `request`: Who asked for the container.
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

OnFailure = Literal["pause", "continue", "rollback"]
"""What happens when more steps fail than may.
* `pause`: No further step is taken until somebody resumes it or takes it back. What failed is taken back.
* `continue`: The other steps are taken. What failed is taken back.
* `rollback`: Every step is taken back.
"""

Order = Literal["stop-first", "start-first", "stop-all"]
"""Whether the old container goes before the new one comes.
* `stop-first`: Each is stopped, and then its successor started.
* `start-first`: Each successor is started, and when it is ready the old one stopped; where both cannot run side by side, the
plan says why and stops first.
* `stop-all`: All are stopped, and then all successors started.
"""

Outcome = Literal["done", "already_so"]
"""Whether an acting call changed something.
* `done`: It did.
* `already_so`: It was so already.
"""

PlanKind = Literal["create", "scale", "update", "recreate", "drain", "prune", "rollback"]
"""What a plan is for.
* `create`: New containers.
* `scale`: More or fewer of the same.
* `update`: Another image, or another configuration.
* `recreate`: The same again.
* `drain`: Away from a node.
* `prune`: What ended is put away.
* `rollback`: What another plan did is taken back.
"""

PlanState = Literal["planned", "applying", "paused", "rolling_back", "applied", "incomplete", "rolled_back", "stuck"]
"""Where a plan stands.
* `planned`: Made; nothing has happened.
* `applying`: Its steps are being taken.
* `paused`: Held: no further step is taken until it is resumed or taken back.
* `rolling_back`: Its steps are being taken back.
* `applied`: Every step was taken.
* `incomplete`: It ended, and some steps were not taken or failed.
* `rolled_back`: Every step that was taken was taken back.
* `stuck`: It could not be taken back whole: somebody must look.
"""

Propagation = Literal["private", "rprivate", "shared", "rshared", "slave", "rslave"]
"""Whether what is mounted later in a folder of the host is seen on the other side: `shared` both ways, `slave` from the
host only, `private` not; with an `r` also below.
* `private`: Not.
* `rprivate`: Not, and not below.
* `shared`: Both ways.
* `rshared`: Both ways, and below.
* `slave`: From the host only.
* `rslave`: From the host only, and below.
"""

Protocol = Literal["tcp", "udp", "sctp"]
"""The protocol of a published port.
* `tcp`: TCP.
* `udp`: UDP.
* `sctp`: SCTP.
"""

Reschedule = Literal["off", "on-node-failure"]
"""What shall become of a container whose node is lost, as the standalone swarm had it. It is kept with the container;
nothing is moved because of it.
* `off`: It stays where it is.
* `on-node-failure`: It may be made anew elsewhere.
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

StepState = Literal["pending", "doing", "done", "refused", "undoing", "undone", "failed", "stuck"]
"""Where a step stands.
* `pending`: Not begun.
* `doing`: Begun; its effects may have happened.
* `done`: Taken.
* `refused`: Refused: the container was not any more what the plan saw. Nothing was done.
* `undoing`: Being taken back.
* `undone`: Taken back.
* `failed`: Failed, and taken back.
* `stuck`: Failed, and could not be taken back: somebody must look.
"""

Strategy = Literal["spread", "binpack", "random"]
"""Which of the nodes that can take a container takes it.
* `spread`: The one with the fewest replicas of it, then the least loaded.
* `binpack`: The most loaded, so that others stay empty.
* `random`: Any.
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


class AddressPool(Record):
    """A range of a network's addresses."""

    __slots__ = ("subnet", "ip_range", "gateway", "aux_addresses")

    subnet: str
    """The range: `10.1.0.0/16`."""

    ip_range: str | None
    """The part of it that is given out: `10.1.4.0/24`; none: all."""

    gateway: str | None
    """The address of the way out; none: the first."""

    aux_addresses: Mapping[str, str]
    """Addresses that are others', by name."""

    def __init__(
        self,
        subnet: str,
        ip_range: str | None = None,
        gateway: str | None = None,
        aux_addresses: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "subnet", subnet)
        assign(self, "ip_range", ip_range)
        assign(self, "gateway", gateway)
        assign(self, "aux_addresses", aux_addresses)


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


class Change(Record):
    """A file of a container that is not as its image has it."""

    __slots__ = ("path", "kind")

    path: str
    """Where it is."""

    kind: ChangeKind
    """What became of it."""

    def __init__(self, path: str, kind: ChangeKind) -> None:
        assign(self, "path", path)
        assign(self, "kind", kind)


class Cluster(Record):
    """Machines managed as one."""

    __slots__ = ("name", "kind", "nodes", "containers", "description", "strategy", "max_count_of_instances", "revision")

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

    strategy: Strategy
    """Which of the nodes that can take a new container takes it."""

    max_count_of_instances: int | None
    """The most containers of one image on one node; none: as many as there is room for."""

    revision: str | None
    """For a conditional change; none for the clusters that always exist."""

    def __init__(
        self,
        name: str,
        kind: ClusterKind,
        nodes: Count,
        containers: Count,
        description: str = "",
        strategy: Strategy = "spread",
        max_count_of_instances: int | None = None,
        revision: str | None = None,
    ) -> None:
        assign(self, "name", name)
        assign(self, "kind", kind)
        assign(self, "nodes", nodes)
        assign(self, "containers", containers)
        assign(self, "description", description)
        assign(self, "strategy", strategy)
        assign(self, "max_count_of_instances", max_count_of_instances)
        assign(self, "revision", revision)


class Connection(Record):
    """How a container is connected to a network. What is not given is the engine's to choose."""

    __slots__ = (
        "network",
        "aliases",
        "ipv4_address",
        "ipv6_address",
        "link_local_ips",
        "mac_address",
        "links",
        "driver_options",
    )

    network: str
    """The network."""

    aliases: Sequence[str]
    """Further names of the container there."""

    ipv4_address: str | None
    """Its address there, which it keeps when it is started again."""

    ipv6_address: str | None
    """Its IPv6 address there, which it keeps when it is started again."""

    link_local_ips: Sequence[str]
    """Addresses of the link itself."""

    mac_address: str | None
    """Its hardware address there: `02:42:ac:11:00:02`. Engines before Docker 25 take one for the first network only."""

    links: Sequence[str]
    """Other containers there that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`."""

    driver_options: Mapping[str, str]
    """Options of the network's driver."""

    def __init__(
        self,
        network: str,
        aliases: Sequence[str] = (),
        ipv4_address: str | None = None,
        ipv6_address: str | None = None,
        link_local_ips: Sequence[str] = (),
        mac_address: str | None = None,
        links: Sequence[str] = (),
        driver_options: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "network", network)
        assign(self, "aliases", aliases)
        assign(self, "ipv4_address", ipv4_address)
        assign(self, "ipv6_address", ipv6_address)
        assign(self, "link_local_ips", link_local_ips)
        assign(self, "mac_address", mac_address)
        assign(self, "links", links)
        assign(self, "driver_options", driver_options)


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
        "truncated",
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

    truncated: bool
    """Whether labels, or the end of the command, are left out: of one container a list keeps 16 KiB. An inspection, and a
    `fresh` list, have all.
    """

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
        truncated: bool = False,
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
        assign(self, "truncated", truncated)


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
        "endpoints",
        "ports",
        "mounts",
    )

    id: str
    """Its full id."""

    name: str
    """Its name, without the leading slash."""

    image_id: str
    """The id of the image."""

    spec: ContainerSpec
    """What it was created from, the image's own values merged in as the engine does, and nothing that the engine chose by
    itself: a container made of it is the same, `ContainerSpec::without` the image's values also on another image.
    """

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

    endpoints: Mapping[str, Endpoint]
    """How it is connected to them now, what the engine chose included."""

    ports: Sequence[Port]
    """Its ports as they are published now."""

    mounts: Sequence[Mount]
    """What is mounted now, volumes that nobody named by the name that the engine gave them."""

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
        endpoints: Mapping[str, Endpoint] = EMPTY,
        ports: Sequence[Port] = (),
        mounts: Sequence[Mount] = (),
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
        assign(self, "endpoints", endpoints)
        assign(self, "ports", ports)
        assign(self, "mounts", mounts)


class ContainerSize(Record):
    """What a container takes on its engine's disk, in bytes."""

    __slots__ = ("writable", "total")

    writable: int
    """What was written in it: all that goes with it. Docker's `SizeRw`."""

    total: int
    """That and its image, which others may share. Docker's `SizeRootFs`."""

    def __init__(self, writable: int, total: int) -> None:
        assign(self, "writable", writable)
        assign(self, "total", total)


class ContainerSpec(Record):
    """What a container shall be. Every field may be left out but the image."""

    __slots__ = (
        "image",
        "command",
        "entrypoint",
        "env",
        "labels",
        "hostname",
        "domainname",
        "user",
        "group_add",
        "working_dir",
        "tty",
        "open_stdin",
        "init",
        "stop_signal",
        "stop_timeout",
        "health",
        "restart",
        "auto_remove",
        "runtime",
        "log_driver",
        "log_options",
        "network",
        "networks",
        "ports",
        "expose",
        "publish_all_ports",
        "links",
        "dns",
        "dns_search",
        "dns_options",
        "extra_hosts",
        "mounts",
        "volumes_from",
        "volume_driver",
        "read_only",
        "shm_size",
        "storage_options",
        "memory",
        "memory_swap",
        "memory_reservation",
        "kernel_memory",
        "memory_swappiness",
        "oom_kill_disable",
        "oom_score_adj",
        "nano_cpus",
        "cpu_shares",
        "cpu_quota",
        "cpu_period",
        "cpuset_cpus",
        "cpuset_mems",
        "blkio_weight",
        "blkio_weight_devices",
        "device_read_bps",
        "device_write_bps",
        "device_read_iops",
        "device_write_iops",
        "pids_limit",
        "ulimits",
        "cgroup_parent",
        "privileged",
        "cap_add",
        "cap_drop",
        "security_opt",
        "devices",
        "device_requests",
        "device_cgroup_rules",
        "sysctls",
        "pid_mode",
        "ipc_mode",
        "uts_mode",
        "userns_mode",
        "cgroupns_mode",
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
    """The host name inside; none: the short id."""

    domainname: str | None
    """The domain name inside."""

    user: str | None
    """The user, and group, that the program runs as: `1000:1000`."""

    group_add: Sequence[str]
    """Further groups of the program, by name or number."""

    working_dir: str | None
    """The folder that the program starts in."""

    tty: bool
    """Whether the program has a terminal."""

    open_stdin: bool
    """Whether standard input stays open."""

    init: bool | None
    """Whether a small init is the first process and the program its child; none: as the engine is set."""

    stop_signal: str | None
    """The signal that asks the program to end; none: the image's, else SIGTERM."""

    stop_timeout: int | None
    """Seconds between that signal and SIGKILL; none: the engine's own, 10."""

    health: HealthCheck | None
    """The health check; none: the image's own."""

    restart: RestartPolicy
    """What the engine does when the program ends."""

    auto_remove: bool
    """Whether the engine removes it when its program has ended, with its volumes that have no name. Not beside a restart
    policy.
    """

    runtime: str | None
    """What runs it: `runc`, `nvidia`, …; none: the engine's own."""

    log_driver: str | None
    """Where its output goes: `json-file`, `journald`, `none`, …; none: as the engine is set."""

    log_options: Mapping[str, str]
    """Options of that driver: `max-size`."""

    network: str | None
    """The network to join: a network's name, `host`, `none`, or `container:ID` for that of another container; none: the
    engine's default bridge.
    """

    networks: Sequence[Connection]
    """How it is connected, each network once: to `network` where there is more to say than its name, and to further
    networks.
    """

    ports: Sequence[Port]
    """Published ports."""

    expose: Sequence[str]
    """Ports that are exposed and not published, `80/tcp`, besides those of the image."""

    publish_all_ports: bool
    """Whether every exposed port is published, on a port that the engine chooses."""

    links: Sequence[str]
    """Other containers on its first network that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`."""

    dns: Sequence[str]
    """Name servers, in place of the host's."""

    dns_search: Sequence[str]
    """Domains in which names are looked up."""

    dns_options: Sequence[str]
    """Options of the resolver: `ndots:2`."""

    extra_hosts: Sequence[str]
    """Further hosts that it knows by name: `HOST:ADDRESS`."""

    mounts: Sequence[Mount]
    """Volumes, folders of the host, and memory file systems."""

    volumes_from: Sequence[str]
    """Containers whose volumes it has too: `CONTAINER` or `CONTAINER:ro`."""

    volume_driver: str | None
    """The driver of those of its volumes that name none."""

    read_only: bool
    """Whether its own file system cannot be written."""

    shm_size: int | None
    """The size of `/dev/shm`, in bytes; none: 64 MiB."""

    storage_options: Mapping[str, str]
    """Options of the storage driver: `size`."""

    memory: int | None
    """The most memory, in bytes; none: no limit."""

    memory_swap: int | None
    """The most memory and swap together, in bytes; -1: no limit; none: twice the memory."""

    memory_reservation: int | None
    """The memory that it is pressed down to when the host runs short, in bytes."""

    kernel_memory: int | None
    """The most memory of the kernel, in bytes, where the kernel still counts that."""

    memory_swappiness: int | None
    """How readily its memory is swapped out, 0 to 100; none: as the kernel has it."""

    oom_kill_disable: bool
    """Whether the kernel lets it wait rather than end it when its memory is used up."""

    oom_score_adj: int | None
    """How readily the kernel ends it when the host's memory is used up, -1000 to 1000."""

    nano_cpus: int | None
    """The most CPU time, in billionths of a core; none: no limit. Not beside `cpu_quota` and `cpu_period`."""

    cpu_shares: int | None
    """Its weight against others when the CPU is short; none: 1024."""

    cpu_quota: int | None
    """The most CPU time in a period, in microseconds."""

    cpu_period: int | None
    """The period that `cpu_quota` is counted in, in microseconds; none: 100,000."""

    cpuset_cpus: str | None
    """The cores that it may use: `0-2,4`."""

    cpuset_mems: str | None
    """The memory nodes that it may use: `0,1`."""

    blkio_weight: int | None
    """Its weight against others when disks are busy, 10 to 1000."""

    blkio_weight_devices: Sequence[WeightDevice]
    """The same for single disks."""

    device_read_bps: Sequence[ThrottleDevice]
    """The most bytes a second read from a disk."""

    device_write_bps: Sequence[ThrottleDevice]
    """The most bytes a second written to a disk."""

    device_read_iops: Sequence[ThrottleDevice]
    """The most reads a second from a disk."""

    device_write_iops: Sequence[ThrottleDevice]
    """The most writes a second to a disk."""

    pids_limit: int | None
    """The most processes; -1: no limit."""

    ulimits: Sequence[Ulimit]
    """Limits of each of its processes."""

    cgroup_parent: str | None
    """The control group that its own is made in."""

    privileged: bool
    """Whether it may do all that the host may."""

    cap_add: Sequence[str]
    """Capabilities that it has besides the usual: `NET_ADMIN`, `ALL`."""

    cap_drop: Sequence[str]
    """Usual capabilities that it does not have."""

    security_opt: Sequence[str]
    """Options of security modules: `no-new-privileges`, `apparmor=unconfined`, `seccomp={…}`."""

    devices: Sequence[Device]
    """Devices of the host that it has."""

    device_requests: Sequence[DeviceRequest]
    """Devices that a driver chooses for it: GPUs."""

    device_cgroup_rules: Sequence[str]
    """Which devices it may use: `c 13:* rmw`."""

    sysctls: Mapping[str, str]
    """Settings of the kernel in its namespaces: `net.core.somaxconn`."""

    pid_mode: str | None
    """Whose processes it sees: `host`, `container:ID`; none: its own."""

    ipc_mode: str | None
    """Whose shared memory it has: `host`, `shareable`, `container:ID`, `none`; none: its own, `private`."""

    uts_mode: str | None
    """Whose host name it has: `host`; none: its own."""

    userns_mode: str | None
    """Whose users it has: `host`; none: as the engine is set."""

    cgroupns_mode: str | None
    """Whose control groups it sees: `host`, `private`; none: as the engine is set."""

    def __init__(
        self,
        image: str,
        command: Sequence[str] = (),
        entrypoint: Sequence[str] = (),
        env: Mapping[str, Secret | str] = EMPTY,
        labels: Mapping[str, str] = EMPTY,
        hostname: str | None = None,
        domainname: str | None = None,
        user: str | None = None,
        group_add: Sequence[str] = (),
        working_dir: str | None = None,
        tty: bool = False,
        open_stdin: bool = False,
        init: bool | None = None,
        stop_signal: str | None = None,
        stop_timeout: int | None = None,
        health: HealthCheck | None = None,
        restart: RestartPolicy = "no",
        auto_remove: bool = False,
        runtime: str | None = None,
        log_driver: str | None = None,
        log_options: Mapping[str, str] = EMPTY,
        network: str | None = None,
        networks: Sequence[Connection] = (),
        ports: Sequence[Port] = (),
        expose: Sequence[str] = (),
        publish_all_ports: bool = False,
        links: Sequence[str] = (),
        dns: Sequence[str] = (),
        dns_search: Sequence[str] = (),
        dns_options: Sequence[str] = (),
        extra_hosts: Sequence[str] = (),
        mounts: Sequence[Mount] = (),
        volumes_from: Sequence[str] = (),
        volume_driver: str | None = None,
        read_only: bool = False,
        shm_size: int | None = None,
        storage_options: Mapping[str, str] = EMPTY,
        memory: int | None = None,
        memory_swap: int | None = None,
        memory_reservation: int | None = None,
        kernel_memory: int | None = None,
        memory_swappiness: int | None = None,
        oom_kill_disable: bool = False,
        oom_score_adj: int | None = None,
        nano_cpus: int | None = None,
        cpu_shares: int | None = None,
        cpu_quota: int | None = None,
        cpu_period: int | None = None,
        cpuset_cpus: str | None = None,
        cpuset_mems: str | None = None,
        blkio_weight: int | None = None,
        blkio_weight_devices: Sequence[WeightDevice] = (),
        device_read_bps: Sequence[ThrottleDevice] = (),
        device_write_bps: Sequence[ThrottleDevice] = (),
        device_read_iops: Sequence[ThrottleDevice] = (),
        device_write_iops: Sequence[ThrottleDevice] = (),
        pids_limit: int | None = None,
        ulimits: Sequence[Ulimit] = (),
        cgroup_parent: str | None = None,
        privileged: bool = False,
        cap_add: Sequence[str] = (),
        cap_drop: Sequence[str] = (),
        security_opt: Sequence[str] = (),
        devices: Sequence[Device] = (),
        device_requests: Sequence[DeviceRequest] = (),
        device_cgroup_rules: Sequence[str] = (),
        sysctls: Mapping[str, str] = EMPTY,
        pid_mode: str | None = None,
        ipc_mode: str | None = None,
        uts_mode: str | None = None,
        userns_mode: str | None = None,
        cgroupns_mode: str | None = None,
    ) -> None:
        assign(self, "image", image)
        assign(self, "command", command)
        assign(self, "entrypoint", entrypoint)
        assign(self, "env", hidden(env))
        assign(self, "labels", labels)
        assign(self, "hostname", hostname)
        assign(self, "domainname", domainname)
        assign(self, "user", user)
        assign(self, "group_add", group_add)
        assign(self, "working_dir", working_dir)
        assign(self, "tty", tty)
        assign(self, "open_stdin", open_stdin)
        assign(self, "init", init)
        assign(self, "stop_signal", stop_signal)
        assign(self, "stop_timeout", stop_timeout)
        assign(self, "health", health)
        assign(self, "restart", restart)
        assign(self, "auto_remove", auto_remove)
        assign(self, "runtime", runtime)
        assign(self, "log_driver", log_driver)
        assign(self, "log_options", log_options)
        assign(self, "network", network)
        assign(self, "networks", networks)
        assign(self, "ports", ports)
        assign(self, "expose", expose)
        assign(self, "publish_all_ports", publish_all_ports)
        assign(self, "links", links)
        assign(self, "dns", dns)
        assign(self, "dns_search", dns_search)
        assign(self, "dns_options", dns_options)
        assign(self, "extra_hosts", extra_hosts)
        assign(self, "mounts", mounts)
        assign(self, "volumes_from", volumes_from)
        assign(self, "volume_driver", volume_driver)
        assign(self, "read_only", read_only)
        assign(self, "shm_size", shm_size)
        assign(self, "storage_options", storage_options)
        assign(self, "memory", memory)
        assign(self, "memory_swap", memory_swap)
        assign(self, "memory_reservation", memory_reservation)
        assign(self, "kernel_memory", kernel_memory)
        assign(self, "memory_swappiness", memory_swappiness)
        assign(self, "oom_kill_disable", oom_kill_disable)
        assign(self, "oom_score_adj", oom_score_adj)
        assign(self, "nano_cpus", nano_cpus)
        assign(self, "cpu_shares", cpu_shares)
        assign(self, "cpu_quota", cpu_quota)
        assign(self, "cpu_period", cpu_period)
        assign(self, "cpuset_cpus", cpuset_cpus)
        assign(self, "cpuset_mems", cpuset_mems)
        assign(self, "blkio_weight", blkio_weight)
        assign(self, "blkio_weight_devices", blkio_weight_devices)
        assign(self, "device_read_bps", device_read_bps)
        assign(self, "device_write_bps", device_write_bps)
        assign(self, "device_read_iops", device_read_iops)
        assign(self, "device_write_iops", device_write_iops)
        assign(self, "pids_limit", pids_limit)
        assign(self, "ulimits", ulimits)
        assign(self, "cgroup_parent", cgroup_parent)
        assign(self, "privileged", privileged)
        assign(self, "cap_add", cap_add)
        assign(self, "cap_drop", cap_drop)
        assign(self, "security_opt", security_opt)
        assign(self, "devices", devices)
        assign(self, "device_requests", device_requests)
        assign(self, "device_cgroup_rules", device_cgroup_rules)
        assign(self, "sysctls", sysctls)
        assign(self, "pid_mode", pid_mode)
        assign(self, "ipc_mode", ipc_mode)
        assign(self, "uts_mode", uts_mode)
        assign(self, "userns_mode", userns_mode)
        assign(self, "cgroupns_mode", cgroupns_mode)


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


class ContainerUpdate(Record):
    """Changes of a living container: of its limits and its restart policy. What is not given stays as it is."""

    __slots__ = (
        "restart",
        "memory",
        "memory_swap",
        "memory_reservation",
        "kernel_memory",
        "nano_cpus",
        "cpu_shares",
        "cpu_quota",
        "cpu_period",
        "cpuset_cpus",
        "cpuset_mems",
        "blkio_weight",
        "pids_limit",
    )

    restart: RestartPolicy | None
    """What the engine does when the program ends."""

    memory: int | None
    """The most memory, in bytes."""

    memory_swap: int | None
    """The most memory and swap together, in bytes; -1: no limit."""

    memory_reservation: int | None
    """The memory that it is pressed down to when the host runs short, in bytes."""

    kernel_memory: int | None
    """The most memory of the kernel, in bytes."""

    nano_cpus: int | None
    """The most CPU time, in billionths of a core."""

    cpu_shares: int | None
    """Its weight against others when the CPU is short."""

    cpu_quota: int | None
    """The most CPU time in a period, in microseconds."""

    cpu_period: int | None
    """The period that `cpu_quota` is counted in, in microseconds."""

    cpuset_cpus: str | None
    """The cores that it may use: `0-2,4`."""

    cpuset_mems: str | None
    """The memory nodes that it may use: `0,1`."""

    blkio_weight: int | None
    """Its weight against others when disks are busy, 10 to 1000."""

    pids_limit: int | None
    """The most processes; -1: no limit."""

    def __init__(
        self,
        restart: RestartPolicy | None = None,
        memory: int | None = None,
        memory_swap: int | None = None,
        memory_reservation: int | None = None,
        kernel_memory: int | None = None,
        nano_cpus: int | None = None,
        cpu_shares: int | None = None,
        cpu_quota: int | None = None,
        cpu_period: int | None = None,
        cpuset_cpus: str | None = None,
        cpuset_mems: str | None = None,
        blkio_weight: int | None = None,
        pids_limit: int | None = None,
    ) -> None:
        assign(self, "restart", restart)
        assign(self, "memory", memory)
        assign(self, "memory_swap", memory_swap)
        assign(self, "memory_reservation", memory_reservation)
        assign(self, "kernel_memory", kernel_memory)
        assign(self, "nano_cpus", nano_cpus)
        assign(self, "cpu_shares", cpu_shares)
        assign(self, "cpu_quota", cpu_quota)
        assign(self, "cpu_period", cpu_period)
        assign(self, "cpuset_cpus", cpuset_cpus)
        assign(self, "cpuset_mems", cpuset_mems)
        assign(self, "blkio_weight", blkio_weight)
        assign(self, "pids_limit", pids_limit)


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


class Device(Record):
    """A device of the host in a container."""

    __slots__ = ("path_on_host", "path_in_container", "permissions")

    path_on_host: str
    """Where it is on the host: `/dev/snd`."""

    path_in_container: str | None
    """Where it is inside; none: at the same path."""

    permissions: str | None
    """What may be done with it, of `r`, `w` and `m`; none: all."""

    def __init__(self, path_on_host: str, path_in_container: str | None = None, permissions: str | None = None) -> None:
        assign(self, "path_on_host", path_on_host)
        assign(self, "path_in_container", path_in_container)
        assign(self, "permissions", permissions)


class DeviceRequest(Record):
    """A wish for devices that a driver of the engine chooses."""

    __slots__ = ("driver", "count", "device_ids", "capabilities", "options")

    driver: str | None
    """The driver: `nvidia`; none: one that has the capabilities."""

    count: int | None
    """How many; -1: all; none: those of `device_ids`."""

    device_ids: Sequence[str]
    """Which, by number or id."""

    capabilities: Sequence[Sequence[str]]
    """What they must be able to do: all of one of the lists."""

    options: Mapping[str, str]
    """Options of the driver."""

    def __init__(
        self,
        driver: str | None = None,
        count: int | None = None,
        device_ids: Sequence[str] = (),
        capabilities: Sequence[Sequence[str]] = (),
        options: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "driver", driver)
        assign(self, "count", count)
        assign(self, "device_ids", device_ids)
        assign(self, "capabilities", capabilities)
        assign(self, "options", options)


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


class Endpoint(Record):
    """A container in a network, as it is now."""

    __slots__ = ("network_id", "ipv4_address", "ipv6_address", "mac_address", "aliases", "gateway")

    network_id: str
    """The id of the network."""

    ipv4_address: str | None
    """Its address there, while it runs."""

    ipv6_address: str | None
    """Its IPv6 address there, while it runs."""

    mac_address: str | None
    """Its hardware address there, while it runs."""

    aliases: Sequence[str]
    """Further names of it there, its short id included."""

    gateway: str | None
    """The way out of the network."""

    def __init__(
        self,
        network_id: str = "",
        ipv4_address: str | None = None,
        ipv6_address: str | None = None,
        mac_address: str | None = None,
        aliases: Sequence[str] = (),
        gateway: str | None = None,
    ) -> None:
        assign(self, "network_id", network_id)
        assign(self, "ipv4_address", ipv4_address)
        assign(self, "ipv6_address", ipv6_address)
        assign(self, "mac_address", mac_address)
        assign(self, "aliases", aliases)
        assign(self, "gateway", gateway)


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
        "runtime",
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

    runtime: str
    """What runs containers unless they say otherwise: `runc`."""

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
        runtime: str = "",
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
        assign(self, "runtime", runtime)
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


class Environment(Record):
    """The environment of a container, in the clear."""

    __slots__ = ("env",)

    env: Mapping[str, Secret]
    """The values, by name."""

    def __init__(self, env: Mapping[str, Secret | str]) -> None:
        assign(self, "env", hidden(env))


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


class Explained(Record):
    """A value, and who said it."""

    __slots__ = ("field", "key", "value", "origin", "overridden", "running")

    field: str
    """The field of the specification, or `placement`."""

    key: str
    """Which part of it, where it has several: the name of a variable, the target of a mount."""

    value: Any | None
    """The value; none: no layer says it, only the running container has it. Values of the environment are `***`."""

    origin: Origin | None
    """Who said it."""

    overridden: Sequence[Overridden]
    """What it took the place of, the last first."""

    running: Running | None
    """What the running container has, where there is one."""

    def __init__(
        self,
        field: str,
        key: str = "",
        value: Any | None = None,
        origin: Origin | None = None,
        overridden: Sequence[Overridden] = (),
        running: Running | None = None,
    ) -> None:
        assign(self, "field", field)
        assign(self, "key", key)
        assign(self, "value", value)
        assign(self, "origin", origin)
        assign(self, "overridden", overridden)
        assign(self, "running", running)


class Explanation(Record):
    """What a container is configured to be, and why."""

    __slots__ = (
        "image",
        "spec",
        "fields",
        "image_from",
        "cluster",
        "container",
        "placement",
        "version",
        "stale",
        "files",
        "ignored",
        "running_version",
    )

    image: str
    """The image."""

    spec: ContainerSpec
    """All layers together."""

    fields: Sequence[Explained]
    """Each value, and who said it."""

    image_from: str | None
    """The node whose image has the labels; none: no node has it, or they were given."""

    cluster: str | None
    """The cluster."""

    container: str | None
    """The container's name."""

    placement: Sequence[str]
    """What it asks of the node it goes to, as entries: `constraint:storage==~ssd`."""

    version: str | None
    """The version of the repository."""

    stale: Stale | None
    """Since when, and why, the repository may be old."""

    files: Sequence[str]
    """The files that were read, in the order in which they count."""

    ignored: Sequence[Ignored]
    """What was said and does not count."""

    running_version: str | None
    """The version that the running container was configured from, where it was."""

    def __init__(
        self,
        image: str,
        spec: ContainerSpec,
        fields: Sequence[Explained],
        image_from: str | None = None,
        cluster: str | None = None,
        container: str | None = None,
        placement: Sequence[str] = (),
        version: str | None = None,
        stale: Stale | None = None,
        files: Sequence[str] = (),
        ignored: Sequence[Ignored] = (),
        running_version: str | None = None,
    ) -> None:
        assign(self, "image", image)
        assign(self, "spec", spec)
        assign(self, "fields", fields)
        assign(self, "image_from", image_from)
        assign(self, "cluster", cluster)
        assign(self, "container", container)
        assign(self, "placement", placement)
        assign(self, "version", version)
        assign(self, "stale", stale)
        assign(self, "files", files)
        assign(self, "ignored", ignored)
        assign(self, "running_version", running_version)


class FileProblem(Record):
    """Something that is wrong with a file of the repository."""

    __slots__ = ("file", "message", "line", "column")

    file: str
    """The file."""

    message: str
    """What is wrong there."""

    line: int | None
    """The line, from 1 on."""

    column: int | None
    """The column, in characters, from 1 on."""

    def __init__(self, file: str, message: str, line: int | None = None, column: int | None = None) -> None:
        assign(self, "file", file)
        assign(self, "message", message)
        assign(self, "line", line)
        assign(self, "column", column)


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


class Gate(Record):
    """How a new container shows that it is ready. Probes run on the node, inside the container."""

    __slots__ = ("by", "port", "path", "command")

    by: str
    """Which kind it is."""

    port: int | None
    """The port inside."""

    path: str | None
    """The path, with its `/`."""

    command: Sequence[str] | None
    """The program and its arguments."""

    def __init__(
        self,
        by: str,
        port: int | None = None,
        path: str | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        assign(self, "by", by)
        assign(self, "port", port)
        assign(self, "path", path)
        assign(self, "command", command)


class HealthCheck(Record):
    """How the engine finds out whether a container is healthy."""

    __slots__ = ("command", "interval", "timeout", "retries", "start_period", "start_interval")

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

    start_interval: int | None
    """Seconds between two checks in that time; none: the image's, else 5. Engines before Docker 25 have none."""

    def __init__(
        self,
        command: Sequence[str],
        interval: int | None = None,
        timeout: int | None = None,
        retries: int | None = None,
        start_period: int | None = None,
        start_interval: int | None = None,
    ) -> None:
        assign(self, "command", command)
        assign(self, "interval", interval)
        assign(self, "timeout", timeout)
        assign(self, "retries", retries)
        assign(self, "start_period", start_period)
        assign(self, "start_interval", start_interval)


class Identity(Record):
    """Who an `Actor` is."""

    __slots__ = ("kind", "name")

    kind: str
    """Which kind it is."""

    name: str | None

    def __init__(self, kind: str, name: str | None = None) -> None:
        assign(self, "kind", kind)
        assign(self, "name", name)


class Ignored(Record):
    """Something that was said and does not count."""

    __slots__ = ("name", "origin", "why")

    name: str
    """Its name, as it was said."""

    origin: Origin
    """Who said it."""

    why: str
    """Why it does not count."""

    def __init__(self, name: str, origin: Origin, why: str) -> None:
        assign(self, "name", name)
        assign(self, "origin", origin)
        assign(self, "why", why)


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
        "user",
        "working_dir",
        "stop_signal",
        "health",
        "exposed_ports",
        "volumes",
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

    user: str | None
    """The user, and group, that programs run as."""

    working_dir: str | None
    """The folder that programs start in."""

    stop_signal: str | None
    """The signal that asks the program to end."""

    health: HealthCheck | None
    """The health check."""

    exposed_ports: Sequence[str]
    """The ports that it exposes: `80/tcp`."""

    volumes: Sequence[str]
    """Where it wants volumes."""

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
        user: str | None = None,
        working_dir: str | None = None,
        stop_signal: str | None = None,
        health: HealthCheck | None = None,
        exposed_ports: Sequence[str] = (),
        volumes: Sequence[str] = (),
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
        assign(self, "user", user)
        assign(self, "working_dir", working_dir)
        assign(self, "stop_signal", stop_signal)
        assign(self, "health", health)
        assign(self, "exposed_ports", exposed_ports)
        assign(self, "volumes", volumes)


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


class Ipam(Record):
    """How a network gives out addresses."""

    __slots__ = ("driver", "pools", "options")

    driver: str | None
    """Who gives them out; none: the engine itself, `default`."""

    pools: Sequence[AddressPool]
    """The ranges that they are taken from; none: the engine chooses one."""

    options: Mapping[str, str]
    """Options of the driver."""

    def __init__(
        self,
        driver: str | None = None,
        pools: Sequence[AddressPool] = (),
        options: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "driver", driver)
        assign(self, "pools", pools)
        assign(self, "options", options)


class KeptContainer(Record):
    """A container that was parked and is kept, so that the plan can be rolled back."""

    __slots__ = ("plan", "step", "node", "name", "image", "since", "container", "size")

    plan: str
    """The plan that parked it."""

    step: int
    """The step of that plan."""

    node: str
    """The node it is on."""

    name: str
    """The name that it had, and gets back."""

    image: str
    """The image that it needs."""

    since: datetime
    """Since when."""

    container: str | None
    """The container; none: it removed itself when it stopped, or the plan removed it, and it is made anew from its
    specification.
    """

    size: ContainerSize | None
    """What it takes on disk; none: nothing is there, or its engine does not tell now."""

    def __init__(
        self,
        plan: str,
        step: int,
        node: str,
        name: str,
        image: str,
        since: datetime,
        container: str | None = None,
        size: ContainerSize | None = None,
    ) -> None:
        assign(self, "plan", plan)
        assign(self, "step", step)
        assign(self, "node", node)
        assign(self, "name", name)
        assign(self, "image", image)
        assign(self, "since", since)
        assign(self, "container", container)
        assign(self, "size", size)


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


class Member(Record):
    """A container in a network, as the network tells it."""

    __slots__ = ("name", "ipv4_address", "ipv6_address", "mac_address")

    name: str
    """Its name."""

    ipv4_address: str | None
    """Its address."""

    ipv6_address: str | None
    """Its IPv6 address."""

    mac_address: str | None
    """Its hardware address."""

    def __init__(
        self,
        name: str = "",
        ipv4_address: str | None = None,
        ipv6_address: str | None = None,
        mac_address: str | None = None,
    ) -> None:
        assign(self, "name", name)
        assign(self, "ipv4_address", ipv4_address)
        assign(self, "ipv6_address", ipv6_address)
        assign(self, "mac_address", mac_address)


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

    __slots__ = (
        "type",
        "target",
        "source",
        "read_only",
        "propagation",
        "create_source",
        "non_recursive",
        "no_copy",
        "subpath",
        "labels",
        "driver",
        "driver_options",
        "size",
        "mode",
        "options",
    )

    type: MountKind
    """What kind of thing."""

    target: str
    """Where inside, an absolute path."""

    source: str
    """A volume's name, or a folder of the host; empty for a new volume without a name and for tmpfs."""

    read_only: bool
    """Whether it cannot be written."""

    propagation: Propagation | None
    """Of a folder: whether what is mounted in it later is seen on the other side; none: `rprivate`."""

    create_source: bool
    """Of a folder: whether it is made on the host where it is missing, as `docker run -v` does; else a missing folder is
    refused.
    """

    non_recursive: bool
    """Of a folder: whether what is mounted in it on the host is left out."""

    no_copy: bool
    """Of a volume: whether it stays empty where the image has files."""

    subpath: str | None
    """Of a volume: a folder in it that is mounted in its place. Engines before Docker 26 have none."""

    labels: Mapping[str, str]
    """Of a volume that is made with the container: its labels."""

    driver: str | None
    """Of a volume that is made with the container: its driver; none: the container's `volume_driver`, else `local`."""

    driver_options: Mapping[str, str]
    """Of a volume that is made with the container: options of its driver."""

    size: int | None
    """Of a memory file system: its size in bytes; none: no limit."""

    mode: int | None
    """Of a memory file system: its mode, 0o1777 where there is none."""

    options: Sequence[str]
    """Further options, as Docker's texts have them: `exec`, `uid=1000` of a memory file system, `z`, `Z` of a folder."""

    def __init__(
        self,
        type: MountKind,
        target: str,
        source: str = "",
        read_only: bool = False,
        propagation: Propagation | None = None,
        create_source: bool = False,
        non_recursive: bool = False,
        no_copy: bool = False,
        subpath: str | None = None,
        labels: Mapping[str, str] = EMPTY,
        driver: str | None = None,
        driver_options: Mapping[str, str] = EMPTY,
        size: int | None = None,
        mode: int | None = None,
        options: Sequence[str] = (),
    ) -> None:
        assign(self, "type", type)
        assign(self, "target", target)
        assign(self, "source", source)
        assign(self, "read_only", read_only)
        assign(self, "propagation", propagation)
        assign(self, "create_source", create_source)
        assign(self, "non_recursive", non_recursive)
        assign(self, "no_copy", no_copy)
        assign(self, "subpath", subpath)
        assign(self, "labels", labels)
        assign(self, "driver", driver)
        assign(self, "driver_options", driver_options)
        assign(self, "size", size)
        assign(self, "mode", mode)
        assign(self, "options", options)


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

    __slots__ = (
        "id",
        "name",
        "driver",
        "scope",
        "created",
        "internal",
        "attachable",
        "enable_ipv6",
        "subnets",
        "ipam",
        "options",
        "labels",
        "containers",
    )

    id: str
    """Its id."""

    name: str
    """Its name."""

    driver: str
    """Its driver: `bridge`, `host`, `overlay`, …"""

    scope: str
    """How far it reaches: `local`, `swarm`."""

    created: datetime | None
    """When it was made, where the engine says."""

    internal: bool
    """Whether it has no way out."""

    attachable: bool
    """Whether containers that nobody's service made may join it, where it spans a swarm."""

    enable_ipv6: bool
    """Whether it has IPv6."""

    subnets: Sequence[str]
    """Its address ranges: `172.17.0.0/16`."""

    ipam: Ipam | None
    """How addresses are given out in it."""

    options: Mapping[str, str]
    """Options of its driver."""

    labels: Mapping[str, str]
    """Its labels."""

    containers: Mapping[str, Member]
    """The running containers that are connected to it; told when one network is looked at, not in lists."""

    def __init__(
        self,
        id: str,
        name: str,
        driver: str,
        scope: str,
        created: datetime | None = None,
        internal: bool = False,
        attachable: bool = False,
        enable_ipv6: bool = False,
        subnets: Sequence[str] = (),
        ipam: Ipam | None = None,
        options: Mapping[str, str] = EMPTY,
        labels: Mapping[str, str] = EMPTY,
        containers: Mapping[str, Member] = EMPTY,
    ) -> None:
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "scope", scope)
        assign(self, "created", created)
        assign(self, "internal", internal)
        assign(self, "attachable", attachable)
        assign(self, "enable_ipv6", enable_ipv6)
        assign(self, "subnets", subnets)
        assign(self, "ipam", ipam)
        assign(self, "options", options)
        assign(self, "labels", labels)
        assign(self, "containers", containers)


class NetworkSpec(Record):
    """What a network shall be."""

    __slots__ = ("name", "driver", "internal", "attachable", "enable_ipv6", "subnet", "ipam", "options", "labels")

    name: str
    """Its name."""

    driver: str | None
    """Its driver; none: `bridge`."""

    internal: bool
    """Whether it has no way out."""

    attachable: bool
    """Whether containers that nobody's service made may join it, where it spans a swarm."""

    enable_ipv6: bool
    """Whether it has IPv6."""

    subnet: str | None
    """Its address range; none: the engine chooses. In short for a pool of `ipam` that has no more than a range."""

    ipam: Ipam | None
    """How addresses are given out in it."""

    options: Mapping[str, str]
    """Options of its driver: `com.docker.network.bridge.name`."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        name: str,
        driver: str | None = None,
        internal: bool = False,
        attachable: bool = False,
        enable_ipv6: bool = False,
        subnet: str | None = None,
        ipam: Ipam | None = None,
        options: Mapping[str, str] = EMPTY,
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "internal", internal)
        assign(self, "attachable", attachable)
        assign(self, "enable_ipv6", enable_ipv6)
        assign(self, "subnet", subnet)
        assign(self, "ipam", ipam)
        assign(self, "options", options)
        assign(self, "labels", labels)


class NewContainer(Record):
    """The container that a step brings."""

    __slots__ = ("is_", "node", "spec", "start", "plan", "step")

    is_: str
    """Which kind it is."""

    node: str | None
    """The node it is made on."""

    spec: ContainerSpec | None
    """What it shall be."""

    start: bool | None
    """Whether it is started."""

    plan: str | None
    """The plan that parked it."""

    step: int | None
    """The step of that plan."""

    def __init__(
        self,
        is_: str,
        node: str | None = None,
        spec: ContainerSpec | None = None,
        start: bool | None = None,
        plan: str | None = None,
        step: int | None = None,
    ) -> None:
        assign(self, "is_", is_)
        assign(self, "node", node)
        assign(self, "spec", spec)
        assign(self, "start", start)
        assign(self, "plan", plan)
        assign(self, "step", step)


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
        "availability",
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

    availability: Availability
    """Whether it takes new containers."""

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
        availability: Availability = "active",
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
        assign(self, "availability", availability)
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


class ObservedContainer(Record):
    """What was seen of a container. Health and status texts are no part of it: they change by themselves."""

    __slots__ = ("id", "spec", "running", "image")

    id: str
    """Its id."""

    spec: str
    """A hash of its specification that only this fleet can make."""

    running: bool
    """Whether it ran."""

    image: str
    """The image it was made of."""

    def __init__(self, id: str, spec: str, running: bool, image: str) -> None:
        assign(self, "id", id)
        assign(self, "spec", spec)
        assign(self, "running", running)
        assign(self, "image", image)


class OldContainer(Record):
    """A container that a step replaces or puts away, as it was when the plan was made."""

    __slots__ = ("node", "observed", "remove")

    node: str
    """The node it is on."""

    observed: ObservedContainer
    """What was seen of it; a step whose container is otherwise by then is refused."""

    remove: bool
    """Whether it is removed instead of parked, which frees its disk: a rollback makes it anew, without what it wrote into
    its own files. Its volumes stay.
    """

    def __init__(self, node: str, observed: ObservedContainer, remove: bool = False) -> None:
        assign(self, "node", node)
        assign(self, "observed", observed)
        assign(self, "remove", remove)


class Origin(Record):
    """Who said a value."""

    __slots__ = ("layer", "label", "file", "line", "column")

    layer: Layer
    """The layer."""

    label: str | None
    """The label of the image."""

    file: str | None
    """The file of the repository."""

    line: int | None
    """The line, from 1 on."""

    column: int | None
    """The column, in characters, from 1 on."""

    def __init__(
        self,
        layer: Layer,
        label: str | None = None,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        assign(self, "layer", layer)
        assign(self, "label", label)
        assign(self, "file", file)
        assign(self, "line", line)
        assign(self, "column", column)


class Overridden(Record):
    """A value that another took the place of."""

    __slots__ = ("value", "origin")

    value: Any | None
    """The value."""

    origin: Origin
    """Who said it."""

    def __init__(self, value: Any | None, origin: Origin) -> None:
        assign(self, "value", value)
        assign(self, "origin", origin)


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

    __slots__ = ("reason", "node", "counts", "refused")

    reason: str
    """Why that one, or that none can, in words."""

    node: str | None
    """The node; none: no node can take it."""

    counts: Sequence[Tally]
    """How many nodes cannot take it, by what they do not pass."""

    refused: Sequence[Refusal]
    """The nodes that cannot take it, and why."""

    def __init__(
        self,
        reason: str,
        node: str | None = None,
        counts: Sequence[Tally] = (),
        refused: Sequence[Refusal] = (),
    ) -> None:
        assign(self, "reason", reason)
        assign(self, "node", node)
        assign(self, "counts", counts)
        assign(self, "refused", refused)


class Plan(Record):
    """What shall happen, and why: nothing of it has happened when it is made."""

    __slots__ = ("id", "kind", "summary", "author", "created", "nonce", "rollout", "selection", "steps", "skipped")

    id: str
    """The hash of all the rest, values of environments left out."""

    kind: PlanKind
    """What it is for."""

    summary: str
    """What it does, in one line: `update nginx to 1.5: 6 of 30 containers on 3 nodes`."""

    author: str
    """Who asked for it."""

    created: datetime
    """When it was made."""

    nonce: str
    """A random text: two plans are never the same."""

    rollout: Rollout
    """How its steps are taken."""

    selection: Selection
    """What it was made for; applying looks again, and refuses when that means other containers now."""

    steps: Sequence[PlanStep]
    """The steps, in order."""

    skipped: Sequence[SkippedContainer]
    """What was looked at and is left alone, and why."""

    def __init__(
        self,
        id: str,
        kind: PlanKind,
        summary: str,
        author: str,
        created: datetime,
        nonce: str,
        rollout: Rollout,
        selection: Selection,
        steps: Sequence[PlanStep],
        skipped: Sequence[SkippedContainer] = (),
    ) -> None:
        assign(self, "id", id)
        assign(self, "kind", kind)
        assign(self, "summary", summary)
        assign(self, "author", author)
        assign(self, "created", created)
        assign(self, "nonce", nonce)
        assign(self, "rollout", rollout)
        assign(self, "selection", selection)
        assign(self, "steps", steps)
        assign(self, "skipped", skipped)


class PlanChange(Record):
    """One difference between a container and its successor. Values that are secret are not told."""

    __slots__ = ("field", "from_", "to")

    field: str
    """What is different: `image`, `env MQ_HOST`, `ports`."""

    from_: str | None
    """What it was; none: it was not there, or is secret."""

    to: str | None
    """What it becomes; none: it goes, or is secret."""

    def __init__(self, field: str, from_: str | None = None, to: str | None = None) -> None:
        assign(self, "field", field)
        assign(self, "from_", from_)
        assign(self, "to", to)


class PlanDetail(Record):
    """A plan and how far it has come."""

    __slots__ = ("plan", "status", "steps")

    plan: Plan
    """The plan."""

    status: PlanStatus
    """How far it has come."""

    steps: Sequence[StepStatus]
    """How far each of its steps has come."""

    def __init__(self, plan: Plan, status: PlanStatus, steps: Sequence[StepStatus]) -> None:
        assign(self, "plan", plan)
        assign(self, "status", status)
        assign(self, "steps", steps)


class PlanProgress(Record):
    """How a plan goes: where it stands, and what a step has come to."""

    __slots__ = ("status", "step")

    status: PlanStatus
    """How far the plan has come."""

    step: StepStatus | None
    """The step that has come further; none: the plan as a whole has."""

    def __init__(self, status: PlanStatus, step: StepStatus | None = None) -> None:
        assign(self, "status", status)
        assign(self, "step", step)


class PlanStatus(Record):
    """How far a plan has come, as lists show it."""

    __slots__ = (
        "id",
        "kind",
        "summary",
        "author",
        "created",
        "state",
        "steps",
        "revision",
        "error",
        "applied_by",
        "began",
        "ended",
    )

    id: str
    """Its id."""

    kind: PlanKind
    """What it is for."""

    summary: str
    """What it does, in one line."""

    author: str
    """Who asked for it."""

    created: datetime
    """When it was made."""

    state: PlanState
    """Where it stands."""

    steps: PlanTally
    """How many steps there are, and how many are done; in lists, while steps are taken, as it was some two seconds ago."""

    revision: str
    """The record, for a conditional change."""

    error: WireError | None
    """Why it stands there: what failed first."""

    applied_by: str | None
    """Who had it applied; none: nobody yet."""

    began: datetime | None
    """When it was begun."""

    ended: datetime | None
    """When it ended."""

    def __init__(
        self,
        id: str,
        kind: PlanKind,
        summary: str,
        author: str,
        created: datetime,
        state: PlanState,
        steps: PlanTally,
        revision: str,
        error: WireError | None = None,
        applied_by: str | None = None,
        began: datetime | None = None,
        ended: datetime | None = None,
    ) -> None:
        assign(self, "id", id)
        assign(self, "kind", kind)
        assign(self, "summary", summary)
        assign(self, "author", author)
        assign(self, "created", created)
        assign(self, "state", state)
        assign(self, "steps", steps)
        assign(self, "revision", revision)
        assign(self, "error", error)
        assign(self, "applied_by", applied_by)
        assign(self, "began", began)
        assign(self, "ended", ended)


class PlanStep(Record):
    """One step: `old` goes, `new` comes; at least one of them is there."""

    __slots__ = ("index", "name", "order", "old", "new", "reason", "note", "changes")

    index: int
    """Its place in the plan, from 0."""

    name: str
    """The name that the container has, and its successor gets."""

    order: Order
    """Which of the two is first."""

    old: OldContainer | None
    """The container that is parked: stopped and kept, until nothing can need it any more."""

    new: NewContainer | None
    """The container that takes its place."""

    reason: str
    """Why there is this step, or why there."""

    note: str | None
    """What is different from what was asked for, and why: that both cannot run side by side."""

    changes: Sequence[PlanChange]
    """What is different in the successor."""

    def __init__(
        self,
        index: int,
        name: str,
        order: Order,
        old: OldContainer | None = None,
        new: NewContainer | None = None,
        reason: str = "",
        note: str | None = None,
        changes: Sequence[PlanChange] = (),
    ) -> None:
        assign(self, "index", index)
        assign(self, "name", name)
        assign(self, "order", order)
        assign(self, "old", old)
        assign(self, "new", new)
        assign(self, "reason", reason)
        assign(self, "note", note)
        assign(self, "changes", changes)


class PlanTally(Record):
    """How many steps stand where."""

    __slots__ = ("total", "done", "failed", "refused", "undone")

    total: int
    """All."""

    done: int
    """Taken."""

    failed: int
    """Failed, and taken back."""

    refused: int
    """Refused: the container was not any more what the plan saw."""

    undone: int
    """Taken back."""

    def __init__(self, total: int, done: int, failed: int, refused: int, undone: int) -> None:
        assign(self, "total", total)
        assign(self, "done", done)
        assign(self, "failed", failed)
        assign(self, "refused", refused)
        assign(self, "undone", undone)


class PlanText(Record):
    """What a plan does, as a text."""

    __slots__ = ("id", "text")

    id: str
    """Its id."""

    text: str
    """A line a step, its changes below it, and what is left alone."""

    def __init__(self, id: str, text: str) -> None:
        assign(self, "id", id)
        assign(self, "text", text)


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


class Pruned(Record):
    """What was removed because nothing used it."""

    __slots__ = ("removed", "bytes")

    removed: Sequence[str]
    """The names of what was removed."""

    bytes: int
    """The bytes that this made free."""

    def __init__(self, removed: Sequence[str] = (), bytes: int = 0) -> None:
        assign(self, "removed", removed)
        assign(self, "bytes", bytes)


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

    __slots__ = ("node", "check", "reason", "requirement")

    node: str
    """The node."""

    check: Check
    """What it does not pass."""

    reason: str
    """Why, in words."""

    requirement: str | None
    """The constraint or affinity that does not hold there, where it is one: `zone==a`."""

    def __init__(self, node: str, check: Check, reason: str, requirement: str | None = None) -> None:
        assign(self, "node", node)
        assign(self, "check", check)
        assign(self, "reason", reason)
        assign(self, "requirement", requirement)


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


class Requirements(Record):
    """What a container asks of the node it goes to."""

    __slots__ = ("constraints", "affinities", "strategy", "max_count_of_instances", "reschedule")

    constraints: Sequence[str]
    """What the node shall be: `zone==a`, `node!=/web-[0-9]+/`, `storage==~ssd` as a wish."""

    affinities: Sequence[str]
    """What shall be on the node already, or shall not: `container==db`, `image==nginx`, `com.example.tier!=front`."""

    strategy: Strategy | None
    """Which of the nodes that can take it is chosen; none: as the cluster says."""

    max_count_of_instances: int | None
    """The most containers of its image on one node; none: as the cluster says, which is never exceeded."""

    reschedule: Reschedule | None
    """What shall become of it when its node is lost."""

    def __init__(
        self,
        constraints: Sequence[str] = (),
        affinities: Sequence[str] = (),
        strategy: Strategy | None = None,
        max_count_of_instances: int | None = None,
        reschedule: Reschedule | None = None,
    ) -> None:
        assign(self, "constraints", constraints)
        assign(self, "affinities", affinities)
        assign(self, "strategy", strategy)
        assign(self, "max_count_of_instances", max_count_of_instances)
        assign(self, "reschedule", reschedule)


class Rollout(Record):
    """How the steps of a plan are taken. The defaults are those of `docker service update`."""

    __slots__ = ("order", "parallelism", "delay", "monitor", "timeout", "gate", "max_failure_ratio", "on_failure")

    order: Order
    """Whether a container's successor starts before it is stopped; by default after."""

    parallelism: int
    """How many steps are taken at once, 0: all; by default 1."""

    delay: float
    """Seconds between one step and the next; by default 0."""

    monitor: float
    """Seconds for which a new container must go on well before it counts; by default 5."""

    timeout: float | None
    """Seconds that a new container has until it must be ready; none: as its health check needs, at least 60."""

    gate: Gate | None
    """How a new container shows that it is ready."""

    max_failure_ratio: float
    """Which part of the steps may fail, 0 to 1; by default none."""

    on_failure: OnFailure
    """What happens when more fail."""

    def __init__(
        self,
        order: Order = "stop-first",
        parallelism: int = 1,
        delay: float = 0.0,
        monitor: float = 5.0,
        timeout: float | None = None,
        gate: Gate | None = None,
        max_failure_ratio: float = 0.0,
        on_failure: OnFailure = "pause",
    ) -> None:
        assign(self, "order", order)
        assign(self, "parallelism", parallelism)
        assign(self, "delay", delay)
        assign(self, "monitor", monitor)
        assign(self, "timeout", timeout)
        assign(self, "gate", gate)
        assign(self, "max_failure_ratio", max_failure_ratio)
        assign(self, "on_failure", on_failure)


class Running(Record):
    """What a running container has."""

    __slots__ = ("same", "value")

    same: bool
    """Whether that means the same as what the layers say."""

    value: Any | None
    """The value; none: it has none."""

    def __init__(self, same: bool, value: Any | None = None) -> None:
        assign(self, "same", same)
        assign(self, "value", value)


class Selection(Record):
    """What a plan was made for: looked at again before it is applied."""

    __slots__ = ("cluster", "node", "id", "name", "image", "label", "exclude_node", "exclude")

    cluster: str | None
    """Only of this cluster."""

    node: str | None
    """Only of this node."""

    id: Sequence[str]
    """Only these containers."""

    name: Sequence[str]
    """Only with one of these names: exact, or with `*` for any text."""

    image: Sequence[str]
    """Only of one of these images: `nginx`, `nginx:1.*`, `registry/team/*`; without a tag any tag."""

    label: Sequence[str]
    """Only with all of these labels: `key` or `key=value`."""

    exclude_node: Sequence[str]
    """Not of these nodes."""

    exclude: Sequence[str]
    """Not these containers: names, exact or with `*`."""

    def __init__(
        self,
        cluster: str | None = None,
        node: str | None = None,
        id: Sequence[str] = (),
        name: Sequence[str] = (),
        image: Sequence[str] = (),
        label: Sequence[str] = (),
        exclude_node: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> None:
        assign(self, "cluster", cluster)
        assign(self, "node", node)
        assign(self, "id", id)
        assign(self, "name", name)
        assign(self, "image", image)
        assign(self, "label", label)
        assign(self, "exclude_node", exclude_node)
        assign(self, "exclude", exclude)


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


class SkippedContainer(Record):
    """A container that was looked at and is left alone."""

    __slots__ = ("name", "reason", "node", "id")

    name: str
    """Its name."""

    reason: str
    """Why."""

    node: str | None
    """The node it is on; none: it would have been new, and no node takes it."""

    id: str | None
    """Its id; none: it would have been new."""

    def __init__(self, name: str, reason: str, node: str | None = None, id: str | None = None) -> None:
        assign(self, "name", name)
        assign(self, "reason", reason)
        assign(self, "node", node)
        assign(self, "id", id)


class SourceSpec(Record):
    """A repository of configurations for containers, as it is set."""

    __slots__ = ("url", "branch", "username", "password", "ssh_key", "known_hosts", "interval")

    url: str
    """Where it is: the address of a git repository, `https://…`, `ssh://…`, `user@host:path`, an absolute path; or a folder
    of every master's machine, `folder:/srv/haven`. A password in it is kept apart and never shown, and so is a user
    without one over HTTP, who is taken for a token.
    """

    branch: str | None
    """The branch or tag; none: what the repository calls its own."""

    username: str | None
    """The user there."""

    password: Secret | None
    """The password or token."""

    ssh_key: Secret | None
    """A private key for SSH, the text of its file."""

    known_hosts: str | None
    """The only host keys that SSH believes, the text of a `known_hosts` file; none: the one that is seen first."""

    interval: int | None
    """Seconds between two looks whether there is something new, 10 to 86,400; none: 60."""

    def __init__(
        self,
        url: str,
        branch: str | None = None,
        username: str | None = None,
        password: Secret | str | None = None,
        ssh_key: Secret | str | None = None,
        known_hosts: str | None = None,
        interval: int | None = None,
    ) -> None:
        assign(self, "url", url)
        assign(self, "branch", branch)
        assign(self, "username", username)
        assign(self, "password", hidden(password))
        assign(self, "ssh_key", hidden(ssh_key))
        assign(self, "known_hosts", known_hosts)
        assign(self, "interval", interval)


class SourceStatus(Record):
    """The repository of configurations, and what of it counts now."""

    __slots__ = ("spec", "revision", "version", "fetched", "stale", "problems", "more_problems")

    spec: SourceSpec
    """How it is set. Secrets are shown as `***`."""

    revision: str
    """When the setting was changed last."""

    version: str | None
    """The version that counts on the master that answers: a commit, or a hash of the folder; none: nothing could be read
    yet.
    """

    fetched: datetime | None
    """When the repository had it last, as far as was asked."""

    stale: Stale | None
    """Since when, and why, it may be old."""

    problems: Sequence[FileProblem]
    """What is wrong with its files, the first of it: they configure nothing until it is mended."""

    more_problems: int | None
    """How many problems there are beside these; none: no more."""

    def __init__(
        self,
        spec: SourceSpec,
        revision: str,
        version: str | None = None,
        fetched: datetime | None = None,
        stale: Stale | None = None,
        problems: Sequence[FileProblem] = (),
        more_problems: int | None = None,
    ) -> None:
        assign(self, "spec", spec)
        assign(self, "revision", revision)
        assign(self, "version", version)
        assign(self, "fetched", fetched)
        assign(self, "stale", stale)
        assign(self, "problems", problems)
        assign(self, "more_problems", more_problems)


class SpecChanges(Record):
    """What is changed in specifications."""

    __slots__ = ("env", "unset_env", "labels", "unset_labels", "command", "memory", "nano_cpus")

    env: Mapping[str, Secret]
    """Variables that are set."""

    unset_env: Sequence[str]
    """Variables that go."""

    labels: Mapping[str, str]
    """Labels that are set."""

    unset_labels: Sequence[str]
    """Labels that go."""

    command: Sequence[str] | None
    """The arguments of the program; none: as they are."""

    memory: int | None
    """The most memory, in bytes; none: as it is."""

    nano_cpus: int | None
    """The most CPU time, in billionths of a core; none: as it is."""

    def __init__(
        self,
        env: Mapping[str, Secret | str] = EMPTY,
        unset_env: Sequence[str] = (),
        labels: Mapping[str, str] = EMPTY,
        unset_labels: Sequence[str] = (),
        command: Sequence[str] | None = None,
        memory: int | None = None,
        nano_cpus: int | None = None,
    ) -> None:
        assign(self, "env", hidden(env))
        assign(self, "unset_env", unset_env)
        assign(self, "labels", labels)
        assign(self, "unset_labels", unset_labels)
        assign(self, "command", command)
        assign(self, "memory", memory)
        assign(self, "nano_cpus", nano_cpus)


class Stale(Record):
    """Since when, and why, something may be old."""

    __slots__ = ("since", "why")

    since: datetime
    """When it was known to be so last."""

    why: str
    """Why it could not be read since."""

    def __init__(self, since: datetime, why: str) -> None:
        assign(self, "since", since)
        assign(self, "why", why)


class StepStatus(Record):
    """How far one step has come."""

    __slots__ = ("index", "node", "name", "state", "container", "error", "said", "began", "ended")

    index: int
    """Its place in the plan."""

    node: str
    """The node that it ends on."""

    name: str
    """The name of the container."""

    state: StepState
    """Where it stands."""

    container: str | None
    """The container that came, once it is there."""

    error: WireError | None
    """Why it failed or was refused."""

    said: str | None
    """The last lines that a new container said which failed: it is gone, and its log with it."""

    began: datetime | None
    """When it was begun."""

    ended: datetime | None
    """When it came to where it stands."""

    def __init__(
        self,
        index: int,
        node: str,
        name: str,
        state: StepState,
        container: str | None = None,
        error: WireError | None = None,
        said: str | None = None,
        began: datetime | None = None,
        ended: datetime | None = None,
    ) -> None:
        assign(self, "index", index)
        assign(self, "node", node)
        assign(self, "name", name)
        assign(self, "state", state)
        assign(self, "container", container)
        assign(self, "error", error)
        assign(self, "said", said)
        assign(self, "began", began)
        assign(self, "ended", ended)


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


class Tally(Record):
    """How many nodes do not pass a check."""

    __slots__ = ("check", "nodes", "requirement")

    check: Check
    """The check."""

    nodes: int
    """How many nodes."""

    requirement: str | None
    """The constraint or affinity that does not hold there, where it is one: `zone==a`."""

    def __init__(self, check: Check, nodes: int, requirement: str | None = None) -> None:
        assign(self, "check", check)
        assign(self, "nodes", nodes)
        assign(self, "requirement", requirement)


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


class ThrottleDevice(Record):
    """A limit on the use of a disk."""

    __slots__ = ("path", "rate")

    path: str
    """The disk: `/dev/sda`."""

    rate: int
    """The most a second."""

    def __init__(self, path: str, rate: int) -> None:
        assign(self, "path", path)
        assign(self, "rate", rate)


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


class Ulimit(Record):
    """A limit of each process."""

    __slots__ = ("name", "soft", "hard")

    name: str
    """Of what: `nofile`, `nproc`, `core`, …"""

    soft: int
    """What a process has; -1: no limit."""

    hard: int
    """What a process may raise it to; -1: no limit."""

    def __init__(self, name: str, soft: int, hard: int) -> None:
        assign(self, "name", name)
        assign(self, "soft", soft)
        assign(self, "hard", hard)


class Volume(Record):
    """A volume."""

    __slots__ = ("name", "driver", "mountpoint", "created", "options", "labels")

    name: str
    """Its name."""

    driver: str
    """Its driver: `local`, …"""

    mountpoint: str
    """Where it is on the host."""

    created: datetime | None
    """When it was made, where the engine says."""

    options: Mapping[str, str]
    """Options of its driver."""

    labels: Mapping[str, str]
    """Its labels."""

    def __init__(
        self,
        name: str,
        driver: str,
        mountpoint: str,
        created: datetime | None = None,
        options: Mapping[str, str] = EMPTY,
        labels: Mapping[str, str] = EMPTY,
    ) -> None:
        assign(self, "name", name)
        assign(self, "driver", driver)
        assign(self, "mountpoint", mountpoint)
        assign(self, "created", created)
        assign(self, "options", options)
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


class WeightDevice(Record):
    """A weight at a disk."""

    __slots__ = ("path", "weight")

    path: str
    """The disk: `/dev/sda`."""

    weight: int
    """The weight, 10 to 1000."""

    def __init__(self, path: str, weight: int) -> None:
        assign(self, "path", path)
        assign(self, "weight", weight)


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
