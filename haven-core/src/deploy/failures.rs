//! How many steps of a plan failed, and whether that is more than may.

use std::collections::BTreeMap;

use haven_model::{
    Error, Plan,
    error::WireError,
    plan::{StepState, Tally},
};

use super::record::StepRecord;
use crate::store::Versioned;

/// How a step ended.
pub(super) enum Ended {
    Done,
    /// The container was not any more what the plan saw.
    Refused(Error),
    /// It failed, and was taken back.
    Failed(Error),
    /// It failed, and could not be taken back.
    Stuck(Error),
    /// Not at all: it is to be taken back.
    Open,
}

/// How many steps are done, how many failed, and what failed first.
pub(super) struct Failures {
    total: usize,
    ratio: f64,
    /// How many had failed when somebody let the plan go on.
    forgiven: usize,
    done: usize,
    pub(super) failed: usize,
    pub(super) refused: usize,
    pub(super) stuck: usize,
    pub(super) first: Option<WireError>,
}

impl Failures {
    /// What earlier owners of the plan counted.
    pub(super) fn of(plan: &Plan, records: &BTreeMap<u32, Versioned<StepRecord>>, forgiven: u32) -> Self {
        let count = |state: StepState| records.values().filter(|record| record.value.state == state).count();
        let first = records.values().find_map(|record| {
            let failed = matches!(record.value.state, StepState::Failed | StepState::Refused);
            record.value.error.clone().filter(|_| failed)
        });
        Self {
            total: plan.steps.len(),
            ratio: plan.rollout.max_failure_ratio,
            forgiven: forgiven as usize,
            done: count(StepState::Done),
            failed: count(StepState::Failed),
            refused: count(StepState::Refused),
            // Tried anew.
            stuck: 0,
            first,
        }
    }

    pub(super) fn count(&mut self, ended: Ended) {
        let error = match ended {
            Ended::Done => {
                self.done += 1;
                return;
            }
            Ended::Open => return,
            Ended::Refused(error) => {
                self.refused += 1;
                error
            }
            Ended::Failed(error) => {
                self.failed += 1;
                error
            }
            Ended::Stuck(error) => {
                self.stuck += 1;
                error
            }
        };
        self.first.get_or_insert(error.to_wire());
    }

    /// The same as it is shown.
    pub(super) fn tally(&self) -> Tally {
        let number = |count: usize| count.try_into().unwrap_or(u32::MAX);
        Tally {
            total: number(self.total),
            done: number(self.done),
            failed: number(self.failed + self.stuck),
            refused: number(self.refused),
            undone: 0,
        }
    }

    /// Whether more failed than may.
    pub(super) fn too_many(&self) -> bool {
        let failed = (self.failed + self.stuck).saturating_sub(self.forgiven);
        #[expect(clippy::cast_precision_loss, reason = "plans have at most 100,000 steps")]
        let ratio = failed as f64 / self.total.max(1) as f64;
        failed > 0 && ratio > self.ratio
    }
}
