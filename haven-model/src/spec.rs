//! What a container shall be: the specification that creates it.

use std::{collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Serialize};

use crate::{ImageRef, NetworkName, Secret};

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
    /// The host name inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// The user, and group, that the program runs as: `1000:1000`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The folder that the program starts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Whether the program has a terminal.
    #[serde(default)]
    pub tty: bool,
    /// Whether standard input stays open.
    #[serde(default)]
    pub open_stdin: bool,
    /// Published ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// Volumes, folders of the host, and memory file systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// The network to join; none: the engine's default bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkName>,
    /// What the engine does when the program ends.
    #[serde(default)]
    pub restart: RestartPolicy,
    /// The most memory, in bytes; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// The most CPU time, in billionths of a core; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nano_cpus: Option<u64>,
    /// The health check; none: the image's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthCheck>,
    /// The signal that asks the program to end; none: the image's, else SIGTERM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// Seconds between that signal and SIGKILL; none: the engine's own, 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<u32>,
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
            user: None,
            working_dir: None,
            tty: false,
            open_stdin: false,
            ports: Vec::new(),
            mounts: Vec::new(),
            network: None,
            restart: RestartPolicy::default(),
            memory: None,
            nano_cpus: None,
            health: None,
            stop_signal: None,
            stop_timeout: None,
        }
    }
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// The port inside.
    pub container: u16,
    /// The port on the host; none: the engine chooses, or the port is exposed only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<u16>,
    /// The host address it is published on; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The protocol.
    #[serde(default)]
    pub protocol: Protocol,
}

/// The protocol of a published port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// As Docker writes it: `tcp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

/// Something mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// What kind of thing.
    #[serde(rename = "type")]
    pub kind: MountKind,
    /// A volume's name, or a folder of the host; empty for a new volume without a name and for tmpfs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Where inside, an absolute path.
    pub target: String,
    /// Whether it cannot be written.
    #[serde(default)]
    pub read_only: bool,
}

/// The kind of a [`Mount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MountKind {
    /// A folder of the host.
    Bind,
    /// A volume of the engine.
    Volume,
    /// Memory.
    Tmpfs,
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

/// How the engine finds out whether a container is healthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// The program and its arguments, run inside; empty: no health check, not even the image's.
    pub command: Vec<String>,
    /// Seconds between two checks; none: the image's, else 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<u32>,
    /// Seconds that a check may take; none: the image's, else 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// How many checks in a row must fail; none: the image's, else 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Seconds at the start in which a failure does not count; none: the image's, else 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_period: Option<u32>,
}
