//! Which classes answers are of. Generated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-py`.

use pyo3::sync::PyOnceLock;

use crate::decode::{Class, Field, Shape};

/// What each operation answers, once or often.
pub(crate) static ANSWERS: &[(&str, &Shape)] = &[
    ("nodes.list", &Shape::Record(&NODE_PAGE_CLASS)),
    ("nodes.register", &Shape::Record(&NODE_CLASS)),
    ("nodes.get", &Shape::Record(&NODE_CLASS)),
    ("nodes.update", &Shape::Record(&NODE_CLASS)),
    ("nodes.remove", &Shape::Plain),
    ("nodes.report", &Shape::Plain),
    ("nodes.metrics", &Shape::List(&Shape::Record(&NODE_METRICS_CLASS))),
    ("clusters.list", &Shape::Record(&CLUSTER_PAGE_CLASS)),
    ("clusters.create", &Shape::Record(&CLUSTER_CLASS)),
    ("clusters.get", &Shape::Record(&CLUSTER_CLASS)),
    ("clusters.update", &Shape::Record(&CLUSTER_CLASS)),
    ("clusters.delete", &Shape::Plain),
    ("clusters.add_node", &Shape::Record(&NODE_CLASS)),
    ("clusters.remove_node", &Shape::Record(&NODE_CLASS)),
    ("clusters.place", &Shape::Record(&PLACEMENT_CLASS)),
    ("containers.list", &Shape::Record(&CONTAINER_LISTING_CLASS)),
    ("containers.find", &Shape::Record(&CONTAINER_FOUND_CLASS)),
    ("containers.create", &Shape::Record(&CREATED_CLASS)),
    ("containers.inspect", &Shape::Record(&CONTAINER_DETAIL_CLASS)),
    ("containers.environment", &Shape::Record(&ENVIRONMENT_CLASS)),
    ("containers.start", &Shape::Record(&ACTED_CLASS)),
    ("containers.stop", &Shape::Record(&ACTED_CLASS)),
    ("containers.restart", &Shape::Record(&ACTED_CLASS)),
    ("containers.kill", &Shape::Record(&ACTED_CLASS)),
    ("containers.pause", &Shape::Record(&ACTED_CLASS)),
    ("containers.unpause", &Shape::Record(&ACTED_CLASS)),
    ("containers.rename", &Shape::Record(&ACTED_CLASS)),
    ("containers.update_limits", &Shape::Record(&ACTED_CLASS)),
    ("containers.remove", &Shape::Record(&ACTED_CLASS)),
    ("containers.wait", &Shape::Record(&EXITED_CLASS)),
    ("containers.processes", &Shape::Record(&PROCESSES_CLASS)),
    ("containers.stats", &Shape::Record(&CONTAINER_STATS_CLASS)),
    ("containers.stats_stream", &Shape::Record(&CONTAINER_STATS_CLASS)),
    ("containers.metrics", &Shape::List(&Shape::Record(&CONTAINER_STATS_CLASS))),
    ("containers.logs", &Shape::Output),
    ("plans.list", &Shape::List(&Shape::Record(&PLAN_STATUS_CLASS))),
    ("plans.get", &Shape::Record(&PLAN_DETAIL_CLASS)),
    ("plans.diff", &Shape::Record(&PLAN_TEXT_CLASS)),
    ("plans.create", &Shape::Record(&PLAN_CLASS)),
    ("plans.scale", &Shape::Record(&PLAN_CLASS)),
    ("plans.update", &Shape::Record(&PLAN_CLASS)),
    ("plans.drain", &Shape::Record(&PLAN_CLASS)),
    ("plans.prune", &Shape::Record(&PLAN_CLASS)),
    ("plans.rollback", &Shape::Record(&PLAN_CLASS)),
    ("plans.apply", &Shape::Record(&PLAN_STATUS_CLASS)),
    ("plans.follow", &Shape::Record(&PLAN_PROGRESS_CLASS)),
    ("plans.pause", &Shape::Record(&PLAN_STATUS_CLASS)),
    ("plans.resume", &Shape::Record(&PLAN_STATUS_CLASS)),
    ("plans.abort", &Shape::Record(&PLAN_STATUS_CLASS)),
    ("plans.remove", &Shape::Plain),
    ("plans.kept", &Shape::List(&Shape::Record(&KEPT_CONTAINER_CLASS))),
    ("containers.changes", &Shape::List(&Shape::Record(&CHANGE_CLASS))),
    ("images.list", &Shape::Record(&IMAGE_LISTING_CLASS)),
    ("images.inspect", &Shape::Record(&IMAGE_DETAIL_CLASS)),
    ("images.pull", &Shape::Record(&PULL_PROGRESS_CLASS)),
    ("images.tag", &Shape::Record(&ACTED_CLASS)),
    ("images.remove", &Shape::Record(&ACTED_CLASS)),
    ("networks.list", &Shape::Record(&NETWORK_LISTING_CLASS)),
    ("networks.create", &Shape::Record(&NETWORK_CLASS)),
    ("networks.get", &Shape::Record(&NETWORK_CLASS)),
    ("networks.remove", &Shape::Record(&ACTED_CLASS)),
    ("networks.connect", &Shape::Record(&ACTED_CLASS)),
    ("networks.disconnect", &Shape::Record(&ACTED_CLASS)),
    ("networks.prune", &Shape::Record(&PRUNED_CLASS)),
    ("volumes.list", &Shape::Record(&VOLUME_LISTING_CLASS)),
    ("volumes.create", &Shape::Record(&ACTED_CLASS)),
    ("volumes.get", &Shape::Record(&VOLUME_CLASS)),
    ("volumes.remove", &Shape::Record(&ACTED_CLASS)),
    ("volumes.prune", &Shape::Record(&PRUNED_CLASS)),
    ("events.list", &Shape::Record(&EVENTS_CLASS)),
    ("events.count", &Shape::List(&Shape::Record(&EVENT_COUNT_CLASS))),
    ("events.follow", &Shape::Record(&EVENT_CLASS)),
    ("top.nodes", &Shape::List(&Shape::Record(&NODE_USE_CLASS))),
    ("top.containers", &Shape::Record(&CONTAINER_USE_LISTING_CLASS)),
    ("sessions.create", &Shape::Record(&SESSION_CLASS)),
    ("sessions.current", &Shape::Record(&IDENTITY_CLASS)),
    ("sessions.delete", &Shape::Plain),
    ("users.change_password", &Shape::Plain),
    ("source.get", &Shape::Record(&SOURCE_STATUS_CLASS)),
    ("source.set", &Shape::Record(&SOURCE_STATUS_CLASS)),
    ("source.remove", &Shape::Plain),
    ("source.refresh", &Shape::Record(&SOURCE_STATUS_CLASS)),
    ("source.explain", &Shape::Record(&EXPLANATION_CLASS)),
    ("containers.explain", &Shape::Record(&EXPLANATION_CLASS)),
    ("invitations.create", &Shape::Record(&INVITATION_CLASS)),
    ("audit.list", &Shape::Record(&AUDIT_PAGE_CLASS)),
    ("system.status", &Shape::Record(&SYSTEM_STATUS_CLASS)),
];

