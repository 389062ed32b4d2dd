//! What a container shall be: the specification that creates it.
//!
//! [`ContainerSpec`] says everything that can be said of a container to Docker, flat and in Docker's terms; what belongs
//! together stands in a file: `mount`, `network`, `resources`, `health`, `security`. What of a specification differs only
//! in form is settled by `ContainerSpec::normalise`; what it has from its image is put in and taken away in `image`; what no
//! engine takes is refused in `check`.

mod check;
mod health;
mod image;
mod mount;
mod network;
mod normalise;
mod resources;
mod security;
mod update;
mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ImageRef, Secret};

pub use health::HealthCheck;
pub use mount::{Mount, MountKind, Propagation};
pub use network::{Connection, NetworkMode, Port, Protocol};
pub use resources::{ThrottleDevice, Ulimit, WeightDevice};
pub use security::{Device, DeviceRequest};
pub use update::ContainerUpdate;
pub use written::size;

/// What a container shall be. Every field may be left out but the image.
///
/// ```
/// use haven_model::{ContainerSpec, ImageRef};
///
/// let spec = ContainerSpec { command: vec!["sleep".into(), "60".into()], ..ContainerSpec::new(ImageRef::new("busybox:1")?) };
/// assert_eq!(spec.image.tag(), Some("1"));
/// # Ok::<(), haven_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContainerSpec {
    // The program.
    /// The image to run.
    pub image: ImageRef,
    /// Arguments of the entry point, or the program where the image has none; empty: the image's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The program; empty: the image's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entrypoint: Vec<String>,
    /// The environment, by name. Values are secret: they are shown as `***`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, Secret>,
    /// Labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The host name inside; none: the short id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The domain name inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domainname: Option<String>,
    /// The user, and group, that the program runs as: `1000:1000`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Further groups of the program, by name or number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_add: Vec<String>,
    /// The folder that the program starts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Whether the program has a terminal.
    #[serde(default)]
    pub tty: bool,
    /// Whether standard input stays open.
    #[serde(default)]
    pub open_stdin: bool,
    /// Whether a small init is the first process and the program its child; none: as the engine is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
    /// The signal that asks the program to end; none: the image's, else SIGTERM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// Seconds between that signal and SIGKILL; none: the engine's own, 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<u32>,
    /// The health check; none: the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthCheck>,
    /// What the engine does when the program ends.
    #[serde(default)]
    pub restart: RestartPolicy,
    /// Whether the engine removes it when its program has ended, with its volumes that have no name. Not beside a restart
    /// policy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auto_remove: bool,
    /// What runs it: `runc`, `nvidia`, …; none: the engine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Where its output goes: `json-file`, `journald`, `none`, …; none: as the engine is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_driver: Option<String>,
    /// Options of that driver: `max-size`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub log_options: BTreeMap<String, String>,

    // Networks.
    /// The network to join: a network's name, `host`, `none`, or `container:ID` for that of another container; none: the
    /// engine's default bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkMode>,
    /// How it is connected, each network once: to `network` where there is more to say than its name, and to further
    /// networks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<Connection>,
    /// Published ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// Ports that are exposed and not published, `80/tcp`, besides those of the image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expose: Vec<String>,
    /// Whether every exposed port is published, on a port that the engine chooses.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub publish_all_ports: bool,
    /// Other containers on its first network that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Name servers, in place of the host's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<String>,
    /// Domains in which names are looked up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_search: Vec<String>,
    /// Options of the resolver: `ndots:2`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_options: Vec<String>,
    /// Further hosts that it knows by name: `HOST:ADDRESS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<String>,

    // Files.
    /// Volumes, folders of the host, and memory file systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Containers whose volumes it has too: `CONTAINER` or `CONTAINER:ro`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes_from: Vec<String>,
    /// The driver of those of its volumes that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_driver: Option<String>,
    /// Whether its own file system cannot be written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// The size of `/dev/shm`, in bytes; none: 64 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shm_size: Option<u64>,
    /// Options of the storage driver: `size`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub storage_options: BTreeMap<String, String>,

    // Limits.
    /// The most memory, in bytes; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The most memory and swap together, in bytes; -1: no limit; none: twice the memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_swap: Option<i64>,
    /// The memory that it is pressed down to when the host runs short, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<u64>,
    /// The most memory of the kernel, in bytes, where the kernel still counts that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel_memory: Option<u64>,
    /// How readily its memory is swapped out, 0 to 100; none: as the kernel has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_swappiness: Option<u8>,
    /// Whether the kernel lets it wait rather than end it when its memory is used up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oom_kill_disable: bool,
    /// How readily the kernel ends it when the host's memory is used up, -1000 to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oom_score_adj: Option<i16>,
    /// The most CPU time, in billionths of a core; none: no limit. Not beside `cpu_quota` and `cpu_period`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nano_cpus: Option<u64>,
    /// Its weight against others when the CPU is short; none: 1024.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_shares: Option<u64>,
    /// The most CPU time in a period, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_quota: Option<u64>,
    /// The period that `cpu_quota` is counted in, in microseconds; none: 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_period: Option<u64>,
    /// The cores that it may use: `0-2,4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpuset_cpus: Option<String>,
    /// The memory nodes that it may use: `0,1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpuset_mems: Option<String>,
    /// Its weight against others when disks are busy, 10 to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blkio_weight: Option<u16>,
    /// The same for single disks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blkio_weight_devices: Vec<WeightDevice>,
    /// The most bytes a second read from a disk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_read_bps: Vec<ThrottleDevice>,
    /// The most bytes a second written to a disk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_write_bps: Vec<ThrottleDevice>,
    /// The most reads a second from a disk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_read_iops: Vec<ThrottleDevice>,
    /// The most writes a second to a disk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_write_iops: Vec<ThrottleDevice>,
    /// The most processes; -1: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids_limit: Option<i64>,
    /// Limits of each of its processes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// The control group that its own is made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroup_parent: Option<String>,

    // Rights.
    /// Whether it may do all that the host may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub privileged: bool,
    /// Capabilities that it has besides the usual: `NET_ADMIN`, `ALL`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cap_add: Vec<String>,
    /// Usual capabilities that it does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cap_drop: Vec<String>,
    /// Options of security modules: `no-new-privileges`, `apparmor=unconfined`, `seccomp={…}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_opt: Vec<String>,
    /// Devices of the host that it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// Devices that a driver chooses for it: GPUs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_requests: Vec<DeviceRequest>,
    /// Which devices it may use: `c 13:* rmw`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_cgroup_rules: Vec<String>,
    /// Settings of the kernel in its namespaces: `net.core.somaxconn`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<String, String>,
    /// Whose processes it sees: `host`, `container:ID`; none: its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_mode: Option<String>,
    /// Whose shared memory it has: `host`, `shareable`, `container:ID`, `none`; none: its own, `private`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipc_mode: Option<String>,
    /// Whose host name it has: `host`; none: its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uts_mode: Option<String>,
    /// Whose users it has: `host`; none: as the engine is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userns_mode: Option<String>,
    /// Whose control groups it sees: `host`, `private`; none: as the engine is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroupns_mode: Option<String>,
}

