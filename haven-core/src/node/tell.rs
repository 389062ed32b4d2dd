//! What every master sees of nodes by itself (contact, samples) is told once, by the one whose claim that is.
//!
//! The others keep what they saw for a while: should that master be gone, whoever takes over tells what it did not.

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use haven_model::{Event, Severity};
use tokio_util::sync::CancellationToken;

use super::state::NodeState;
use crate::{
    claim::{Claim, Standing},
    clock::Clock,
    event::Journal,
};

/// How long it may take until another master has taken over: a lease, and then some.
const TAKEOVER: Duration = Duration::from_secs(60);
/// How far apart two masters see the same.
const APART: Duration = Duration::from_secs(15);
/// The most that is kept meanwhile.
const MAX_KEPT: usize = 10_000;

/// Tells what all masters see.
#[derive(Debug)]
pub(crate) struct Teller {
    journal: Journal,
    claim: Claim,
    /// What was seen and not told, oldest first, and when.
    kept: Mutex<VecDeque<(Duration, Event)>>,
}

impl Teller {
    pub(crate) fn new(journal: Journal, claim: Claim) -> Self {
        Self { journal, claim, kept: Mutex::default() }
    }

    /// Tells what every master sees, unless that is for another to tell.
    pub(super) fn notice(&self, clock: &dyn Clock, event: Event) {
        let mut kept = self.kept.lock().expect("no panic happens under this lock");
        if self.claim.standing() == Standing::Ours {
            return self.journal.record(event);
        }
        kept.push_back((clock.elapsed(), event));
        self.drop_told(&mut kept, clock.elapsed());
    }

    /// Drops what another master, who is alive, had the time to tell; and what is too much.
    fn drop_told(&self, kept: &mut VecDeque<(Duration, Event)>, now: Duration) {
        let is_told =
            |since: Duration| self.claim.standing() == Standing::Anothers && now.saturating_sub(since) > TAKEOVER;
        while kept.len() > MAX_KEPT || kept.front().is_some_and(|(since, _)| is_told(*since)) {
            kept.pop_front();
        }
    }

    /// Tells what was kept, once this master is the one who tells; until `stop`.
    pub(super) async fn run(&self, clock: &dyn Clock, stop: CancellationToken) {
        let mut claim = self.claim.clone();
        loop {
            {
                let mut kept = self.kept.lock().expect("no panic happens under this lock");
                self.drop_told(&mut kept, clock.elapsed());
                if claim.standing() == Standing::Ours {
                    let seen = kept.drain(..).map(|(_, event)| event).collect();
                    self.journal.untold(seen, APART).into_iter().for_each(|event| self.journal.record(event));
                }
            }
            tokio::select! {
                () = claim.changed() => {}
                () = stop.cancelled() => return,
            }
        }
    }
}

/// An event of a node.
pub(super) fn event(
    clock: &dyn Clock,
    state: &NodeState,
    severity: Severity,
    action: &str,
    message: impl Into<String>,
) -> Event {
    Event {
        severity,
        node: Some(state.name.clone()),
        cluster: state.record.load().value.cluster.clone(),
        ..Event::new(clock.now(), "node", state.name.as_str(), action, message.into())
    }
}
