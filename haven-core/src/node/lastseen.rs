//! What was last seen on a node, kept for the next process.
//!
//! Containers are put into buckets by the beginning of their id, each one record, so that a change writes one small
//! record; a bucket that grows large is divided by one more digit. Only what differs from what was written last is
//! written: a quiet node writes nothing. And it is written only while the node is registered, so that nothing is left of
//! one that was removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use haven_model::{Container, Error, ErrorKind, NodeName, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::store::{Expect, Key, MAX_KEY, MAX_OPS, MAX_TXN, MAX_VALUE, Record, Store, Write, read_plain, write_plain};

const PREFIX: &str = "lastseen/";
/// A bucket whose containers have more bytes is divided.
const LARGE: usize = 128 * 1024;
/// How many digits an id has.
const DIGITS: usize = 64;

/// The last-seen records of one node.
#[derive(Debug)]
pub(super) struct LastSeen {
    store: Arc<dyn Store>,
    /// The key of the registration.
    node: Key,
    prefix: Key,
    /// What the store holds, by bucket; none: not read yet.
    written: Option<BTreeMap<String, Written>>,
}

/// The hash of a bucket's containers; none: what is there cannot be read.
type Written = Option<[u8; 32]>;

/// A bucket as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Bucket {
    as_of: Timestamp,
    containers: Vec<Container>,
}

impl Record for Bucket {
    const KIND: &'static str = "list of last seen containers";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

impl LastSeen {
    pub(super) fn new(store: Arc<dyn Store>, node: &NodeName) -> Result<Self> {
        let prefix = Key::new(format!("{PREFIX}{node}/"))?;
        Ok(Self { store, node: Key::new(format!("{}{node}", super::PREFIX))?, prefix, written: None })
    }

    /// What the store holds. A bucket that cannot be read is passed over: the engine will say anew.
    pub(super) async fn load(&mut self) -> Result<(Vec<Container>, Option<Timestamp>)> {
        let snapshot = self.store.list(&self.prefix).await?;
        let mut buckets = Vec::new();
        let mut written = BTreeMap::new();
        for entry in snapshot.entries {
            let name = entry.key.as_str()[self.prefix.as_str().len()..].to_owned();
            match read_plain::<Bucket>(&entry) {
                Ok(bucket) => {
                    written.insert(name, Some(hash(&bucket.containers)?));
                    buckets.push(bucket);
                }
                Err(error) => {
                    tracing::warn!(error = %error.report(), "what was last seen is passed over");
                    written.insert(name, None);
                }
            }
        }
        self.written = Some(written);
        buckets.sort_by_key(|bucket| bucket.as_of);
        let as_of = buckets.last().map(|bucket| bucket.as_of);
        // A bucket may be there beside those it was divided into: what is newer counts.
        let containers: BTreeMap<_, _> = buckets
            .into_iter()
            .flat_map(|bucket| bucket.containers)
            .map(|container| (container.id.clone(), container))
            .collect();
        Ok((containers.into_values().collect(), as_of))
    }

    /// Writes what differs from what was written last, if the node is registered.
    pub(super) async fn save(
        &mut self,
        containers: impl Iterator<Item = Container> + Send,
        as_of: Timestamp,
    ) -> Result<()> {
        let wanted = buckets(containers);
        if self.written.is_none() {
            self.load().await?;
        }
        let written = self.written.get_or_insert_default();
        let gone: Vec<String> = written.keys().filter(|name| !wanted.contains_key(*name)).cloned().collect();
        let (mut writes, mut hashes) = (Vec::new(), BTreeMap::new());
        for (name, containers) in wanted {
            let hash = Some(hash(&containers)?);
            if written.get(&name).is_some_and(|written| *written == hash) {
                continue;
            }
            let bytes = write_plain(&Bucket { as_of, containers })?;
            if bytes.len() > MAX_VALUE {
                tracing::warn!(key = %self.prefix.join(&name)?, "a container is too large to be kept as last seen");
                continue;
            }
            hashes.insert(name.clone(), hash);
            writes.push((name, Some(bytes)));
        }
        writes.extend(gone.into_iter().map(|name| (name, None)));
        for part in parts(writes) {
            let txn = part
                .iter()
                .map(|(name, bytes)| {
                    let key = self.prefix.join(name)?;
                    Ok(bytes.clone().map_or_else(|| Write::Delete(key.clone()), |bytes| Write::Put(key.clone(), bytes)))
                })
                .collect::<Result<Vec<_>>>()?;
            if !write_of(&*self.store, &self.node, &txn).await? {
                return Ok(());
            }
            for (name, bytes) in part {
                match bytes.and_then(|_| hashes.remove(&name)) {
                    Some(hash) => written.insert(name, hash),
                    None => written.remove(&name),
                };
            }
        }
        Ok(())
    }

