//! A claim that is held while one piece of work is done, and what makes effects under it safe when they come late.
//!
//! The holder writes only in transactions that check the claim, so a store takes nothing from who has lost it. Engines
//! check no such thing: therefore an effect begins only while the claim was confirmed less than [`FRESH`] ago, on a clock
//! that counts suspension, and who takes over from a master that shows no sign of life waits as long first.

use std::{
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use haven_model::{Error, ErrorKind, Result, Revision};

use super::{ClaimRecord, Claims, PREFIX, presence::Alive};
use crate::store::{Expect, Key, Write, read_plain, write_plain};

/// How long a confirmation counts. Who takes over waits so long after the owner's lease ran out.
pub(crate) const FRESH: Duration = Duration::from_secs(10);

/// How soon a claim is looked at again that somebody else was faster with.
const SOON: Duration = Duration::from_millis(200);

/// A piece of work that is this master's, until it is [given back](Self::release) or lost.
#[derive(Debug)]
pub(crate) struct Held {
    claims: Claims,
    key: Key,
    epoch: u64,
    revision: Revision,
    alive: Alive,
    /// When the store was asked that last said it is ours, and its revision then.
    confirmed: Mutex<(Duration, Revision)>,
}

impl Claims {
    /// Takes the claim of a name. None when another master who is alive has it. When its owner is gone without a word, this
    /// waits until nothing that it began can still begin.
    pub(crate) async fn seize(&self, name: &str) -> Result<Option<Held>> {
        let key = Key::new(format!("{PREFIX}{name}"))?;
        let mut waited_for = None;
        loop {
            let alive = self.presence.alive().await;
            let begun = self.clock.elapsed();
            let masters = self.store.list(self.presence.prefix()).await?;
            let current = self.store.get(&key).await?;
            let record = current.as_ref().map(read_plain::<ClaimRecord>).transpose()?;
            let mut checks = vec![(self.presence.key().clone(), Expect::At(alive.revision))];
            let epoch = if let (Some(entry), Some(record)) = (&current, record) {
                checks.push((key.clone(), Expect::At(entry.revision)));
                if record.owner != self.presence.name() {
                    let owner = self.presence.prefix().join(&record.owner)?;
                    if masters.entries.iter().any(|entry| entry.key == owner) {
                        return Ok(None);
                    }
                    if waited_for != Some(entry.revision) {
                        waited_for = Some(entry.revision);
                        self.clock.sleep(FRESH).await;
                        continue;
                    }
                    checks.push((owner, Expect::Absent));
                }
                record.epoch + 1
            } else {
                checks.push((key.clone(), Expect::Absent));
                1
            };
            let record = ClaimRecord { owner: self.presence.name().to_owned(), epoch, since: self.clock.now() };
            match self.store.txn(&checks, &[Write::Put(key.clone(), write_plain(&record)?)]).await {
                Ok(revision) => {
                    let confirmed = Mutex::new((begun, revision));
                    return Ok(Some(Held { claims: self.clone(), key, epoch, revision, alive, confirmed }));
                }
                // Somebody else was faster, or this master's own sign of life is being put anew.
                Err(error) if error.kind() == ErrorKind::Conflict => self.clock.sleep(SOON).await,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Held {
    /// Grows with every owner.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What a transaction checks, to happen only while the claim is ours.
    pub(crate) fn checks(&self) -> [(Key, Expect); 2] {
        let me = (self.claims.presence.key().clone(), Expect::At(self.alive.revision));
        [me, (self.key.clone(), Expect::At(self.revision))]
    }

    /// Writes something, if the claim is ours. `Conflict` when it is not, or when one of `checks` does not hold.
    pub(crate) async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        let all: Vec<_> = self.checks().into_iter().chain(checks.iter().cloned()).collect();
        let begun = self.claims.clock.elapsed();
        let revision = self.claims.store.txn(&all, writes).await?;
        let mut confirmed = self.confirmed();
        *confirmed = (*confirmed).max((begun, revision));
        Ok(revision)
    }

    /// To be asked right before each effect: whether the claim is ours for certain. `Conflict` when it is lost, what the
    /// store fails with when that cannot be known.
    pub(crate) async fn confirm(&self) -> Result<()> {
        if self.age() < FRESH / 2 {
            return Ok(());
        }
        match self.confirm_now().await {
            Err(error) if error.kind() != ErrorKind::Conflict && self.age() < FRESH => {
                tracing::debug!(error = %error.report(), "the claim was confirmed a moment ago, which is enough");
                Ok(())
            }
            answer => answer,
        }
    }

    /// The same, asked of the store in any case.
    pub(crate) async fn confirm_now(&self) -> Result<()> {
        match self.txn(&[], &[]).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                Err(Error::conflict("another master has taken over").with("claim", &self.key).caused_by(error))
            }
            answer => answer.map(drop),
        }
    }

    /// The revision of the store at which it was last known to be ours.
    pub(crate) fn confirmed_at(&self) -> Revision {
        self.confirmed().1
    }

    fn age(&self) -> Duration {
        let confirmed = self.confirmed().0;
        self.claims.clock.elapsed().saturating_sub(confirmed)
    }

    fn confirmed(&self) -> MutexGuard<'_, (Duration, Revision)> {
        self.confirmed.lock().expect("no panic happens under this lock")
    }

    /// Gives it back, so that nobody need wait to take it.
    pub(crate) async fn release(self) {
        if let Err(error) = self.txn(&[], &[Write::Delete(self.key.clone())]).await {
            tracing::debug!(claim = %self.key, error = %error.report(), "the claim was not given back");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    use super::*;
    use crate::{
        clock::{Clock, ManualClock, SystemClock},
        store::{MemoryStore, Store},
    };

    fn claims(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) -> Claims {
        Claims::open(store.clone(), clock.clone(), &TaskTracker::new(), &CancellationToken::new()).unwrap()
    }

    #[tokio::test]
    async fn one_has_it_until_it_is_given_back() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
        let (one, other) = (claims(&store, &clock), claims(&store, &clock));
        let held = one.seize("work").await.unwrap().unwrap();
        held.confirm().await.unwrap();
        assert!(other.seize("work").await.unwrap().is_none());
        held.release().await;
        let taken = other.seize("work").await.unwrap().unwrap();
        assert_eq!(taken.epoch(), 1);
        one.leave().await;
        other.leave().await;
    }

    #[tokio::test]
    async fn who_takes_over_waits_and_who_lost_it_can_do_nothing_more() {
        let clock = ManualClock::seeded(1);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&clock));
        let (one, other) = (claims(&store, &shared), claims(&store, &shared));
        let held = one.seize("work").await.unwrap().unwrap();
        one.leave().await;
        let seizing = tokio::spawn(async move { other.seize("work").await.unwrap().unwrap() });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!seizing.is_finished(), "it was taken though an effect could still begin");
        clock.advance(FRESH);
        let taken = seizing.await.unwrap();
        assert_eq!(taken.epoch(), 2);
        assert_eq!(held.confirm().await.unwrap_err().kind(), ErrorKind::Conflict);
        taken.confirm_now().await.unwrap();
        assert_eq!(held.txn(&[], &[]).await.unwrap_err().kind(), ErrorKind::Conflict);
    }
}
