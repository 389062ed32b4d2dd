//! Leases: keys that vanish with their holder, never early.
//!
//! How a holder dies is the implementation's own affair, and tested there; here leases are given back.

use std::time::Duration;

use haven_core::{
    ErrorKind,
    store::{Change, Expect, Key, MAX_TTL, MAX_VALUE},
};

use super::{Fixture, names, refused};

const TTL: Duration = Duration::from_secs(2);

/// Held for longer than it lasts, it renews itself, and neither revision nor watch notices.
pub async fn a_lease_stays_while_it_is_held_and_renewing_is_no_change(fixture: &Fixture) {
    let lease = fixture.store.lease(TTL).await.unwrap();
    let put = lease.put(&fixture.key("alive"), "1".into()).await.unwrap();
    assert_eq!(fixture.get("alive").await.unwrap().revision, put);
    let mut watch = fixture.watch(put);
    tokio::time::sleep(TTL * 3).await;
    assert_eq!(fixture.get("alive").await.unwrap().revision, put);
    assert_eq!(fixture.now().await, put);
    watch.is_silent().await;
    assert!(!lease.lost().is_cancelled());
    lease.put(&fixture.key("alive"), "2".into()).await.expect("it still holds");
    watch.changed().await;
    drop(lease);
    watch.changed().await;
}

/// Giving a lease back removes its keys together, and the watch tells.
pub async fn all_keys_of_a_dropped_lease_vanish_in_one_change(fixture: &Fixture) {
    let stays = fixture.put("stays", "1").await;
    let lease = fixture.store.lease(TTL).await.unwrap();
    let mut last = stays;
    for name in ["b", "a", "c"] {
        last = lease.put(&fixture.key(name), "1".into()).await.unwrap();
    }
    let mut watch = fixture.watch(last);
    drop(lease);
    let (changes, revision) = watch.changed().await;
    assert_eq!(changes, ["a", "b", "c"].map(|name| Change::Deleted(fixture.key(name))));
    assert!(revision > last);
    assert_eq!(names(&fixture.list().await), ["stays"]);
    let key = fixture.key("a");
    fixture.txn(&[(key, Expect::Absent)], &[fixture.put_write("a", "2")]).await.expect("the name is free");
}

/// A lease with nothing under it comes and goes unnoticed.
pub async fn a_lease_without_keys_ends_without_a_change(fixture: &Fixture) {
    let before = fixture.put("a", "1").await;
    let lease = fixture.store.lease(TTL).await.unwrap();
    lease.put(&fixture.key("b"), "1".into()).await.unwrap();
    let deleted = fixture.delete("b").await;
    assert!(deleted > before);
    drop(lease);
    drop(fixture.store.lease(TTL).await.unwrap());
    tokio::time::sleep(TTL).await;
    assert_eq!(fixture.now().await, deleted);
}

/// Whoever writes a key in a transaction makes it last.
pub async fn a_key_written_otherwise_outlives_its_lease(fixture: &Fixture) {
    let lease = fixture.store.lease(TTL).await.unwrap();
    lease.put(&fixture.key("mine"), "1".into()).await.unwrap();
    lease.put(&fixture.key("taken"), "1".into()).await.unwrap();
    let taken = fixture.put("taken", "2").await;
    let mut watch = fixture.watch(taken);
    drop(lease);
    assert_eq!(watch.changed().await.0, [Change::Deleted(fixture.key("mine"))]);
    assert_eq!(names(&fixture.list().await), ["taken"]);
}

/// Time, key and value have their limits.
pub async fn leases_keep_the_limits(fixture: &Fixture) {
    for ttl in [Duration::ZERO, Duration::from_millis(999), MAX_TTL + Duration::from_secs(1), Duration::MAX] {
        refused(fixture.store.lease(ttl).await, ErrorKind::Invalid);
    }
    drop(fixture.store.lease(MAX_TTL).await.expect("a day is not too long"));
    let lease = fixture.store.lease(Duration::from_secs(1)).await.expect("a second is not too short");
    refused(lease.put(&fixture.key("a"), vec![b'v'; MAX_VALUE + 1].into()).await, ErrorKind::Invalid);
    refused(lease.put(&Key::new("").unwrap(), "1".into()).await, ErrorKind::Invalid);
    assert_eq!(fixture.get("a").await, None);
}

/// The last lease that wrote a key is the one it ends with.
pub async fn leases_do_not_take_each_others_keys(fixture: &Fixture) {
    let first = fixture.store.lease(TTL).await.unwrap();
    let second = fixture.store.lease(TTL).await.unwrap();
    first.put(&fixture.key("a"), "first".into()).await.unwrap();
    first.put(&fixture.key("b"), "first".into()).await.unwrap();
    let last = second.put(&fixture.key("a"), "second".into()).await.unwrap();
    let mut watch = fixture.watch(last);
    drop(first);
    assert_eq!(watch.changed().await.0, [Change::Deleted(fixture.key("b"))]);
    assert_eq!(names(&fixture.list().await), ["a"]);
    drop(second);
    assert_eq!(watch.changed().await.0, [Change::Deleted(fixture.key("a"))]);
}

/// Who holds the token of a lease learns that it was given back.
pub async fn a_lease_that_is_given_back_is_lost(fixture: &Fixture) {
    let lease = fixture.store.lease(TTL).await.unwrap();
    let lost = lease.lost();
    assert!(!lost.is_cancelled());
    drop(lease);
    assert!(lost.is_cancelled());
}
