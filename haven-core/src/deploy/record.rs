//! What is stored of a plan: its header, its pages, and of each step what it found before it changed anything.

use haven_model::{
    ContainerId, ContainerName, ContainerSpec, NodeName, PlanId, PlanState,
    error::WireError,
    plan::{Kept, New, PlanKind, Step, StepState, Tally},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::Record;

/// A plan, all but its steps. It is written last: a plan without one was never made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) kind: PlanKind,
    pub(super) summary: String,
    pub(super) author: String,
    pub(super) created: Timestamp,
    pub(super) state: PlanState,
    /// How many pages hold it.
    pub(super) pages: u32,
    pub(super) tally: Tally,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<WireError>,
    /// What it was doing before it came to rest.
    #[serde(default = "planned")]
    pub(super) was: PlanState,
    /// How many steps had failed when somebody let it go on.
    #[serde(default)]
    pub(super) forgiven: u32,
    /// The nodes whose engines did not answer when steps had to be taken back: it goes on when all of them do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waiting_for: Vec<NodeName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) applied_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<Timestamp>,
}

impl Header {
    /// Lets a plan that is at rest go on with what it was doing.
    pub(super) fn go_on(&mut self) {
        let was_going_back = self.was == PlanState::RollingBack;
        self.state = if was_going_back { PlanState::RollingBack } else { PlanState::Applying };
        self.waiting_for.clear();
        self.ended = None;
    }
}

fn planned() -> PlanState {
    PlanState::Planned
}

impl Record for Header {
    const KIND: &'static str = "plan";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// A part of a plan's text, values of environments included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PageRecord {
    pub(super) text: haven_model::Secret,
}

impl Record for PageRecord {
    const KIND: &'static str = "page of a plan";
    const VERSION: u32 = 1;
    const SEALED: bool = true;
}

/// A step that was begun: written before its first effect, with all that it takes to undo it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct StepRecord {
    pub(super) state: StepState,
    /// The old container as it was; none: the step has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<Inverse>,
    /// The parked container that comes back, as its plan found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parked: Option<Inverse>,
    /// The container that came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<ContainerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<WireError>,
    /// The last that a new container said which failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) said: Option<String>,
    pub(super) began: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<Timestamp>,
}

impl Record for StepRecord {
    const KIND: &'static str = "step of a plan";
    const VERSION: u32 = 1;
    const SEALED: bool = true;
}

/// A container as it was before a step: all that brings it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Inverse {
    pub(super) node: NodeName,
    pub(super) id: ContainerId,
    pub(super) name: ContainerName,
    /// What it is called while it is parked.
    pub(super) parked_as: ContainerName,
    /// What it was made of.
    pub(super) spec: ContainerSpec,
    pub(super) running: bool,
    pub(super) paused: bool,
    /// It removes itself when it stops: it comes back as a new one of the same specification.
    pub(super) removes_itself: bool,
}

/// A parked container, by `NODE:NAME:PLAN:STEP`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct KeptRecord(pub(super) Kept);

impl Record for KeptRecord {
    const KIND: &'static str = "parked container";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// A name on a node that a step is at: no other plan's may be at it meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LockRecord {
    pub(super) plan: PlanId,
}

impl Record for LockRecord {
    const KIND: &'static str = "lock of a container";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// The names of the locks of a step: a container is known by its node and its name, whichever it is now.
pub(super) fn lock_names(step: &Step) -> Vec<String> {
    let nodes = step.old.iter().map(|old| &old.node).chain(step.new.iter().map(New::node));
    let mut names: Vec<String> = nodes.map(|node| format!("{node}:{}", step.name)).collect();
    names.dedup();
    names
}

/// The name of a step's record.
pub(super) fn step_name(plan: &PlanId, step: u32) -> String {
    format!("{plan}.{step:06}")
}

/// The name of a parked container's record, and what those of one container begin with.
pub(super) fn kept_name(kept: &Kept) -> String {
    format!("{}{}:{}", kept_prefix(&kept.node, &kept.name), kept.plan, kept.step)
}

pub(super) fn kept_prefix(node: &NodeName, name: &ContainerName) -> String {
    format!("{node}:{name}:")
}
