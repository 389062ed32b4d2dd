//! A store as a process sees it that can be stopped, as by SIGSTOP: it asks nothing meanwhile, and its leases run out.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use haven_core::{
    Result,
    model::Revision,
    store::{Entry, Expect, Key, Lease, Snapshot, Status, Store, Watched, Write},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A lease: cancelled when it is lost, and the keys that are put through it.
type Held = (CancellationToken, Arc<Mutex<Vec<Key>>>);

#[derive(Debug)]
pub(crate) struct Stoppable {
    store: Arc<dyn Store>,
    stopped: watch::Sender<bool>,
    leases: Mutex<Vec<Held>>,
}

#[derive(Debug)]
struct Kept {
    store: Arc<dyn Store>,
    lost: CancellationToken,
    keys: Arc<Mutex<Vec<Key>>>,
}

impl Stoppable {
    pub(crate) fn over(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, stopped: watch::Sender::new(false), leases: Mutex::default() })
    }

    /// Stops whoever asks through this, for so long that its leases have run out.
    pub(crate) async fn stop(&self) {
        self.stopped.send_replace(true);
        let leases = std::mem::take(&mut *self.leases.lock().unwrap());
        for (lost, keys) in leases {
            let keys = keys.lock().unwrap().clone();
            for key in keys {
                self.store.txn(&[], &[Write::Delete(key)]).await.unwrap();
            }
            lost.cancel();
        }
    }

    pub(crate) fn go_on(&self) {
        self.stopped.send_replace(false);
    }

    async fn runs(&self) {
        let _ = self.stopped.subscribe().wait_for(|stopped| !stopped).await;
    }
}

#[async_trait]
impl Lease for Kept {
    async fn put(&self, key: &Key, value: Bytes) -> Result<Revision> {
        self.keys.lock().unwrap().push(key.clone());
        self.store.txn(&[], &[Write::Put(key.clone(), value)]).await
    }

    fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
}

#[async_trait]
impl Store for Stoppable {
    async fn get(&self, key: &Key) -> Result<Option<Entry>> {
        self.runs().await;
        self.store.get(key).await
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        self.runs().await;
        self.store.list(prefix).await
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        self.runs().await;
        self.store.txn(checks, writes).await
    }

    async fn lease(&self, _: Duration) -> Result<Box<dyn Lease>> {
        self.runs().await;
        let (lost, keys) = (CancellationToken::new(), Arc::default());
        self.leases.lock().unwrap().push((lost.clone(), Arc::clone(&keys)));
        Ok(Box::new(Kept { store: self.store.clone(), lost, keys }))
    }

    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        self.store.watch(prefix, since)
    }

    async fn compact(&self, keep: u64) -> Result<()> {
        self.store.compact(keep).await
    }

    async fn status(&self) -> Result<Status> {
        self.store.status().await
    }
}
