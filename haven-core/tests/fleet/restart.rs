//! What a new process finds.

use std::sync::Arc;

use haven_core::{
    ErrorKind, Haven,
    clock::SystemClock,
    model::{NodeAddress, Secret, node::NodeSpec, node::TlsSpec},
    store::{Key, Keyring, MemoryStore, RedbStore, Store, Write},
};

use super::{cluster, node, on};

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
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
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
