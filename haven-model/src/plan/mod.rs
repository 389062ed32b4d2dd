//! Plans: what shall happen to many containers, as data, before any of it happens.
//!
//! A [`Plan`] is a list of [`Step`]s, each about one container, with what was observed of it. Its id is the hash of what
//! stands in it, so a plan that was printed, read, sent and read back is the same plan or is refused.

mod rollout;
mod status;
mod step;

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use rollout::{Gate, OnFailure, Order, Rollout};
pub use status::{Kept, PlanDetail, PlanProgress, PlanState, PlanStatus, StepState, StepStatus, Tally};
pub use step::{Change, New, Observed, Old, Skipped, Step};

use crate::{
    ClusterName, ContainerId, NodeName,
    error::{Error, Result},
};

/// So many that are left alone for the same reason are named; more are counted.
const TOLD: usize = 5;

/// What shall happen, and why: nothing of it has happened when it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The hash of all the rest, values of environments left out.
    pub id: PlanId,
    /// What it is for.
    pub kind: PlanKind,
    /// What it does, in one line: `update nginx to 1.5: 6 of 30 containers on 3 nodes`.
    pub summary: String,
    /// Who asked for it.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// A random text: two plans are never the same.
    pub nonce: String,
    /// How its steps are taken.
    pub rollout: Rollout,
    /// What it was made for; applying looks again, and refuses when that means other containers now.
    pub selection: Selection,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What was looked at and is left alone, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
}

impl Plan {
    /// What it does as a person likes to read it: a line a step, its changes below it, and what is left alone.
    ///
    /// ```text
    /// update web to 1.5: 1 of 2 containers on 1 node
    ///   ~ web on n1: stop, then start (port 80 of the host is fixed)
    ///       image: web:1.4 -> web:1.5
    ///       env MQ_HOST: changed
    ///   = web-1 on n1: it was stopped on purpose
    /// ```
    ///
    /// Where many are left alone for the same reason, they are counted.
    pub fn diff(&self) -> String {
        let mut text = format!("{}\n", on_one_line(&self.summary));
        for step in &self.steps {
            text.push_str(&step.diff());
        }
        let mut of_reason = BTreeMap::<&str, usize>::new();
        for skipped in &self.skipped {
            *of_reason.entry(&skipped.reason).or_default() += 1;
        }
        for (reason, count) in of_reason.iter().filter(|(_, count)| **count > TOLD) {
            let _ = writeln!(text, "  = {count} containers: {}", on_one_line(reason));
        }
        for skipped in self.skipped.iter().filter(|skipped| of_reason[skipped.reason.as_str()] <= TOLD) {
            let place = skipped.node.as_ref().map(|node| format!(" on {node}")).unwrap_or_default();
            let _ = writeln!(text, "  = {}{place}: {}", skipped.name, on_one_line(&skipped.reason));
        }
        text
    }
}

/// A text of somebody else's on one line: no label can write lines of a diff.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// What a plan was made for: looked at again before it is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Only of this cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// Only of this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// Only these containers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id: Vec<ContainerId>,
    /// Only with one of these names: exact, or with `*` for any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name: Vec<String>,
    /// Only of one of these images: `nginx`, `nginx:1.*`, `registry/team/*`; without a tag any tag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub image: Vec<String>,
    /// Only with all of these labels: `key` or `key=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub label: Vec<String>,
    /// Not of these nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude_node: Vec<NodeName>,
    /// Not these containers: names, exact or with `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PlanKind {
    /// New containers.
    Create,
    /// More or fewer of the same.
    Scale,
    /// Another image, or another configuration.
    Update,
    /// The same again.
    Recreate,
    /// Away from a node.
    Drain,
    /// What ended is put away.
    Prune,
    /// What another plan did is taken back.
    Rollback,
}

impl PlanKind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Scale => "scale",
            Self::Update => "update",
            Self::Recreate => "recreate",
            Self::Drain => "drain",
            Self::Prune => "prune",
            Self::Rollback => "rollback",
        }
    }
}

impl fmt::Display for PlanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The id of a plan: 64 hexadecimal digits; where a plan is asked for, eight or more of the first are enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct PlanId(String);

impl PlanId {
    /// Parses an id or its beginning; `Invalid` when it is none.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let is_hex = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
        if (8..=64).contains(&text.len()) && is_hex {
            return Ok(Self(text));
        }
        let shown: String = text.chars().take(80).collect();
        Err(Error::invalid(format!(
            "`{}` is no id of a plan, which has 8 to 64 hexadecimal digits",
            shown.escape_debug()
        )))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first twelve digits, as lists show it.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::str::FromStr for PlanId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for PlanId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
