//! Devices of the host.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A device of the host in a container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Where it is on the host: `/dev/snd`.
    pub path_on_host: String,
    /// Where it is inside; none: at the same path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_in_container: Option<String>,
    /// What may be done with it, of `r`, `w` and `m`; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<String>,
}

/// A wish for devices that a driver of the engine chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceRequest {
    /// The driver: `nvidia`; none: one that has the capabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// How many; -1: all; none: those of `device_ids`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// Which, by number or id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_ids: Vec<String>,
    /// What they must be able to do: all of one of the lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Vec<String>>,
    /// Options of the driver.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}
