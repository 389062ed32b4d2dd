//! Leases on etcd, renewed by a task of their own.
//!
//! The lease counts as lost when a whole lifetime has passed since the last renewal was asked for, or when etcd says so.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use etcd_client::{PutOptions, TxnOp};
use haven_model::{Error, ErrorKind, Result, Revision};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Inner, failure::Effect};
use crate::store::{Key, Lease, Write, limits};

#[derive(Debug)]
pub(super) struct EtcdLease {
    store: Arc<Inner>,
    id: i64,
    lost: CancellationToken,
    /// Ends the task that renews.
    dropped: CancellationToken,
}

impl EtcdLease {
    pub(super) async fn grant(store: Arc<Inner>, ttl: Duration) -> Result<Self> {
        limits::check_ttl(ttl)?;
        let whole = ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0);
        let seconds = i64::try_from(whole).unwrap_or(i64::MAX);
        let asked = Instant::now();
        let granted = store
            .members
            .call(Effect::Writes, |mut client| async move { client.lease_grant(seconds, None).await })
            .await?;
        // etcd may make a short one longer.
        let ttl = Duration::from_secs(u64::try_from(granted.ttl()).unwrap_or(whole));
        let lease = Self { store, id: granted.id(), lost: CancellationToken::new(), dropped: CancellationToken::new() };
        let renewal = Box::pin(renew(lease.store.clone(), lease.id, ttl, asked, lease.lost.clone()));
        let dropped = lease.dropped.clone();
        tokio::spawn(async move { dropped.run_until_cancelled(renewal).await });
        Ok(lease)
    }
}

/// Renews until the lease is lost.
async fn renew(store: Arc<Inner>, id: i64, ttl: Duration, mut renewed: Instant, lost: CancellationToken) {
    let beat = ttl / 3;
    loop {
        sleep(beat).await;
        while renewed.elapsed() < ttl {
            let asked = Instant::now();
            let renewal =
                store.members.call(Effect::Reads, |mut client| async move { client.lease_keep_alive(id).await });
            match timeout(ttl.saturating_sub(renewed.elapsed()), renewal).await {
                Ok(Ok(_)) => {
                    renewed = asked;
                    break;
                }
                Ok(Err(error)) if error.kind() == ErrorKind::NotFound => return lost.cancel(),
                Ok(Err(error)) => {
                    tracing::debug!(error = %error.report(), "a lease cannot be renewed");
                    sleep(beat / 4).await;
                }
                Err(_) => break,
            }
        }
        if renewed.elapsed() >= ttl {
            return lost.cancel();
        }
    }
}

#[async_trait]
impl Lease for EtcdLease {
    async fn put(&self, key: &Key, value: Bytes) -> Result<Revision> {
        limits::check_txn(&[], &[Write::Put(key.clone(), value.clone())])?;
        let gone = || Error::unavailable("the lease is lost").with("key", key);
        if self.lost.is_cancelled() {
            return Err(gone());
        }
        let put = TxnOp::put(self.store.raw(key), value, Some(PutOptions::new().with_lease(self.id)));
        match self.store.commit(Vec::new(), vec![put], Vec::new()).await {
            Ok(done) => self.store.revision_of(done.header()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.lost.cancel();
                Err(gone().caused_by(error))
            }
            Err(error) => Err(error),
        }
    }

    fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
}

impl Drop for EtcdLease {
    fn drop(&mut self) {
        self.dropped.cancel();
        self.lost.cancel();
        let (store, id) = (self.store.clone(), self.id);
        // Without a runtime, or where etcd does not answer, the lease runs out by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let revoked =
                    store.members.call(Effect::Writes, |mut client| async move { client.lease_revoke(id).await }).await;
                if let Err(error) = revoked {
                    tracing::debug!(error = %error.report(), "a lease was not given back, and will run out");
                }
            });
        }
    }
}
