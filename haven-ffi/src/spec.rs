//! What a container shall be.

use std::{collections::HashMap, sync::Arc};

use haven_core::{
    Error,
    model::{self, ImageRef},
};

use crate::{HavenError, Result, Secret, mirror::mirror, secret};

/// What a container shall be. Everything may be left out but the image.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ContainerSpec {
    /// The image to run.
    pub image: String,
    /// Arguments of the entry point, or the program where the image has none; empty: the image's own.
    #[uniffi(default = [])]
    pub command: Vec<String>,
    /// The program; empty: the image's own.
    #[uniffi(default = [])]
    pub entrypoint: Vec<String>,
    /// The environment, by name.
    #[uniffi(default)]
    pub env: HashMap<String, Arc<Secret>>,
    /// Labels.
    #[uniffi(default)]
    pub labels: HashMap<String, String>,
    /// The host name inside.
    #[uniffi(default = None)]
    pub hostname: Option<String>,
    /// The user, and group, that the program runs as: `1000:1000`.
    #[uniffi(default = None)]
    pub user: Option<String>,
    /// The folder that the program starts in.
    #[uniffi(default = None)]
    pub working_dir: Option<String>,
    /// Whether the program has a terminal.
    #[uniffi(default = false)]
    pub tty: bool,
    /// Whether standard input stays open.
    #[uniffi(default = false)]
    pub open_stdin: bool,
    /// Published ports.
    #[uniffi(default = [])]
    pub ports: Vec<Port>,
    /// Volumes, folders of the host, and memory file systems.
    #[uniffi(default = [])]
    pub mounts: Vec<Mount>,
    /// The network to join; none: the engine's default bridge.
    #[uniffi(default = None)]
    pub network: Option<String>,
    /// What the engine does when the program ends; none: nothing.
    #[uniffi(default = None)]
    pub restart: Option<RestartPolicy>,
    /// The most memory, in bytes; none: no limit.
    #[uniffi(default = None)]
    pub memory: Option<u64>,
    /// The most CPU time, in billionths of a core; none: no limit.
    #[uniffi(default = None)]
    pub nano_cpus: Option<u64>,
    /// The health check; none: the image's own.
    #[uniffi(default = None)]
    pub health: Option<HealthCheck>,
    /// The signal that asks the program to end; none: the image's, else SIGTERM.
    #[uniffi(default = None)]
    pub stop_signal: Option<String>,
    /// Seconds between that signal and SIGKILL; none: the engine's own, 10.
    #[uniffi(default = None)]
    pub stop_timeout: Option<u32>,
}

impl TryFrom<ContainerSpec> for model::ContainerSpec {
    type Error = HavenError;

    fn try_from(spec: ContainerSpec) -> Result<Self> {
        let image = ImageRef::new(spec.image)?;
        Ok(Self {
            command: spec.command,
            entrypoint: spec.entrypoint,
            env: secret::by_name(spec.env),
            labels: spec.labels.into_iter().collect(),
            hostname: spec.hostname,
            user: spec.user,
            working_dir: spec.working_dir,
            tty: spec.tty,
            open_stdin: spec.open_stdin,
            ports: spec.ports.into_iter().map(Port::try_into).collect::<Result<_>>()?,
            mounts: spec.mounts.into_iter().map(Mount::into).collect(),
            network: spec.network.map(|network| network.parse()).transpose()?,
            restart: spec.restart.map_or_else(model::RestartPolicy::default, Into::into),
            memory: spec.memory,
            nano_cpus: spec.nano_cpus,
            health: spec.health.map(Into::into),
            stop_signal: spec.stop_signal,
            stop_timeout: spec.stop_timeout,
            ..Self::new(image)
        })
    }
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Port {
    /// The port inside.
    pub container: u16,
    /// The port on the host; none: the engine chooses, or the port is exposed only.
    #[uniffi(default = None)]
    pub host: Option<u16>,
    /// The host address it is published on; none: all.
    #[uniffi(default = None)]
    pub address: Option<String>,
    /// The protocol; none: TCP.
    #[uniffi(default = None)]
    pub protocol: Option<Protocol>,
}

impl TryFrom<Port> for model::Port {
    type Error = HavenError;

