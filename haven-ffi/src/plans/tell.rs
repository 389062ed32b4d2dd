//! Plans as hosts see them, and how they go.

use haven_core::{Error, model};

use crate::Result;

/// What shall happen, and why: nothing of it has happened when it is made.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Plan {
    /// Its id: the hash of all the rest.
    pub id: String,
    /// What it is for: `create`, `scale`, `update`, `recreate`, `drain`, `prune` or `rollback`.
    pub kind: String,
    /// What it does, in one line.
    pub summary: String,
    /// Who asked for it.
    pub author: String,
    /// The steps, in order.
    pub steps: Vec<PlanStep>,
    /// What was looked at and is left alone, and why.
    pub skipped: Vec<SkippedContainer>,
    /// What it does, as a text that people like to read.
    pub diff: String,
    /// All of it as JSON, to keep and to apply later; secrets are `***`.
    pub json: String,
}

impl Plan {
    pub(super) fn of(plan: model::Plan) -> Result<Self> {
        let json = serde_json::to_string(&plan)
            .map_err(|error| Error::unexpected("a plan cannot be written").caused_by(error))?;
        let diff = plan.diff();
        Ok(Self {
            id: plan.id.to_string(),
            kind: plan.kind.to_string(),
            summary: plan.summary,
            author: plan.author,
            steps: plan.steps.iter().map(PlanStep::from).collect(),
            skipped: plan.skipped.into_iter().map(SkippedContainer::from).collect(),
            diff,
            json,
        })
    }
}

/// One step: a container that goes, one that comes, or the one for the other.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlanStep {
    /// Its place in the plan, from 0.
    pub index: u32,
    /// The node that it ends on.
    pub node: String,
    /// The name that the container has, and its successor gets.
    pub name: String,
    /// The id of the container that is parked or removed.
    pub old: Option<String>,
    /// Whether a container comes.
    pub brings: bool,
    /// Why there is this step, or why there.
    pub reason: String,
    /// What is different from what was asked for, and why.
    pub note: Option<String>,
    /// What is different in the successor, a line each.
    pub changes: Vec<String>,
}

impl From<&model::plan::Step> for PlanStep {
    fn from(step: &model::plan::Step) -> Self {
        Self {
            index: step.index,
            node: step.node().to_string(),
            name: step.name.to_string(),
            old: step.old.as_ref().map(|old| old.observed.id.to_string()),
            brings: step.new.is_some(),
            reason: step.reason.clone(),
            note: step.note.clone(),
            changes: step.changes.iter().map(model::plan::Change::line).collect(),
        }
    }
}

/// A container that was looked at and is left alone.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SkippedContainer {
    /// The node it is on; none: it would have been new, and no node takes it.
    pub node: Option<String>,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl From<model::plan::Skipped> for SkippedContainer {
    fn from(skipped: model::plan::Skipped) -> Self {
        let node = skipped.node.map(|node| node.to_string());
        Self { node, name: skipped.name, reason: skipped.reason }
    }
}

/// A plan and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlanDetail {
    /// The plan.
    pub plan: Plan,
    /// How far it has come.
    pub status: PlanStatus,
    /// How far each of its steps has come.
    pub steps: Vec<StepStatus>,
}

impl PlanDetail {
    pub(super) fn of(detail: model::plan::PlanDetail) -> Result<Self> {
        Ok(Self {
            plan: Plan::of(detail.plan)?,
            status: detail.status.into(),
            steps: detail.steps.into_iter().map(StepStatus::from).collect(),
        })
    }
}

/// How far a plan has come.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlanStatus {
    /// Its id.
    pub id: String,
    /// What it does, in one line.
    pub summary: String,
    /// Where it stands.
    pub state: PlanState,
    /// Why it stands there: what failed first.
    pub error: Option<String>,
    /// How many steps there are.
    pub total: u32,
    /// How many are taken.
    pub done: u32,
    /// How many failed, and were taken back.
    pub failed: u32,
    /// How many were refused: the container was not any more what the plan saw.
    pub refused: u32,
    /// How many were taken back.
    pub undone: u32,
}

impl From<model::PlanStatus> for PlanStatus {
    fn from(status: model::PlanStatus) -> Self {
        Self {
            id: status.id.to_string(),
            summary: status.summary,
            state: status.state.into(),
            error: status.error.map(|error| error.message),
            total: status.steps.total,
            done: status.steps.done,
            failed: status.steps.failed,
            refused: status.steps.refused,
            undone: status.steps.undone,
        }
    }
}

/// How far one step has come.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StepStatus {
    /// Its place in the plan.
    pub index: u32,
    /// The node that it ends on.
    pub node: String,
    /// The name of the container.
    pub name: String,
    /// Where it stands.
    pub state: StepState,
    /// The container that came, once it is there.
    pub container: Option<String>,
    /// Why it failed or was refused.
    pub error: Option<String>,
}

impl From<model::plan::StepStatus> for StepStatus {
    fn from(step: model::plan::StepStatus) -> Self {
        Self {
            index: step.index,
            node: step.node.to_string(),
            name: step.name.to_string(),
            state: step.state.into(),
            container: step.container.map(|container| container.to_string()),
            error: step.error.map(|error| error.message),
        }
    }
}

/// How a plan goes: where it stands, and what a step has come to.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlanProgress {
    /// How far the plan has come.
    pub status: PlanStatus,
    /// The step that has come further; none: the plan as a whole has.
    pub step: Option<StepStatus>,
}

impl From<model::plan::PlanProgress> for PlanProgress {
    fn from(progress: model::plan::PlanProgress) -> Self {
        Self { status: progress.status.into(), step: progress.step.map(Into::into) }
    }
}

/// Told how a plan goes. Called as listeners of events are.
#[uniffi::export(with_foreign)]
pub trait PlanListener: Send + Sync {
    /// It has come further.
    fn on_progress(&self, progress: PlanProgress) -> Result<()>;
}

/// Declares an enum with the variants of a model's that may have more to come.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident, $model:path { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A state that is newer than this library.
            Other,
        }

        impl From<$model> for $name {
            fn from(state: $model) -> Self {
                use $model as Model;
                match state {
                    $(Model::$variant => Self::$variant,)+
                    _ => Self::Other,
                }
            }
        }
    };
}

states! {
    /// Where a plan stands.
    PlanState, model::PlanState {
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
}

states! {
    /// Where a step stands.
    StepState, model::plan::StepState {
        /// Not begun.
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
}
