//! Where plans are kept: a header, pages of text, a record for each step that was begun, and what is parked.
//!
//! Pages are written first and the header last, together with the last page, so that who sees a plan sees all of it.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use futures_util::stream::BoxStream;
use haven_model::{
    ContainerName, Error, ErrorKind, NodeName, Plan, PlanId, PlanState, Result, Revision, Secret,
    plan::{Kept, New, PlanStatus, Step, StepState, StepStatus, Tally},
    secret,
};
use lru::LruCache;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::record::{
    Header, KeptRecord, LockRecord, PageRecord, StepRecord, kept_name, kept_prefix, lock_names, step_name,
};
use crate::{
    claim::Held,
    store::{Codec, Expect, Live, Store, Table, TableEvent, Versioned, Write},
};

/// How much of a plan's text is on a page; sealed and as base64 it stays below the largest value of a store.
const PAGE: usize = 256 * 1024;
/// The largest plan, in bytes of its text.
pub(super) const MAX_PLAN: usize = 256 * 1024 * 1024;
/// The most steps of a plan.
pub(super) const MAX_STEPS: usize = 100_000;

/// How many plans are kept in memory, and how many pages the largest of them has.
const CACHED: NonZeroUsize = NonZeroUsize::new(64).unwrap();
const MAX_CACHED: u32 = 4;

/// All plans of a fleet.
#[derive(Debug)]
pub(super) struct Shelf {
    store: Arc<dyn Store>,
    headers: Live<Header>,
    pages: Table<PageRecord>,
    steps: Table<StepRecord>,
    kept: Table<KeptRecord>,
    locks: Table<LockRecord>,
    /// The plans that were read last.
    read: Mutex<LruCache<PlanId, Arc<Plan>>>,
}