pub(crate) static NODE: Shape = Shape::Record(&NODE_CLASS);
pub(crate) static PLAN_DETAIL: Shape = Shape::Record(&PLAN_DETAIL_CLASS);
pub(crate) static ENGINE_INFO: Shape = Shape::Record(&ENGINE_INFO_CLASS);
pub(crate) static CONTAINER_DETAIL: Shape = Shape::Record(&CONTAINER_DETAIL_CLASS);
pub(crate) static CONTAINERS: Shape = Shape::List(&Shape::Record(&CONTAINER_CLASS));
pub(crate) static IMAGES: Shape = Shape::List(&Shape::Record(&IMAGE_CLASS));
pub(crate) static NETWORKS: Shape = Shape::List(&Shape::Record(&NETWORK_CLASS));
pub(crate) static VOLUMES: Shape = Shape::List(&Shape::Record(&VOLUME_CLASS));

static ACTED_CLASS: Class = Class {
    name: "Acted",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "outcome", shape: Shape::Plain, absent: "" },
    ],
};

static ACTOR_CLASS: Class = Class {
    name: "Actor",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "identity", shape: Shape::Record(&IDENTITY_CLASS), absent: "" },
        Field { name: "face", shape: Shape::Plain, absent: "" },
        Field { name: "request", shape: Shape::Plain, absent: "" },
        Field { name: "address", shape: Shape::Plain, absent: "null" },
    ],
};

static ADDRESS_POOL_CLASS: Class = Class {
    name: "AddressPool",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "subnet", shape: Shape::Plain, absent: "" },
        Field { name: "ip_range", shape: Shape::Plain, absent: "null" },
        Field { name: "gateway", shape: Shape::Plain, absent: "null" },
        Field { name: "aux_addresses", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static AGENT_STATUS_CLASS: Class = Class {
    name: "AgentStatus",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "reporting", shape: Shape::Plain, absent: "" },
        Field { name: "last_seen", shape: Shape::Moment, absent: "null" },
        Field { name: "age", shape: Shape::Plain, absent: "null" },
    ],
};

static AUDIT_PAGE_CLASS: Class = Class {
    name: "AuditPage",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&AUDIT_RECORD_CLASS)), absent: "" },
        Field { name: "intact", shape: Shape::Plain, absent: "" },
        Field { name: "unreadable", shape: Shape::List(&Shape::Plain), absent: "[]" },
    ],
};

static AUDIT_RECORD_CLASS: Class = Class {
    name: "AuditRecord",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "number", shape: Shape::Plain, absent: "" },
        Field { name: "time", shape: Shape::Moment, absent: "" },
        Field { name: "actor", shape: Shape::Record(&ACTOR_CLASS), absent: "" },
        Field { name: "operation", shape: Shape::Plain, absent: "" },
        Field { name: "object", shape: Shape::Record(&OBJECT_CLASS), absent: "" },
        Field { name: "previous", shape: Shape::Plain, absent: "" },
        Field { name: "parameters", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "failed", shape: Shape::Plain, absent: "null" },
        Field { name: "hash", shape: Shape::Plain, absent: "\"\"" },
    ],
};

static CHANGE_CLASS: Class = Class {
    name: "Change",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "path", shape: Shape::Plain, absent: "" },
        Field { name: "kind", shape: Shape::Plain, absent: "" },
    ],
};

static CLUSTER_CLASS: Class = Class {
    name: "Cluster",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "kind", shape: Shape::Plain, absent: "" },
        Field { name: "nodes", shape: Shape::Record(&COUNT_CLASS), absent: "" },
        Field { name: "containers", shape: Shape::Record(&COUNT_CLASS), absent: "" },
        Field { name: "description", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "strategy", shape: Shape::Plain, absent: "\"spread\"" },
        Field { name: "max_count_of_instances", shape: Shape::Plain, absent: "null" },
        Field { name: "revision", shape: Shape::Plain, absent: "null" },
    ],
};

static CLUSTER_PAGE_CLASS: Class = Class {
    name: "Page",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&CLUSTER_CLASS)), absent: "" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static CONNECTION_CLASS: Class = Class {
    name: "Connection",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "network", shape: Shape::Plain, absent: "" },
        Field { name: "aliases", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "ipv4_address", shape: Shape::Plain, absent: "null" },
        Field { name: "ipv6_address", shape: Shape::Plain, absent: "null" },
        Field { name: "link_local_ips", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "mac_address", shape: Shape::Plain, absent: "null" },
        Field { name: "links", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "driver_options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static CONTAINER_AT_CLASS: Class = Class {
    name: "At",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "item", shape: Shape::Flat(&CONTAINER_CLASS), absent: "" },
    ],
};

static CONTAINER_CLASS: Class = Class {
    name: "Container",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "image", shape: Shape::Plain, absent: "" },
        Field { name: "image_id", shape: Shape::Plain, absent: "" },
        Field { name: "command", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "" },
        Field { name: "state", shape: Shape::Plain, absent: "" },
        Field { name: "status", shape: Shape::Plain, absent: "" },
        Field { name: "health", shape: Shape::Plain, absent: "null" },
        Field { name: "ports", shape: Shape::List(&Shape::Record(&PORT_CLASS)), absent: "[]" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "networks", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "mounts", shape: Shape::List(&Shape::Record(&MOUNT_CLASS)), absent: "[]" },
        Field { name: "truncated", shape: Shape::Plain, absent: "false" },
    ],
};

