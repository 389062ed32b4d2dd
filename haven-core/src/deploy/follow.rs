//! Following a plan, from any master: its records are watched in the store, whoever is at it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use futures_util::{Stream, StreamExt as _, stream, stream::BoxStream};
use haven_model::{
    Plan, PlanId, Result, Revision,
    plan::{PlanProgress, StepState},
};
use tokio::sync::watch;

use super::{
    DeployService, Shared,
    record::{StepRecord, step_name},
    shelf,
};
use crate::store::{TableEvent, Versioned};

/// Who follows, and how far.
struct Follower {
    shared: Arc<Shared>,
    plan: Plan,
    /// What is to be told next.
    next: VecDeque<PlanProgress>,
    /// What was told of each step, and of when that was: the watch begins with what was looked at already.
    told: BTreeMap<u32, (Revision, StepState)>,
    headers: watch::Receiver<Revision>,
    header: Option<Revision>,
    steps: BoxStream<'static, Result<TableEvent<StepRecord>>>,
    ended: bool,
}

impl DeployService {
    /// What each step of a plan has come to, and then each change, until the plan is at rest.
    pub async fn follow(&self, plan: &PlanId) -> Result<impl Stream<Item = Result<PlanProgress>> + Send + 'static> {
        let shared = self.shared.clone();
        let id = shared.shelf.find(plan)?;
        let plan = shared.shelf.read(&id).await?;
        let headers = shared.shelf.follow();
        let steps = shared.shelf.follow_steps(shared.shelf.header(&id).await?.revision);
        let (next, told) = (VecDeque::new(), BTreeMap::new());
        let mut follower = Follower { shared, plan, next, told, headers, header: None, steps, ended: false };
        follower.look().await?;
        Ok(stream::unfold(follower, |mut follower| async move {
            let told = Box::pin(follower.tell()).await?;
            Some((told, follower))
        }))
    }
}

impl Follower {
    /// What is told next; none: the plan is at rest.
    async fn tell(&mut self) -> Option<Result<PlanProgress>> {
        loop {
            if let Some(told) = self.next.pop_front() {
                return Some(Ok(told));
            }
            if self.ended {
                return None;
            }
            let looked = tokio::select! {
                step = self.steps.next() => match step? {
                    Ok(TableEvent::Put(name, record)) => self.take(&name, &record).await,
                    Ok(TableEvent::Deleted(..)) => Ok(()),
                    Ok(TableEvent::Resynced { .. }) => self.look().await,
                    Err(error) => Err(error),
                },
                changed = self.headers.changed() => match changed {
                    Ok(()) => self.look_at_header().await,
                    // The fleet is closed.
                    Err(_) => return None,
                },
            };
            if let Err(error) = looked {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    /// Takes all that is known now.
    async fn look(&mut self) -> Result<()> {
        for (index, record) in self.shared.shelf.steps(&self.plan.id).await? {
            self.take(&step_name(&self.plan.id, index), &record).await?;
        }
        self.look_at_header().await
    }

    async fn take(&mut self, name: &str, record: &Versioned<StepRecord>) -> Result<()> {
        let Some(index) = name.strip_prefix(self.plan.id.as_str()).and_then(|rest| rest.strip_prefix('.')) else {
            return Ok(());
        };
        let Some(step) = index.parse().ok().and_then(|index: usize| self.plan.steps.get(index)) else { return Ok(()) };
        let state = record.value.state;
        if let Some((revision, told)) = self.told.get_mut(&step.index) {
            if record.revision <= *revision {
                return Ok(());
            }
            *revision = record.revision;
            if std::mem::replace(told, state) == state {
                return Ok(());
            }
        } else {
            self.told.insert(step.index, (record.revision, state));
        }
        let header = self.shared.shelf.header(&self.plan.id).await?;
        let mut status = shelf::status(&self.plan.id, &header);
        status.steps = shelf::tally(self.plan.steps.len(), self.told.values().map(|(_, state)| state));
        self.next.push_back(PlanProgress { status, step: Some(shelf::step_status(step, Some(&record.value))) });
        Ok(())
    }

    async fn look_at_header(&mut self) -> Result<()> {
        let header = self.shared.shelf.header(&self.plan.id).await?;
        if self.header.replace(header.revision) == Some(header.revision) {
            return Ok(());
        }
        if !header.value.state.is_moving() && !self.ended {
            self.ended = true;
            // What the watch has not told yet.
            for (index, record) in self.shared.shelf.steps(&self.plan.id).await? {
                self.take(&step_name(&self.plan.id, index), &record).await?;
            }
        }
        let mut status = shelf::status(&self.plan.id, &header);
        status.steps = shelf::tally(self.plan.steps.len(), self.told.values().map(|(_, state)| state));
        self.next.push_back(PlanProgress { status, step: None });
        Ok(())
    }
}
