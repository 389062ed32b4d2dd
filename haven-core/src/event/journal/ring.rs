//! The newest events in memory, in the order of the store.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use haven_model::{Event, Result, Revision};

use super::mark::name_of;
use crate::store::Key;

/// The most events in memory for readers.
const MAX_RING: usize = 50_000;
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
    /// The batches that are kept, oldest first, and how many of their events.
    batches: VecDeque<(Key, usize)>,
    newest: Option<Revision>,
    /// Batches that are not kept any more and may still be in the store.
    given_up: VecDeque<Key>,
    /// The names of what engines said, so that what several masters heard is told once.
    said: HashSet<u64>,
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

    /// Takes a batch that is newer than all before.
    pub(super) fn push(&mut self, key: Key, revision: Revision, events: Vec<Event>) {
        let before = self.events.len();
        for (index, event) in (0..).zip(events) {
            if name_of(&event).is_none_or(|name| self.said.insert(name)) {
                self.events.push_back((Position { revision, index }, Arc::new(event)));
            }
        }
        self.batches.push_back((key, self.events.len() - before));
        self.newest = Some(revision);
        self.trim();
    }

    /// The keys of batches that are not kept any more, to drop from the store; at most `most`.
    pub(super) fn given_up(&mut self, most: usize) -> impl Iterator<Item = Key> {
        self.given_up.drain(..most.min(self.given_up.len()))
    }

    /// Drops what is beyond the bound.
    fn trim(&mut self) {
        while self.events.len() > MAX_RING {
            let Some((key, count)) = self.batches.pop_front() else { break };
            for (_, event) in self.events.drain(..count) {
                if let Some(name) = name_of(&event) {
                    self.said.remove(&name);
                }
            }
            self.given_up.push_back(key);
            if self.given_up.len() > MAX_GIVEN_UP {
                // Who writes most drops it from the store, too.
                self.given_up.pop_front();
            }
        }
    }
}
