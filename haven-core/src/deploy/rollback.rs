//! Planning a rollback: what a plan did is taken back by another plan, for as long as what it parked is kept.

use std::collections::HashSet;

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use haven_model::{
    Actor, Error, Plan, PlanId, PlanState, Result,
    plan::{New, Observed, Old, PlanKind, Selection, Skipped, Step, StepState},
};

use super::{DeployService, Shared, draft, record::StepRecord};
use crate::store::Versioned;

/// How many containers are looked at together.
const AT_ONCE: usize = 64;

impl DeployService {
    /// Plans to take back what a plan did that has ended. `Conflict` when it has not, or when nothing of it is kept any more.
    pub async fn rollback(&self, plan: &PlanId, actor: &Actor) -> Result<Plan> {
        let plan = self.shared.plan_rollback(plan, actor).await?;
        self.shared.publish(plan).await
    }
}

impl Shared {
    async fn plan_rollback(&self, plan: &PlanId, actor: &Actor) -> Result<Plan> {
        let id = self.shelf.find(plan)?;
        let state = self.shelf.header(&id).await?.value.state;
        if state == PlanState::Stuck {
            let id = id.short();
            let what =
                format!("plan `{id}` is stuck and has not ended: let it go on, or abort it, which takes it back");
            return Err(Error::conflict(what));
        }
        if !state.is_end() {
            return Err(Error::conflict(format!(
                "plan `{}` is {}: only one that has ended is rolled back",
                id.short(),
                state.words()
            )));
        }
        let done = self.shelf.read(&id).await?;
        let records = self.shelf.steps(&id).await?;
        let kept = self.shelf.kept(None).await?;
        let kept: HashSet<u32> = kept.iter().filter(|kept| kept.plan == id).map(|kept| kept.step).collect();
        let mut back = Plan { rollout: done.rollout.clone(), ..self.blank(PlanKind::Rollback, actor) };
        let is_done = |record: &&Versioned<StepRecord>| record.value.state == StepState::Done;
        let taken = done.steps.iter().rev().filter_map(|step| Some((step, records.get(&step.index).filter(is_done)?)));
        let inverses: Vec<BoxFuture<'_, _>> = taken
            .map(|(step, record)| {
                let inverse = self.inverse(&id, step, &record.value, kept.contains(&step.index));
                async move { (step, inverse.await) }.boxed()
            })
            .collect();
        let mut inverses = stream::iter(inverses).buffered(AT_ONCE);
        while let Some((step, inverse)) = inverses.next().await {
            match inverse {
                Ok(inverse) => draft::push(&mut back, inverse),
                Err(error) => back.skipped.push(Skipped {
                    node: Some(step.node().clone()),
                    name: step.name.to_string(),
                    id: None,
                    reason: error.message().to_owned(),
                }),
            }
        }
        if back.steps.is_empty() {
            let why = back.skipped.first().map_or("it did nothing", |skipped| skipped.reason.as_str());
            return Err(Error::conflict(format!("plan `{}` cannot be rolled back: {why}", id.short())));
        }
        back.summary = format!("roll back {}: {}", id.short(), done.summary);
        back.selection = Selection::default();
        Ok(back)
    }

    /// The step that takes another back.
    async fn inverse(&self, plan: &PlanId, step: &Step, record: &StepRecord, is_kept: bool) -> Result<Step> {
        if record.old.is_some() && !is_kept {
            return Err(Error::conflict(
                "what it parked is not kept any more: it was rolled back, or ten later ones took its place",
            ));
        }
        let old = match (&record.new, &step.new) {
            (Some(new), Some(came)) => {
                let node = came.node().clone();
                let detail = self.nodes.engine(&node)?.container(&new.into()).await?;
                if detail.name != step.name.as_str() {
                    let name = &step.name;
                    return Err(Error::conflict(format!(
                        "`{name}` was replaced since, and is `{}` now: roll that back first",
                        detail.name
                    )));
                }
                let observed = Observed {
                    id: detail.id.clone(),
                    spec: self.digest(&detail.spec),
                    running: detail.state.is_running(),
                    image: detail.spec.image.to_string(),
                };
                Some((Old { node, observed, remove: false }, detail.spec))
            }
            _ => None,
        };
        let new = record.old.as_ref().map(|parked| {
            let new = New::Parked { node: parked.node.clone(), plan: plan.clone(), step: step.index };
            (new, parked.spec.clone())
        });
        let changes = match (&old, &new) {
            (Some((_, now)), Some((_, then))) => super::difference::between(now, then),
            _ => Vec::new(),
        };
        let name = step.name.clone();
        let (old, new) = (old.map(|(old, _)| old), new.map(|(new, _)| new));
        Ok(Step {
            index: 0,
            name,
            old,
            new,
            order: step.order,
            reason: String::new(),
            note: step.note.clone(),
            changes,
        })
    }
}
