//! What was heard from an engine, so that a replay is taken once and what it does not reach back to is noticed.
//!
//! An engine tells its events nearly in the order of their times, not quite, and keeps only the last few for who comes
//! back. So events are known by name, and asked for from a little before the newest.

use std::{
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use haven_model::Event;
use jiff::Timestamp;

/// How many names are kept of a node: more than the 256 events that Docker keeps for a replay.
const REMEMBERED: usize = 512;
/// How far out of order an engine tells its events.
const DISORDER: Duration = Duration::from_secs(1);

/// The name of what an engine said: its node, time, object and action. None for what Haven itself says.
pub(super) fn name_of(event: &Event) -> Option<u64> {
    matches!(event.kind.as_str(), "container" | "image" | "network" | "volume" | "daemon").then(|| {
        let mut hasher = DefaultHasher::new();
        (&event.node, event.time, &event.kind, &event.id, &event.action).hash(&mut hasher);
        hasher.finish()
    })
}

/// What was heard of one engine.
#[derive(Debug, Default)]
pub(super) struct Mark {
    newest: Timestamp,
    names: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Mark {
    /// Notes an event; answers whether it is new.
    pub(super) fn take(&mut self, name: u64) -> bool {
        if !self.names.insert(name) {
            return false;
        }
        self.order.push_back(name);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.names.remove(&oldest);
        }
        true
    }

    /// Notes that the engine spoke of `time`; answers whether that is later than all before.
    pub(super) fn reach(&mut self, time: Timestamp) -> bool {
        let is_later = time > self.newest;
        self.newest = self.newest.max(time);
        is_later
    }

    /// The time of the newest event.
    pub(super) fn newest(&self) -> Timestamp {
        self.newest
    }

    /// From when on to ask for events.
    pub(super) fn since(&self) -> Timestamp {
        self.newest.checked_sub(DISORDER).unwrap_or(self.newest)
    }
}