static CONTAINER_DETAIL_CLASS: Class = Class {
    name: "ContainerDetail",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "image_id", shape: Shape::Plain, absent: "" },
        Field { name: "spec", shape: Shape::Record(&CONTAINER_SPEC_CLASS), absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "" },
        Field { name: "state", shape: Shape::Plain, absent: "" },
        Field { name: "health", shape: Shape::Plain, absent: "null" },
        Field { name: "pid", shape: Shape::Plain, absent: "null" },
        Field { name: "exit_code", shape: Shape::Plain, absent: "null" },
        Field { name: "oom_killed", shape: Shape::Plain, absent: "false" },
        Field { name: "error", shape: Shape::Plain, absent: "null" },
        Field { name: "started", shape: Shape::Moment, absent: "null" },
        Field { name: "finished", shape: Shape::Moment, absent: "null" },
        Field { name: "restart_count", shape: Shape::Plain, absent: "0" },
        Field { name: "networks", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "endpoints", shape: Shape::Map(&Shape::Record(&ENDPOINT_CLASS)), absent: "{}" },
        Field { name: "ports", shape: Shape::List(&Shape::Record(&PORT_CLASS)), absent: "[]" },
        Field { name: "mounts", shape: Shape::List(&Shape::Record(&MOUNT_CLASS)), absent: "[]" },
    ],
};

static CONTAINER_FOUND_CLASS: Class = Class {
    name: "Found",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "item", shape: Shape::Flat(&CONTAINER_CLASS), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "null" },
        Field { name: "stale", shape: Shape::Plain, absent: "false" },
    ],
};

static CONTAINER_LISTING_CLASS: Class = Class {
    name: "Listing",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&CONTAINER_AT_CLASS)), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "" },
        Field { name: "stale", shape: Shape::Plain, absent: "" },
        Field { name: "missing", shape: Shape::List(&Shape::Record(&MISSING_CLASS)), absent: "[]" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static CONTAINER_SIZE_CLASS: Class = Class {
    name: "ContainerSize",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "writable", shape: Shape::Plain, absent: "" },
        Field { name: "total", shape: Shape::Plain, absent: "" },
    ],
};

static CONTAINER_SPEC_CLASS: Class = Class {
    name: "ContainerSpec",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "image", shape: Shape::Plain, absent: "" },
        Field { name: "command", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "entrypoint", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "env", shape: Shape::Map(&Shape::Secret), absent: "{}" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "hostname", shape: Shape::Plain, absent: "null" },
        Field { name: "domainname", shape: Shape::Plain, absent: "null" },
        Field { name: "user", shape: Shape::Plain, absent: "null" },
        Field { name: "group_add", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "working_dir", shape: Shape::Plain, absent: "null" },
        Field { name: "tty", shape: Shape::Plain, absent: "false" },
        Field { name: "open_stdin", shape: Shape::Plain, absent: "false" },
        Field { name: "init", shape: Shape::Plain, absent: "null" },
        Field { name: "stop_signal", shape: Shape::Plain, absent: "null" },
        Field { name: "stop_timeout", shape: Shape::Plain, absent: "null" },
        Field { name: "health", shape: Shape::Record(&HEALTH_CHECK_CLASS), absent: "null" },
        Field { name: "restart", shape: Shape::Plain, absent: "\"no\"" },
        Field { name: "auto_remove", shape: Shape::Plain, absent: "false" },
        Field { name: "runtime", shape: Shape::Plain, absent: "null" },
        Field { name: "log_driver", shape: Shape::Plain, absent: "null" },
        Field { name: "log_options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "network", shape: Shape::Plain, absent: "null" },
        Field { name: "networks", shape: Shape::List(&Shape::Record(&CONNECTION_CLASS)), absent: "[]" },
        Field { name: "ports", shape: Shape::List(&Shape::Record(&PORT_CLASS)), absent: "[]" },
        Field { name: "expose", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "publish_all_ports", shape: Shape::Plain, absent: "false" },
        Field { name: "links", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "dns", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "dns_search", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "dns_options", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "extra_hosts", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "mounts", shape: Shape::List(&Shape::Record(&MOUNT_CLASS)), absent: "[]" },
        Field { name: "volumes_from", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "volume_driver", shape: Shape::Plain, absent: "null" },
        Field { name: "read_only", shape: Shape::Plain, absent: "false" },
        Field { name: "shm_size", shape: Shape::Plain, absent: "null" },
        Field { name: "storage_options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "memory", shape: Shape::Plain, absent: "null" },
        Field { name: "memory_swap", shape: Shape::Plain, absent: "null" },
        Field { name: "memory_reservation", shape: Shape::Plain, absent: "null" },
        Field { name: "kernel_memory", shape: Shape::Plain, absent: "null" },
        Field { name: "memory_swappiness", shape: Shape::Plain, absent: "null" },
        Field { name: "oom_kill_disable", shape: Shape::Plain, absent: "false" },
        Field { name: "oom_score_adj", shape: Shape::Plain, absent: "null" },
        Field { name: "nano_cpus", shape: Shape::Plain, absent: "null" },
        Field { name: "cpu_shares", shape: Shape::Plain, absent: "null" },
        Field { name: "cpu_quota", shape: Shape::Plain, absent: "null" },
        Field { name: "cpu_period", shape: Shape::Plain, absent: "null" },
        Field { name: "cpuset_cpus", shape: Shape::Plain, absent: "null" },
        Field { name: "cpuset_mems", shape: Shape::Plain, absent: "null" },
        Field { name: "blkio_weight", shape: Shape::Plain, absent: "null" },
        Field { name: "blkio_weight_devices", shape: Shape::List(&Shape::Record(&WEIGHT_DEVICE_CLASS)), absent: "[]" },
        Field { name: "device_read_bps", shape: Shape::List(&Shape::Record(&THROTTLE_DEVICE_CLASS)), absent: "[]" },
        Field { name: "device_write_bps", shape: Shape::List(&Shape::Record(&THROTTLE_DEVICE_CLASS)), absent: "[]" },
        Field { name: "device_read_iops", shape: Shape::List(&Shape::Record(&THROTTLE_DEVICE_CLASS)), absent: "[]" },
        Field { name: "device_write_iops", shape: Shape::List(&Shape::Record(&THROTTLE_DEVICE_CLASS)), absent: "[]" },
        Field { name: "pids_limit", shape: Shape::Plain, absent: "null" },
        Field { name: "ulimits", shape: Shape::List(&Shape::Record(&ULIMIT_CLASS)), absent: "[]" },
        Field { name: "cgroup_parent", shape: Shape::Plain, absent: "null" },
        Field { name: "privileged", shape: Shape::Plain, absent: "false" },
        Field { name: "cap_add", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "cap_drop", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "security_opt", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "devices", shape: Shape::List(&Shape::Record(&DEVICE_CLASS)), absent: "[]" },
        Field { name: "device_requests", shape: Shape::List(&Shape::Record(&DEVICE_REQUEST_CLASS)), absent: "[]" },
        Field { name: "device_cgroup_rules", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "sysctls", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "pid_mode", shape: Shape::Plain, absent: "null" },
        Field { name: "ipc_mode", shape: Shape::Plain, absent: "null" },
        Field { name: "uts_mode", shape: Shape::Plain, absent: "null" },
        Field { name: "userns_mode", shape: Shape::Plain, absent: "null" },
        Field { name: "cgroupns_mode", shape: Shape::Plain, absent: "null" },
    ],
};

