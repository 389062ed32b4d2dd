//! What every master sees of nodes by itself (contact, samples) is told once, by the one whose claim that is.
//!
//! The others keep what they saw for a while: should that master be gone, whoever takes over tells what it did not. Who
//! told that something began tells that it ended, whoever has the claim by then: a journal must not end with a node that
//! is away and is not.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use haven_model::{Event, NodeName, Severity};
use tokio_util::sync::CancellationToken;

use super::{NodeSettings, state::NodeState, supervise::LONGEST_PAUSE};
use crate::{
    claim::{Claim, Standing},
    clock::Clock,
    event::Journal,
};

/// How long it may take until another master has taken over: a lease, and then some.
const TAKEOVER: Duration = Duration::from_secs(60);
/// The most that is kept meanwhile; beyond it the oldest is told, rather twice than never.
const MAX_KEPT: usize = 10_000;
/// What begins, and how its end is called.
const ENDS: [(&str, &str); 2] = [("unknown", "online"), ("limit", "limit_cleared")];

/// Tells what all masters see.
#[derive(Debug)]
pub(crate) struct Teller {
    journal: Journal,
    claim: Claim,
    clock: Arc<dyn Clock>,
    /// How far apart two masters see the same.
    apart: Duration,
    seen: Mutex<Seen>,
}

/// What was seen.
#[derive(Debug, Default)]
struct Seen {
    /// And not told, oldest first, and when.
    kept: VecDeque<(Duration, Event)>,
    /// And told by this master, a while ago at most.
    told: VecDeque<Event>,
    /// The objects of which this master told that something began.
    begun: HashSet<Subject>,
}

/// What an event is about.
type Subject = (Option<NodeName>, String, String);

fn subject(event: &Event) -> Subject {
    (event.node.clone(), event.kind.clone(), event.id.clone())
}

impl Teller {
    pub(crate) fn new(journal: Journal, claim: Claim, clock: Arc<dyn Clock>, settings: &NodeSettings) -> Self {
        let apart = settings.unknown_after + LONGEST_PAUSE + settings.sample.unwrap_or_default();
        Self { journal, claim, clock, apart, seen: Mutex::default() }
    }

    /// Tells what every master sees, unless that is for another to tell.
    pub(super) fn notice(&self, event: Event) {
        let mut seen = self.seen.lock().expect("no panic happens under this lock");
        let ends = ENDS.iter().any(|(_, end)| event.action == *end);
        if ends && seen.begun.remove(&subject(&event)) {
            return self.tell(&mut seen, event);
        }
        seen.kept.push_back((self.clock.elapsed(), event));
        self.tell_kept(&mut seen);
    }

    /// Whether no other master is alive who could know better.
    pub(super) fn is_alone(&self) -> bool {
        self.claim.is_alone()
    }

