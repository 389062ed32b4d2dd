//! Nodes: the machines of the fleet.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ClusterName, EngineInfo, Error, NodeAddress, NodeMetrics, NodeName, Result, Revision, Secret, error::WireError,
    label::has_labels, system::ApiVersion,
};

/// A machine of the fleet. What its engine and what its agent say are two facts, shown apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Node {
    /// Its name.
    pub name: NodeName,
    /// Where its engine answers, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<NodeAddress>,
    /// The cluster it belongs to; none: it is an orphan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// `online` means that the engine is connected.
    pub status: NodeStatus,
    /// Whether it takes new containers.
    #[serde(default)]
    pub availability: Availability,
    /// What is known of its engine.
    pub engine: EngineStatus,
    /// What is known of its agent.
    pub agent: AgentStatus,
    /// Labels: the engine's own, what its agent said, and those given at registration, which win.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Containers that run, and all of them, as last seen.
    pub containers: Count,
    /// What the machine uses, as last reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<NodeMetrics>,
    /// The registration, for a conditional change.
    pub revision: Revision,
}

/// Which nodes to list. All conditions given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFilter {
    /// In this state.
    pub status: Option<NodeStatus>,
    /// Labels: `key` or `key=value`. All must hold.
    pub label: Vec<String>,
}

impl NodeFilter {
    /// Whether `node` meets every condition.
    pub fn matches(&self, node: &Node) -> bool {
        self.status.is_none_or(|status| node.status == status)
            && has_labels(|key| node.labels.get(key).map(String::as_str), &self.label)
    }
}

/// Whether a node can be worked with now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum NodeStatus {
    /// Its engine is connected.
    Online,
    /// Contact is lost. What ran there is listed as last seen; it most likely still runs.
    Unknown,
    /// Its engine was never reached yet.
    Pending,
}

/// Whether a node takes new containers. What runs there goes on running in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    /// It does.
    #[default]
    Active,
    /// It does not; what it has stays.
    Pause,
    /// It does not, and what Haven placed there shall go elsewhere.
    Drain,
}

impl Availability {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pause => "pause",
            Self::Drain => "drain",
        }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Availability {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Active, Self::Pause, Self::Drain]
            .into_iter()
            .find(|availability| availability.as_str() == text)
            .ok_or_else(|| {
                let shown: String = text.chars().take(32).collect();
                Error::invalid(format!(
                    "`{}` is no availability, which is active, pause or drain",
                    shown.escape_debug()
                ))
            })
    }
}

/// What is known of a node's engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EngineStatus {
    /// Whether it answers.
    pub connected: bool,
    /// When it answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Seconds since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<f64>,
    /// Why it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<WireError>,
    /// The API version spoken with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiVersion>,
    /// What it says about itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<EngineInfo>,
}

/// What is known of a node's agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentStatus {
    /// Whether it reports: its last report is younger than three of its intervals.
    pub reporting: bool,
    /// When it reported last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Seconds since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<f64>,
}

/// How many run, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Count {
    /// Running, or online.
    pub on: u64,
    /// All.
    pub total: u64,
}

/// What a node shall be registered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    /// Its name.
    pub name: NodeName,
    /// Where its engine answers.
    pub address: NodeAddress,
    /// The cluster to put it into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// Labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What to trust and to show, for an `https://` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSpec>,
}

/// Certificates for an engine behind TLS, as PEM texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TlsSpec {
    /// Authorities to trust; none: the well-known ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// The client certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cert: Option<String>,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
}