static CONTAINER_STATS_CLASS: Class = Class {
    name: "ContainerStats",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "read", shape: Shape::Moment, absent: "" },
        Field { name: "cpu", shape: Shape::Plain, absent: "" },
        Field { name: "cpus", shape: Shape::Plain, absent: "" },
        Field { name: "memory", shape: Shape::Plain, absent: "" },
        Field { name: "network_rx", shape: Shape::Plain, absent: "" },
        Field { name: "network_tx", shape: Shape::Plain, absent: "" },
        Field { name: "block_read", shape: Shape::Plain, absent: "" },
        Field { name: "block_write", shape: Shape::Plain, absent: "" },
        Field { name: "system_cpu", shape: Shape::Plain, absent: "null" },
        Field { name: "cpu_percent", shape: Shape::Plain, absent: "null" },
        Field { name: "memory_limit", shape: Shape::Plain, absent: "null" },
        Field { name: "pids", shape: Shape::Plain, absent: "null" },
    ],
};

static CONTAINER_USE_AT_CLASS: Class = Class {
    name: "At",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "item", shape: Shape::Flat(&CONTAINER_USE_CLASS), absent: "" },
    ],
};

static CONTAINER_USE_CLASS: Class = Class {
    name: "ContainerUse",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "image", shape: Shape::Plain, absent: "" },
        Field { name: "stats", shape: Shape::Record(&CONTAINER_STATS_CLASS), absent: "" },
    ],
};

static CONTAINER_USE_LISTING_CLASS: Class = Class {
    name: "Listing",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&CONTAINER_USE_AT_CLASS)), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "" },
        Field { name: "stale", shape: Shape::Plain, absent: "" },
        Field { name: "missing", shape: Shape::List(&Shape::Record(&MISSING_CLASS)), absent: "[]" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static COUNT_CLASS: Class = Class {
    name: "Count",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "on", shape: Shape::Plain, absent: "" },
        Field { name: "total", shape: Shape::Plain, absent: "" },
    ],
};

static CREATED_CLASS: Class = Class {
    name: "Created",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
    ],
};

static DEVICE_CLASS: Class = Class {
    name: "Device",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "path_on_host", shape: Shape::Plain, absent: "" },
        Field { name: "path_in_container", shape: Shape::Plain, absent: "null" },
        Field { name: "permissions", shape: Shape::Plain, absent: "null" },
    ],
};

static DEVICE_REQUEST_CLASS: Class = Class {
    name: "DeviceRequest",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "driver", shape: Shape::Plain, absent: "null" },
        Field { name: "count", shape: Shape::Plain, absent: "null" },
        Field { name: "device_ids", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "capabilities", shape: Shape::List(&Shape::List(&Shape::Plain)), absent: "[]" },
        Field { name: "options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static DISK_USE_CLASS: Class = Class {
    name: "DiskUse",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "total", shape: Shape::Plain, absent: "0" },
        Field { name: "used", shape: Shape::Plain, absent: "0" },
    ],
};

static ENDPOINT_CLASS: Class = Class {
    name: "Endpoint",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "network_id", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "ipv4_address", shape: Shape::Plain, absent: "null" },
        Field { name: "ipv6_address", shape: Shape::Plain, absent: "null" },
        Field { name: "mac_address", shape: Shape::Plain, absent: "null" },
        Field { name: "aliases", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "gateway", shape: Shape::Plain, absent: "null" },
    ],
};

static ENGINE_INFO_CLASS: Class = Class {
    name: "EngineInfo",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "version", shape: Shape::Plain, absent: "" },
        Field { name: "operating_system", shape: Shape::Plain, absent: "" },
        Field { name: "os", shape: Shape::Plain, absent: "" },
        Field { name: "architecture", shape: Shape::Plain, absent: "" },
        Field { name: "kernel", shape: Shape::Plain, absent: "" },
        Field { name: "cpus", shape: Shape::Plain, absent: "" },
        Field { name: "memory", shape: Shape::Plain, absent: "" },
        Field { name: "storage_driver", shape: Shape::Plain, absent: "" },
        Field { name: "containers_running", shape: Shape::Plain, absent: "" },
        Field { name: "containers", shape: Shape::Plain, absent: "" },
        Field { name: "images", shape: Shape::Plain, absent: "" },
        Field { name: "runtime", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static ENGINE_STATUS_CLASS: Class = Class {
    name: "EngineStatus",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "connected", shape: Shape::Plain, absent: "" },
        Field { name: "last_seen", shape: Shape::Moment, absent: "null" },
        Field { name: "age", shape: Shape::Plain, absent: "null" },
        Field { name: "error", shape: Shape::Record(&WIRE_ERROR_CLASS), absent: "null" },
        Field { name: "api", shape: Shape::Plain, absent: "null" },
        Field { name: "info", shape: Shape::Record(&ENGINE_INFO_CLASS), absent: "null" },
    ],
};

static ENVIRONMENT_CLASS: Class = Class {
    name: "Environment",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "env", shape: Shape::Map(&Shape::Secret), absent: "" },
    ],
};

static EVENTS_CLASS: Class = Class {
    name: "Events",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&EVENT_CLASS)), absent: "" },
        Field { name: "cursor", shape: Shape::Plain, absent: "" },
    ],
};

static EVENT_CLASS: Class = Class {
    name: "Event",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "time", shape: Shape::Moment, absent: "" },
        Field { name: "severity", shape: Shape::Plain, absent: "" },
        Field { name: "type", shape: Shape::Plain, absent: "" },
        Field { name: "action", shape: Shape::Plain, absent: "" },
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "message", shape: Shape::Plain, absent: "" },
        Field { name: "cursor", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "node", shape: Shape::Plain, absent: "null" },
        Field { name: "cluster", shape: Shape::Plain, absent: "null" },
        Field { name: "name", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "attributes", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static EVENT_COUNT_CLASS: Class = Class {
    name: "EventCount",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "info", shape: Shape::Plain, absent: "" },
        Field { name: "warning", shape: Shape::Plain, absent: "" },
        Field { name: "error", shape: Shape::Plain, absent: "" },
        Field { name: "cluster", shape: Shape::Plain, absent: "null" },
    ],
};

