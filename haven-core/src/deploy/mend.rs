//! Mending: a master that hung while it was at a plan, and was late with an effect, puts right what that did.
//!
//! An engine checks no claim. So an effect that was begun before a master hung can happen after another has taken over and
//! ended the plan: an old container is stopped that was brought back meanwhile. Who was late finds out with the next
//! effect, waits until the plan is nobody's, and looks at the steps that were open then: they shall be as their
//! records say.

use std::collections::HashSet;

use haven_model::{
    ContainerDetail, ContainerId, Error, Plan, Revision,
    plan::{New, Step, StepState},
};

use super::{
    Shared,
    park::{park, unpark},
    record::StepRecord,
    run::Run,
    site::{Done, Halt},
};

impl Run<'_> {
    /// Puts right the steps that were open when the store was at `since`, or have ended after it.
    pub(super) async fn mend(&self, since: Revision) -> Done {
        let records = self.shared.shelf.steps(&self.plan.id).await.map_err(Halt::Lost)?;
        let kept = self.shared.shelf.kept(None).await.map_err(Halt::Lost)?;
        let kept: HashSet<ContainerId> = kept.into_iter().filter_map(|kept| kept.container).collect();
        for step in &self.plan.steps {
            let Some(record) = records.get(&step.index) else { continue };
            if record.value.ended.is_some() && record.revision <= since {
                continue;
            }
            match self.mend_step(step, &record.value, &kept).await {
                Err(Halt::Failed(error)) => {
                    tracing::warn!(plan = self.plan.id.short(), step = step.index, error = %error.report(), "a late effect is not put right");
                }
                done => done?,
            }
        }
        Ok(())
    }

    async fn mend_step(&self, step: &Step, record: &StepRecord, kept: &HashSet<ContainerId>) -> Done {
        let taking = self.taking(step);
        let is_kept = |id: &ContainerId| kept.contains(id);
        match record.state {
            StepState::Done => {
                if let Some(old) = record.old.as_ref().filter(|old| is_kept(&old.id)) {
                    park(&taking.site(&old.node)?, &*self.shared.clock, old).await?;
                }
            }
            StepState::Failed | StepState::Undone => {
                // A later plan may have parked it for reasons of its own.
                if let Some(old) = record.old.as_ref().filter(|old| !is_kept(&old.id)) {
                    let site = taking.site(&old.node)?;
                    if site.look(&old.id).await?.is_some() {
                        unpark(&site, old).await?;
                    }
                }
                if let Some(parked) = record.parked.as_ref().filter(|parked| is_kept(&parked.id)) {
                    park(&taking.site(&parked.node)?, &*self.shared.clock, parked).await?;
                }
            }
            _ => return Ok(()),
        }
        self.clear(step, record).await
    }

    /// Removes a container that was made once more, too late.
    async fn clear(&self, step: &Step, record: &StepRecord) -> Done {
        let taking = self.taking(step);
        let Some(new @ New::Made { node, .. }) = &step.new else { return Ok(()) };
        let site = taking.site(node)?;
        let left = site.look_for(&taking.coming()?).await?;
        let is_left = |seen: &ContainerDetail| record.new.as_ref() != Some(&seen.id) && taking.is_ours(seen);
        if let Some(seen) = left.filter(is_left) {
            if seen.state.is_running() {
                site.stop(&seen.id).await?;
            }
            site.remove(&seen.id, true).await?;
            tracing::info!(node = %new.node(), container = seen.name, "a container that was made too late is removed");
        }
        Ok(())
    }
}

impl Shared {
    /// Waits until a plan is nobody's, and puts right what this master did to it too late.
    pub(super) async fn mend(&self, plan: &Plan, since: Revision) -> std::result::Result<(), Error> {
        loop {
            if let Some(held) = self.claims.seize(&super::keeper::claim_of(&plan.id)).await? {
                let mended = Run { shared: self, held: &held, plan }.mend(since).await;
                held.release().await;
                return mended.map_err(Halt::error);
            }
            self.clock.sleep(super::keeper::EVERY).await;
        }
    }
}
