//! Who did what is written down, and cannot be altered unseen.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use haven_core::{
    ErrorKind, Haven,
    clock::SystemClock,
    door::ops::{audit::ListAudit, containers::RemoveContainer, sessions::ChangePassword},
    model::{Actor, ContainerRef, NodeAddress, Secret, access::Identity},
    store::{Key, Keyring, MemoryStore, Write},
};
use haven_testkit::faults::{Fault, Faults, Rule};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{bed::eventually, cluster, fleet, node};

#[tokio::test]
async fn what_acts_is_recorded_and_what_looks_is_not() {
    let haven = fleet().await;
    let admin = haven.acting_as(Actor { identity: Identity::User("admin".to_owned()), ..Actor::system() });
    admin.clusters().create(&cluster("web"), "").await.unwrap();
    admin.clusters().list().await.unwrap();
    let refused = admin.clusters().delete(&cluster("all")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Denied);
    let page = haven.call(ListAudit::default()).await.unwrap();
    let seen: Vec<_> =
        page.items.iter().map(|record| (record.number, record.operation.as_str(), record.failed)).collect();
    assert_eq!(seen, [(1, "clusters.create", None), (2, "clusters.delete", Some(ErrorKind::Denied))]);
    assert!(page.intact);
    assert_eq!(page.items[0].actor.identity, Identity::User("admin".to_owned()));
}

#[tokio::test]
async fn an_altered_record_is_seen() {
    let haven = fleet().await;
    for name in ["a", "b", "c"] {
        haven.clusters().create(&cluster(name), "").await.unwrap();
    }
    let store = &haven.services().unwrap().store;
    let key = Key::new("audit/0000000000000002").unwrap();
    let entry = store.get(&key).await.unwrap().unwrap();
    let altered = String::from_utf8(entry.value.to_vec()).unwrap().replace("clusters.create", "clusters.delete");
    store.txn(&[], &[Write::Put(key, Bytes::from(altered))]).await.unwrap();
    assert!(!haven.call(ListAudit::default()).await.unwrap().intact);
    let later = haven.call(ListAudit { after: Some(2), limit: None }).await.unwrap();
    assert_eq!((later.items.len(), later.intact), (1, true));
}

#[tokio::test]
async fn a_record_that_was_taken_out_is_seen_wherever_it_stood() {
    for taken in [2, 3] {
        let haven = fleet().await;
        for name in ["a", "b", "c"] {
            haven.clusters().create(&cluster(name), "").await.unwrap();
        }
        assert!(haven.call(ListAudit::default()).await.unwrap().intact);
        let store = &haven.services().unwrap().store;
        let key = Key::new(format!("audit/{taken:016}")).unwrap();
        store.txn(&[], &[Write::Delete(key)]).await.unwrap();
        assert!(!haven.call(ListAudit::default()).await.unwrap().intact, "record {taken}");
    }
}

#[tokio::test]
async fn a_record_says_what_was_asked_without_its_secrets() {
    let haven = fleet().await;
    let container = ContainerRef::new("web").unwrap();
    haven.call(RemoveContainer { node: node("a"), container, force: true, volumes: false }).await.unwrap_err();
    let (password, new_password) = (Secret::new("hidden"), Secret::new("hidden too"));
    haven.call(ChangePassword { user: "admin".to_owned(), password, new_password }).await.unwrap_err();
    let items = haven.call(ListAudit::default()).await.unwrap().items;
    let parameters: Vec<Value> = items.into_iter().map(|record| record.parameters.into()).collect();
    assert_eq!(
        parameters,
        [
            json!({ "node": "a", "container": "web", "force": true, "volumes": false }),
            json!({ "user": "admin", "password": "***", "new_password": "***" }),
        ]
    );
}

#[tokio::test]
async fn what_acts_is_done_and_recorded_also_when_nobody_waits_for_it_any_more() {
    let faults =
        Faults::seeded(1).with(Rule::always("engine.start_container", Fault::Slow(Duration::from_millis(200))));
    let store = Arc::new(MemoryStore::new(&SystemClock::default()));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).hook(Arc::new(faults));
    let haven = builder.build().await.unwrap();
    haven.nodes().register(&node("a"), NodeAddress::Sim).await.unwrap();
    haven.nodes().wait_online(&node("a")).await.unwrap();
    let (node, container) = (node("a"), ContainerRef::new("web").unwrap());
    let start = async { haven.containers().start(&node, &container).await };
    let left = tokio::time::timeout(Duration::from_millis(20), start).await;
    assert!(left.is_err(), "the caller leaves");
    eventually("it is recorded", || async {
        let page = haven.call(ListAudit::default()).await.unwrap();
        page.items.iter().any(|record| record.operation == "containers.start")
    })
    .await;
}

#[tokio::test]
async fn what_a_newer_haven_wrote_breaks_neither_the_chain_nor_the_page() {
    let haven = fleet().await;
    for name in ["a", "b"] {
        haven.clusters().create(&cluster(name), "").await.unwrap();
    }
    let store = &haven.services().unwrap().store;
    let (key, head) = (Key::new("audit/0000000000000002").unwrap(), Key::new("audit-head").unwrap());
    let text = async |key| String::from_utf8(store.get(key).await.unwrap().unwrap().value.to_vec()).unwrap();
    let (record, end) = (text(&key).await, text(&head).await);
    let (bare, hash) = record.rsplit_once(r#""hash":"#).unwrap();
    let hash = hash.trim_matches(['"', '}']);
    let bare = bare.replace(r#""face":"rust""#, r#""face":"hologram","mood":"calm""#);
    let newer = hex::encode(Sha256::digest(format!(r#"{bare}"hash":""}}"#)));
    let writes = [
        Write::Put(key.clone(), format!(r#"{bare}"hash":"{newer}"}}"#).into()),
        Write::Put(head.clone(), end.replace(hash, &newer).replacen('{', r#"{"moon":"full","#, 1).into()),
    ];
    store.txn(&[], &writes).await.unwrap();
    haven.clusters().create(&cluster("c"), "").await.unwrap();
    let page = haven.call(ListAudit::default()).await.unwrap();
    let numbers: Vec<_> = page.items.iter().map(|record| record.number).collect();
    assert_eq!((numbers, page.unreadable, page.intact), (vec![1, 3], vec![2], true));
    assert!(text(&head).await.contains("moon"), "what is not known stays");
}
