//! Claims: who owns a piece of work, while several masters share a store.
//!
//! A claim is a record that is made or moved in one transaction at a known revision, and only while its owner shows no
//! sign of life. That sign is a key under a lease: leases tell who is alive, they are never the lock. [`Claims::strive`]
//! goes after a claim until it is told to stop; its [`Claim`] says where this master stands. What is done under a claim
//! must be harmless when it comes late: a master that hangs may still be at it while another has taken over.
//! `Claims::seize` takes one for a piece of work that ends.

mod held;
mod presence;

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use haven_model::{ErrorKind, Result, Revision};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::held::Held;
use self::presence::{Alive, Presence};
use crate::{
    clock::Clock,
    store::{Expect, Key, Record, Store, Write, read_plain, write_plain},
};

/// Where claims are kept.
const PREFIX: &str = "claims/";
/// How often a claim is looked at though nothing is said to have changed.
const EVERY: Duration = Duration::from_secs(60);
/// How soon it is looked at again after the store gave no answer.
const AGAIN: Duration = Duration::from_secs(2);

/// The claims of one master.
#[derive(Clone, Debug)]
pub struct Claims {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    presence: Presence,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// A piece of work that one master does for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Telling what every master sees of nodes.
    EventsOfNodes,
    /// Compacting the store, and telling its alarms.
    Upkeep,
}

impl Work {
    /// Its name in the store.
    fn name(self) -> &'static str {
        match self {
            Self::EventsOfNodes => "events-of-nodes",
            Self::Upkeep => "upkeep",
        }
    }
}

/// Where this master stands with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not known: it has not been asked for yet, this master counts as gone, or the record cannot be read.
    Unknown,
    /// It is this master's.
    Ours,
    /// It is that of another master, who is alive or was so a moment ago.
    Anothers,
}

/// A claim that this master goes after. Clones are the same claim.
#[derive(Clone, Debug)]
pub struct Claim {
    work: Work,
    /// Where this master stands, and whether it is alone.
    seen: watch::Receiver<(Standing, bool)>,
}

impl Claim {
    /// A claim whose standing is said by the test.
    #[cfg(test)]
    pub(crate) fn fixed(work: Work, standing: Standing) -> (watch::Sender<(Standing, bool)>, Self) {
        let (told, seen) = watch::channel((standing, false));
        (told, Self { work, seen })
    }

    /// What it is about.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Where this master stands; where it stood last once nobody goes after the claim any more.
    pub fn standing(&self) -> Standing {
        self.seen.borrow().0
    }

    /// Whether no other master is alive, as far as is known.
    pub fn is_alone(&self) -> bool {
        self.seen.borrow().1
    }

    /// Waits until it stands otherwise. Never ends once nobody goes after the claim any more.
    pub async fn changed(&mut self) {
        if self.seen.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// A claim as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ClaimRecord {
    /// The master that has it.
    owner: String,
    /// Grows with every owner.
    epoch: u64,
    /// Since when.
    since: Timestamp,
}

impl Record for ClaimRecord {
    const KIND: &'static str = "claim";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

impl Claims {
    /// Shows that this master is alive, until it [leaves](Self::leave) or is dropped; goes after claims until `stop`.
    pub fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self> {
        let presence = Presence::begin(store.clone(), clock.clone())?;
        Ok(Self { store, clock, presence, tasks: tasks.clone(), stop: stop.child_token() })
    }

    /// Goes after the claim on a piece of work: takes it when nobody alive has it, and keeps it.
    pub fn strive(&self, work: Work) -> Claim {
        let (told, seen) = watch::channel((Standing::Unknown, false));
        let (claims, stop) = (self.clone(), self.stop.clone());
        self.tasks.spawn(async move { stop.run_until_cancelled(claims.pursue(work, told)).await });
        Claim { work, seen }
    }

    /// Takes this master's sign of life back, so that another need not wait for it to run out. The last thing to do.
    pub async fn leave(&self) {
        self.presence.end().await;
    }

    async fn pursue(self, work: Work, told: watch::Sender<(Standing, bool)>) {
        let mut unreadable = false;
        loop {
            let alive = self.presence.alive().await;
            let (taken, seen) = match self.take(work, &alive).await {
                Ok(taken) => taken,
                Err(error) => {
                    let is_away = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Busy);
                    if !is_away && !std::mem::replace(&mut unreadable, true) {
                        tracing::warn!(?work, error = %error.report(), "nobody can tell whose the claim is");
                    }
                    // What is ours stays so for as long as the lease lasts.
                    tokio::select! {
                        () = alive.lost.cancelled() => drop(told.send_replace((Standing::Unknown, false))),
                        () = self.clock.sleep(if is_away { AGAIN } else { EVERY }) => {}
                    }
                    continue;
                }
            };
            unreadable = false;
            told.send_if_modified(|told| std::mem::replace(told, taken) != taken);
            let mut masters = self.store.watch(self.presence.prefix(), seen);
            tokio::select! {
                () = alive.lost.cancelled() => drop(told.send_replace((Standing::Unknown, false))),
                _ = masters.next() => {}
                () = self.clock.sleep(EVERY) => {}
            }
        }
    }