static EXITED_CLASS: Class = Class {
    name: "Exited",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "exit_code", shape: Shape::Plain, absent: "" },
    ],
};

static EXPLAINED_CLASS: Class = Class {
    name: "Explained",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "field", shape: Shape::Plain, absent: "" },
        Field { name: "key", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "value", shape: Shape::Plain, absent: "null" },
        Field { name: "origin", shape: Shape::Record(&ORIGIN_CLASS), absent: "null" },
        Field { name: "overridden", shape: Shape::List(&Shape::Record(&OVERRIDDEN_CLASS)), absent: "[]" },
        Field { name: "running", shape: Shape::Record(&RUNNING_CLASS), absent: "null" },
    ],
};

static EXPLANATION_CLASS: Class = Class {
    name: "Explanation",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "image", shape: Shape::Plain, absent: "" },
        Field { name: "spec", shape: Shape::Record(&CONTAINER_SPEC_CLASS), absent: "" },
        Field { name: "fields", shape: Shape::List(&Shape::Record(&EXPLAINED_CLASS)), absent: "" },
        Field { name: "image_from", shape: Shape::Plain, absent: "null" },
        Field { name: "cluster", shape: Shape::Plain, absent: "null" },
        Field { name: "container", shape: Shape::Plain, absent: "null" },
        Field { name: "placement", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "version", shape: Shape::Plain, absent: "null" },
        Field { name: "stale", shape: Shape::Record(&STALE_CLASS), absent: "null" },
        Field { name: "files", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "ignored", shape: Shape::List(&Shape::Record(&IGNORED_CLASS)), absent: "[]" },
        Field { name: "running_version", shape: Shape::Plain, absent: "null" },
    ],
};

static FILE_PROBLEM_CLASS: Class = Class {
    name: "FileProblem",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "file", shape: Shape::Plain, absent: "" },
        Field { name: "message", shape: Shape::Plain, absent: "" },
        Field { name: "line", shape: Shape::Plain, absent: "null" },
        Field { name: "column", shape: Shape::Plain, absent: "null" },
    ],
};

static GATE_CLASS: Class = Class {
    name: "Gate",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "by", shape: Shape::Plain, absent: "" },
        Field { name: "port", shape: Shape::Plain, absent: "null" },
        Field { name: "path", shape: Shape::Plain, absent: "null" },
        Field { name: "command", shape: Shape::List(&Shape::Plain), absent: "null" },
    ],
};

static HEALTH_CHECK_CLASS: Class = Class {
    name: "HealthCheck",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "command", shape: Shape::List(&Shape::Plain), absent: "" },
        Field { name: "interval", shape: Shape::Plain, absent: "null" },
        Field { name: "timeout", shape: Shape::Plain, absent: "null" },
        Field { name: "retries", shape: Shape::Plain, absent: "null" },
        Field { name: "start_period", shape: Shape::Plain, absent: "null" },
        Field { name: "start_interval", shape: Shape::Plain, absent: "null" },
    ],
};

static IDENTITY_CLASS: Class = Class {
    name: "Identity",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "kind", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "null" },
    ],
};

static IGNORED_CLASS: Class = Class {
    name: "Ignored",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "origin", shape: Shape::Record(&ORIGIN_CLASS), absent: "" },
        Field { name: "why", shape: Shape::Plain, absent: "" },
    ],
};

static IMAGE_AT_CLASS: Class = Class {
    name: "At",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "item", shape: Shape::Flat(&IMAGE_CLASS), absent: "" },
    ],
};

static IMAGE_CLASS: Class = Class {
    name: "Image",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "" },
        Field { name: "size", shape: Shape::Plain, absent: "" },
        Field { name: "tags", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "digests", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static IMAGE_DETAIL_CLASS: Class = Class {
    name: "ImageDetail",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "" },
        Field { name: "size", shape: Shape::Plain, absent: "" },
        Field { name: "os", shape: Shape::Plain, absent: "" },
        Field { name: "architecture", shape: Shape::Plain, absent: "" },
        Field { name: "tags", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "digests", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "command", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "entrypoint", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "env", shape: Shape::Map(&Shape::Secret), absent: "{}" },
        Field { name: "user", shape: Shape::Plain, absent: "null" },
        Field { name: "working_dir", shape: Shape::Plain, absent: "null" },
        Field { name: "stop_signal", shape: Shape::Plain, absent: "null" },
        Field { name: "health", shape: Shape::Record(&HEALTH_CHECK_CLASS), absent: "null" },
        Field { name: "exposed_ports", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "volumes", shape: Shape::List(&Shape::Plain), absent: "[]" },
    ],
};

static IMAGE_LISTING_CLASS: Class = Class {
    name: "Listing",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&IMAGE_AT_CLASS)), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "" },
        Field { name: "stale", shape: Shape::Plain, absent: "" },
        Field { name: "missing", shape: Shape::List(&Shape::Record(&MISSING_CLASS)), absent: "[]" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static INVITATION_CLASS: Class = Class {
    name: "Invitation",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "token", shape: Shape::Secret, absent: "" },
        Field { name: "expires", shape: Shape::Moment, absent: "" },
    ],
};

static IPAM_CLASS: Class = Class {
    name: "Ipam",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "driver", shape: Shape::Plain, absent: "null" },
        Field { name: "pools", shape: Shape::List(&Shape::Record(&ADDRESS_POOL_CLASS)), absent: "[]" },
        Field { name: "options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static KEPT_CONTAINER_CLASS: Class = Class {
    name: "KeptContainer",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "plan", shape: Shape::Plain, absent: "" },
        Field { name: "step", shape: Shape::Plain, absent: "" },
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "image", shape: Shape::Plain, absent: "" },
        Field { name: "since", shape: Shape::Moment, absent: "" },
        Field { name: "container", shape: Shape::Plain, absent: "null" },
        Field { name: "size", shape: Shape::Record(&CONTAINER_SIZE_CLASS), absent: "null" },
    ],
};

static MEMBER_CLASS: Class = Class {
    name: "Member",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "ipv4_address", shape: Shape::Plain, absent: "null" },
        Field { name: "ipv6_address", shape: Shape::Plain, absent: "null" },
        Field { name: "mac_address", shape: Shape::Plain, absent: "null" },
    ],
};

static MISSING_CLASS: Class = Class {
    name: "Missing",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "error", shape: Shape::Record(&WIRE_ERROR_CLASS), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "null" },
    ],
};

