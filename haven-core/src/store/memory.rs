//! A store in this process: for tests, simulated fleets, and whoever wants to keep nothing.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use haven_model::{Result, Revision};
use tokio_util::sync::CancellationToken;

use super::{
    Entry, Expect, Key, Lease, Snapshot, Status, Store, Watched, Write,
    limits::{check_ttl, check_txn},
    tree::Tree,
};
use crate::clock::Clock;

/// A store in this process. Clones are the same store.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    tree: Arc<Tree>,
}

impl MemoryStore {
    /// An empty store. Its incarnation is drawn from the clock's random numbers.
    pub fn new(clock: &dyn Clock) -> Self {
        let incarnation = u32::try_from(clock.random() & u64::from(u32::MAX)).unwrap_or_default();
        Self { tree: Arc::new(Tree::new(incarnation)) }
    }
}

/// Checks and writes as one change; under `lease` where there is one.
fn txn(tree: &Tree, checks: &[(Key, Expect)], writes: &[Write], lease: Option<u64>) -> Result<Revision> {
    check_txn(checks, writes)?;
    let (mut state, pending) = (tree.lock(), BTreeMap::new());
    tree.check(&state, &pending, checks)?;
    let number = tree.number() + 1;
    let changes = tree.changes(&state, &pending, writes, number);
    if changes.is_empty() {
        return Ok(tree.at(number - 1));
    }
    tree.apply(&mut state, number, changes, lease);
    Ok(tree.at(number))
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &Key) -> Result<Option<Entry>> {
        Ok(self.tree.get(key))
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        Ok(self.tree.list(prefix))
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        txn(&self.tree, checks, writes, None)
    }

    async fn lease(&self, ttl: Duration) -> Result<Box<dyn Lease>> {
        check_ttl(ttl)?;
        let id = Tree::new_lease(&mut self.tree.lock());
        Ok(Box::new(MemoryLease { tree: self.tree.clone(), id, lost: CancellationToken::new() }))
    }

    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        Tree::watch(self.tree.clone(), prefix.clone(), since)
    }

    async fn compact(&self, keep: u64) -> Result<()> {
        self.tree.compact(self.tree.number().saturating_sub(keep));
        Ok(())
    }

    async fn status(&self) -> Result<Status> {
        let revision = self.tree.at(self.tree.number());
        Ok(Status { kind: "memory", revision, bytes: self.tree.bytes(), alarms: Vec::new() })
    }
}

/// A lease in this process. Its holder is the process itself, so it is lost only by giving it back.
#[derive(Debug)]
struct MemoryLease {
    tree: Arc<Tree>,
    id: u64,
    lost: CancellationToken,
}

#[async_trait]
impl Lease for MemoryLease {
    async fn put(&self, key: &Key, value: Bytes) -> Result<Revision> {
        txn(&self.tree, &[], &[Write::Put(key.clone(), value)], Some(self.id))
    }

    fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        self.lost.cancel();
        let mut state = self.tree.lock();
        let writes = Tree::keys_of(&state, self.id);
        let number = self.tree.number() + 1;
        let changes = self.tree.changes(&state, &BTreeMap::new(), &writes, number);
        if !changes.is_empty() {
            self.tree.apply(&mut state, number, changes, None);
        }
        Tree::end_lease(&mut state, self.id);
    }
}
