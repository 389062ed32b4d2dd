//! Who did what: a record of every operation that acts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Actor, ErrorKind, Object};

/// One operation that acted, or tried to. Each record holds the hash of the one before, so that none can be altered or
/// taken out unseen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditRecord {
    /// Its number, from 1 on without a gap.
    pub number: u64,
    /// When it ended.
    pub time: Timestamp,
    /// Who asked, through which face, from where.
    pub actor: Actor,
    /// The operation: `containers.stop`.
    pub operation: String,
    /// What it touched.
    pub object: Object,
    /// What was asked of it: its parameters, secrets as `***`, and `…` where something long was cut.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// Why it failed; none: it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ErrorKind>,
    /// The hash of the record before; empty for the first.
    pub previous: String,
    /// The SHA-256 of this record as it is stored, with this field empty.
    #[serde(default)]
    pub hash: String,
}

/// A part of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditPage {
    /// The records, oldest first.
    pub items: Vec<AuditRecord>,
    /// Whether every record of this part has its own hash and that of the one before.
    pub intact: bool,
    /// The numbers of those that this Haven cannot read: a newer one wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<u64>,
}
