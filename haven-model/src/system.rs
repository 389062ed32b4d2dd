//! The engine itself: what it is, and what it says happens.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// Whether an acting call changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did.
    Done,
    /// It was so already.
    AlreadySo,
}

/// A version of the Docker Engine API: `1.41`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    /// The part before the dot.
    pub major: u16,
    /// The part after it.
    pub minor: u16,
}

impl ApiVersion {
    /// A version from its parts.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Debug for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?;
        text.split_once('.')
            .and_then(|(major, minor)| Some(Self { major: digits(major)?, minor: digits(minor)? }))
            .ok_or_else(|| {
                let shown: String = text.chars().take(32).collect();
                Error::invalid(format!("`{}` is no API version", shown.escape_debug()))
            })
    }
}

impl Serialize for ApiVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ApiVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ApiVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ApiVersion".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A version of the Docker Engine API, as `1.41`." })
    }
}

/// Which version of what an engine is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EngineVersion {
    /// The engine's own version: `20.10.24`.
    pub version: String,
    /// The newest API it speaks.
    pub api: ApiVersion,
    /// The oldest API it speaks.
    pub min_api: ApiVersion,
}

/// What an engine says about itself and its machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EngineInfo {
    /// The engine's own id.
    pub id: String,
    /// The name of the machine.
    pub name: String,
    /// The engine's own version.
    pub version: String,
    /// The operating system: `Debian GNU/Linux 12`.
    pub operating_system: String,
    /// The kind of kernel: `linux`.
    pub os: String,
    /// The processor: `x86_64`.
    pub architecture: String,
    /// The kernel's version.
    pub kernel: String,
    /// How many cores.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory: u64,
    /// The storage driver: `overlay2`.
    pub storage_driver: String,
    /// What runs containers unless they say otherwise: `runc`.
    #[serde(default)]
    pub runtime: String,
    /// Labels of the engine.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// How many containers run.
    pub containers_running: u64,
    /// How many containers there are.
    pub containers: u64,
    /// How many images there are.
    pub images: u64,
}

/// Something that happened on an engine, in Docker's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EngineEvent {
    /// When, to the nanosecond.
    pub time: Timestamp,
    /// The kind of object: `container`, `image`, `network`, `volume`, `daemon`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened: `start`, `die`, `health_status: healthy`, …
    pub action: String,
    /// The id of the object.
    pub id: String,
    /// What the engine says besides: name, image, exit code, labels.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// Which engine events to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngineEventOptions {
    /// Also those since then, as far as the engine remembers them (Docker: the last 256).
    pub since: Option<Timestamp>,
}

/// Haven itself: what it is and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SystemStatus {
    /// Haven's version.
    pub version: String,
    /// The time there.
    pub time: Timestamp,
    /// The kind of store: `memory`, `redb`, `etcd`.
    pub store: String,
    /// The store's present revision.
    pub revision: crate::Revision,
    /// How many bytes the store takes.
    pub store_bytes: u64,
    /// What the store warns of.
    #[serde(default)]
    pub alarms: Vec<String>,
    /// Nodes: online, and all.
    pub nodes: crate::node::Count,
    /// Containers: running, and all, as last seen.
    pub containers: crate::node::Count,
    /// How many events are kept.
    pub events: u64,
}

/// What was removed because nothing used it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pruned {
    /// The names of what was removed.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The bytes that this made free.
    #[serde(default)]
    pub bytes: u64,
}