    fn try_from(port: Port) -> Result<Self> {
        let address = port.address.map(|address| {
            address
                .parse()
                .map_err(|_| Error::invalid(format!("a port's address `{}` is no address", address.escape_debug())))
        });
        Ok(Self {
            container: port.container,
            host: port.host,
            address: address.transpose()?,
            protocol: port.protocol.map_or_else(model::spec::Protocol::default, Into::into),
        })
    }
}

impl From<model::Port> for Port {
    fn from(port: model::Port) -> Self {
        Self {
            container: port.container,
            host: port.host,
            address: port.address.map(|address| address.to_string()),
            protocol: Some(port.protocol.into()),
        }
    }
}

mirror! {
    /// The protocol of a published port.
    Protocol, both model::spec::Protocol {
        /// TCP.
        Tcp,
        /// UDP.
        Udp,
        /// SCTP.
        Sctp,
    }
}

/// Something mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Mount {
    /// What kind of thing.
    pub kind: MountKind,
    /// A volume's name, or a folder of the host; empty for a new volume without a name and for tmpfs.
    pub source: String,
    /// Where inside, an absolute path.
    pub target: String,
    /// Whether it cannot be written.
    #[uniffi(default = false)]
    pub read_only: bool,
}

impl From<Mount> for model::Mount {
    fn from(mount: Mount) -> Self {
        Self { read_only: mount.read_only, ..Self::new(mount.kind.into(), mount.source, mount.target) }
    }
}

impl From<model::Mount> for Mount {
    fn from(mount: model::Mount) -> Self {
        Self { kind: mount.kind.into(), source: mount.source, target: mount.target, read_only: mount.read_only }
    }
}

mirror! {
    /// The kind of a mount.
    MountKind, both model::spec::MountKind {
        /// A folder of the host.
        Bind,
        /// A volume of the engine.
        Volume,
        /// Memory.
        Tmpfs,
    }
}

/// What the engine does when a container's program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RestartPolicy {
    /// Nothing.
    No,
    /// Start it again, always.
    Always,
    /// Start it again unless it was stopped on purpose.
    UnlessStopped,
    /// Start it again when it failed.
    OnFailure {
        /// So many times, 0: without end.
        times: u32,
    },
}

impl From<RestartPolicy> for model::RestartPolicy {
    fn from(policy: RestartPolicy) -> Self {
        match policy {
            RestartPolicy::No => Self::No,
            RestartPolicy::Always => Self::Always,
            RestartPolicy::UnlessStopped => Self::UnlessStopped,
            RestartPolicy::OnFailure { times } => Self::OnFailure(times),
        }
    }
}

/// How the engine finds out whether a container is healthy.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HealthCheck {
    /// The program and its arguments, run inside; empty: no health check, not even the image's.
    pub command: Vec<String>,
    /// Seconds between two checks; none: the image's, else 30.
    #[uniffi(default = None)]
    pub interval: Option<u32>,
    /// Seconds that a check may take; none: the image's, else 30.
    #[uniffi(default = None)]
    pub timeout: Option<u32>,
    /// How many checks in a row must fail; none: the image's, else 3.
    #[uniffi(default = None)]
    pub retries: Option<u32>,
    /// Seconds at the start in which a failure does not count; none: the image's, else 0.
    #[uniffi(default = None)]
    pub start_period: Option<u32>,
}

impl From<HealthCheck> for model::spec::HealthCheck {
    fn from(check: HealthCheck) -> Self {
        Self {
            command: check.command,
            interval: check.interval,
            timeout: check.timeout,
            retries: check.retries,
            start_period: check.start_period,
            start_interval: None,
        }
    }
}