    /// Forgets the node, unless it is registered.
    pub(super) async fn forget(&mut self) -> Result<()> {
        self.written = None;
        let entries = self.store.list(&self.prefix).await?.entries;
        for part in entries.chunks(MAX_OPS) {
            let writes: Vec<Write> = part.iter().map(|entry| Write::Delete(entry.key.clone())).collect();
            match self.store.txn(&[(self.node.clone(), Expect::Absent)], &writes).await {
                Err(error) if error.kind() == ErrorKind::Conflict => return Ok(()),
                done => drop(done?),
            }
        }
        Ok(())
    }
}

/// Forgets nodes that are not registered, which other processes may have left. Ends when that is done.
pub(super) async fn sweep(store: Arc<dyn Store>, stop: CancellationToken) {
    let swept = async {
        let seen = store.list(&Key::new(PREFIX)?).await?.entries;
        let nodes = store.list(&Key::new(super::PREFIX)?).await?.entries;
        let registered: BTreeSet<Key> = nodes.into_iter().map(|entry| entry.key).collect();
        let names = seen.iter().filter_map(|entry| NodeName::new(entry.key.as_str().split('/').nth(1)?).ok());
        for name in names.collect::<BTreeSet<_>>() {
            let mut last_seen = LastSeen::new(store.clone(), &name)?;
            if !registered.contains(&last_seen.node) {
                last_seen.forget().await?;
            }
        }
        Ok::<_, Error>(())
    };
    tokio::select! {
        done = swept => if let Err(error) = done {
            tracing::warn!(error = %error.report(), "what was last seen of removed nodes stays");
        },
        () = stop.cancelled() => {}
    }
}

/// Writes if a node is registered, which is answered.
async fn write_of(store: &dyn Store, node: &Key, writes: &[Write]) -> Result<bool> {
    loop {
        let Some(entry) = store.get(node).await? else { return Ok(false) };
        match store.txn(&[(node.clone(), Expect::At(entry.revision))], writes).await {
            // It was changed meanwhile, or removed.
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            done => return done.map(|_| true),
        }
    }
}

fn hash(containers: &[Container]) -> Result<[u8; 32]> {
    let json =
        serde_json::to_vec(containers).map_err(|error| Error::unexpected("containers are no JSON").caused_by(error))?;
    Ok(Sha256::digest(&json).into())
}

/// The containers by bucket, without what changes while nothing does.
fn buckets(containers: impl Iterator<Item = Container>) -> BTreeMap<String, Vec<Container>> {
    let all = containers.map(|container| {
        let container = Container { status: String::new(), ..container };
        (serde_json::to_vec(&container).map_or(0, |bytes| bytes.len()), container)
    });
    let mut buckets = BTreeMap::new();
    divide(all.collect(), 1, &mut buckets);
    buckets
}

/// Puts containers, each with its bytes, into buckets by so many digits of their ids, or more where a bucket is large.
fn divide(containers: Vec<(usize, Container)>, digits: usize, buckets: &mut BTreeMap<String, Vec<Container>>) {
    let mut parts: BTreeMap<String, Vec<(usize, Container)>> = BTreeMap::new();
    for (bytes, container) in containers {
        parts.entry(container.id.as_str()[..digits].to_owned()).or_default().push((bytes, container));
    }
    for (name, part) in parts {
        let bytes: usize = part.iter().map(|(bytes, _)| bytes).sum();
        if bytes > LARGE && part.len() > 1 && digits < DIGITS {
            divide(part, digits + 1, buckets);
        } else {
            buckets.insert(name, part.into_iter().map(|(_, container)| container).collect());
        }
    }
}

/// Cuts writes into transactions within the store's limits, which count the key of the registration, too.
fn parts(writes: Vec<(String, Option<Bytes>)>) -> Vec<Vec<(String, Option<Bytes>)>> {
    let mut parts: Vec<Vec<(String, Option<Bytes>)>> = Vec::new();
    let mut room = 0;
    for write in writes {
        let size = write.1.as_ref().map_or(0, Bytes::len) + MAX_KEY;
        match parts.last_mut() {
            Some(part) if part.len() < MAX_OPS && size <= room => {
                room -= size;
                part.push(write);
            }
            _ => {
                room = (MAX_TXN - MAX_KEY).saturating_sub(size);
                parts.push(vec![write]);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use haven_model::{ContainerId, container::ContainerState};

    use super::*;
    use crate::{clock::SystemClock, store::MemoryStore};

    /// A container whose record has some `bytes`, with the `number`th id of those that are spread evenly.
    fn container(number: u64, bytes: usize) -> Container {
        let id = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
        Container {
            id: ContainerId::new(id).unwrap(),
            name: format!("c{number}"),
            image: "nginx".to_owned(),
            image_id: String::new(),
            command: "x".repeat(bytes),
            created: Timestamp::UNIX_EPOCH,
            state: ContainerState::Running,
            health: None,
            status: "Up 5 minutes".to_owned(),
            ports: vec![],
            labels: [].into(),
            networks: [].into(),
            mounts: vec![],
            truncated: false,
        }
    }

    /// A store in which node `a` is registered.
    async fn store() -> Arc<dyn Store> {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
        put(&store, "nodes/a", "{}").await;
        store
    }

    async fn put(store: &Arc<dyn Store>, key: &str, value: &str) {
        store.txn(&[], &[Write::Put(Key::new(key).unwrap(), value.to_owned().into())]).await.unwrap();
    }

    async fn kept(store: &Arc<dyn Store>) -> usize {
        store.list(&Key::new(PREFIX).unwrap()).await.unwrap().entries.len()
    }

    fn of(store: &Arc<dyn Store>) -> LastSeen {
        LastSeen::new(store.clone(), &NodeName::new("a").unwrap()).unwrap()
    }

    #[tokio::test]
    async fn many_large_containers_are_all_recalled() {
        let store = store().await;
        let containers: Vec<_> = (0..3_900).map(|number| container(number, 2_500)).collect();
        let mut last_seen = of(&store);
        last_seen.save(containers.iter().cloned(), Timestamp::UNIX_EPOCH).await.unwrap();
        let (recalled, _) = of(&store).load().await.unwrap();
        assert_eq!(recalled.len(), containers.len());
        let before = store.status().await.unwrap().revision;
        last_seen.save(containers.iter().cloned(), Timestamp::MAX).await.unwrap();
        assert_eq!(store.status().await.unwrap().revision, before, "nothing changed");
        last_seen.save(containers[..1].iter().cloned(), Timestamp::MAX).await.unwrap();
        assert_eq!(kept(&store).await, 1);
    }

    #[tokio::test]
    async fn a_bucket_that_is_left_beside_its_parts_repeats_no_container() {
        let store = store().await;
        let bucket = |name: &str, second: i64| {
            let known = Container { name: name.to_owned(), ..container(1, 10) };
            let as_of = Timestamp::from_second(second).unwrap();
            String::from_utf8(write_plain(&Bucket { as_of, containers: vec![known] }).unwrap().to_vec()).unwrap()
        };
        put(&store, "lastseen/a/9", &bucket("old", 1)).await;
        put(&store, "lastseen/a/9e", &bucket("new", 2)).await;
        let (recalled, as_of) = of(&store).load().await.unwrap();
        assert_eq!(recalled.iter().map(|container| container.name.as_str()).collect::<Vec<_>>(), ["new"]);
        assert_eq!(as_of, Timestamp::from_second(2).ok());
    }

    #[tokio::test]
    async fn a_save_that_lands_after_the_removal_leaves_nothing_for_a_later_node_of_the_name() {
        let store = store().await;
        let mut late = of(&store);
        late.save([container(1, 10)].into_iter(), Timestamp::UNIX_EPOCH).await.unwrap();
        store.txn(&[], &[Write::Delete(Key::new("nodes/a").unwrap())]).await.unwrap();
        of(&store).forget().await.unwrap();
        late.save([container(2, 10)].into_iter(), Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(kept(&store).await, 0);
        put(&store, "nodes/a", "{}").await;
        of(&store).save([container(3, 10)].into_iter(), Timestamp::UNIX_EPOCH).await.unwrap();
        of(&store).forget().await.unwrap();
        assert_eq!(kept(&store).await, 1, "it is registered again");
    }

    #[tokio::test]
    async fn what_a_newer_haven_wrote_is_passed_over_and_written_anew() {
        let store = store().await;
        put(&store, "lastseen/a/9", r#"{"v":2,"as_of":"2026-01-01T00:00:00Z","containers":[]}"#).await;
        let mut last_seen = of(&store);
        assert_eq!(last_seen.load().await.unwrap(), (vec![], None));
        last_seen.save([container(1, 10)].into_iter(), Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(of(&store).load().await.unwrap().0.len(), 1);
    }
}