    /// Tells what was kept, once this master is the one who tells; until `stop`.
    pub(super) async fn run(&self, stop: CancellationToken) {
        let mut claim = self.claim.clone();
        loop {
            self.tell_kept(&mut self.seen.lock().expect("no panic happens under this lock"));
            tokio::select! {
                () = claim.changed() => {}
                () = self.clock.sleep(TAKEOVER / 4) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Tells what is kept, if that is for this master to tell, and drops what another had the time to tell.
    fn tell_kept(&self, seen: &mut Seen) {
        let standing = self.claim.standing();
        let now = self.clock.elapsed();
        match standing {
            Standing::Ours => {
                let kept: Vec<Event> = seen.kept.drain(..).map(|(_, event)| event).collect();
                for event in self.untold(&seen.told, kept) {
                    self.tell(seen, event);
                }
            }
            Standing::Anothers => {
                let is_old = |(since, _): &(Duration, Event)| now.saturating_sub(*since) > TAKEOVER;
                while seen.kept.front().is_some_and(is_old) {
                    seen.kept.pop_front();
                }
            }
            Standing::Unknown => {}
        }
        while seen.kept.len() > MAX_KEPT
            && let Some((_, oldest)) = seen.kept.pop_front()
        {
            self.tell(seen, oldest);
        }
    }

    fn tell(&self, seen: &mut Seen, event: Event) {
        if ENDS.iter().any(|(begin, _)| event.action == *begin) {
            seen.begun.insert(subject(&event));
        }
        let earliest = self.clock.now().checked_sub(self.apart + TAKEOVER).unwrap_or_default();
        while seen.told.front().is_some_and(|told| told.time < earliest) {
            seen.told.pop_front();
        }
        seen.told.push_back(event.clone());
        self.journal.record(event);
    }

    /// Those of the events kept, oldest first, that no other master told: each that is told stands for one that was kept
    /// of the same object, not far from it.
    fn untold(&self, own: &VecDeque<Event>, mut kept: Vec<Event>) -> Vec<Event> {
        let Some(first) = kept.first() else { return kept };
        let earliest = first.time.checked_sub(self.apart).unwrap_or_default();
        let happening = |event: &Event| (subject(event), event.action.clone());
        let own: HashSet<_> = own.iter().map(|event| (happening(event), event.time)).collect();
        let mut others: HashMap<_, VecDeque<_>> = HashMap::new();
        for event in self.journal.since(earliest) {
            if !own.contains(&(happening(&event), event.time)) {
                others.entry(happening(&event)).or_default().push_back(event.time);
            }
        }
        kept.retain(|event| {
            let Some(times) = others.get_mut(&happening(event)) else { return true };
            let is_it = |time: &jiff::Timestamp| time.duration_since(event.time).unsigned_abs() <= self.apart;
            times.iter().position(is_it).and_then(|at| times.remove(at)).is_none()
        });
        kept
    }
}

/// An event of a node.
pub(super) fn event(clock: &dyn Clock, state: &NodeState, severity: Severity, action: &str, message: String) -> Event {
    Event {
        severity,
        node: Some(state.name.clone()),
        cluster: state.record.load().value.cluster.clone(),
        ..Event::new(clock.now(), "node", state.name.as_str(), action, message)
    }
}

#[cfg(test)]
mod tests {
    use haven_model::EventFilter;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::{
        claim::Work,
        clock::ManualClock,
        store::{MemoryStore, Store},
    };

    struct Bed {
        clock: Arc<ManualClock>,
        journal: Journal,
        teller: Arc<Teller>,
        standing: tokio::sync::watch::Sender<(Standing, bool)>,
        stop: CancellationToken,
    }

    impl Bed {
        async fn new(standing: Standing) -> Self {
            let clock = Arc::new(ManualClock::seeded(1));
            let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&*clock));
            let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
            let journal = Journal::open(store, clock.clone(), &tasks, stop.clone()).await.unwrap();
            let (standing, claim) = Claim::fixed(Work::EventsOfNodes, standing);
            let teller = Teller::new(journal.clone(), claim, clock.clone(), &NodeSettings::default());
            Self { clock, journal, teller: Arc::new(teller), standing, stop }
        }

        fn event(&self, action: &str) -> Event {
            let node = NodeName::new("web-1").unwrap();
            Event { node: Some(node), ..Event::new(self.clock.now(), "node", "web-1", action, "") }
        }

        fn notice(&self, action: &str) {
            self.teller.notice(self.event(action));
        }

        /// As the task does when the claim has changed.
        fn becomes(&self, standing: Standing) {
            self.standing.send_replace((standing, false));
            self.teller.tell_kept(&mut self.teller.seen.lock().unwrap());
        }

        async fn told(&self) -> Vec<String> {
            let (events, _) = self.journal.read(&EventFilter::default(), None, None).await.unwrap();
            events.into_iter().map(|event| event.action).collect()
        }
    }

    impl Drop for Bed {
        fn drop(&mut self) {
            self.stop.cancel();
        }
    }

    #[tokio::test]
    async fn who_has_the_claim_tells_at_once_and_the_others_not() {
        let bed = Bed::new(Standing::Ours).await;
        bed.notice("unknown");
        assert_eq!(bed.told().await, ["unknown"]);
        bed.becomes(Standing::Anothers);
        bed.notice("gap");
        assert_eq!(bed.told().await, ["unknown"]);
    }

    #[tokio::test]
    async fn who_takes_over_tells_what_the_other_did_not_and_nothing_old() {
        let bed = Bed::new(Standing::Anothers).await;
        bed.notice("online");
        bed.clock.advance(TAKEOVER * 2);
        // The other tells the first time, and dies before the second.
        bed.notice("unknown");
        bed.journal.record(bed.event("unknown"));
        bed.clock.advance(Duration::from_secs(1));
        bed.notice("online");
        bed.journal.record(bed.event("online"));
        bed.clock.advance(Duration::from_secs(1));
        bed.notice("unknown");
        assert_eq!(bed.told().await, ["unknown", "online"]);
        bed.becomes(Standing::Ours);
        assert_eq!(bed.told().await, ["unknown", "online", "unknown"]);
    }

    #[tokio::test]
    async fn what_is_seen_while_nobody_can_know_is_told_afterwards_in_its_order() {
        let bed = Bed::new(Standing::Ours).await;
        bed.notice("unknown");
        bed.clock.advance(Duration::from_secs(1));
        bed.notice("online");
        bed.standing.send_replace((Standing::Unknown, false));
        bed.clock.advance(Duration::from_secs(1));
        bed.notice("unknown");
        bed.clock.advance(TAKEOVER * 2);
        assert_eq!(bed.told().await, ["unknown", "online"]);
        bed.standing.send_replace((Standing::Ours, false));
        bed.notice("gap");
        assert_eq!(bed.told().await, ["unknown", "online", "unknown", "gap"], "its own are not another's");
    }

    #[tokio::test]
    async fn who_told_that_a_node_is_away_tells_that_it_is_back() {
        let bed = Bed::new(Standing::Ours).await;
        bed.notice("unknown");
        bed.becomes(Standing::Anothers);
        bed.notice("online");
        assert_eq!(bed.told().await, ["unknown", "online"]);
        bed.notice("unknown");
        bed.notice("online");
        assert_eq!(bed.told().await, ["unknown", "online"]);
    }
}
