//! What a new process finds.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use haven_core::{
    ErrorKind, Haven, Result,
    clock::{ManualClock, SystemClock},
    door::ops::{
        events::{FollowEvents, ListEvents},
        nodes::UpdateNode,
    },
    model::{NodeAddress, Revision, Secret, node::NodeSpec, node::TlsSpec},
    store::{Entry, Expect, Key, Keyring, Lease, MemoryStore, RedbStore, Snapshot, Status, Store, Watched, Write},
};
use tokio::sync::watch;

use super::{bed::eventually, cluster, node, on};

#[tokio::test]
async fn registrations_clusters_and_events_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("redb:{}", folder.path().join("haven.redb").display());
    let haven = Haven::open(&url).await.unwrap();
    haven.clusters().create(&cluster("web"), "shops").await.unwrap();
    let tls = TlsSpec { key: Some(Secret::new("-----KEY-----")), ..TlsSpec::default() };
    let spec = NodeSpec {
        name: node("a"),
        address: "https://127.0.0.1:1".parse().unwrap(),
        cluster: Some(cluster("web")),
        labels: [("zone".to_owned(), "b".to_owned())].into(),
        tls: Some(tls),
    };
    haven.nodes().register_with(spec).await.unwrap();
    let events = haven.events().list(haven_core::model::Severity::Info).await.unwrap();
    haven.close().await;
    drop(haven);

    let bytes = std::fs::read(folder.path().join("haven.redb")).unwrap();
    assert!(!bytes.windows(13).any(|part| part == b"-----KEY-----"), "a secret stands open in the store");

    let haven = reopened(&url).await;
    let seen = haven.nodes().get(&node("a")).await.unwrap();
    assert_eq!(seen.cluster, Some(cluster("web")));
    assert_eq!(seen.labels["zone"], "b");
    assert_eq!(haven.clusters().get(&cluster("web")).await.unwrap().description, "shops");
    assert_eq!(haven.events().list(haven_core::model::Severity::Info).await.unwrap(), events);
}

/// The file is closed a moment after the last handle is dropped.
async fn reopened(url: &str) -> Haven {
    for _ in 0..100 {
        match Haven::open(url).await {
            Err(error) if error.kind() == ErrorKind::Busy => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened.unwrap(),
        }
    }
    panic!("the store stays open");
}

#[tokio::test]
async fn another_key_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let clock = SystemClock::default();
    let store: Arc<dyn Store> = Arc::new(RedbStore::open(folder.path().join("haven.redb"), &clock).await.unwrap());
    on(store.clone(), Keyring::generate().unwrap()).await.close().await;
    let refused = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).build().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert!(refused.message().contains("another key"), "{refused}");
}

/// The sealed bytes of every node and user.
async fn sealed(store: &Arc<dyn Store>) -> Vec<(Key, Vec<u8>)> {
    let mut found = Vec::new();
    for prefix in ["nodes/", "users/"] {
        let entries = store.list(&Key::new(prefix).unwrap()).await.unwrap().entries;
        found.extend(entries.into_iter().map(|entry| (entry.key, entry.value.to_vec())));
    }
    found
}

#[tokio::test]
async fn a_key_that_was_changed_is_needed_no_more() {
    let clock = SystemClock::default();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&clock));
    let (old, new) = ("11".repeat(32), "22".repeat(32));
    let open =
        async |keys: &str| Haven::builder().store(store.clone()).keyring(Keyring::parse(keys).unwrap()).build().await;
    let haven = open(&old).await.unwrap();
    haven.services().unwrap().access.first_user(&"s3cret".into()).await.unwrap();
    let tls = TlsSpec { key: Some(Secret::new("-----KEY-----")), ..TlsSpec::default() };
    let spec = NodeSpec {
        name: node("a"),
        address: "https://127.0.0.1:1".parse().unwrap(),
        cluster: None,
        labels: [].into(),
        tls: Some(tls),
    };
    haven.nodes().register_with(spec).await.unwrap();
    haven.close().await;

    let before = sealed(&store).await;
    assert_eq!(before.len(), 2);
    open(&format!("{old},{new}")).await.unwrap().close().await;
    assert_eq!(sealed(&store).await, before, "what the present key sealed stays");
    open(&format!("{new},{old}")).await.unwrap().close().await;
    let after = sealed(&store).await;
    assert!(before.iter().zip(&after).all(|(before, after)| before.0 == after.0 && before.1 != after.1));
    assert_eq!(open(&old).await.unwrap_err().kind(), ErrorKind::Unsupported, "the old key alone opens nothing");
    let haven = open(&new).await.unwrap();
    assert_eq!(haven.nodes().get(&node("a")).await.unwrap().address.unwrap().to_string(), "https://127.0.0.1:1");
}

