//! The way of events into the store: a bounded queue, written out in batches.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use haven_model::{ErrorKind, Event, NodeName, Result, Revision, Severity};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Batch, MAX_BATCH, PREFIX, Shared, mark::Mark, ring::Position};
use crate::store::{Expect, Key, Write, write_plain};

/// The most events waiting for the store, and the most bytes of them.
const MAX_QUEUE: usize = 20_000;
const MAX_QUEUE_BYTES: usize = 32 * 1024 * 1024;
/// The largest event, in bytes of JSON.
const MAX_EVENT: usize = 64 * 1024;
/// How long events gather before a batch is written.
const GATHER: Duration = Duration::from_millis(200);
/// How soon a write that failed is tried again, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// What waits for the store.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The events, each with its bytes.
    events: VecDeque<(usize, Event)>,
    bytes: usize,
    /// Events of the batch that is being written.
    writing: usize,
    /// Events that were taken in all, and those of them that are done with.
    taken: u64,
    done: u64,
    /// Nobody writes any more.
    closed: bool,
    lost: u64,
    /// The revision of the last batch that this process wrote, and when, on the clock that does not jump.
    pub(super) written: Option<(Revision, Duration)>,
    /// What was heard from each engine.
    pub(super) marks: HashMap<NodeName, Mark>,
}

impl Queue {
    /// Takes an event, or counts it as lost.
    pub(super) fn push(&mut self, event: Event) {
        let size = size_of(&event);
        if self.has_room() && size <= MAX_EVENT {
            self.taken += 1;
            self.bytes += size;
            self.events.push_back((size, event));
        } else {
            self.lost += 1;
        }
    }

    fn has_room(&self) -> bool {
        self.events.len() < MAX_QUEUE && self.bytes < MAX_QUEUE_BYTES
    }

    /// How many events were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether the first `count` events are done with, or nobody will see to them any more.
    pub(super) fn is_done_with(&self, count: u64) -> bool {
        self.done >= count || self.closed
    }

    /// The batch that was being written is done with.
    fn end_batch(&mut self) {
        self.done += std::mem::take(&mut self.writing) as u64;
    }

    /// How many events are not in the store yet.
    pub(super) fn waiting(&self) -> usize {
        self.events.len() + self.writing
    }

    /// The events of the next batch.
    fn take(&mut self, now: Timestamp) -> Vec<Event> {
        /// Leaves room for the JSON around the events.
        const MAX_BYTES: usize = crate::store::MAX_VALUE / 2;
        if self.lost > 0 && self.has_room() {
            let lost = std::mem::take(&mut self.lost);
            let why = "the store could not be written, or they were too large";
            self.push(gap(now, format!("{lost} events were lost: {why}")));
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some((size, _)) = self.events.front() {
            if batch.len() == MAX_BATCH || (bytes + size > MAX_BYTES && !batch.is_empty()) {
                break;
            }
            bytes += size;
            batch.extend(self.events.pop_front().map(|(_, event)| event));
        }
        self.bytes -= bytes;
        self.writing = batch.len();
        batch
    }
}

/// A batch on its way, under one key until it is known to be there.
struct Outgoing {
    key: Key,
    writes: Vec<Write>,
}

/// Writes queued events in batches until `stop`, and then what is left.
pub(super) async fn write_out(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        if shared.queue().events.is_empty() {
            tokio::select! {
                () = shared.queued.notified() => {}
                () = stop.cancelled() => break,
            }
        }
        if !stop.is_cancelled() && shared.queue().events.len() < MAX_BATCH {
            // Gather on the wall clock: it only bounds how soon a batch is durable.
            let _ = tokio::time::timeout(GATHER, stop.cancelled()).await;
        }
        if !write_batch(&shared, &stop).await {
            break;
        }
        shared.flushed.notify_waiters();
    }
    shared.queue().closed = true;
    shared.flushed.notify_waiters();
}

/// Writes one batch; answers whether to go on.
async fn write_batch(shared: &Shared, stop: &CancellationToken) -> bool {
    let events = shared.queue().take(shared.clock.now());
    if events.is_empty() {
        return true;
    }
    let count = events.len();
    let outgoing = match shared.pack(events) {
        Ok(outgoing) => outgoing,
        Err(error) => {
            tracing::error!(error = %error.report(), events = count, "events are lost");
            shared.queue().end_batch();
            return true;
        }
    };
    let mut patience = PATIENCE.0;
    loop {
        match shared.write(&outgoing).await {
            Ok(revision) => {
                let mut queue = shared.queue();
                queue.end_batch();
                queue.written = Some((revision, shared.clock.elapsed()));
                return true;
            }
            // Nothing that a later try could mend.
            Err(error) if error.kind() == ErrorKind::Invalid => {
                tracing::error!(error = %error.report(), events = count, "events are lost");
                let mut queue = shared.queue();
                queue.end_batch();
                queue.lost += count as u64;
                return true;
            }
            Err(error) => tracing::warn!(error = %error.report(), events = count, "events wait for the store"),
        }
        if tokio::time::timeout(patience, stop.cancelled()).await.is_ok() {
            return false;
        }
        patience = (patience * 2).min(PATIENCE.1);
    }
}

impl Shared {
    fn pack(&self, events: Vec<Event>) -> Result<Outgoing> {
        let trimmed = self.ring().trimmed().map(Position::cursor);
        let body = write_plain(&Batch { trimmed, events })?;
        // The time keeps keys in a readable order, the random part keeps masters apart.
        let name = format!("{PREFIX}{:013}-{:016x}", self.clock.now().as_millisecond(), self.clock.random());
        let key = Key::new(name)?;
        let mut writes = vec![Write::Put(key.clone(), body)];
        writes.extend(self.ring().given_up(crate::store::MAX_OPS - 1).map(Write::Delete));
        Ok(Outgoing { key, writes })
    }

    /// Writes a batch once, however often its answer is lost.
    async fn write(&self, outgoing: &Outgoing) -> Result<Revision> {
        match self.store.txn(&[(outgoing.key.clone(), Expect::Absent)], &outgoing.writes).await {
            Err(error) if error.kind() == ErrorKind::Conflict => match self.store.get(&outgoing.key).await? {
                Some(entry) => Ok(entry.revision),
                None => Err(error),
            },
            done => done,
        }
    }
}

/// The bytes of an event in the store.
fn size_of(event: &Event) -> usize {
    /// Counts what is written to it.
    struct Count(usize);

    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(1);
    match serde_json::to_writer(&mut count, event) {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
    }
}

/// Says that events are missing.
pub(super) fn gap(time: Timestamp, message: String) -> Event {
    Event { severity: Severity::Warning, ..Event::new(time, "journal", "", "gap", message) }
}