static MOUNT_CLASS: Class = Class {
    name: "Mount",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "type", shape: Shape::Plain, absent: "" },
        Field { name: "target", shape: Shape::Plain, absent: "" },
        Field { name: "source", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "read_only", shape: Shape::Plain, absent: "false" },
        Field { name: "propagation", shape: Shape::Plain, absent: "null" },
        Field { name: "create_source", shape: Shape::Plain, absent: "false" },
        Field { name: "non_recursive", shape: Shape::Plain, absent: "false" },
        Field { name: "no_copy", shape: Shape::Plain, absent: "false" },
        Field { name: "subpath", shape: Shape::Plain, absent: "null" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "driver", shape: Shape::Plain, absent: "null" },
        Field { name: "driver_options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "size", shape: Shape::Plain, absent: "null" },
        Field { name: "mode", shape: Shape::Plain, absent: "null" },
        Field { name: "options", shape: Shape::List(&Shape::Plain), absent: "[]" },
    ],
};

static NETWORK_AT_CLASS: Class = Class {
    name: "At",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "item", shape: Shape::Flat(&NETWORK_CLASS), absent: "" },
    ],
};

static NETWORK_CLASS: Class = Class {
    name: "Network",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "driver", shape: Shape::Plain, absent: "" },
        Field { name: "scope", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "null" },
        Field { name: "internal", shape: Shape::Plain, absent: "false" },
        Field { name: "attachable", shape: Shape::Plain, absent: "false" },
        Field { name: "enable_ipv6", shape: Shape::Plain, absent: "false" },
        Field { name: "subnets", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "ipam", shape: Shape::Record(&IPAM_CLASS), absent: "null" },
        Field { name: "options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "containers", shape: Shape::Map(&Shape::Record(&MEMBER_CLASS)), absent: "{}" },
    ],
};

static NETWORK_LISTING_CLASS: Class = Class {
    name: "Listing",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&NETWORK_AT_CLASS)), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "" },
        Field { name: "stale", shape: Shape::Plain, absent: "" },
        Field { name: "missing", shape: Shape::List(&Shape::Record(&MISSING_CLASS)), absent: "[]" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static NET_USE_CLASS: Class = Class {
    name: "NetUse",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "bytesIn", shape: Shape::Plain, absent: "0" },
        Field { name: "bytesOut", shape: Shape::Plain, absent: "0" },
    ],
};

static NEW_CONTAINER_CLASS: Class = Class {
    name: "NewContainer",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "is", shape: Shape::Plain, absent: "" },
        Field { name: "node", shape: Shape::Plain, absent: "null" },
        Field { name: "spec", shape: Shape::Record(&CONTAINER_SPEC_CLASS), absent: "null" },
        Field { name: "start", shape: Shape::Plain, absent: "null" },
        Field { name: "plan", shape: Shape::Plain, absent: "null" },
        Field { name: "step", shape: Shape::Plain, absent: "null" },
    ],
};

static NODE_CLASS: Class = Class {
    name: "Node",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "status", shape: Shape::Plain, absent: "" },
        Field { name: "engine", shape: Shape::Record(&ENGINE_STATUS_CLASS), absent: "" },
        Field { name: "agent", shape: Shape::Record(&AGENT_STATUS_CLASS), absent: "" },
        Field { name: "containers", shape: Shape::Record(&COUNT_CLASS), absent: "" },
        Field { name: "revision", shape: Shape::Plain, absent: "" },
        Field { name: "address", shape: Shape::Plain, absent: "null" },
        Field { name: "cluster", shape: Shape::Plain, absent: "null" },
        Field { name: "availability", shape: Shape::Plain, absent: "\"active\"" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "metrics", shape: Shape::Record(&NODE_METRICS_CLASS), absent: "null" },
    ],
};

static NODE_METRICS_CLASS: Class = Class {
    name: "NodeMetrics",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "time", shape: Shape::Moment, absent: "" },
        Field { name: "source", shape: Shape::Plain, absent: "" },
        Field { name: "cpu_percent", shape: Shape::Plain, absent: "null" },
        Field { name: "memory_used", shape: Shape::Plain, absent: "null" },
        Field { name: "memory_total", shape: Shape::Plain, absent: "null" },
        Field { name: "disks", shape: Shape::Map(&Shape::Record(&DISK_USE_CLASS)), absent: "{}" },
        Field { name: "net", shape: Shape::Map(&Shape::Record(&NET_USE_CLASS)), absent: "{}" },
    ],
};

static NODE_PAGE_CLASS: Class = Class {
    name: "Page",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&NODE_CLASS)), absent: "" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static NODE_USE_CLASS: Class = Class {
    name: "NodeUse",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "containers", shape: Shape::Record(&COUNT_CLASS), absent: "" },
        Field { name: "cluster", shape: Shape::Plain, absent: "null" },
        Field { name: "metrics", shape: Shape::Record(&NODE_METRICS_CLASS), absent: "null" },
        Field { name: "stale", shape: Shape::Plain, absent: "false" },
    ],
};

static OBJECT_CLASS: Class = Class {
    name: "Object",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "kind", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "null" },
    ],
};

static OBSERVED_CONTAINER_CLASS: Class = Class {
    name: "ObservedContainer",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "spec", shape: Shape::Plain, absent: "" },
        Field { name: "running", shape: Shape::Plain, absent: "" },
        Field { name: "image", shape: Shape::Plain, absent: "" },
    ],
};

static OLD_CONTAINER_CLASS: Class = Class {
    name: "OldContainer",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "observed", shape: Shape::Record(&OBSERVED_CONTAINER_CLASS), absent: "" },
        Field { name: "remove", shape: Shape::Plain, absent: "false" },
    ],
};

static ORIGIN_CLASS: Class = Class {
    name: "Origin",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "layer", shape: Shape::Plain, absent: "" },
        Field { name: "label", shape: Shape::Plain, absent: "null" },
        Field { name: "file", shape: Shape::Plain, absent: "null" },
        Field { name: "line", shape: Shape::Plain, absent: "null" },
        Field { name: "column", shape: Shape::Plain, absent: "null" },
    ],
};

static OVERRIDDEN_CLASS: Class = Class {
    name: "Overridden",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "value", shape: Shape::Plain, absent: "" },
        Field { name: "origin", shape: Shape::Record(&ORIGIN_CLASS), absent: "" },
    ],
};

static PLACEMENT_CLASS: Class = Class {
    name: "Placement",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "reason", shape: Shape::Plain, absent: "" },
        Field { name: "node", shape: Shape::Plain, absent: "null" },
        Field { name: "counts", shape: Shape::List(&Shape::Record(&TALLY_CLASS)), absent: "[]" },
        Field { name: "refused", shape: Shape::List(&Shape::Record(&REFUSAL_CLASS)), absent: "[]" },
    ],
};