impl Shelf {
    pub(super) async fn open(
        store: &Arc<dyn Store>,
        codec: &Codec,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self> {
        Ok(Self {
            store: store.clone(),
            headers: Live::open(Table::new(store.clone(), "plans/", codec.clone()), tasks, stop).await?,
            pages: Table::new(store.clone(), "plan-pages/", codec.clone()),
            steps: Table::new(store.clone(), "plan-steps/", codec.clone()),
            kept: Table::new(store.clone(), "parked/", codec.clone()),
            locks: Table::new(store.clone(), "plan-locks/", codec.clone()),
            read: Mutex::new(LruCache::new(CACHED)),
        })
    }

    /// All headers, as the watch has told them.
    pub(super) fn headers(&self) -> Arc<BTreeMap<String, Versioned<Header>>> {
        self.headers.all()
    }

    /// Tells of each change of a header.
    pub(super) fn follow(&self) -> watch::Receiver<Revision> {
        self.headers.changes()
    }

    /// The one plan whose id begins so. `NotFound` where there is none, `Conflict` where there are several.
    pub(super) fn find(&self, beginning: &PlanId) -> Result<PlanId> {
        let headers = self.headers();
        let mut found = headers
            .range(beginning.as_str().to_owned()..)
            .map(|(id, _)| id)
            .take_while(|id| id.starts_with(beginning.as_str()));
        match (found.next(), found.next()) {
            (Some(one), None) => PlanId::new(one.clone()),
            (None, _) => Err(Error::not_found("plan", beginning.short())),
            (Some(_), Some(_)) => {
                Err(Error::conflict(format!("several plans have an id that begins with `{beginning}`")))
            }
        }
    }

    /// A header as the store has it now.
    pub(super) async fn header(&self, plan: &PlanId) -> Result<Versioned<Header>> {
        let found = self.headers.table().get(plan.as_str()).await?;
        found.ok_or_else(|| Error::not_found("plan", plan.short()))
    }

    /// Writes a plan.
    pub(super) async fn put(&self, plan: &Plan) -> Result<()> {
        if plan.steps.len() > MAX_STEPS {
            let steps = plan.steps.len();
            return Err(Error::invalid(format!("a plan has at most {MAX_STEPS} steps, not {steps}")));
        }
        let unfit = |error| Error::unexpected("a plan cannot be written").caused_by(error);
        let text = secret::exposed(|| serde_json::to_string(plan)).map_err(unfit)?;
        if text.len() > MAX_PLAN {
            return Err(Error::invalid(format!("a plan has at most {MAX_PLAN} bytes, not {}", text.len())));
        }
        let mut pages = 0;
        let mut rest = text.as_str();
        let last = loop {
            let (part, more) = rest.split_at(boundary(rest, PAGE));
            let page = PageRecord { text: Secret::new(part) };
            let write = self.pages.put_write(&format!("{}.{pages:06}", plan.id), &page, None)?;
            (rest, pages) = (more, pages + 1);
            if rest.is_empty() {
                break write;
            }
            self.store.txn(&[], &[write]).await?;
        };
        let header = Header {
            kind: plan.kind,
            summary: plan.summary.clone(),
            author: plan.author.clone(),
            created: plan.created,
            state: PlanState::Planned,
            pages,
            tally: Tally { total: plan.steps.len().try_into().unwrap_or(u32::MAX), ..Tally::default() },
            error: None,
            was: PlanState::Planned,
            forgiven: 0,
            waiting_for: Vec::new(),
            applied_by: None,
            began: None,
            ended: None,
        };
        let check = (self.headers.table().key(plan.id.as_str())?, Expect::Absent);
        let write = self.headers.table().put_write(plan.id.as_str(), &header, None)?;
        self.headers.shows(self.store.txn(&[check], &[last, write]).await?).await;
        Ok(())
    }

    /// A whole plan. `Unexpected` when what is stored is not what it was made of.
    pub(super) async fn read(&self, plan: &PlanId) -> Result<Arc<Plan>> {
        let cached = || self.read.lock().expect("no panic happens under this lock");
        if self.headers().contains_key(plan.as_str())
            && let Some(read) = cached().get(plan)
        {
            return Ok(read.clone());
        }
        let pages = self.header(plan).await?.value.pages;
        let read = Arc::new(self.read_pages(plan, pages).await?);
        // A plan never changes.
        if pages <= MAX_CACHED {
            cached().put(plan.clone(), read.clone());
        }
        Ok(read)
    }

    async fn read_pages(&self, plan: &PlanId, pages: u32) -> Result<Plan> {
        let mut text = String::new();
        for page in 0..pages {
            let found = self.pages.get(&format!("{plan}.{page:06}")).await?;
            let page = found.ok_or_else(|| Error::unexpected(format!("plan `{}` lacks a page", plan.short())))?;
            text.push_str(page.value.text.expose());
        }
        let read: Plan = serde_json::from_str(&text)
            .map_err(|error| Error::unexpected(format!("plan `{}` cannot be read", plan.short())).caused_by(error))?;
        check(&read)?;
        Ok(read)
    }

    /// Changes a header, where `held` is given only while that is ours; tries again while others are faster.
    pub(super) async fn change(
        &self,
        plan: &PlanId,
        held: Option<&Held>,
        edit: impl Fn(&mut Header) -> Result<()>,
    ) -> Result<Versioned<Header>> {
        for _ in 0..16 {
            let current = self.header(plan).await?;
            let mut header = current.value.clone();
            edit(&mut header)?;
            if header == current.value {
                return Ok(current);
            }
            let check = (self.headers.table().key(plan.as_str())?, Expect::At(current.revision));
            let write = self.headers.table().put_write(plan.as_str(), &header, Some(&current))?;
            let done = match held {
                Some(held) => {
                    let done = held.txn(&[check], &[write]).await;
                    if done.as_ref().is_err_and(|error| error.kind() == ErrorKind::Conflict) {
                        held.confirm_now().await?;
                    }
                    done
                }
                None => self.store.txn(&[check], &[write]).await,
            };
            match done {
                Ok(revision) => {
                    self.headers.shows(revision).await;
                    return Ok(current.changed(header, revision));
                }
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict(format!("others change plan `{}` all the time", plan.short())))
    }

    /// The records of the steps that were begun, by their place.
    pub(super) async fn steps(&self, plan: &PlanId) -> Result<BTreeMap<u32, Versioned<StepRecord>>> {
        let found = self.steps.list_named(&format!("{plan}.")).await?;
        let place = |name: &str| name.rsplit('.').next().and_then(|place| place.parse().ok());
        Ok(found.into_iter().filter_map(|(name, record)| Some((place(&name)?, record))).collect())
    }

    /// Each change of the record of a step, after a revision.
    pub(super) fn follow_steps(&self, since: Revision) -> BoxStream<'static, Result<TableEvent<StepRecord>>> {
        self.steps.watch(since)
    }

    /// Takes the locks of a step. `Conflict` names the plan that has one. They are this plan's until its step has ended.
    pub(super) async fn lock(&self, held: &Held, plan: &PlanId, step: &Step) -> Result<()> {
        let lock = LockRecord { plan: plan.clone() };
        let (mut checks, mut writes) = (Vec::new(), Vec::new());
        for name in lock_names(step) {
            match self.locks.get(&name).await? {
                Some(found) if found.value == lock => {}
                Some(found) => {
                    let other = found.value.plan.short();
                    return Err(Error::conflict(format!("plan `{other}` is at `{}` now", step.name)));
                }
                None => {
                    checks.push((self.locks.key(&name)?, Expect::Absent));
                    writes.push(self.locks.put_write(&name, &lock, None)?);
                }
            }
        }
        if writes.is_empty() {
            return Ok(());
        }
        match held.txn(&checks, &writes).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                held.confirm_now().await?;
                Err(Error::conflict(format!("another plan is at `{}` now", step.name)))
            }
            done => done.map(drop),
        }
    }

    /// Gives back the locks of a plan that rests: those of steps that were not begun after all.
    pub(super) async fn unlock_all(&self, held: &Held, plan: &PlanId) -> Result<()> {
        let (locks, _) = self.locks.list().await?;
        let ours = locks.into_iter().filter(|(_, lock)| lock.value.plan == *plan);
        let writes = ours.map(|(name, _)| self.locks.key(&name).map(Write::Delete)).collect::<Result<Vec<_>>>()?;
        for writes in writes.chunks(crate::store::MAX_OPS / 2) {
            held.txn(&[], writes).await?;
        }
        Ok(())
    }

    /// One step's record.
    pub(super) async fn step(&self, plan: &PlanId, step: u32) -> Result<Option<Versioned<StepRecord>>> {
        self.steps.get(&step_name(plan, step)).await
    }

    /// Writes a step's record together with what is parked by it, what is parked no more, and the locks that it gives back;
    /// only while `held` is ours.
    pub(super) async fn put_step(
        &self,
        held: &Held,
        (plan, step): (&PlanId, &Step),
        before: Option<&Versioned<StepRecord>>,
        record: StepRecord,
        shelved: Shelved<'_>,
    ) -> Result<Versioned<StepRecord>> {
        let name = step_name(plan, step.index);
        let expect = before.map_or(Expect::Absent, |before| Expect::At(before.revision));
        let mut writes = vec![self.steps.put_write(&name, &record, before)?];
        if let Some(kept) = shelved.parked {
            writes.push(self.kept.put_write(&kept_name(kept), &KeptRecord(kept.clone()), None)?);
        }
        if let Some(kept) = shelved.unparked {
            writes.push(Write::Delete(self.kept.key(&kept_name(kept))?));
        }
        if shelved.unlocks {
            for lock in lock_names(step) {
                writes.push(Write::Delete(self.locks.key(&lock)?));
            }
        }
        let revision = held.txn(&[(self.steps.key(&name)?, expect)], &writes).await?;
        Ok(match before {
            Some(before) => before.changed(record, revision),
            None => Versioned::made(record, revision),
        })
    }

    /// What is parked of one container, or of all, oldest first.
    pub(super) async fn kept(&self, of: Option<(&NodeName, &ContainerName)>) -> Result<Vec<Kept>> {
        let beginning = of.map(|(node, name)| kept_prefix(node, name)).unwrap_or_default();
        let found = self.kept.list_named(&beginning).await?;
        let mut kept: Vec<Kept> = found.into_iter().map(|(_, record)| record.value.0).collect();
        kept.sort_by(|a, b| (a.since, &a.plan, a.step).cmp(&(b.since, &b.plan, b.step)));
        Ok(kept)
    }

    /// Forgets that something is parked.
    pub(super) async fn forget_kept(&self, held: &Held, kept: &Kept) -> Result<()> {
        held.txn(&[], &[Write::Delete(self.kept.key(&kept_name(kept))?)]).await.map(drop)
    }

    /// Removes a plan that is at rest: the header first.
    pub(super) async fn remove(&self, plan: &PlanId, header: &Versioned<Header>) -> Result<()> {
        let key = self.headers.table().key(plan.as_str())?;
        let mut keys = vec![key.clone()];
        for page in 0..header.value.pages {
            keys.push(self.pages.key(&format!("{plan}.{page:06}"))?);
        }
        for step in self.steps(plan).await?.keys() {
            keys.push(self.steps.key(&step_name(plan, *step))?);
        }
        let writes: Vec<Write> = keys.into_iter().map(Write::Delete).collect();
        let mut check = vec![(key, Expect::At(header.revision))];
        for writes in writes.chunks(crate::store::MAX_OPS) {
            let revision = self.store.txn(&check, writes).await?;
            if !std::mem::take(&mut check).is_empty() {
                self.headers.shows(revision).await;
            }
        }
        self.read.lock().expect("no panic happens under this lock").pop(plan);
        Ok(())
    }
}

