//! Clusters: machines seen and driven as one, and lists over several machines.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClusterName, Error, NodeName, Revision, Strategy, error::WireError, node::Count};

/// Machines managed as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cluster {
    /// Its name.
    pub name: ClusterName,
    /// What kind it is.
    pub kind: ClusterKind,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Which of the nodes that can take a new container takes it.
    #[serde(default)]
    pub strategy: Strategy,
    /// The most containers of one image on one node; none: as many as there is room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_count_of_instances: Option<u32>,
    /// Its nodes: online, and all.
    pub nodes: Count,
    /// Its containers: running, and all, as last seen.
    pub containers: Count,
    /// For a conditional change; none for the clusters that always exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

/// What kind of cluster it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ClusterKind {
    /// `all` and `orphans`: they always exist, their nodes follow from the others.
    Builtin,
    /// Haven places containers.
    Pool,
}

/// What a cluster shall be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClusterSpec {
    /// Its name.
    pub name: ClusterName,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Which of the nodes that can take a new container takes it.
    #[serde(default, skip_serializing_if = "Strategy::is_usual")]
    pub strategy: Strategy,
    /// The most containers of one image on one node; none: as many as there is room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_count_of_instances: Option<u32>,
}

impl ClusterSpec {
    /// A cluster of this name, all else as usual.
    pub fn new(name: ClusterName) -> Self {
        Self { name, description: String::new(), strategy: Strategy::default(), max_count_of_instances: None }
    }
}

/// A thing, and the machine it is on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct At<T> {
    /// The machine.
    pub node: NodeName,
    /// The thing.
    #[serde(flatten)]
    pub item: T,
}

/// One thing that was looked for over several machines, and how far that can be counted on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Found<T> {
    /// The machine.
    pub node: NodeName,
    /// When the engine was last asked for all it has; none: never yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// Whether this is what was last seen: the machine is out of contact, or its events are.
    #[serde(default)]
    pub stale: bool,
    /// The thing.
    #[serde(flatten)]
    pub item: T,
}

impl<T> From<Found<T>> for At<T> {
    fn from(found: Found<T>) -> Self {
        Self { node: found.node, item: found.item }
    }
}

/// A list over several machines: what those that answered hold, and which did not answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing<T> {
    /// The things, each with its machine; those of machines out of contact as last seen.
    pub items: Vec<At<T>>,
    /// The machines whose part is missing or stale, and why.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// When the oldest part of the list was true.
    pub as_of: Timestamp,
    /// Whether some part of the list is stale: the machine is out of contact, or its events are.
    pub stale: bool,
    /// Where the next page begins, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A machine that did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Missing {
    /// The machine.
    pub node: NodeName,
    /// Why.
    pub error: WireError,
    /// When its part of the list was true; none: it has no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

impl Missing {
    /// A machine whose whole part is missing.
    pub fn new(node: NodeName, error: &Error) -> Self {
        Self { node, error: error.to_wire(), as_of: None }
    }
}