static PLAN_CHANGE_CLASS: Class = Class {
    name: "PlanChange",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "field", shape: Shape::Plain, absent: "" },
        Field { name: "from", shape: Shape::Plain, absent: "null" },
        Field { name: "to", shape: Shape::Plain, absent: "null" },
    ],
};

static PLAN_CLASS: Class = Class {
    name: "Plan",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "kind", shape: Shape::Plain, absent: "" },
        Field { name: "summary", shape: Shape::Plain, absent: "" },
        Field { name: "author", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "" },
        Field { name: "nonce", shape: Shape::Plain, absent: "" },
        Field { name: "rollout", shape: Shape::Record(&ROLLOUT_CLASS), absent: "" },
        Field { name: "selection", shape: Shape::Record(&SELECTION_CLASS), absent: "" },
        Field { name: "steps", shape: Shape::List(&Shape::Record(&PLAN_STEP_CLASS)), absent: "" },
        Field { name: "skipped", shape: Shape::List(&Shape::Record(&SKIPPED_CONTAINER_CLASS)), absent: "[]" },
    ],
};

static PLAN_DETAIL_CLASS: Class = Class {
    name: "PlanDetail",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "plan", shape: Shape::Record(&PLAN_CLASS), absent: "" },
        Field { name: "status", shape: Shape::Record(&PLAN_STATUS_CLASS), absent: "" },
        Field { name: "steps", shape: Shape::List(&Shape::Record(&STEP_STATUS_CLASS)), absent: "" },
    ],
};

static PLAN_PROGRESS_CLASS: Class = Class {
    name: "PlanProgress",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "status", shape: Shape::Record(&PLAN_STATUS_CLASS), absent: "" },
        Field { name: "step", shape: Shape::Record(&STEP_STATUS_CLASS), absent: "null" },
    ],
};

static PLAN_STATUS_CLASS: Class = Class {
    name: "PlanStatus",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "kind", shape: Shape::Plain, absent: "" },
        Field { name: "summary", shape: Shape::Plain, absent: "" },
        Field { name: "author", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "" },
        Field { name: "state", shape: Shape::Plain, absent: "" },
        Field { name: "steps", shape: Shape::Record(&PLAN_TALLY_CLASS), absent: "" },
        Field { name: "revision", shape: Shape::Plain, absent: "" },
        Field { name: "error", shape: Shape::Record(&WIRE_ERROR_CLASS), absent: "null" },
        Field { name: "applied_by", shape: Shape::Plain, absent: "null" },
        Field { name: "began", shape: Shape::Moment, absent: "null" },
        Field { name: "ended", shape: Shape::Moment, absent: "null" },
    ],
};

static PLAN_STEP_CLASS: Class = Class {
    name: "PlanStep",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "index", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "order", shape: Shape::Plain, absent: "" },
        Field { name: "old", shape: Shape::Record(&OLD_CONTAINER_CLASS), absent: "null" },
        Field { name: "new", shape: Shape::Record(&NEW_CONTAINER_CLASS), absent: "null" },
        Field { name: "reason", shape: Shape::Plain, absent: "\"\"" },
        Field { name: "note", shape: Shape::Plain, absent: "null" },
        Field { name: "changes", shape: Shape::List(&Shape::Record(&PLAN_CHANGE_CLASS)), absent: "[]" },
    ],
};

static PLAN_TALLY_CLASS: Class = Class {
    name: "PlanTally",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "total", shape: Shape::Plain, absent: "" },
        Field { name: "done", shape: Shape::Plain, absent: "" },
        Field { name: "failed", shape: Shape::Plain, absent: "" },
        Field { name: "refused", shape: Shape::Plain, absent: "" },
        Field { name: "undone", shape: Shape::Plain, absent: "" },
    ],
};

static PLAN_TEXT_CLASS: Class = Class {
    name: "PlanText",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "id", shape: Shape::Plain, absent: "" },
        Field { name: "text", shape: Shape::Plain, absent: "" },
    ],
};

static PORT_CLASS: Class = Class {
    name: "Port",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "container", shape: Shape::Plain, absent: "" },
        Field { name: "host", shape: Shape::Plain, absent: "null" },
        Field { name: "address", shape: Shape::Plain, absent: "null" },
        Field { name: "protocol", shape: Shape::Plain, absent: "\"tcp\"" },
    ],
};

static PROCESSES_CLASS: Class = Class {
    name: "Processes",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "titles", shape: Shape::List(&Shape::Plain), absent: "" },
        Field { name: "processes", shape: Shape::List(&Shape::List(&Shape::Plain)), absent: "" },
    ],
};

static PRUNED_CLASS: Class = Class {
    name: "Pruned",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "removed", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "bytes", shape: Shape::Plain, absent: "0" },
    ],
};

static PULL_PROGRESS_CLASS: Class = Class {
    name: "PullProgress",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "status", shape: Shape::Plain, absent: "" },
        Field { name: "layer", shape: Shape::Plain, absent: "null" },
        Field { name: "current", shape: Shape::Plain, absent: "null" },
        Field { name: "total", shape: Shape::Plain, absent: "null" },
    ],
};

static REFUSAL_CLASS: Class = Class {
    name: "Refusal",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "check", shape: Shape::Plain, absent: "" },
        Field { name: "reason", shape: Shape::Plain, absent: "" },
        Field { name: "requirement", shape: Shape::Plain, absent: "null" },
    ],
};

static ROLLOUT_CLASS: Class = Class {
    name: "Rollout",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "order", shape: Shape::Plain, absent: "\"stop-first\"" },
        Field { name: "parallelism", shape: Shape::Plain, absent: "1" },
        Field { name: "delay", shape: Shape::Plain, absent: "0.0" },
        Field { name: "monitor", shape: Shape::Plain, absent: "5.0" },
        Field { name: "timeout", shape: Shape::Plain, absent: "null" },
        Field { name: "gate", shape: Shape::Record(&GATE_CLASS), absent: "null" },
        Field { name: "max_failure_ratio", shape: Shape::Plain, absent: "0.0" },
        Field { name: "on_failure", shape: Shape::Plain, absent: "\"pause\"" },
    ],
};

static RUNNING_CLASS: Class = Class {
    name: "Running",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "same", shape: Shape::Plain, absent: "" },
        Field { name: "value", shape: Shape::Plain, absent: "null" },
    ],
};

