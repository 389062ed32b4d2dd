//! What to do when something cannot be done with a plan: by how the plan is.

use haven_core::{
    Error, ErrorKind, Haven,
    model::{PlanId, PlanState, PlanStatus},
};

use crate::failure::{Failure, Result};

/// Adds advice to what failed with a plan.
pub(super) trait Advice<T> {
    async fn advised(self, haven: &Haven, plan: &PlanId) -> Result<T>;

    /// The same of what is done with plans that have ended: that one has is no reason.
    async fn advised_unless_ended(self, haven: &Haven, plan: &PlanId) -> Result<T>;

    /// The same of applying: a plan that is refused before it was begun does not fit any more.
    async fn advised_to_plan_again(self, haven: &Haven, plan: &PlanId) -> Result<T>;
}

impl<T> Advice<T> for haven_core::Result<T> {
    async fn advised(self, haven: &Haven, plan: &PlanId) -> Result<T> {
        match self {
            Ok(done) => Ok(done),
            Err(error) => Err(explained(error, haven, plan, |status| Some(for_state(status))).await),
        }
    }

    async fn advised_unless_ended(self, haven: &Haven, plan: &PlanId) -> Result<T> {
        match self {
            Ok(done) => Ok(done),
            Err(error) => {
                let open = |status: &PlanStatus| (!status.state.is_end()).then(|| for_state(status));
                Err(explained(error, haven, plan, open).await)
            }
        }
    }

    async fn advised_to_plan_again(self, haven: &Haven, plan: &PlanId) -> Result<T> {
        let again = |status: &PlanStatus| {
            Some(match status.state {
                PlanState::Planned => {
                    format!("make the plan again; `haven plan rm {}` removes this one", status.id.short())
                }
                _ => for_state(status),
            })
        };
        match self {
            Ok(done) => Ok(done),
            Err(error) => Err(explained(error, haven, plan, again).await),
        }
    }
}

/// What helps with a plan that stands so; none: nothing is in the way.
type Helps = fn(&PlanStatus) -> Option<String>;

async fn explained(error: Error, haven: &Haven, plan: &PlanId, helps: Helps) -> Failure {
    let hint = match error.kind() {
        ErrorKind::NotFound => Some("`haven plan ls` lists the plans".to_owned()),
        ErrorKind::Conflict => conflict(&haven.plans().list().await.unwrap_or_default(), plan, helps),
        _ => None,
    };
    Failure::Error(error, hint)
}

fn conflict(plans: &[PlanStatus], plan: &PlanId, helps: Helps) -> Option<String> {
    let meant: Vec<&PlanStatus> = plans.iter().filter(|status| status.id.as_str().starts_with(plan.as_str())).collect();
    match meant[..] {
        [] => None,
        [one] => helps(one),
        _ => {
            let ids: Vec<String> = meant.iter().take(5).map(|status| format!("`{}`", status.id.short())).collect();
            Some(format!("give more of the id: {}", ids.join(", ")))
        }
    }
}

/// What can be done with a plan that stands so.
pub(super) fn for_state(status: &PlanStatus) -> String {
    let id = status.id.short();
    match status.state {
        PlanState::Planned => format!("nobody has applied it yet: `haven apply {id}` applies it"),
        PlanState::Applying => format!("`haven plan follow {id}` follows it, `haven plan pause {id}` holds it"),
        PlanState::Paused => format!("`haven plan resume {id}` goes on with it, `haven plan abort {id}` takes it back"),
        PlanState::RollingBack => format!("`haven plan follow {id}` follows it"),
        PlanState::Applied => format!("`haven rollback {id}` takes it back"),
        PlanState::Incomplete if status.steps.done == 0 => {
            format!("`haven plan show {id}` tells of each step; nothing is changed, plan again for what is left")
        }
        PlanState::Incomplete => format!(
            "`haven plan show {id}` tells of each step; plan again for what is left, or `haven rollback {id}` takes back what was done"
        ),
        PlanState::RolledBack => format!("all is as it was; `haven plan show {id}` tells of each step"),
        PlanState::Stuck => format!(
            "`haven plan show {id}` tells of each step; when it is mended, `haven plan resume {id}` or `haven plan abort {id}`"
        ),
        _ => format!("`haven plan show {id}` tells of each step"),
    }
}
