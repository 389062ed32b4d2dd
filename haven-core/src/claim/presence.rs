//! That this master is alive: a key under a lease, put anew when the lease was lost.

use std::{sync::Arc, time::Duration};

use haven_model::{Result, Revision};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::AGAIN;
use crate::{
    clock::Clock,
    store::{Key, Lease, Record, Store, Write, write_plain},
};

/// Where masters show that they are alive.
const PREFIX: &str = "masters/";
/// How long a master counts as alive that says nothing any more.
const TTL: Duration = Duration::from_secs(15);

/// The sign of life of one master. The last clone that is dropped takes it back.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    name: Arc<str>,
    prefix: Key,
    key: Key,
    alive: watch::Receiver<Option<Alive>>,
    tasks: TaskTracker,
    end: Arc<DropGuard>,
}

/// A sign of life that stands.
#[derive(Clone, Debug)]
pub(super) struct Alive {
    /// When it was put.
    pub(super) revision: Revision,
    /// Cancelled when others may not see it any more.
    pub(super) lost: CancellationToken,
}

/// A master, for whoever looks into the store.
#[derive(Debug, Serialize, Deserialize)]
struct MasterRecord {
    version: String,
    since: Timestamp,
}

impl Record for MasterRecord {
    const KIND: &'static str = "master";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

impl Presence {
    /// Shows that this master is alive.
    pub(super) fn begin(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self> {
        let name = format!("{:016x}{:016x}", clock.random(), clock.random());
        let prefix = Key::new(PREFIX)?;
        let key = prefix.join(&name)?;
        let (told, alive) = watch::channel(None);
        let (tasks, end) = (TaskTracker::new(), CancellationToken::new());
        let (shown, ended) = (key.clone(), end.clone());
        tasks.spawn(async move {
            ended.run_until_cancelled(show(&*store, &*clock, &shown, told)).await;
            // The lease is given back beside; this is waited for.
            let _ = store.txn(&[], &[Write::Delete(shown)]).await;
        });
        Ok(Self { name: name.into(), prefix, key, alive, tasks, end: Arc::new(end.drop_guard()) })
    }

    /// Takes it back, and waits until others see that.
    pub(super) async fn end(&self) {
        self.end.token().cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Its name, which no other master ever has.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its key.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// The prefix of the keys of all masters.
    pub(super) fn prefix(&self) -> &Key {
        &self.prefix
    }

    /// Waits until it stands. Never ends after it was stopped.
    pub(super) async fn alive(&self) -> Alive {
        let mut alive = self.alive.clone();
        let stands = |alive: &Option<Alive>| alive.as_ref().is_some_and(|alive| !alive.lost.is_cancelled());
        match alive.wait_for(stands).await.ok().and_then(|alive| alive.clone()) {
            Some(alive) => alive,
            None => std::future::pending().await,
        }
    }
}

/// Puts the key, and puts it anew whenever its lease was lost.
async fn show(store: &dyn Store, clock: &dyn Clock, key: &Key, told: watch::Sender<Option<Alive>>) {
    let mut pause = AGAIN;
    loop {
        match put(store, clock, key).await {
            Ok((lease, revision)) => {
                pause = AGAIN;
                told.send_replace(Some(Alive { revision, lost: lease.lost() }));
                lease.lost().cancelled().await;
                tracing::warn!("this master counts as gone: its lease was not renewed in time");
            }
            Err(error) => {
                tracing::debug!(error = %error.report(), "nobody can be told that this master is alive");
                clock.sleep(pause).await;
                pause = (pause * 2).min(TTL);
            }
        }
    }
}

async fn put(store: &dyn Store, clock: &dyn Clock, key: &Key) -> Result<(Box<dyn Lease>, Revision)> {
    let lease = store.lease(TTL).await?;
    let record = MasterRecord { version: env!("CARGO_PKG_VERSION").to_owned(), since: clock.now() };
    let revision = lease.put(key, write_plain(&record)?).await?;
    Ok((lease, revision))
}
