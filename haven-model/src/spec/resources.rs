//! Limits that are more than a number.

use serde::{Deserialize, Serialize};

/// A limit of each process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ulimit {
    /// Of what: `nofile`, `nproc`, `core`, …
    pub name: String,
    /// What a process has; -1: no limit.
    pub soft: i64,
    /// What a process may raise it to; -1: no limit.
    pub hard: i64,
}

/// A limit on the use of a disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ThrottleDevice {
    /// The disk: `/dev/sda`.
    pub path: String,
    /// The most a second.
    pub rate: u64,
}

/// A weight at a disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WeightDevice {
    /// The disk: `/dev/sda`.
    pub path: String,
    /// The weight, 10 to 1000.
    pub weight: u16,
}
