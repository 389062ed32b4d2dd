//! What a store needs now and then: old changes forgotten, and its alarms told. Of several masters one sees to it.

use std::{sync::Arc, time::Duration};

use haven_model::{Event, Severity};
use tokio_util::sync::CancellationToken;

use crate::{
    claim::{Claim, Standing},
    clock::Clock,
    event::Journal,
    store::Store,
};

/// How often the store is looked at.
const EVERY: Duration = Duration::from_secs(60);
/// How many revisions a watch may be behind; beyond twice as many they are forgotten, for etcd keeps all of them until
/// it is told.
const KEEP: u64 = 10_000;

/// Looks after the store until `stop`, unless the claim is another's. Who cannot know does it, too: a store that is full
/// takes no claim, and what is forgotten already is no change.
pub(super) async fn run(
    store: Arc<dyn Store>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    claim: Claim,
    stop: CancellationToken,
) {
    let mut compacted = 0;
    let mut known: Vec<String> = Vec::new();
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if claim.standing() == Standing::Anothers {
            known.clear();
            continue;
        }
        let status = match store.status().await {
            Ok(status) => status,
            Err(error) => {
                tracing::debug!(error = %error.report(), "the store does not say how it is");
                continue;
            }
        };
        for alarm in status.alarms.iter().filter(|alarm| !known.contains(alarm)) {
            journal.record(told(&*clock, Severity::Error, "alarm", alarm, format!("the store raises {alarm}")));
        }
        for alarm in known.iter().filter(|alarm| !status.alarms.contains(alarm)) {
            journal.record(told(&*clock, Severity::Info, "alarm_cleared", alarm, format!("the store clears {alarm}")));
        }
        known = status.alarms;
        if status.revision.number > compacted + 2 * KEEP {
            match store.compact(KEEP).await {
                Ok(()) => compacted = status.revision.number - KEEP,
                Err(error) => tracing::warn!(error = %error.report(), "old changes cannot be forgotten"),
            }
        }
    }
}

fn told(clock: &dyn Clock, severity: Severity, action: &str, alarm: &str, message: String) -> Event {
    Event { severity, ..Event::new(clock.now(), "store", alarm, action, message) }
}
