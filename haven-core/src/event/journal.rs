//! The journal: events on their way into the store, and back to whoever reads or follows.
//!
//! Writers never wait for the store: events go into a bounded queue that a task writes out in batches, so a store that
//! is away for a while costs memory up to the bound and, beyond it, a recorded gap. Readers see what the store holds,
//! through one watch that fills a bounded ring, so events of every master come in one order. Whoever goes on from where
//! events are not kept any more hears of the gap first.

mod mark;
mod ring;
mod write;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use haven_model::{
    ClusterName, EngineEvent, Event, EventFilter, NodeName, Result, Revision, Severity, event::EventCount,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    mark::name_of,
    ring::{Position, Ring},
    write::{Queue, gap, write_out},
};
use super::translate::engine_event;
use crate::{
    clock::Clock,
    engine::Stream,
    store::{Change, Entry, Key, Record, Snapshot, Store, Watched, read_plain},
};

/// Where batches are kept.
const PREFIX: &str = "events/";
/// The most events in a batch.
const MAX_BATCH: usize = 100;
/// The most events that one read answers.
const MAX_PAGE: u32 = 10_000;
/// How many events a follower looks at in one go.
const CHUNK: usize = 100;

/// Keeps events in order. Clones are the same journal.
#[derive(Clone, Debug)]
pub struct Journal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    queue: Mutex<Queue>,
    queued: Notify,
    flushed: Notify,
    ring: Mutex<Ring>,
    tail: watch::Sender<Position>,
    stop: CancellationToken,
}

/// How far an engine was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The time of the newest event.
    pub newest: Timestamp,
    /// From when on to ask for more.
    pub since: Timestamp,
}

/// A batch as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Batch {
    /// The cursor of the last event that its writer does not keep any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trimmed: Option<String>,
    events: Vec<Event>,
}

impl Record for Batch {
    const KIND: &'static str = "batch of events";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// Where a follower stands.
#[derive(Debug)]
struct Place {
    position: Position,
    /// How many times it knows of that the store was set back.
    set_backs: usize,
}

impl Journal {
    /// Opens the journal on a store: reads what is kept, and starts writing and following until `stop`.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self> {
        let snapshot = store.list(&Key::new(PREFIX)?).await?;
        let start = Position { revision: snapshot.revision, index: u32::MAX };
        let journal = Self {
            shared: Arc::new(Shared {
                store,
                clock,
                queue: Mutex::default(),
                queued: Notify::new(),
                flushed: Notify::new(),
                ring: Mutex::default(),
                tail: watch::Sender::new(start),
                stop: stop.clone(),
            }),
        };
        journal.shared.take_in(snapshot.entries);
        journal.shared.recall_marks();
        tasks.spawn(write_out(journal.shared.clone(), stop.clone()));
        tasks.spawn(follow_store(journal.shared.clone(), snapshot.revision, stop));
        Ok(journal)
    }

    /// Takes an event. It is durable some 200 ms later; [`flush`](Self::flush) waits for that.
    pub fn record(&self, event: Event) {
        self.shared.queue().push(event);
        self.shared.queued.notify_one();
    }

    /// Takes what an engine said, if it is worth keeping and was not taken before. Answers whether it joins what was
    /// heard: false for something later than all that is known.
    pub fn record_engine(&self, node: &NodeName, cluster: Option<&ClusterName>, said: &EngineEvent) -> bool {
        let event = engine_event(node, cluster, said);
        let mut queue = self.shared.queue();
        let mark = queue.marks.entry(node.clone()).or_default();
        let joins = !mark.reach(said.time);
        if let Some(event) = event
            && name_of(&event).is_none_or(|name| mark.take(name))
        {
            queue.push(event);
            self.shared.queued.notify_one();
        }
        joins
    }

    /// What is told of the time from `earliest` on, in the order of the store.
    pub(crate) fn since(&self, earliest: Timestamp) -> Vec<Arc<Event>> {
        let ring = self.shared.ring();
        ring.iter().map(|(_, event)| event).filter(|event| event.time >= earliest).cloned().collect()
    }

    /// What is known of a node's engine: the time of its newest event, and from when on to ask for more, which is a
    /// little earlier, for engines tell events out of order. None: nothing was heard yet.
    pub fn heard(&self, node: &NodeName) -> Option<Heard> {
        self.shared.queue().marks.get(node).map(|mark| Heard { newest: mark.newest(), since: mark.since() })
    }

    /// Forgets where a node's engine was: the node is gone.
    pub fn forget(&self, node: &NodeName) {
        self.shared.queue().marks.remove(node);
    }

    /// Waits until everything taken so far is in the store.
    pub async fn flush(&self) {
        let taken = self.shared.queue().taken();
        loop {
            let flushed = self.shared.flushed.notified();
            if self.shared.queue().is_done_with(taken) {
                return;
            }
            self.shared.queued.notify_one();
            flushed.await;
        }
    }