#[tokio::test]
async fn one_unreadable_node_keeps_no_fleet_from_starting_and_can_be_removed() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
    let keyring = Keyring::generate().unwrap();
    let address = |name: &str| format!("{name}.example:1").parse::<NodeAddress>().unwrap();
    let haven = on(store.clone(), keyring.clone()).await;
    for name in ["torn", "whole"] {
        haven.nodes().register(&node(name), address(name)).await.unwrap();
    }
    haven.close().await;
    let torn = Write::Put(Key::new("nodes/torn").unwrap(), r#"{"v":1,"sealed":"AAAA"}"#.into());
    store.txn(&[], &[torn]).await.unwrap();
    let haven = on(store, keyring).await;
    let names: Vec<_> = haven.nodes().list().await.unwrap().into_iter().map(|node| node.name).collect();
    assert_eq!(names, [node("whole")]);
    let taken = haven.nodes().register(&node("torn"), address("other")).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    haven.nodes().remove(&node("torn")).await.unwrap();
    haven.nodes().register(&node("again"), address("torn")).await.unwrap();
}

#[tokio::test]
async fn what_was_last_seen_of_a_node_that_is_gone_is_swept_at_the_start() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&SystemClock::default()));
    let key = |name: &str| Key::new(format!("lastseen/{name}/0")).unwrap();
    let keyring = Keyring::generate().unwrap();
    let haven = on(store.clone(), keyring.clone()).await;
    haven.nodes().register(&node("there"), "127.0.0.1:1".parse().unwrap()).await.unwrap();
    haven.close().await;
    let bucket = r#"{"v":1,"as_of":"2026-01-01T00:00:00Z","containers":[]}"#;
    let writes = ["gone", "there"].map(|name| Write::Put(key(name), bucket.into()));
    store.txn(&[], &writes).await.unwrap();
    let _haven = on(store.clone(), keyring).await;
    eventually("it is swept", || async { store.get(&key("gone")).await.unwrap().is_none() }).await;
    assert!(store.get(&key("there")).await.unwrap().is_some());
}

/// A memory store that can be set back to a backup of it, under those who use it.
#[derive(Debug)]
struct Restorable(watch::Sender<MemoryStore>);

impl Restorable {
    fn present(&self) -> MemoryStore {
        self.0.borrow().clone()
    }

    /// A store of the same incarnation with the same entries at the same revisions.
    async fn backup(&self) -> MemoryStore {
        let copy = MemoryStore::new(&ManualClock::seeded(1));
        let all = self.present().list(&Key::new("").unwrap()).await.unwrap();
        for number in 1..=all.revision.number {
            let then = all.entries.iter().filter(|entry| entry.revision.number == number);
            let mut writes: Vec<_> = then.map(|entry| Write::Put(entry.key.clone(), entry.value.clone())).collect();
            if writes.is_empty() {
                writes.push(Write::Put(Key::new("filler").unwrap(), "".into()));
            }
            copy.txn(&[], &writes).await.unwrap();
        }
        assert_eq!(copy.status().await.unwrap().revision, all.revision);
        copy
    }
}

#[async_trait]
impl Store for Restorable {
    async fn get(&self, key: &Key) -> Result<Option<Entry>> {
        self.present().get(key).await
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        self.present().list(prefix).await
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        self.present().txn(checks, writes).await
    }

