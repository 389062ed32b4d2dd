//! The newest events in memory, in the order of the store.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use haven_model::{Event, Result, Revision};

use super::mark::name_of;
use crate::store::Key;

/// The most events that are kept, and the most bytes that their batches may take in the store.
const MAX_EVENTS: usize = 50_000;
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The most keys remembered that wait to be dropped from the store.
const MAX_GIVEN_UP: usize = 10_000;

/// The place of an event: the revision of its batch, and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) revision: Revision,
    pub(super) index: u32,
}

impl Position {
    pub(super) fn cursor(self) -> String {
        format!("{}.{}", self.revision, self.index)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            let shown: String = text.chars().take(64).collect();
            haven_model::Error::invalid(format!("`{}` is no cursor", shown.escape_debug()))
        };
        let (revision, index) = text.rsplit_once('.').ok_or_else(wrong)?;
        Ok(Self { revision: revision.parse().map_err(|_| wrong())?, index: index.parse().map_err(|_| wrong())? })
    }
}

/// What readers and followers see.
#[derive(Debug, Default)]
pub(super) struct Ring {
    events: VecDeque<(Position, Arc<Event>)>,
    /// The batches that are kept, oldest first.
    batches: VecDeque<Kept>,
    /// The bytes that they take in the store.
    bytes: usize,
    newest: Option<Revision>,
    /// The last event that is not kept any more.
    trimmed: Option<Position>,
    /// Batches that are not kept any more and may still be in the store.
    given_up: VecDeque<Key>,
    /// Where the store stood each time it was set back.
    set_backs: Vec<Position>,
    /// The names of what engines said, so that what several masters heard is told once.
    said: HashSet<u64>,
}

/// A batch that is kept.
#[derive(Debug)]
struct Kept {
    key: Key,
    /// How many of its events are.
    events: usize,
    /// What it takes in the store.
    bytes: usize,
}

impl Ring {
    /// Every event, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &(Position, Arc<Event>)> {
        self.events.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// The events after `position`, oldest first.
    pub(super) fn after(&self, position: Position) -> impl DoubleEndedIterator<Item = &(Position, Arc<Event>)> {
        self.events.range(self.events.partition_point(|(at, _)| *at <= position)..)
    }

    /// The revision of the newest batch.
    pub(super) fn newest(&self) -> Option<Revision> {
        self.newest
    }

    /// The last event that is not kept any more; none: all that there were are.
    pub(super) fn trimmed(&self) -> Option<Position> {
        self.trimmed
    }

    /// Another master says up to where it has dropped events from the store.
    pub(super) fn trimmed_elsewhere(&mut self, position: Position) {
        if self.events.front().is_none_or(|(first, _)| position < *first) {
            self.trimmed = self.trimmed.max(Some(position));
        }
    }

    /// Where the store stood each time it was set back.
    pub(super) fn set_backs(&self) -> &[Position] {
        &self.set_backs
    }

    /// Forgets everything: the store was set back to `position`.
    pub(super) fn set_back(&mut self, position: Position) {
        let mut set_backs = std::mem::take(&mut self.set_backs);
        set_backs.push(position);
        *self = Self { set_backs, ..Self::default() };
    }

    /// Takes a batch that is newer than all before, and takes so many bytes in the store.
    pub(super) fn push(&mut self, key: Key, revision: Revision, events: Vec<Event>, bytes: usize) {
        let before = self.events.len();
        for (index, event) in (0..).zip(events) {
            if name_of(&event).is_none_or(|name| self.said.insert(name)) {
                self.events.push_back((Position { revision, index }, Arc::new(event)));
            }
        }
        self.batches.push_back(Kept { key, events: self.events.len() - before, bytes });
        self.bytes += bytes;
        self.newest = Some(revision);
        self.trim();
    }

    /// The keys of batches that are not kept any more, to drop from the store; at most `most`.
    pub(super) fn given_up(&mut self, most: usize) -> impl Iterator<Item = Key> {
        self.given_up.drain(..most.min(self.given_up.len()))
    }

    /// Drops what is beyond the bounds.
    fn trim(&mut self) {
        while self.events.len() > MAX_EVENTS || self.bytes > MAX_BYTES {
            let Some(batch) = self.batches.pop_front() else { break };
            self.bytes -= batch.bytes;
            for (position, event) in self.events.drain(..batch.events) {
                self.trimmed = Some(position);
                if let Some(name) = name_of(&event) {
                    self.said.remove(&name);
                }
            }
            self.given_up.push_back(batch.key);
            if self.given_up.len() > MAX_GIVEN_UP {
                // Who writes most drops it from the store, too.
                self.given_up.pop_front();
            }
        }
    }
}