    /// Waits until everything taken so far can be read back.
    async fn settle(&self) {
        self.flush().await;
        let Some((written, _)) = self.shared.queue().written else { return };
        let mut tail = self.shared.tail.subscribe();
        let _ = tail.wait_for(|end| end.revision >= written).await;
    }

    /// How many events wait to be written.
    pub fn waiting(&self) -> usize {
        self.shared.queue().waiting()
    }

    /// How long ago something was written that has not come back through the watch of the store; zero: nothing is
    /// missing.
    pub fn lag(&self) -> Duration {
        let Some((revision, at)) = self.shared.queue().written else { return Duration::ZERO };
        let is_back = self.shared.tail.borrow().revision >= revision;
        if is_back { Duration::ZERO } else { self.shared.clock.elapsed().saturating_sub(at) }
    }

    /// The cursor of the newest event: who goes on from there hears what comes next.
    pub(crate) fn end(&self) -> String {
        self.shared.tail.borrow().cursor()
    }

    /// How many events are kept.
    pub fn len(&self) -> usize {
        self.shared.ring().len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The newest events that meet `filter`, or the first after a cursor, oldest first; and where to go on. Where events
    /// after the cursor are not kept any more, the first says so, whatever the filter.
    ///
    /// `Invalid` for a cursor that is none, `Conflict` for one of a store that was restored since.
    pub async fn read(
        &self,
        filter: &EventFilter,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<(Vec<Event>, String)> {
        let limit = match limit {
            None => 1_000,
            Some(limit @ 1..=MAX_PAGE) => limit,
            Some(limit) => {
                return Err(haven_model::Error::invalid(format!("`limit` is from 1 to {MAX_PAGE}, not {limit}")));
            }
        };
        let after = after.map(|cursor| self.position(cursor)).transpose()?;
        // Events that were taken before this call shall be seen by it, unless the store is away.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.settle()).await;
        let ring = self.shared.ring();
        let end = *self.shared.tail.borrow();
        let events: Vec<Event> = if let Some(after) = after {
            let gap = self.shared.gap(&ring, after);
            let kept = ring.after(after).filter(|(_, event)| filter.matches(event));
            gap.iter().chain(kept).take(limit as usize).map(shown).collect()
        } else {
            let newest: Vec<_> =
                ring.iter().rev().filter(|(_, event)| filter.matches(event)).take(limit as usize).collect();
            newest.into_iter().rev().map(shown).collect()
        };
        let is_full = after.is_some() && events.len() == limit as usize;
        let cursor = events.last().filter(|_| is_full).map_or_else(|| end.cursor(), |event| event.cursor.clone());
        Ok((events, cursor))
    }

    /// Counts events by cluster.
    pub fn count(&self, since: Option<Timestamp>) -> Vec<EventCount> {
        let ring = self.shared.ring();
        let mut counts: BTreeMap<Option<ClusterName>, EventCount> = BTreeMap::new();
        for (_, event) in ring.iter() {
            if since.is_some_and(|since| event.time < since) {
                continue;
            }
            let count = counts.entry(event.cluster.clone()).or_insert_with(|| EventCount {
                cluster: event.cluster.clone(),
                info: 0,
                warning: 0,
                error: 0,
            });
            match event.severity {
                Severity::Info => count.info += 1,
                Severity::Warning => count.warning += 1,
                Severity::Error => count.error += 1,
            }
        }
        counts.into_values().collect()
    }

    /// Each event that meets `filter`: those kept after a cursor, or from now on, until the journal is closed. Where events
    /// are not kept any more before they are told, an event says so, whatever the filter.
    pub fn follow(&self, filter: EventFilter, after: Option<&str>) -> Result<Stream<Event>> {
        let mut tail = self.shared.tail.subscribe();
        let position = match after {
            Some(cursor) => self.position(cursor)?,
            None => *tail.borrow_and_update(),
        };
        let place = Place { position, set_backs: self.shared.ring().set_backs().len() };
        let state = (self.shared.clone(), tail, filter, place, VecDeque::new());
        let events = stream::unfold(state, |(shared, mut tail, filter, mut place, mut ready)| async move {
            loop {
                if let Some(event) = ready.pop_front() {
                    return Some((Ok(shown(&event)), (shared, tail, filter, place, ready)));
                }
                tail.borrow_and_update();
                if !shared.advance(&mut place, &filter, &mut ready) {
                    tokio::select! {
                        changed = tail.changed() => changed.ok()?,
                        () = shared.stop.cancelled() => return None,
                    }
                }
            }
        });
        Ok(events.boxed())
    }

    fn position(&self, cursor: &str) -> Result<Position> {
        let position = Position::parse(cursor)?;
        let incarnation = self.shared.tail.borrow().revision.incarnation;
        if position.revision.incarnation != incarnation {
            return Err(haven_model::Error::conflict(
                "the cursor is of a store that was restored or replaced since; begin anew",
            ));
        }
        Ok(position)
    }
}

/// An event as readers see it.
fn shown((position, event): &(Position, Arc<Event>)) -> Event {
    Event { cursor: position.cursor(), ..(**event).clone() }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no panic happens under this lock")
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().expect("no panic happens under this lock")
    }

    /// Puts batches into the ring, in the order of their revisions, and wakes the followers.
    fn take_in(&self, mut entries: Vec<Entry>) {
        entries.sort_by_key(|entry| entry.revision);
        let mut ring = self.ring();
        let mut end = *self.tail.borrow();
        for entry in entries {
            if ring.newest().is_some_and(|newest| entry.revision <= newest) {
                continue;
            }
            let batch: Batch = match read_plain(&entry) {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(error = %error.report(), "a batch of events is passed over");
                    continue;
                }
            };
            if let Some(trimmed) = batch.trimmed.and_then(|cursor| Position::parse(&cursor).ok())
                && trimmed.revision.incarnation == entry.revision.incarnation
            {
                ring.trimmed_elsewhere(trimmed);
            }
            if let Some(last) = batch.events.len().checked_sub(1).and_then(|last| last.try_into().ok()) {
                end = end.max(Position { revision: entry.revision, index: last });
            }
            ring.push(entry.key, entry.revision, batch.events, entry.value.len());
        }
        self.tail.send_replace(end);
    }