    async fn lease(&self, ttl: Duration) -> Result<Box<dyn Lease>> {
        self.present().lease(ttl).await
    }

    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        let (mut present, prefix) = (self.0.subscribe(), prefix.clone());
        let watched = present.borrow_and_update().watch(&prefix, since);
        stream::unfold((present, watched, since), move |(mut present, mut watched, mut since)| {
            let prefix = prefix.clone();
            async move {
                loop {
                    tokio::select! {
                        told = watched.next() => {
                            since = match told.as_ref()?.as_ref().ok()? {
                                Watched::Changed { revision, .. } => *revision,
                                Watched::Resynced(snapshot) => snapshot.revision,
                            };
                            return Some((told?, (present, watched, since)));
                        }
                        changed = present.changed() => {
                            changed.ok()?;
                            watched = present.borrow_and_update().watch(&prefix, since);
                        }
                    }
                }
            }
        })
        .boxed()
    }

    async fn compact(&self, keep: u64) -> Result<()> {
        self.present().compact(keep).await
    }

    async fn status(&self) -> Result<Status> {
        self.present().status().await
    }
}

#[tokio::test]
async fn a_store_that_is_set_back_under_a_running_master_shows_what_it_holds_now() {
    let store = Arc::new(Restorable(watch::Sender::new(MemoryStore::new(&ManualClock::seeded(1)))));
    let haven = on(store.clone(), Keyring::generate().unwrap()).await;
    let zones = async || {
        let nodes = haven.nodes().list().await.unwrap().into_iter();
        nodes.map(|node| format!("{}:{}", node.name, node.labels.get("zone").cloned().unwrap_or_default())).collect()
    };
    let label = async |name: &str, zone: &str| {
        let labels = Some([("zone".to_owned(), zone.to_owned())].into());
        let update = UpdateNode { labels, ..UpdateNode::of(&node(name)) };
        haven.call(update).await.unwrap();
    };
    for name in ["changed", "removed", "same", "torn"] {
        haven.nodes().register(&node(name), NodeAddress::Sim).await.unwrap();
        haven.nodes().wait_online(&node(name)).await.unwrap();
    }
    label("changed", "old").await;
    let journal = &haven.services().unwrap().journal;
    journal.flush().await;
    let backup = store.backup().await;
    let torn = Write::Put(Key::new("nodes/torn").unwrap(), r#"{"v":1,"sealed":"AAAA"}"#.into());
    backup.txn(&[], &[torn]).await.unwrap();
    let before: Vec<String> = zones().await;

    label("changed", "new").await;
    haven.nodes().remove(&node("removed")).await.unwrap();
    haven.nodes().register(&node("late"), NodeAddress::Sim).await.unwrap();
    assert_eq!(zones().await as Vec<String>, ["changed:new", "late:", "same:", "torn:"]);
    let mut events = haven.follow(FollowEvents::default()).await.unwrap();
    journal.flush().await;
    haven.clusters().create(&cluster("lost"), "").await.unwrap();
    journal.flush().await;
    let has = async |name: &str| {
        let page = haven.call(ListEvents::default()).await.unwrap();
        page.items.iter().any(|event| event.name == name)
    };
    eventually("it is told", || has("lost")).await;

    store.0.send_replace(backup);
    eventually("nodes are as they were", || async { zones().await as Vec<String> == before }).await;
    let followed = async {
        while events.next().await.unwrap().unwrap().action != "gap" {}
        haven.clusters().create(&cluster("found"), "").await.unwrap();
        while events.next().await.unwrap().unwrap().name != "found" {}
    };
    tokio::time::timeout(Duration::from_secs(10), followed).await.expect("followers go on");
    assert_eq!((has("lost").await, has("late").await, has("found").await), (false, false, true));
}

#[tokio::test]
async fn a_newer_format_refuses_to_start_naming_both() {
    let clock = SystemClock::default();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&clock));
    let format = br#"{"reader":1,"writer":7,"by":"9.1.0"}"#;
    store.txn(&[], &[Write::Put(Key::new("meta/format").unwrap(), format.as_slice().into())]).await.unwrap();
    let refused = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).build().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    for part in ["format 7", "Haven 9.1.0", env!("CARGO_PKG_VERSION"), "format 1"] {
        assert!(refused.message().contains(part), "{refused}");
    }
}

#[tokio::test]
async fn two_fleets_live_in_one_process() {
    let (one, two) = (super::fleet().await, super::fleet().await);
    one.nodes().register(&node("a"), NodeAddress::Sim).await.unwrap();
    assert!(two.nodes().list().await.unwrap().is_empty());
}
