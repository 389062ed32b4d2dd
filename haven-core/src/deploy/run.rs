//! Applying a plan: steps begun and ended, many at once, and what happens when some fail.
//!
//! A step's record is written before its first effect, and again when it has ended, each time only while the plan is this
//! master's. So whoever comes next knows what may have happened, and does it again or takes it back.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::BoxFuture,
    stream::{self, FuturesUnordered},
};
use haven_model::{
    Error, ErrorKind, Event, NodeName, Plan, PlanState, Result, Severity,
    plan::{Kept, New, OnFailure, Order, Step, StepState},
};

use super::{
    Shared,
    failures::{Ended, Failures},
    record::{Header, Inverse, StepRecord},
    shelf::{Shelved, tally},
    site::{Done, Halt, may_pass},
    step::Taking,
};
use crate::{claim::Held, store::Versioned};

/// How long an engine that does not answer is asked again, and how soon.
const PATIENCE: Duration = Duration::from_secs(30);
const AGAIN: Duration = Duration::from_secs(1);
/// How often lists are told how many steps are done.
const TOLD: Duration = Duration::from_secs(2);
/// A step that ends without anything to keep.
const UNLOCKS: Shelved<'static> = Shelved { parked: None, unparked: None, unlocks: true };
/// How many nodes a plan waits for, of which somebody must look after the rest.
const MAX_AWAY: usize = 100;

/// A plan that is this master's.
pub(super) struct Run<'a> {
    pub(super) shared: &'a Shared,
    pub(super) held: &'a Held,
    pub(super) plan: &'a Plan,
}

impl<'a> Run<'a> {
    /// Goes on with the plan until it is at rest. Fails only when the plan is not this master's any more, or the store
    /// cannot be asked: then another goes on.
    pub(super) async fn run(&self) -> Result<()> {
        loop {
            let state = self.shared.shelf.header(&self.plan.id).await?.value.state;
            let done = match state {
                PlanState::Applying => self.forward().await,
                PlanState::RollingBack => self.backward().await,
                _ => return Ok(()),
            };
            done.map_err(Halt::error)?;
        }
    }