/// What is written down together with a step: what is parked by it, and what is parked no more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shelved<'a> {
    pub(super) parked: Option<&'a Kept>,
    pub(super) unparked: Option<&'a Kept>,
    /// Whether the step gives its locks back.
    pub(super) unlocks: bool,
}

/// The last place at or before `most` where a text can be cut.
fn boundary(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// A header as it is shown.
pub(super) fn status(id: &PlanId, header: &Versioned<Header>) -> PlanStatus {
    let Header { kind, summary, author, created, state, tally, error, applied_by, began, ended, .. } = &header.value;
    PlanStatus {
        id: id.clone(),
        kind: *kind,
        summary: summary.clone(),
        author: author.clone(),
        created: *created,
        state: *state,
        error: error.clone(),
        applied_by: applied_by.clone(),
        began: *began,
        ended: *ended,
        steps: *tally,
        revision: header.revision,
    }
}

/// A step as it is shown.
pub(super) fn step_status(step: &Step, record: Option<&StepRecord>) -> StepStatus {
    StepStatus {
        index: step.index,
        node: step.node().clone(),
        name: step.name.clone(),
        state: record.map(|record| record.state).unwrap_or_default(),
        container: record.and_then(|record| record.new.clone()),
        error: record.and_then(|record| record.error.clone()),
        said: record.and_then(|record| record.said.clone()),
        began: record.map(|record| record.began),
        ended: record.and_then(|record| record.ended),
    }
}

/// Counts where steps stand.
pub(super) fn tally<'a>(total: usize, states: impl Iterator<Item = &'a StepState>) -> Tally {
    let mut tally = Tally { total: total.try_into().unwrap_or(u32::MAX), ..Tally::default() };
    for state in states {
        if let Some(number) = counted(&mut tally, *state) {
            *number += 1;
        }
    }
    tally
}

