//! What was last seen on a node, kept for the next process.
//!
//! Containers are put into a few buckets by the beginning of their id, each one record, so that a change writes one
//! small record. Only what differs from what was written last is written: a quiet node writes nothing.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use haven_model::{Container, Error, NodeName, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::{Key, MAX_OPS, MAX_TXN, MAX_VALUE, Store, Write};

const PREFIX: &str = "lastseen/";
/// Up to so many containers a bucket is a digit of the id, beyond it two.
const FEW: usize = 4_000;

/// The last-seen records of one node.
#[derive(Debug)]
pub(super) struct LastSeen {
    store: Arc<dyn Store>,
    prefix: Key,
    /// What the store holds, by bucket; none: not read yet.
    written: Option<BTreeMap<String, Bytes>>,
}

/// A bucket as it is stored.
#[derive(Serialize, Deserialize)]
struct Bucket {
    v: u32,
    as_of: Timestamp,
    containers: Vec<Container>,
}

impl LastSeen {
    pub(super) fn new(store: Arc<dyn Store>, node: &NodeName) -> Result<Self> {
        Ok(Self { store, prefix: Key::new(format!("{PREFIX}{node}/"))?, written: None })
    }

    /// What the store holds. A bucket that cannot be read is passed over: the engine will say anew.
    pub(super) async fn load(&mut self) -> Result<(Vec<Container>, Option<Timestamp>)> {
        let snapshot = self.store.list(&self.prefix).await?;
        let mut containers = Vec::new();
        let mut as_of = None;
        let mut written = BTreeMap::new();
        for entry in snapshot.entries {
            let bucket = entry.key.as_str()[self.prefix.as_str().len()..].to_owned();
            match serde_json::from_slice::<Bucket>(&entry.value) {
                Ok(bucket) => {
                    containers.extend(bucket.containers);
                    as_of = as_of.max(Some(bucket.as_of));
                }
                Err(error) => tracing::warn!(key = %entry.key, %error, "what was last seen cannot be read"),
            }
            written.insert(bucket, entry.value);
        }
        self.written = Some(written);
        Ok((containers, as_of))
    }

    /// Writes what differs from what was written last.
    pub(super) async fn save(&mut self, containers: &[Arc<Container>], as_of: Timestamp) -> Result<()> {
        if self.written.is_none() {
            self.load().await?;
        }
        let wanted = buckets(containers);
        let written = self.written.get_or_insert_default();
        let mut writes = Vec::new();
        for (name, containers) in &wanted {
            let same = written.get(name).is_some_and(|bytes| {
                serde_json::from_slice::<Bucket>(bytes).is_ok_and(|bucket| bucket.containers == *containers)
            });
            if !same {
                let bucket = Bucket { v: 1, as_of, containers: containers.clone() };
                let bytes = serde_json::to_vec(&bucket)
                    .map_err(|error| Error::unexpected("what was last seen cannot be written").caused_by(error))?;
                writes.push((name.clone(), Some(Bytes::from(fitted(bytes, bucket)))));
            }
        }
        writes.extend(written.keys().filter(|name| !wanted.contains_key(*name)).map(|name| (name.clone(), None)));
        for part in parts(writes) {
            let txn = part
                .iter()
                .map(|(name, bytes)| {
                    let key = self.prefix.join(name)?;
                    Ok(bytes.clone().map_or_else(|| Write::Delete(key.clone()), |bytes| Write::Put(key.clone(), bytes)))
                })
                .collect::<Result<Vec<_>>>()?;
            self.store.txn(&[], &txn).await?;
            for (name, bytes) in part {
                match bytes {
                    Some(bytes) => written.insert(name, bytes),
                    None => written.remove(&name),
                };
            }
        }
        Ok(())
    }

    /// Forgets the node.
    pub(super) async fn forget(&mut self) -> Result<()> {
        self.save(&[], Timestamp::UNIX_EPOCH).await
    }
}

/// The containers by bucket, without what changes while nothing does.
fn buckets(containers: &[Arc<Container>]) -> BTreeMap<String, Vec<Container>> {
    let digits = if containers.len() <= FEW { 1 } else { 2 };
    let mut buckets: BTreeMap<String, Vec<Container>> = BTreeMap::new();
    for container in containers {
        let name = container.id.as_str()[..digits].to_owned();
        buckets.entry(name).or_default().push(Container { status: String::new(), ..(**container).clone() });
    }
    buckets
}

/// Drops containers from the end of a bucket that is too large for one value: the engine will tell them again.
fn fitted(mut bytes: Vec<u8>, mut bucket: Bucket) -> Vec<u8> {
    while bytes.len() > MAX_VALUE && !bucket.containers.is_empty() {
        let keep = bucket.containers.len() * 9 / 10;
        bucket.containers.truncate(keep);
        bytes = serde_json::to_vec(&bucket).unwrap_or_default();
    }
    bytes
}

/// Cuts writes into transactions within the store's limits.
fn parts(writes: Vec<(String, Option<Bytes>)>) -> Vec<Vec<(String, Option<Bytes>)>> {
    let mut parts: Vec<Vec<(String, Option<Bytes>)>> = Vec::new();
    let mut room = 0;
    for write in writes {
        let size = write.1.as_ref().map_or(0, Bytes::len) + crate::store::MAX_KEY;
        match parts.last_mut() {
            Some(part) if part.len() < MAX_OPS && size <= room => {
                room -= size;
                part.push(write);
            }
            _ => {
                room = MAX_TXN.saturating_sub(size);
                parts.push(vec![write]);
            }
        }
    }
    parts
}