    /// Takes a claim unless a master who is alive has it. Answers too whether this one is alone, and the revision at which
    /// that was seen.
    async fn take(&self, work: Work, alive: &Alive) -> Result<((Standing, bool), Revision)> {
        let key = Key::new(format!("{PREFIX}{}", work.name()))?;
        let masters = self.store.list(self.presence.prefix()).await?;
        let is_alone = masters.entries.iter().all(|entry| entry.key == *self.presence.key());
        let current = self.store.get(&key).await?;
        let record = current.as_ref().map(read_plain::<ClaimRecord>).transpose()?;
        let me = (self.presence.key().clone(), Expect::At(alive.revision));
        let mut checks = vec![me];
        let epoch = if let (Some(entry), Some(record)) = (&current, record) {
            if record.owner == self.presence.name() {
                return Ok(((Standing::Ours, is_alone), masters.revision));
            }
            let owner = self.presence.prefix().join(&record.owner)?;
            if masters.entries.iter().any(|entry| entry.key == owner) {
                return Ok(((Standing::Anothers, false), masters.revision));
            }
            checks.extend([(key.clone(), Expect::At(entry.revision)), (owner, Expect::Absent)]);
            record.epoch + 1
        } else {
            checks.push((key.clone(), Expect::Absent));
            1
        };
        let record = ClaimRecord { owner: self.presence.name().to_owned(), epoch, since: self.clock.now() };
        match self.store.txn(&checks, &[Write::Put(key.clone(), write_plain(&record)?)]).await {
            Ok(revision) => {
                tracing::info!(?work, epoch, "the claim is ours");
                Ok(((Standing::Ours, is_alone), revision))
            }
            // Somebody else was faster, or came back to life: looked at anew as soon as a master comes or goes.
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(((Standing::Anothers, false), masters.revision)),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::SystemClock, store::MemoryStore};

    struct Master {
        claims: Claims,
        stop: CancellationToken,
    }

    impl Master {
        async fn leave(self) {
            self.stop.cancel();
            self.claims.leave().await;
        }
    }

    fn master(store: &Arc<dyn Store>) -> Master {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let claims = Claims::open(store.clone(), Arc::new(SystemClock::default()), &tasks, &stop).unwrap();
        Master { claims, stop }
    }

    async fn becomes(claim: &mut Claim, standing: Standing) {
        while claim.standing() != standing {
            tokio::time::timeout(Duration::from_secs(10), claim.changed()).await.unwrap();
        }
    }

    async fn epoch(store: &Arc<dyn Store>) -> u64 {
        let entry = store.get(&Key::new("claims/upkeep").unwrap()).await.unwrap().unwrap();
        read_plain::<ClaimRecord>(&entry).unwrap().epoch
    }

    #[tokio::test]
    async fn one_of_several_masters_has_it_and_another_takes_over_when_that_is_gone() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
        let (first, second) = (master(&store), master(&store));
        let mut ours = first.claims.strive(Work::Upkeep);
        becomes(&mut ours, Standing::Ours).await;
        let mut theirs = second.claims.strive(Work::Upkeep);
        becomes(&mut theirs, Standing::Anothers).await;
        assert_eq!((ours.standing(), epoch(&store).await), (Standing::Ours, 1));
        assert!(!ours.is_alone());
        first.leave().await;
        becomes(&mut theirs, Standing::Ours).await;
        assert_eq!((theirs.is_alone(), epoch(&store).await), (true, 2));
        second.leave().await;
        assert!(store.list(&Key::new("masters/").unwrap()).await.unwrap().entries.is_empty());
    }

    #[tokio::test]
    async fn who_has_it_writes_nothing_more() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
        let only = master(&store);
        becomes(&mut only.claims.strive(Work::Upkeep), Standing::Ours).await;
        let before = store.status().await.unwrap();
        let mut again = only.claims.strive(Work::Upkeep);
        becomes(&mut again, Standing::Ours).await;
        assert_eq!(store.status().await.unwrap(), before);
        only.leave().await;
    }

    #[tokio::test]
    async fn a_claim_of_a_newer_haven_is_left_alone() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
        let newer = r#"{"v":2,"owner":"later","epoch":7,"since":"2026-01-01T00:00:00Z"}"#;
        let key = Key::new("claims/upkeep").unwrap();
        store.txn(&[], &[Write::Put(key.clone(), newer.into())]).await.unwrap();
        let only = master(&store);
        let claim = only.claims.strive(Work::Upkeep);
        only.claims.presence.alive().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(claim.standing(), Standing::Unknown);
        assert_eq!(store.get(&key).await.unwrap().unwrap().value, newer);
        only.leave().await;
    }
}
