//! How far a plan has come.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Plan, PlanId, PlanKind};
use crate::{ContainerId, ContainerName, NodeName, Revision, container::ContainerSize, error::WireError};

/// A plan and how far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanDetail {
    /// The plan.
    pub plan: Plan,
    /// How far it has come.
    pub status: PlanStatus,
    /// How far each of its steps has come.
    pub steps: Vec<StepStatus>,
}

/// How far a plan has come, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanStatus {
    /// Its id.
    pub id: PlanId,
    /// What it is for.
    pub kind: PlanKind,
    /// What it does, in one line.
    pub summary: String,
    /// Who asked for it.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// Where it stands.
    pub state: PlanState,
    /// Why it stands there: what failed first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<WireError>,
    /// Who had it applied; none: nobody yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_by: Option<String>,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// How many steps there are, and how many are done; in lists, while steps are taken, as it was some two seconds ago.
    pub steps: Tally,
    /// The record, for a conditional change.
    pub revision: Revision,
}

/// How a plan goes: where it stands, and what a step has come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanProgress {
    /// How far the plan has come.
    pub status: PlanStatus,
    /// The step that has come further; none: the plan as a whole has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepStatus>,
}

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanState {
    /// Made; nothing has happened.
    Planned,
    /// Its steps are being taken.
    Applying,
    /// Held: no further step is taken until it is resumed or taken back.
    Paused,
    /// Its steps are being taken back.
    RollingBack,
    /// Every step was taken.
    Applied,
    /// It ended, and some steps were not taken or failed.
    Incomplete,
    /// Every step that was taken was taken back.
    RolledBack,
    /// It could not be taken back whole: somebody must look.
    Stuck,
}

impl PlanState {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Applying => "applying",
            Self::Paused => "paused",
            Self::RollingBack => "rolling_back",
            Self::Applied => "applied",
            Self::Incomplete => "incomplete",
            Self::RolledBack => "rolled_back",
            Self::Stuck => "stuck",
        }
    }

    /// The name in texts for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::RollingBack => "being rolled back",
            Self::RolledBack => "rolled back",
            other => other.as_str(),
        }
    }

    /// Whether a master is at it.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Applying | Self::RollingBack)
    }

    /// Whether it has come to an end. Only a stuck one can go on from there: by a resume, or when its nodes are back.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Applied | Self::Incomplete | Self::RolledBack | Self::Stuck)
    }
}

impl fmt::Display for PlanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many steps stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PlanTally"))]
pub struct Tally {
    /// All.
    pub total: u32,
    /// Taken.
    pub done: u32,
    /// Failed, and taken back.
    pub failed: u32,
    /// Refused: the container was not any more what the plan saw.
    pub refused: u32,
    /// Taken back.
    pub undone: u32,
}

/// How far one step has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepStatus {
    /// Its place in the plan.
    pub index: u32,
    /// The node that it ends on.
    pub node: NodeName,
    /// The name of the container.
    pub name: ContainerName,
    /// Where it stands.
    pub state: StepState,
    /// The container that came, once it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerId>,
    /// Why it failed or was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<WireError>,
    /// The last lines that a new container said which failed: it is gone, and its log with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Timestamp>,
    /// When it came to where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepState {
    /// Not begun.
    #[default]
    Pending,
    /// Begun; its effects may have happened.
    Doing,
    /// Taken.
    Done,
    /// Refused: the container was not any more what the plan saw. Nothing was done.
    Refused,
    /// Being taken back.
    Undoing,
    /// Taken back.
    Undone,
    /// Failed, and taken back.
    Failed,
    /// Failed, and could not be taken back: somebody must look.
    Stuck,
}

impl StepState {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
        }
    }
}

impl fmt::Display for StepState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A container that was parked and is kept, so that the plan can be rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "KeptContainer"))]
pub struct Kept {
    /// The plan that parked it.
    pub plan: PlanId,
    /// The step of that plan.
    pub step: u32,
    /// The node it is on.
    pub node: NodeName,
    /// The name that it had, and gets back.
    pub name: ContainerName,
    /// The container; none: it removed itself when it stopped, or the plan removed it, and it is made anew from its
    /// specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerId>,
    /// The image that it needs.
    pub image: String,
    /// Since when.
    pub since: Timestamp,
    /// What it takes on disk; none: nothing is there, or its engine does not tell now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<ContainerSize>,
}
