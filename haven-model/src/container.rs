//! Containers as an engine shows them: the summary of a list, and the detail of one.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ContainerId, ContainerSpec, ImageRef, Mount, Port,
    error::{Error, Result},
    label::has_labels,
    spec::MountKind,
};

pub use crate::spec::{Connection, ContainerUpdate};

/// A container in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Container {
    /// Its full id.
    pub id: ContainerId,
    /// Its name, without the leading slash.
    pub name: String,
    /// The image as it was asked for; its id once that name means another image, or none.
    pub image: String,
    /// The id of the image.
    pub image_id: String,
    /// The program and its arguments, as one text.
    pub command: String,
    /// When it was created.
    pub created: Timestamp,
    /// What it is doing.
    pub state: ContainerState,
    /// What its health check says, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// The state in Docker's words: `Up 5 minutes`, `Exited (0) 2 days ago`.
    pub status: String,
    /// Its ports, published or exposed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// Its labels, the image's included.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The networks it is connected to, and its address there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, String>,
    /// What is mounted into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Whether labels, or the end of the command, are left out: of one container a list keeps 16 KiB. An inspection, and a
    /// `fresh` list, have all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// A container in a list for who wants to know no more than which there are: what an agent reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerBrief {
    /// Its full id.
    pub id: ContainerId,
    /// Its name, without the leading slash.
    pub name: String,
    /// The image as it was asked for; its id once that name means another image, or none.
    pub image: String,
    /// Its labels, the image's included.
    pub labels: BTreeMap<String, String>,
}

impl Container {
    /// Whether its program runs: running, paused or restarting.
    pub fn is_running(&self) -> bool {
        self.state.is_running()
    }
}

/// What a container is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ContainerState {
    /// Made, not started yet.
    Created,
    /// Its program runs.
    Running,
    /// Its program is held.
    Paused,
    /// It ended, and the engine starts it again.
    Restarting,
    /// The engine is removing it.
    Removing,
    /// It ended.
    Exited,
    /// The engine could not remove it.
    Dead,
}

impl ContainerState {
    /// As Docker writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
        }
    }

    /// Whether the program runs: running, paused or restarting.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

impl fmt::Display for ContainerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for ContainerState {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Created, Self::Running, Self::Paused, Self::Restarting, Self::Removing, Self::Exited, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::invalid(format!("`{}` is no container state", text.escape_debug())))
    }
}

/// What a container's health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// Not known yet.
    Starting,
    /// The check passes.
    Healthy,
    /// The check failed as often as it may.
    Unhealthy,
}

/// Everything an engine says about one container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContainerDetail {
    /// Its full id.
    pub id: ContainerId,
    /// Its name, without the leading slash.
    pub name: String,
    /// The id of the image.
    pub image_id: String,
    /// What it was created from, the image's own values merged in as the engine does, and nothing that the engine chose by
    /// itself: a container made of it is the same, [`ContainerSpec::without`] the image's values also on another image.
    pub spec: ContainerSpec,
    /// When it was created.
    pub created: Timestamp,
    /// What it is doing.
    pub state: ContainerState,
    /// What its health check says, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// The process id of its program on the host, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// How its program ended last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
    /// Whether the kernel ended it for want of memory.
    #[serde(default)]
    pub oom_killed: bool,
    /// Why it could not be started, in the engine's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When its program started last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When its program ended last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// How often the engine started it again.
    #[serde(default)]
    pub restart_count: u64,
    /// The networks it is connected to, and its address there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub networks: BTreeMap<String, String>,
    /// How it is connected to them now, what the engine chose included.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Its ports as they are published now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// What is mounted now, volumes that nobody named by the name that the engine gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
}

impl ContainerDetail {
    /// The specification with the volumes that it has now: a container made of it has the same data, also in those that
    /// nobody named.
    ///
    /// What it has of other containers' volumes stays with [`ContainerSpec::volumes_from`].
    pub fn spec_with_volumes(&self) -> ContainerSpec {
        let mut spec = self.spec.clone();
        for mount in &mut spec.mounts {
            if mount.kind == MountKind::Volume && mount.source.is_empty() {
                let now = self.mounts.iter().find(|now| now.kind == MountKind::Volume && now.target == mount.target);
                if let Some(now) = now {
                    mount.source.clone_from(&now.source);
                }
            }
        }
        spec
    }
}

/// The environment of a container, in the clear.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Environment {
    /// The values, by name.
    pub env: BTreeMap<String, String>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("names", &self.env.keys()).finish_non_exhaustive()
    }
}

