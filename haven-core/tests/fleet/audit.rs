//! Who did what is written down, and cannot be altered unseen.

use bytes::Bytes;
use haven_core::{
    ErrorKind,
    door::ops::audit::ListAudit,
    model::{Actor, access::Identity},
    store::{Key, Write},
};

use super::{cluster, fleet};

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