static SELECTION_CLASS: Class = Class {
    name: "Selection",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "cluster", shape: Shape::Plain, absent: "null" },
        Field { name: "node", shape: Shape::Plain, absent: "null" },
        Field { name: "id", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "name", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "image", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "label", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "exclude_node", shape: Shape::List(&Shape::Plain), absent: "[]" },
        Field { name: "exclude", shape: Shape::List(&Shape::Plain), absent: "[]" },
    ],
};

static SESSION_CLASS: Class = Class {
    name: "Session",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "user", shape: Shape::Plain, absent: "" },
        Field { name: "token", shape: Shape::Secret, absent: "" },
        Field { name: "expires", shape: Shape::Moment, absent: "" },
    ],
};

static SKIPPED_CONTAINER_CLASS: Class = Class {
    name: "SkippedContainer",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "reason", shape: Shape::Plain, absent: "" },
        Field { name: "node", shape: Shape::Plain, absent: "null" },
        Field { name: "id", shape: Shape::Plain, absent: "null" },
    ],
};

static SOURCE_SPEC_CLASS: Class = Class {
    name: "SourceSpec",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "url", shape: Shape::Plain, absent: "" },
        Field { name: "branch", shape: Shape::Plain, absent: "null" },
        Field { name: "username", shape: Shape::Plain, absent: "null" },
        Field { name: "password", shape: Shape::Secret, absent: "null" },
        Field { name: "ssh_key", shape: Shape::Secret, absent: "null" },
        Field { name: "known_hosts", shape: Shape::Plain, absent: "null" },
        Field { name: "interval", shape: Shape::Plain, absent: "null" },
    ],
};

static SOURCE_STATUS_CLASS: Class = Class {
    name: "SourceStatus",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "spec", shape: Shape::Record(&SOURCE_SPEC_CLASS), absent: "" },
        Field { name: "revision", shape: Shape::Plain, absent: "" },
        Field { name: "version", shape: Shape::Plain, absent: "null" },
        Field { name: "fetched", shape: Shape::Moment, absent: "null" },
        Field { name: "stale", shape: Shape::Record(&STALE_CLASS), absent: "null" },
        Field { name: "problems", shape: Shape::List(&Shape::Record(&FILE_PROBLEM_CLASS)), absent: "[]" },
        Field { name: "more_problems", shape: Shape::Plain, absent: "null" },
    ],
};

static STALE_CLASS: Class = Class {
    name: "Stale",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "since", shape: Shape::Moment, absent: "" },
        Field { name: "why", shape: Shape::Plain, absent: "" },
    ],
};

static STEP_STATUS_CLASS: Class = Class {
    name: "StepStatus",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "index", shape: Shape::Plain, absent: "" },
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "state", shape: Shape::Plain, absent: "" },
        Field { name: "container", shape: Shape::Plain, absent: "null" },
        Field { name: "error", shape: Shape::Record(&WIRE_ERROR_CLASS), absent: "null" },
        Field { name: "said", shape: Shape::Plain, absent: "null" },
        Field { name: "began", shape: Shape::Moment, absent: "null" },
        Field { name: "ended", shape: Shape::Moment, absent: "null" },
    ],
};

static SYSTEM_STATUS_CLASS: Class = Class {
    name: "SystemStatus",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "version", shape: Shape::Plain, absent: "" },
        Field { name: "time", shape: Shape::Moment, absent: "" },
        Field { name: "store", shape: Shape::Plain, absent: "" },
        Field { name: "revision", shape: Shape::Plain, absent: "" },
        Field { name: "store_bytes", shape: Shape::Plain, absent: "" },
        Field { name: "nodes", shape: Shape::Record(&COUNT_CLASS), absent: "" },
        Field { name: "containers", shape: Shape::Record(&COUNT_CLASS), absent: "" },
        Field { name: "events", shape: Shape::Plain, absent: "" },
        Field { name: "alarms", shape: Shape::List(&Shape::Plain), absent: "[]" },
    ],
};

static TALLY_CLASS: Class = Class {
    name: "Tally",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "check", shape: Shape::Plain, absent: "" },
        Field { name: "nodes", shape: Shape::Plain, absent: "" },
        Field { name: "requirement", shape: Shape::Plain, absent: "null" },
    ],
};

static THROTTLE_DEVICE_CLASS: Class = Class {
    name: "ThrottleDevice",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "path", shape: Shape::Plain, absent: "" },
        Field { name: "rate", shape: Shape::Plain, absent: "" },
    ],
};

static ULIMIT_CLASS: Class = Class {
    name: "Ulimit",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "soft", shape: Shape::Plain, absent: "" },
        Field { name: "hard", shape: Shape::Plain, absent: "" },
    ],
};

static VOLUME_AT_CLASS: Class = Class {
    name: "At",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "node", shape: Shape::Plain, absent: "" },
        Field { name: "item", shape: Shape::Flat(&VOLUME_CLASS), absent: "" },
    ],
};

static VOLUME_CLASS: Class = Class {
    name: "Volume",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "name", shape: Shape::Plain, absent: "" },
        Field { name: "driver", shape: Shape::Plain, absent: "" },
        Field { name: "mountpoint", shape: Shape::Plain, absent: "" },
        Field { name: "created", shape: Shape::Moment, absent: "null" },
        Field { name: "options", shape: Shape::Map(&Shape::Plain), absent: "{}" },
        Field { name: "labels", shape: Shape::Map(&Shape::Plain), absent: "{}" },
    ],
};

static VOLUME_LISTING_CLASS: Class = Class {
    name: "Listing",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "items", shape: Shape::List(&Shape::Record(&VOLUME_AT_CLASS)), absent: "" },
        Field { name: "as_of", shape: Shape::Moment, absent: "" },
        Field { name: "stale", shape: Shape::Plain, absent: "" },
        Field { name: "missing", shape: Shape::List(&Shape::Record(&MISSING_CLASS)), absent: "[]" },
        Field { name: "next", shape: Shape::Plain, absent: "null" },
    ],
};

static WEIGHT_DEVICE_CLASS: Class = Class {
    name: "WeightDevice",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "path", shape: Shape::Plain, absent: "" },
        Field { name: "weight", shape: Shape::Plain, absent: "" },
    ],
};

static WIRE_ERROR_CLASS: Class = Class {
    name: "WireError",
    found: PyOnceLock::new(),
    fields: &[
        Field { name: "kind", shape: Shape::Plain, absent: "" },
        Field { name: "message", shape: Shape::Plain, absent: "" },
        Field { name: "context", shape: Shape::List(&Shape::List(&Shape::Plain)), absent: "[]" },
        Field { name: "retry_after", shape: Shape::Plain, absent: "null" },
    ],
};
