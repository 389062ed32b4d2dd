//! Ordered keys with revisions, in memory, and a bounded log of changes for watches: what the memory store is, and what
//! the redb store reads from.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use haven_model::{Result, Revision};
use tokio::sync::watch;

use super::{Change, Entry, Expect, Key, Snapshot, Watched, Write, limits::conflict};

/// How many transactions are remembered for watches, and how many bytes of keys and values they may hold.
pub(super) const LOG: usize = 10_000;
pub(super) const LOG_BYTES: usize = 16 * 1024 * 1024;

/// Ordered keys with revisions.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) incarnation: u32,
    state: Mutex<State>,
    revision: watch::Sender<u64>,
}

/// The keys and their history; locked for as long as one change takes.
#[derive(Debug, Default)]
pub(super) struct State {
    entries: BTreeMap<Key, Stored>,
    log: VecDeque<(u64, Vec<Change>)>,
    /// Bytes of keys and values in the log.
    log_bytes: usize,
    /// Changes up to this revision are forgotten.
    compacted: u64,
    leases: BTreeMap<u64, BTreeSet<Key>>,
    last_lease: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Stored {
    value: Bytes,
    revision: u64,
    lease: Option<u64>,
}

impl State {
    fn forget_first(&mut self) {
        if let Some((forgotten, changes)) = self.log.pop_front() {
            self.log_bytes -= size_of(&changes);
            self.compacted = self.compacted.max(forgotten);
        }
    }
}

/// Bytes of keys and values.
pub(super) fn size_of(changes: &[Change]) -> usize {
    changes
        .iter()
        .map(|change| change.key().as_str().len() + if let Change::Put(entry) = change { entry.value.len() } else { 0 })
        .sum()
}

impl Tree {
    pub(super) fn new(incarnation: u32) -> Self {
        Self { incarnation, state: Mutex::default(), revision: watch::Sender::new(0) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }

    pub(super) fn number(&self) -> u64 {
        *self.revision.borrow()
    }

    pub(super) fn at(&self, number: u64) -> Revision {
        Revision { incarnation: self.incarnation, number }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        let state = self.lock();
        let stored = state.entries.get(key)?;
        Some(Entry { key: key.clone(), value: stored.value.clone(), revision: self.at(stored.revision) })
    }

    pub(super) fn list(&self, prefix: &Key) -> Snapshot {
        let state = self.lock();
        self.list_in(&state, prefix)
    }

    fn list_in(&self, state: &State, prefix: &Key) -> Snapshot {
        let from = state.entries.range(prefix.clone()..);
        let under = from.take_while(|(key, _)| key.as_str().starts_with(prefix.as_str()));
        let entry = |(key, stored): (&Key, &Stored)| Entry {
            key: key.clone(),
            value: stored.value.clone(),
            revision: self.at(stored.revision),
        };
        Snapshot { entries: under.map(entry).collect(), revision: self.at(self.number()) }
    }

    /// Checks against the state, seen through what is on its way: `None` there is a key being removed.
    pub(super) fn check(
        &self,
        state: &State,
        pending: &BTreeMap<Key, Option<u64>>,
        checks: &[(Key, Expect)],
    ) -> Result<()> {
        for (key, expect) in checks {
            let number = match pending.get(key) {
                Some(pending) => *pending,
                None => state.entries.get(key).map(|stored| stored.revision),
            };
            let now = number.map(|number| self.at(number));
            let holds = match expect {
                Expect::Absent => now.is_none(),
                Expect::At(revision) => now == Some(*revision),
            };
            if !holds {
                return Err(conflict(key, *expect, now));
            }
        }
        Ok(())
    }

    /// The changes that writes make, as of revision `number`, ordered by key; a key that is not there is not removed.
    pub(super) fn changes(
        &self,
        state: &State,
        pending: &BTreeMap<Key, Option<u64>>,
        writes: &[Write],
        number: u64,
    ) -> Vec<Change> {
        let exists = |key: &Key| match pending.get(key) {
            Some(pending) => pending.is_some(),
            None => state.entries.contains_key(key),
        };
        let mut changes: Vec<Change> = writes
            .iter()
            .filter_map(|write| match write {
                Write::Put(key, value) => {
                    Some(Change::Put(Entry { key: key.clone(), value: value.clone(), revision: self.at(number) }))
                }
                Write::Delete(key) => exists(key).then(|| Change::Deleted(key.clone())),
            })
            .collect();
        changes.sort_by(|a, b| a.key().cmp(b.key()));
        changes
    }

    /// Makes the changes of revision `number`, puts of them under `lease`, and wakes the watches.
    pub(super) fn apply(&self, state: &mut State, number: u64, changes: Vec<Change>, lease: Option<u64>) {
        for change in &changes {
            let key = change.key();
            let before = match change {
                Change::Put(entry) => {
                    state.bytes += key.as_str().len() + entry.value.len();
                    let stored = Stored { value: entry.value.clone(), revision: number, lease };
                    state.entries.insert(key.clone(), stored)
                }
                Change::Deleted(_) => state.entries.remove(key),
            };
            let Some(before) = before else {
                continue_lease(state, lease, change);
                continue;
            };
            state.bytes -= key.as_str().len() + before.value.len();
            if let Some(keys) = before.lease.and_then(|lease| state.leases.get_mut(&lease)) {
                keys.remove(key);
            }
            continue_lease(state, lease, change);
        }
        state.log_bytes += size_of(&changes);
        state.log.push_back((number, changes));
        while state.log.len() > LOG || state.log_bytes > LOG_BYTES {
            state.forget_first();
        }
        self.revision.send_replace(number);
    }

    #[cfg(feature = "redb")]
    /// Puts back an entry that was stored in an earlier life.
    pub(super) fn recall(state: &mut State, key: Key, value: Bytes, revision: u64) {
        state.bytes += key.as_str().len() + value.len();
        state.entries.insert(key, Stored { value, revision, lease: None });
    }

    #[cfg(feature = "redb")]
    /// Puts back the log of an earlier life, and where it stood.
    pub(super) fn recall_log(&self, state: &mut State, log: VecDeque<(u64, Vec<Change>)>, compacted: u64, number: u64) {
        state.log_bytes = log.iter().map(|(_, changes)| size_of(changes)).sum();
        state.log = log;
        state.compacted = compacted;
        self.revision.send_replace(number);
    }

    pub(super) fn new_lease(state: &mut State) -> u64 {
        state.last_lease += 1;
        state.leases.insert(state.last_lease, BTreeSet::new());
        state.last_lease
    }

    #[cfg(feature = "redb")]
    /// Whether a lease has not ended.
    pub(super) fn has_lease(state: &State, lease: u64) -> bool {
        state.leases.contains_key(&lease)
    }

    /// What must be removed when a lease ends.
    pub(super) fn keys_of(state: &State, lease: u64) -> Vec<Write> {
        state.leases.get(&lease).into_iter().flatten().cloned().map(Write::Delete).collect()
    }

    /// Ends a lease, whose keys are gone.
    pub(super) fn end_lease(state: &mut State, lease: u64) {
        state.leases.remove(&lease);
    }

    /// Forgets changes up to revision `until`.
    pub(super) fn compact(&self, until: u64) {
        let mut state = self.lock();
        while state.log.front().is_some_and(|(revision, _)| *revision <= until) {
            state.forget_first();
        }
        state.compacted = state.compacted.max(until);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.lock().bytes as u64
    }

    /// Every change under `prefix` after `since`.
    pub(super) fn watch(tree: Arc<Self>, prefix: Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        let changed = tree.revision.subscribe();
        stream::unfold((tree, changed, prefix, since), |(tree, mut changed, prefix, mut since)| async move {
            loop {
                changed.borrow_and_update();
                let (watched, at) = tree.next(&prefix, since);
                since = at;
                if let Some(watched) = watched {
                    return Some((Ok(watched), (tree, changed, prefix, since)));
                }
                // The sender lives in `tree`, which this stream holds.
                changed.changed().await.ok()?;
            }
        })
        .boxed()
    }

    /// What a watch tells next after `since`, and where it stands then.
    fn next(&self, prefix: &Key, since: Revision) -> (Option<Watched>, Revision) {
        let state = self.lock();
        let now = self.at(self.number());
        if since.incarnation != self.incarnation || since.number > now.number || since.number < state.compacted {
            return (Some(Watched::Resynced(self.list_in(&state, prefix))), now);
        }
        let start = state.log.partition_point(|(revision, _)| *revision <= since.number);
        for (number, changes) in state.log.range(start..) {
            let under = |change: &&Change| change.key().as_str().starts_with(prefix.as_str());
            let changes: Vec<Change> = changes.iter().filter(under).cloned().collect();
            if !changes.is_empty() {
                let revision = self.at(*number);
                return (Some(Watched::Changed { changes, revision }), revision);
            }
        }
        (None, now)
    }
}

fn continue_lease(state: &mut State, lease: Option<u64>, change: &Change) {
    if let (Change::Put(entry), Some(keys)) = (change, lease.and_then(|lease| state.leases.get_mut(&lease))) {
        keys.insert(entry.key.clone());
    }
}
