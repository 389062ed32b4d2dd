//! Networks of an engine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::NetworkName;

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Network {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its driver: `bridge`, `host`, `overlay`, …
    pub driver: String,
    /// How far it reaches: `local`, `swarm`.
    pub scope: String,
    /// Whether it has no way out.
    #[serde(default)]
    pub internal: bool,
    /// Its address ranges: `172.17.0.0/16`.
    #[serde(default)]
    pub subnets: Vec<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What a network shall be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Its name.
    pub name: NetworkName,
    /// Its driver; none: `bridge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Whether it has no way out.
    #[serde(default)]
    pub internal: bool,
    /// Its address range; none: the engine chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet: Option<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}
