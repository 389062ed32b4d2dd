//! Events: what happened in the fleet, kept in order.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ClusterName, NodeName,
    error::{Error, Result},
};

/// Something that happened: a container's change of state, contact with a node lost, a limit passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Where it stands in the order of events; hand it back to go on after it. Empty until it is recorded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cursor: String,
    /// When it happened.
    pub time: Timestamp,
    /// How much it matters.
    pub severity: Severity,
    /// The node it happened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// The cluster that the node was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// The kind of object: `container`, `image`, `network`, `volume`, `node`, `cluster`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened: `start`, `die`, `oom`, `unknown`, `online`, `limit`, …
    pub action: String,
    /// The id of the object.
    pub id: String,
    /// The name of the object.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What happened, for people.
    pub message: String,
    /// What else is known: image, exit code, limit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Event {
    /// Something that happened to an object which goes by its name, for the record and on no node.
    pub fn new(time: Timestamp, kind: &str, name: &str, action: &str, message: impl Into<String>) -> Self {
        Self {
            cursor: String::new(),
            time,
            severity: Severity::Info,
            node: None,
            cluster: None,
            kind: kind.to_owned(),
            action: action.to_owned(),
            id: name.to_owned(),
            name: name.to_owned(),
            message: message.into(),
            attributes: BTreeMap::new(),
        }
    }
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For the record.
    #[default]
    Info,
    /// Somebody should look.
    Warning,
    /// Something failed.
    Error,
}

impl Severity {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Info, Self::Warning, Self::Error].into_iter().find(|severity| severity.as_str() == text).ok_or_else(
            || Error::invalid(format!("`{}` is no severity, which is info, warning or error", text.escape_debug())),
        )
    }
}

/// Which events to tell. All conditions given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct EventFilter {
    /// Of nodes that were in this cluster then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// Of this node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// At least as severe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Of this kind of object: `container`, `node`, …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Of this object, by id or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Not after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl EventFilter {
    /// Whether `event` meets every condition.
    pub fn matches(&self, event: &Event) -> bool {
        self.cluster.as_ref().is_none_or(|cluster| match cluster.as_str() {
            // It holds every node, and so every event.
            ClusterName::ALL => true,
            ClusterName::ORPHANS => event.node.is_some() && event.cluster.is_none(),
            _ => event.cluster.as_ref() == Some(cluster),
        }) && self.node.as_ref().is_none_or(|node| event.node.as_ref() == Some(node))
            && self.severity.is_none_or(|severity| event.severity >= severity)
            && self.kind.as_ref().is_none_or(|kind| event.kind == *kind)
            && self.object.as_ref().is_none_or(|object| event.name == *object || event.id.starts_with(object.as_str()))
            && self.since.is_none_or(|since| event.time >= since)
            && self.until.is_none_or(|until| event.time <= until)
    }
}

/// How many events of each severity a cluster had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventCount {
    /// The cluster; none: nodes without one.
    pub cluster: Option<ClusterName>,
    /// Events that are for the record.
    pub info: u64,
    /// Events that somebody should look at.
    pub warning: u64,
    /// Events that tell of a failure.
    pub error: u64,
}
