//! Planning a prune: containers that have ended are removed, with all that it takes to make them anew.

use std::collections::BTreeSet;

use haven_model::{
    Actor, ContainerName, ContainerState, Plan, Result,
    plan::{Order, PlanKind, Selection, Step},
};
use serde::{Deserialize, Serialize};

use super::{
    DeployService, Shared,
    draft::{self, about, count},
};

/// Which containers are removed, of those that do not run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PruneRequest {
    /// Which containers.
    #[serde(default)]
    pub selection: Selection,
}

impl DeployService {
    /// Plans to remove containers that do not run. Their volumes stay. A rollback makes them anew, without what they wrote
    /// into their own files.
    pub async fn prune(&self, request: PruneRequest, actor: &Actor) -> Result<Plan> {
        let plan = self.shared.plan_prune(request, actor).await?;
        self.shared.publish(plan).await
    }
}

impl Shared {
    async fn plan_prune(&self, request: PruneRequest, actor: &Actor) -> Result<Plan> {
        let mut plan = self.blank(PlanKind::Prune, actor);
        let found = self.select(&request.selection)?;
        let total = found.len();
        let mut chosen = Vec::new();
        for candidate in found {
            let state = candidate.container.state();
            let is_over = matches!(state, ContainerState::Exited | ContainerState::Created | ContainerState::Dead);
            match candidate.untouchable() {
                Some(reason) => plan.skipped.push(candidate.skipped(reason)),
                None if !is_over => plan.skipped.push(candidate.skipped(format!("it is {state}"))),
                None => chosen.push(candidate),
            }
        }
        let (seen, failed) = self.look_at(chosen).await;
        draft::skip_unseen(&mut plan, &failed);
        for seen in seen {
            if let Some(reason) = seen.bound() {
                plan.skipped.push(seen.candidate.skipped(reason));
                continue;
            }
            let mut old = seen.old(self);
            old.remove = true;
            draft::push(
                &mut plan,
                Step {
                    index: 0,
                    name: ContainerName::new(seen.candidate.container.name())?,
                    old: Some(old),
                    new: None,
                    order: Order::StopFirst,
                    reason: format!("it is {}", seen.candidate.container.state()),
                    note: None,
                    changes: Vec::new(),
                },
            );
        }
        let nodes: BTreeSet<_> = plan.steps.iter().map(Step::node).collect();
        plan.summary = format!(
            "prune {}: {} of {} on {}",
            about(&request.selection),
            plan.steps.len(),
            count(total, "container"),
            count(nodes.len(), "node"),
        );
        plan.rollout.parallelism = 8;
        plan.selection = request.selection;
        Ok(plan)
    }
}
