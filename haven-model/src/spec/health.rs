//! Health checks.

use serde::{Deserialize, Serialize};

/// How the engine finds out whether a container is healthy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Seconds between two checks in that time; none: the image's, else 5. Engines before Docker 25 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<u32>,
}
