//! Where the configuration of containers comes from, and which of it set what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Since when, and why, something may be old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stale {
    /// When it was known to be so last.
    pub since: Timestamp,
    /// Why it could not be read since.
    pub why: String,
}
