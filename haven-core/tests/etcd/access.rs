//! TLS, passwords, prefixes and what is refused.

use haven_core::{
    ErrorKind,
    store::{EtcdStore, Expect, Key, Store as _, Write},
};
use haven_testkit::bed::Bed;

use super::url;

#[tokio::test]
async fn tls_and_a_password_are_taken_and_wrong_ones_refused() {
    let builder = Bed::with_engines(0).etcd(1).etcd_tls().etcd_password("p@ss/word");
    let Some(bed) = builder.shared_or_skip().await else { return };
    let (host, certs) = (bed.etcd()[0].client_address(), bed.certs());
    let (ca, cert, key) = (certs.ca(), certs.cert(), certs.key());
    let tls = format!("ca={}&cert={}&key={}", ca.display(), cert.display(), key.display());
    let at = |login: &str, query: &str| format!("etcd://{login}@{host}/haven?{query}");

    let store = EtcdStore::connect(&at("root:p%40ss%2Fword", &tls)).await.unwrap();
    let name = Key::new("a").unwrap();
    let revision = store.txn(&[(name.clone(), Expect::Absent)], &[Write::Put(name.clone(), "1".into())]).await.unwrap();
    assert_eq!(store.get(&name).await.unwrap().unwrap().revision, revision);
    assert_eq!(store.status().await.unwrap().alarms, [""; 0]);

    let refused = async |url: String| EtcdStore::connect(&url).await.map(drop).unwrap_err();
    let error = refused(at("root:wr0ng", &tls)).await;
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    assert!(!error.report().contains("wr0ng"));
    let error = refused(at("root:p%40ss%2Fword", &format!("ca={}", ca.display()))).await;
    assert_eq!(error.kind(), ErrorKind::Unavailable, "without our certificate: {error:?}");
    let error = refused(at("root:p%40ss%2Fword", "ca=/none.pem")).await;
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    assert!(error.message().contains("/none.pem"));
}

#[tokio::test]
async fn stores_under_different_prefixes_do_not_meet_and_are_not_each_other() {
    let Some(bed) = Bed::with_engines(0).etcd(3).shared_or_skip().await else { return };
    let _alone = super::ALONE.lock().await;
    let open = async |prefix| EtcdStore::connect(&url(bed, prefix)).await.unwrap();
    let (one, again, other) = (open("prefix").await, open("prefix").await, open("prefix-2").await);
    let key = Key::new("a").unwrap();
    let revision = one.txn(&[], &[Write::Put(key.clone(), "1".into())]).await.unwrap();
    assert_eq!(again.get(&key).await.unwrap().unwrap().revision, revision, "a second client sees the same store");
    assert_eq!(other.get(&key).await.unwrap(), None);
    let all = one.list(&Key::new("").unwrap()).await.unwrap();
    assert_eq!(all.entries.len(), 1, "neither the other prefix nor the incarnation is listed: {all:?}");
    assert_ne!(other.status().await.unwrap().revision.incarnation, revision.incarnation);
}