impl ContainerSpec {
    /// A container of `image`, all else as image and engine have it.
    pub fn new(image: ImageRef) -> Self {
        Self {
            image,
            command: Vec::new(),
            entrypoint: Vec::new(),
            env: BTreeMap::new(),
            labels: BTreeMap::new(),
            hostname: None,
            domainname: None,
            user: None,
            group_add: Vec::new(),
            working_dir: None,
            tty: false,
            open_stdin: false,
            init: None,
            stop_signal: None,
            stop_timeout: None,
            health: None,
            restart: RestartPolicy::default(),
            auto_remove: false,
            runtime: None,
            log_driver: None,
            log_options: BTreeMap::new(),
            network: None,
            networks: Vec::new(),
            ports: Vec::new(),
            expose: Vec::new(),
            publish_all_ports: false,
            links: Vec::new(),
            dns: Vec::new(),
            dns_search: Vec::new(),
            dns_options: Vec::new(),
            extra_hosts: Vec::new(),
            mounts: Vec::new(),
            volumes_from: Vec::new(),
            volume_driver: None,
            read_only: false,
            shm_size: None,
            storage_options: BTreeMap::new(),
            memory: None,
            memory_swap: None,
            memory_reservation: None,
            kernel_memory: None,
            memory_swappiness: None,
            oom_kill_disable: false,
            oom_score_adj: None,
            nano_cpus: None,
            cpu_shares: None,
            cpu_quota: None,
            cpu_period: None,
            cpuset_cpus: None,
            cpuset_mems: None,
            blkio_weight: None,
            blkio_weight_devices: Vec::new(),
            device_read_bps: Vec::new(),
            device_write_bps: Vec::new(),
            device_read_iops: Vec::new(),
            device_write_iops: Vec::new(),
            pids_limit: None,
            ulimits: Vec::new(),
            cgroup_parent: None,
            privileged: false,
            cap_add: Vec::new(),
            cap_drop: Vec::new(),
            security_opt: Vec::new(),
            devices: Vec::new(),
            device_requests: Vec::new(),
            device_cgroup_rules: Vec::new(),
            sysctls: BTreeMap::new(),
            pid_mode: None,
            ipc_mode: None,
            uts_mode: None,
            userns_mode: None,
            cgroupns_mode: None,
        }
    }
}

/// What the engine does when a container's program ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RestartPolicy {
    /// Nothing.
    #[default]
    No,
    /// Start it again, always.
    Always,
    /// Start it again unless it was stopped on purpose.
    UnlessStopped,
    /// Start it again when it failed; so many times, 0: without end.
    OnFailure(u32),
}