    pub(super) fn taking(&self, step: &'a Step) -> Taking<'a> {
        Taking { shared: self.shared, held: self.held, plan: self.plan, step }
    }

    /// How somebody wishes the plan to go on.
    fn wish(&self) -> PlanState {
        let headers = self.shared.shelf.headers();
        headers.get(self.plan.id.as_str()).map_or(PlanState::Paused, |header| header.value.state)
    }

    fn at_once(&self) -> usize {
        match self.plan.rollout.parallelism {
            0 => self.plan.steps.len().max(1),
            some => some as usize,
        }
    }

    async fn forward(&self) -> Done {
        let mut records = self.shared.shelf.steps(&self.plan.id).await.map_err(Halt::Lost)?;
        let forgiven = self.shared.shelf.header(&self.plan.id).await.map_err(Halt::Lost)?.value.forgiven;
        let mut failed = Failures::of(self.plan, &records, forgiven);
        if self.plan.rollout.order == Order::StopAll {
            self.stop_all(&mut records, &mut failed).await?;
        }
        let state = |step: &Step| records.get(&step.index).map(|record| record.value.state);
        let is_over =
            |state| matches!(state, StepState::Done | StepState::Refused | StepState::Undone | StepState::Failed);
        let is_open = |step: &&Step| !state(step).is_some_and(is_over);
        // What was begun is ended first, and also when nothing else shall be begun: an old container may be parked by now.
        let is_begun = |step: &&Step| matches!(state(step), Some(StepState::Doing | StepState::Undoing));
        let (begun, others): (Vec<&Step>, Vec<&Step>) = self.plan.steps.iter().filter(is_open).partition(is_begun);
        let left = AtomicUsize::new(begun.len() + others.len());
        let (mut begun, mut others) = (begun.into_iter(), others.into_iter());
        let mut going: FuturesUnordered<BoxFuture<'_, Done<Ended>>> = FuturesUnordered::new();
        let mut told = self.shared.clock.elapsed();
        loop {
            while going.len() < self.at_once() {
                let is_over = failed.too_many() && self.plan.rollout.on_failure != OnFailure::Continue;
                let (ends, begins) = match self.wish() {
                    PlanState::Applying if is_over => (self.plan.rollout.on_failure == OnFailure::Pause, false),
                    PlanState::Applying => (true, true),
                    PlanState::Paused => (true, false),
                    _ => (false, false),
                };
                let next = if ends { begun.next() } else { None };
                let Some(step) = next.or_else(|| if begins { others.next() } else { None }) else { break };
                going.push(self.drive_and_wait(step, records.remove(&step.index), &left).boxed());
            }
            match going.next().await {
                Some(Ok(ended)) => failed.count(ended),
                // What else was begun is done again by whoever has the plan next.
                Some(Err(halt)) => return Err(halt),
                None => break,
            }
            let now = self.shared.clock.elapsed();
            if now.saturating_sub(told) >= TOLD {
                told = now;
                self.change(PlanState::Applying, |header| header.tally = failed.tally()).await?;
            }
        }
        drop(going);
        self.settle(&failed).await
    }

    /// Brings every new container and parks every old one, before any new one is started.
    async fn stop_all(&self, records: &mut BTreeMap<u32, Versioned<StepRecord>>, failed: &mut Failures) -> Done {
        let mut steps = self.plan.steps.iter();
        let mut going: FuturesUnordered<BoxFuture<'_, _>> = FuturesUnordered::new();
        loop {
            let is_over = failed.too_many() && self.plan.rollout.on_failure != OnFailure::Continue;
            while going.len() < self.at_once() && !is_over && self.wish() == PlanState::Applying {
                let Some(step) = steps.next() else { break };
                going.push(self.stop_one(step, records.get(&step.index).cloned()).boxed());
            }
            match going.next().await {
                Some(stopped) => {
                    let (index, record, ended) = stopped?;
                    records.insert(index, record);
                    if let Some(ended) = ended {
                        failed.count(ended);
                    }
                }
                None => return Ok(()),
            }
        }
    }

    /// Brings one new container and parks its old one. Answers how the step ended, if it did.
    async fn stop_one(
        &self,
        step: &'a Step,
        record: Option<Versioned<StepRecord>>,
    ) -> Done<(u32, Versioned<StepRecord>, Option<Ended>)> {
        let begun = match record {
            Some(record) => Ok(record),
            None => self.begin(step).await?,
        };
        let record = match begun {
            Ok(record) if record.value.state == StepState::Doing => record,
            Ok(record) => return Ok((step.index, record, None)),
            Err(record) => {
                let ended = ended(&record.value);
                return Ok((step.index, record, Some(ended)));
            }
        };
        match self.patiently(|| self.taking(step).prepare(&record.value)).await {
            Ok(()) | Err(Halt::Aborted) => Ok((step.index, record, None)),
            Err(Halt::Lost(error)) => Err(Halt::Lost(error)),
            Err(Halt::Failed(error)) => {
                let (record, ended) = Box::pin(self.take_back(step, record, error)).await?;
                Ok((step.index, record, Some(ended)))
            }
        }
    }

    /// Takes one step, and pauses after it while there are `left` others.
    async fn drive_and_wait(
        &self,
        step: &'a Step,
        record: Option<Versioned<StepRecord>>,
        left: &AtomicUsize,
    ) -> Done<Ended> {
        let ended = Box::pin(self.drive(step, record)).await;
        let delay = Duration::from_secs_f64(self.plan.rollout.delay);
        if left.fetch_sub(1, Ordering::Relaxed) > 1 && !delay.is_zero() {
            self.pause_for(delay).await;
        }
        ended
    }

    /// Waits, but no longer than the plan is to go forward.
    async fn pause_for(&self, delay: Duration) {
        let mut changes = self.shared.shelf.follow();
        let mut slept = std::pin::pin!(self.shared.clock.sleep(delay));
        while self.wish() == PlanState::Applying {
            tokio::select! {
                () = &mut slept => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Takes one step, from wherever it stands.
    async fn drive(&self, step: &'a Step, record: Option<Versioned<StepRecord>>) -> Done<Ended> {
        let record = match record {
            Some(record) => match self.lock(step).await {
                Ok(()) => record,
                Err(Halt::Failed(error)) => return Ok(Ended::Stuck(error)),
                Err(halt) => return Err(halt),
            },
            None => match self.begin(step).await? {
                Ok(record) => record,
                Err(record) => return Ok(ended(&record.value)),
            },
        };
        if matches!(record.value.state, StepState::Undoing | StepState::Stuck) {
            let why = record.value.error.clone().map(Error::from);
            let why = why.unwrap_or_else(|| Error::conflict("the step was being taken back"));
            return Ok(Box::pin(self.take_back(step, record, why)).await?.1);
        }
        match self.patiently(|| self.taking(step).take(&record.value)).await {
            Ok((new, kept)) => {
                let parked = record.value.old.as_ref().map(|old| self.kept(step, old, kept));
                let ended = StepRecord {
                    state: StepState::Done,
                    new,
                    ended: Some(self.shared.clock.now()),
                    ..record.value.clone()
                };
                let unparked = self.source(step, &record.value);
                let shelved = Shelved { parked: parked.as_ref(), unparked: unparked.as_ref(), unlocks: true };
                self.put(step, Some(&record), ended, shelved).await?;
                self.show(step).await;
                Ok(Ended::Done)
            }
            Err(Halt::Aborted) => Ok(Ended::Open),
            Err(Halt::Lost(error)) => Err(Halt::Lost(error)),
            Err(Halt::Failed(error)) => Ok(Box::pin(self.take_back(step, record, error)).await?.1),
        }
    }

    /// The parked container that the step brings back: kept no more once it is taken, and again once it is taken back.
    fn source(&self, step: &Step, record: &StepRecord) -> Option<Kept> {
        let Some(New::Parked { plan, step: of, .. }) = &step.new else { return None };
        let parked = record.parked.as_ref()?;
        Some(Kept { plan: plan.clone(), step: *of, ..self.kept(step, parked, !parked.removes_itself) })
    }

    /// Takes a step back. Of a node that was taken out of the fleet there is nothing to take back any more.
    async fn undo(&self, step: &'a Step, record: &StepRecord) -> Done {
        match self.patiently(|| self.taking(step).undo(record)).await {
            Err(Halt::Failed(error)) if nodes_of(step).any(|node| self.shared.nodes.get(node).is_err()) => {
                tracing::warn!(plan = self.plan.id.short(), step = step.index, error = %error.report(), "its node is not of the fleet any more");
                Ok(())
            }
            done => done,
        }
    }

    /// Takes the step's locks. Fails where another plan has one.
    async fn lock(&self, step: &Step) -> Done {
        match self.shared.shelf.lock(self.held, &self.plan.id, step).await {
            Err(error) if error.kind() == ErrorKind::Conflict => Err(Halt::Failed(error)),
            done => done.map_err(Halt::Lost),
        }
    }

    /// Writes down what the step finds; what was refused is the error.
    async fn begin(&self, step: &'a Step) -> Done<std::result::Result<Versioned<StepRecord>, Versioned<StepRecord>>> {
        let now = self.shared.clock.now();
        let locked = self.lock(step).await;
        let unlocks = locked.is_ok();
        let found = match locked {
            Ok(()) => self.patiently(|| self.taking(step).observe()).await,
            Err(halt) => Err(halt),
        };
        match found {
            Ok(record) => Ok(Ok(self.put(step, None, record, Shelved::default()).await?)),
            Err(Halt::Failed(error)) => {
                // Who does not answer has not moved.
                let state = if may_pass(error.kind()) { StepState::Failed } else { StepState::Refused };
                let refused = StepRecord {
                    state,
                    old: None,
                    parked: None,
                    new: None,
                    error: Some(error.to_wire()),
                    said: None,
                    began: now,
                    ended: Some(now),
                };
                self.tell_step(step, Severity::Warning, state.as_str(), &error);
                Ok(Err(self.put(step, None, refused, Shelved { unlocks, ..Shelved::default() }).await?))
            }
            Err(halt) => Err(halt),
        }
    }

    /// Takes back a step that failed.
    async fn take_back(
        &self,
        step: &'a Step,
        record: Versioned<StepRecord>,
        error: Error,
    ) -> Done<(Versioned<StepRecord>, Ended)> {
        let said = match &record.value.said {
            None => self.taking(step).last_words(&record.value).await,
            said => said.clone(),
        };
        let error_told = Some(error.to_wire());
        let undoing = StepRecord { state: StepState::Undoing, error: error_told, said, ..record.value.clone() };
        let record = self.put(step, Some(&record), undoing, Shelved::default()).await?;
        let undone = self.undo(step, &record.value).await;
        let ended = Some(self.shared.clock.now());
        let (state, told, answer) = match undone {
            Ok(()) => (StepState::Failed, error.to_wire(), Ended::Failed(error)),
            Err(Halt::Failed(why)) => {
                tracing::warn!(plan = self.plan.id.short(), step = step.index, error = %why.report(), "a step cannot be taken back");
                let both = Error::new(why.kind(), format!("{}; taking it back: {}", error.message(), why.message()));
                (StepState::Stuck, both.to_wire(), Ended::Stuck(both))
            }
            Err(halt) => return Err(halt),
        };
        if let Ended::Failed(error) | Ended::Stuck(error) = &answer {
            self.tell_step(step, Severity::Error, "failed", error);
        }
        let settled = StepRecord { state, error: Some(told), ended, ..record.value.clone() };
        let record = self.put(step, Some(&record), settled, UNLOCKS).await?;
        self.show(step).await;
        Ok((record, answer))
    }

    /// Takes back what was taken, the last first.
    async fn backward(&self) -> Done {
        let records = self.shared.shelf.steps(&self.plan.id).await.map_err(Halt::Lost)?;
        let mut stuck = None;
        let is_taken =
            |state| matches!(state, StepState::Doing | StepState::Done | StepState::Undoing | StepState::Stuck);
        let taken = self.plan.steps.iter().rev().filter_map(|step| {
            let record = records.get(&step.index).filter(|record| is_taken(record.value.state))?;
            Some(self.back_one(step, record.clone()).boxed())
        });
        let taken: Vec<BoxFuture<'_, Done<Option<Error>>>> = taken.collect();
        let mut steps = stream::iter(taken).buffer_unordered(self.at_once());
        while let Some(done) = steps.next().await {
            stuck = done?.or(stuck);
        }
        drop(steps);
        let state = if stuck.is_some() { PlanState::Stuck } else { PlanState::RolledBack };
        self.rest(PlanState::RollingBack, state, stuck).await
    }

    /// Takes one step back. Answers why it could not.
    async fn back_one(&self, step: &'a Step, record: Versioned<StepRecord>) -> Done<Option<Error>> {
        let (record, undone, unlocks) = match self.lock(step).await {
            Ok(()) => {
                let undoing = StepRecord { state: StepState::Undoing, ..record.value.clone() };
                let record = self.put(step, Some(&record), undoing, Shelved::default()).await?;
                let undone = self.undo(step, &record.value).await;
                (record, undone, true)
            }
            // Another plan is at what this one brought.
            locked => (record, locked, false),
        };
        let (state, error) = match undone {
            Ok(()) if record.value.error.is_some() => (StepState::Failed, None),
            Ok(()) => (StepState::Undone, None),
            Err(Halt::Failed(error)) => (StepState::Stuck, Some(error)),
            Err(halt) => return Err(halt),
        };
        if let Some(error) = &error {
            self.tell_step(step, Severity::Error, "stuck", error);
        }
        let told = error.as_ref().map(Error::to_wire).or_else(|| record.value.error.clone());
        let ended = Some(self.shared.clock.now());
        let settled = StepRecord { state, error: told, ended, ..record.value.clone() };
        let (mut parked, mut unparked) = (None, None);
        if error.is_none() {
            parked = self.source(step, &record.value);
            unparked = record.value.old.as_ref().map(|old| self.kept(step, old, false));
        }
        let shelved = Shelved { parked: parked.as_ref(), unparked: unparked.as_ref(), unlocks };
        self.put(step, Some(&record), settled, shelved).await?;
        self.show(step).await;
        Ok(error)
    }

    /// What is said of a container that the step parks.
    fn kept(&self, step: &Step, old: &Inverse, is_there: bool) -> Kept {
        Kept {
            plan: self.plan.id.clone(),
            step: step.index,
            node: old.node.clone(),
            name: old.name.clone(),
            container: is_there.then(|| old.id.clone()),
            image: old.spec.image.to_string(),
            since: self.shared.clock.now(),
            size: None,
        }
    }

    /// Says where the plan stands once no step is going any more.
    async fn settle(&self, failed: &Failures) -> Done {
        let wish = self.wish();
        if wish != PlanState::Applying {
            return self.change(wish, |header| header.tally = failed.tally()).await;
        }
        let error = failed.first.clone().map(Error::from);
        if failed.too_many() {
            match self.plan.rollout.on_failure {
                OnFailure::Pause => return self.rest(wish, PlanState::Paused, error).await,
                OnFailure::Rollback => {
                    let why = error.as_ref().map(Error::to_wire);
                    self.change(wish, |header| {
                        header.state = PlanState::RollingBack;
                        header.error.clone_from(&why);
                    })
                    .await?;
                    self.tell(Severity::Error, "rolling_back", "is taken back", error.as_ref());
                    return Ok(());
                }
                OnFailure::Continue => {}
            }
        }
        let state = match (failed.stuck, failed.failed + failed.refused) {
            (0, 0) => PlanState::Applied,
            (0, _) => PlanState::Incomplete,
            _ => PlanState::Stuck,
        };
        self.rest(wish, state, error).await
    }

    /// Lets the plan rest in a state, unless somebody wishes otherwise than `from` meanwhile.
    async fn rest(&self, from: PlanState, state: PlanState, error: Option<Error>) -> Done {
        self.shared.shelf.unlock_all(self.held, &self.plan.id).await.map_err(Halt::Lost)?;
        if state.is_end() {
            self.shared.tidy(self.held, self.plan).await;
            self.shared.unreserve_of(self.plan).await;
        }
        let records = self.shared.shelf.steps(&self.plan.id).await.map_err(Halt::Lost)?;
        let tally = tally(self.plan.steps.len(), records.values().map(|record| &record.value.state));
        let (now, told) = (self.shared.clock.now(), error.as_ref().map(Error::to_wire));
        let waiting_for = if state == PlanState::Stuck { self.away(&records) } else { Vec::new() };
        self.change(from, |header| {
            header.was = header.state;
            header.waiting_for.clone_from(&waiting_for);
            header.state = state;
            header.tally = tally;
            header.error = told.clone().or_else(|| header.error.take());
            header.ended = Some(now).filter(|_| state.is_end());
        })
        .await?;
        if self.wish() != state {
            return Ok(());
        }
        let severity = match state {
            PlanState::Applied | PlanState::RolledBack => Severity::Info,
            _ => Severity::Error,
        };
        self.tell(severity, state.as_str(), &format!("is {}", state.as_str().replace('_', " ")), error.as_ref());
        Ok(())
    }

    /// The nodes whose engines did not answer when their steps could not be taken back.
    fn away(&self, records: &BTreeMap<u32, Versioned<StepRecord>>) -> Vec<NodeName> {
        let stuck = self.plan.steps.iter().filter(|step| {
            records.get(&step.index).is_some_and(|record| {
                let kind = record.value.error.as_ref().map(|error| error.kind);
                record.value.state == StepState::Stuck && kind.is_some_and(may_pass)
            })
        });
        let mut nodes: Vec<NodeName> = stuck.flat_map(nodes_of).cloned().collect();
        nodes.sort();
        nodes.dedup();
        nodes.truncate(MAX_AWAY);
        nodes
    }

    /// Changes the header while it is in a state: whoever wishes otherwise meanwhile is heard first.
    async fn change(&self, from: PlanState, edit: impl Fn(&mut Header)) -> Done {
        let changed = self.shared.shelf.change(&self.plan.id, Some(self.held), |header| {
            if header.state == from {
                edit(header);
            }
            Ok(())
        });
        changed.await.map(drop).map_err(Halt::Lost)
    }

    async fn put(
        &self,
        step: &Step,
        before: Option<&Versioned<StepRecord>>,
        record: StepRecord,
        shelved: Shelved<'_>,
    ) -> Done<Versioned<StepRecord>> {
        let put = self.shared.shelf.put_step(self.held, (&self.plan.id, step), before, record, shelved);
        put.await.map_err(Halt::Lost)
    }

    /// Does something that may be done again, for as long as the engine does not answer and patience lasts.
    async fn patiently<T, F: Future<Output = Done<T>>>(&self, mut work: impl FnMut() -> F) -> Done<T> {
        let begun = self.shared.clock.elapsed();
        loop {
            match work().await {
                Err(Halt::Failed(error)) if may_pass(error.kind()) => {
                    if self.shared.clock.elapsed().saturating_sub(begun) > PATIENCE {
                        return Err(Halt::Failed(error));
                    }
                    self.shared.clock.sleep(AGAIN).await;
                }
                done => return done,
            }
        }
    }

    /// Lets lists show what the step did.
    async fn show(&self, step: &Step) {
        let nodes: Vec<&NodeName> =
            step.old.iter().map(|old| &old.node).chain(step.new.iter().map(New::node)).collect();
        for node in nodes {
            self.shared.nodes.refresh(node, &step.name.clone().into()).await;
        }
    }

    fn tell(&self, severity: Severity, action: &str, what: &str, error: Option<&Error>) {
        let because = error.map(|error| format!(": {}", error.message())).unwrap_or_default();
        let message = format!("plan {} ({}) {what}{because}", self.plan.id.short(), self.plan.summary);
        let event = Event::new(self.shared.clock.now(), "plan", self.plan.id.short(), action, message);
        self.shared.journal.record(Event { severity, ..event });
    }

    fn tell_step(&self, step: &Step, severity: Severity, action: &str, error: &Error) {
        let message =
            format!("plan {}: step {} ({}): {}", self.plan.id.short(), step.index, step.name, error.message());
        let event = Event::new(self.shared.clock.now(), "plan", self.plan.id.short(), action, message);
        self.shared.journal.record(Event { severity, node: Some(step.node().clone()), ..event });
    }
}

/// The nodes that a step is about.
fn nodes_of(step: &Step) -> impl Iterator<Item = &NodeName> {
    step.old.iter().map(|old| &old.node).chain(step.new.iter().map(New::node))
}

/// How a step ended that was not begun.
fn ended(record: &StepRecord) -> Ended {
    let error = record.error.clone().map_or_else(|| Error::conflict("the step was refused"), Error::from);
    if record.state == StepState::Failed { Ended::Failed(error) } else { Ended::Refused(error) }
}