    /// Takes all there is, where changes were missed.
    fn resync(&self, snapshot: Snapshot) {
        if snapshot.revision < self.tail.borrow().revision {
            tracing::warn!(revision = %snapshot.revision, "the store was set back, and its events with it");
            let position = Position { revision: snapshot.revision, index: u32::MAX };
            let mut ring = self.ring();
            ring.set_back(position);
            self.queue().written = None;
            self.tail.send_replace(position);
        }
        self.take_in(snapshot.entries);
    }

    /// The gap after a position, as an event: the last of what is not kept any more stands for all of it.
    fn gap(&self, ring: &Ring, position: Position) -> Option<(Position, Arc<Event>)> {
        let last = ring.trimmed().filter(|last| position < *last)?;
        let until = ring.iter().next().map_or_else(|| self.clock.now(), |(_, event)| event.time);
        let message = format!("events before {until:.0} are missing: they are not kept any more");
        Some((last, Arc::new(gap(until, message))))
    }

    /// Takes the next events for a follower, or what it missed; answers whether there was any event to look at.
    fn advance(&self, place: &mut Place, filter: &EventFilter, ready: &mut VecDeque<(Position, Arc<Event>)>) -> bool {
        let ring = self.ring();
        if let Some(position) = ring.set_backs().get(place.set_backs..).and_then(<[_]>::last) {
            let message = "events are missing: the store was set back".to_owned();
            ready.push_back((*position, Arc::new(gap(self.clock.now(), message))));
            *place = Place { position: *position, set_backs: ring.set_backs().len() };
            return true;
        }
        if let Some(gap) = self.gap(&ring, place.position) {
            place.position = gap.0;
            ready.push_back(gap);
            return true;
        }
        let before = place.position;
        for (position, event) in ring.after(before).take(CHUNK) {
            place.position = *position;
            if filter.matches(event) {
                ready.push_back((*position, event.clone()));
            }
        }
        place.position != before
    }

    fn recall_marks(&self) {
        let ring = self.ring();
        let mut queue = self.queue();
        for (_, event) in ring.iter() {
            if let (Some(node), Some(name)) = (&event.node, name_of(event)) {
                let mark = queue.marks.entry(node.clone()).or_default();
                mark.reach(event.time);
                mark.take(name);
            }
        }
    }
}

/// Fills the ring from the store, whoever wrote there.
async fn follow_store(shared: Arc<Shared>, since: Revision, stop: CancellationToken) {
    let prefix = Key::new(PREFIX).expect("the prefix is a valid key");
    let mut changes = shared.store.watch(&prefix, since);
    loop {
        let watched = tokio::select! {
            watched = changes.next() => watched,
            () = stop.cancelled() => return,
        };
        match watched {
            Some(Ok(Watched::Changed { changes, .. })) => {
                let entries = changes.into_iter().filter_map(|change| match change {
                    Change::Put(entry) => Some(entry),
                    Change::Deleted(_) => None,
                });
                shared.take_in(entries.collect());
            }
            Some(Ok(Watched::Resynced(snapshot))) => shared.resync(snapshot),
            Some(Err(error)) => tracing::warn!(error = %error.report(), "the journal cannot follow the store"),
            None => return,
        }
    }
}
