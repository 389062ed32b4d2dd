//! Following a plan, from any master: its records are watched in the store, whoever is at it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use futures_util::{Stream, StreamExt as _, stream, stream::BoxStream};
use haven_model::{
    Plan, PlanId, PlanStatus, Result, Revision,
    plan::{PlanProgress, StepState, Tally},
};
use tokio::sync::watch;

use super::{
    DeployService, Shared,
    record::{Header, StepRecord},
    shelf,
};
use crate::store::{TableEvent, Versioned};

/// Who follows, and how far.
struct Follower {
    shared: Arc<Shared>,
    plan: Arc<Plan>,
    /// What is to be told next.
    next: VecDeque<PlanProgress>,
    /// What was told of each step, and of when that was: the watch begins with what was looked at already.
    told: BTreeMap<u32, (Revision, StepState)>,
    tally: Tally,
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
        let tally = shelf::tally(plan.steps.len(), [].iter());
        let mut follower = Follower { shared, plan, next, told, tally, headers, header: None, steps, ended: false };
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
                    Ok(TableEvent::Put(name, record)) => self.take_one(&name, &record).await,
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
        let header = self.shared.shelf.header(&self.plan.id).await?;
        self.take_all(&header).await?;
        self.look_at_header().await
    }

    async fn take_all(&mut self, header: &Versioned<Header>) -> Result<()> {
        for (index, record) in self.shared.shelf.steps(&self.plan.id).await? {
            self.take(index, &record, header);
        }
        Ok(())
    }

    async fn take_one(&mut self, name: &str, record: &Versioned<StepRecord>) -> Result<()> {
        let index = name.strip_prefix(self.plan.id.as_str()).and_then(|rest| rest.strip_prefix('.')?.parse().ok());
        // Of another plan.
        let Some(index) = index else { return Ok(()) };
        let header = self.shared.shelf.header(&self.plan.id).await?;
        self.take(index, record, &header);
        Ok(())
    }

    /// Tells what a step has come to, unless that was told.
    fn take(&mut self, index: u32, record: &Versioned<StepRecord>, header: &Versioned<Header>) {
        let Some(step) = self.plan.steps.get(index as usize) else { return };
        let state = record.value.state;
        let told = self.told.get(&index).copied();
        if told.is_some_and(|(revision, _)| record.revision <= revision) {
            return;
        }
        self.told.insert(index, (record.revision, state));
        let before = told.map(|(_, state)| state);
        if before == Some(state) {
            return;
        }
        if let Some(before) = before
            && let Some(number) = shelf::counted(&mut self.tally, before)
        {
            *number -= 1;
        }
        if let Some(number) = shelf::counted(&mut self.tally, state) {
            *number += 1;
        }
        let status = PlanStatus { steps: self.tally, ..shelf::status(&self.plan.id, header) };
        self.next.push_back(PlanProgress { status, step: Some(shelf::step_status(step, Some(&record.value))) });
    }

    async fn look_at_header(&mut self) -> Result<()> {
        let header = self.shared.shelf.header(&self.plan.id).await?;
        if self.header.replace(header.revision) == Some(header.revision) {
            return Ok(());
        }
        if !header.value.state.is_moving() && !self.ended {
            self.ended = true;
            // What the watch has not told yet.
            self.take_all(&header).await?;
        }
        let status = PlanStatus { steps: self.tally, ..shelf::status(&self.plan.id, &header) };
        self.next.push_back(PlanProgress { status, step: None });
        Ok(())
    }
}