/// The number that a step in a state is counted in.
pub(super) fn counted(tally: &mut Tally, state: StepState) -> Option<&mut u32> {
    match state {
        StepState::Done => Some(&mut tally.done),
        StepState::Failed | StepState::Stuck => Some(&mut tally.failed),
        StepState::Refused => Some(&mut tally.refused),
        StepState::Undone => Some(&mut tally.undone),
        _ => None,
    }
}

/// The plan with the id that its contents have.
pub(super) fn sealed(mut plan: Plan) -> Plan {
    plan.id = PlanId::default();
    plan.id = id_of_unnamed(&plan);
    plan
}

/// Whether a plan has the values of environments that the stored one has, or shows them as `***`.
pub(super) fn is_same_or_masked(plan: &Plan, stored: &Plan) -> bool {
    let specs = |plan: &'_ Plan| {
        let of = |step: &Step| match &step.new {
            Some(New::Made { spec, .. }) => spec.env.clone(),
            _ => BTreeMap::new(),
        };
        plan.steps.iter().map(of).collect::<Vec<_>>()
    };
    specs(plan).iter().zip(&specs(stored)).all(|(given, stored)| {
        given.len() == stored.len()
            && given.iter().all(|(name, value)| value.expose() == "***" || stored.get(name) == Some(value))
    })
}

/// Checks that a plan's id is that of its contents: `Invalid` for one that was altered.
pub fn check(plan: &Plan) -> Result<()> {
    if plan.id == id_of_unnamed(&Plan { id: PlanId::default(), ..plan.clone() }) {
        return Ok(());
    }
    Err(Error::invalid(format!("plan `{}` was altered: its contents do not have this id", plan.id.short())))
}

/// The id of a plan that has none yet. Values of environments are no part of it, so that it tells nothing of them: they are
/// sealed where the plan is kept.
fn id_of_unnamed(plan: &Plan) -> PlanId {
    let text = serde_json::to_vec(plan).expect("a plan is plain data");
    PlanId::new(hex::encode(Sha256::digest(text))).expect("a hash has 64 digits")
}