/// A container in a network, as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Endpoint {
    /// The id of the network.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub network_id: String,
    /// Its address there, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4_address: Option<Ipv4Addr>,
    /// Its IPv6 address there, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6_address: Option<Ipv6Addr>,
    /// Its hardware address there, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
    /// Further names of it there, its short id included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The way out of the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
}

/// Which containers to list. All conditions given must hold; a condition with several values holds when one does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ContainerFilter {
    /// Ids, or beginnings of ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id: Vec<String>,
    /// Parts of names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub name: Vec<String>,
    /// Images: by repository (`nginx`), reference (`nginx:1`) or id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image: Vec<String>,
    /// Labels: `key` or `key=value`. All must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub label: Vec<String>,
    /// States.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<ContainerState>,
}

impl ContainerFilter {
    /// The one container of this id.
    pub fn by_id(id: &ContainerId) -> Self {
        Self { id: vec![id.to_string()], ..Self::default() }
    }

    /// Whether `container` meets every condition.
    pub fn matches(&self, container: &impl Facts) -> bool {
        let any = |values: &[String], holds: &dyn Fn(&str) -> bool| {
            values.is_empty() || values.iter().any(|value| holds(value))
        };
        any(&self.id, &|id| container.has_id(id))
            && any(&self.name, &|name| container.name().contains(name.trim_start_matches('/')))
            && any(&self.image, &|image| image_matches(container, image))
            && has_labels(|key| container.label(key), &self.label)
            && (self.state.is_empty() || self.state.contains(&container.state()))
    }
}

/// What a [`ContainerFilter`] looks at, in whatever form a container is held.
pub trait Facts {
    /// Whether its id begins with these digits.
    fn has_id(&self, digits: &str) -> bool;
    /// Its name.
    fn name(&self) -> &str;
    /// The image as it was asked for.
    fn image(&self) -> &str;
    /// The id of the image.
    fn image_id(&self) -> &str;
    /// The value of a label, where it has it.
    fn label(&self, key: &str) -> Option<&str>;
    /// What it is doing.
    fn state(&self) -> ContainerState;
}

impl Facts for Container {
    fn has_id(&self, digits: &str) -> bool {
        self.id.as_str().starts_with(digits)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn image(&self) -> &str {
        &self.image
    }

    fn image_id(&self) -> &str {
        &self.image_id
    }

    fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }

    fn state(&self) -> ContainerState {
        self.state
    }
}

fn image_matches(container: &impl Facts, wanted: &str) -> bool {
    // A short id has twelve digits; fewer may be a name (`cafe`, `db`).
    let is_id = |text: &str| text.len() >= 12 && container.image_id().trim_start_matches("sha256:").starts_with(text);
    if container.image() == wanted || is_id(wanted.trim_start_matches("sha256:")) {
        return true;
    }
    let (Ok(has), Ok(wanted)) = (ImageRef::new(container.image()), ImageRef::new(wanted)) else { return false };
    if has.is_id() || wanted.is_id() || has.repository() != wanted.repository() {
        return false;
    }
    match wanted.digest() {
        Some(digest) => has.digest() == Some(digest) && wanted.tag().is_none_or(|tag| has.tag() == Some(tag)),
        None => wanted.as_str() == wanted.repository() || wanted.tag() == has.tag(),
    }
}

/// How to stop or restart a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StopOptions {
    /// Seconds between the stop signal and SIGKILL; none: the container's own, else 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
}

impl StopOptions {
    /// How long the program may take to end. Without a time the container's own counts, which only the engine knows: ten
    /// minutes are allowed for that.
    pub fn lasts(self) -> Duration {
        self.timeout.map_or(Duration::from_secs(600), |seconds| Duration::from_secs(seconds.into()))
    }
}

/// How to remove a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveOptions {
    /// Also when it runs: it is killed first.
    #[serde(default)]
    pub force: bool,
    /// With its volumes that have no name.
    #[serde(default)]
    pub volumes: bool,
}

/// What runs in a container, as `ps` on its host says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Processes {
    /// The titles of the columns.
    pub titles: Vec<String>,
    /// One row a process.
    pub processes: Vec<Vec<String>>,
}

/// How to disconnect a container from a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisconnectOptions {
    /// Also when the container does not answer or is gone from the engine while the network still knows of it.
    #[serde(default)]
    pub force: bool,
}

/// What a container takes on its engine's disk, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContainerSize {
    /// What was written in it: all that goes with it. Docker's `SizeRw`.
    pub writable: u64,
    /// That and its image, which others may share. Docker's `SizeRootFs`.
    pub total: u64,
}

/// A file of a container that is not as its image has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// Where it is.
    pub path: String,
    /// What became of it.
    pub kind: ChangeKind,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is another.
    Modified,
    /// The image does not have it.
    Added,
    /// Only the image has it.
    Deleted,
}
