//! Watches: every change once, in order, or a resync; never a gap.
//!
//! A watch starts after a revision that its caller has seen.

use haven_core::{
    model::Revision,
    store::{Change, Entry, Key, Watched, Write},
};

use super::{Fixture, foreign, names};

/// A transaction is one item, its changes ordered by key.
pub async fn a_watch_tells_each_transaction_once_and_in_order(fixture: &Fixture) {
    let start = fixture.put("old", "1").await;
    let mut watch = fixture.watch(start);
    watch.is_silent().await;
    let writes = [fixture.put_write("b", "1"), fixture.put_write("a", "1"), Write::Delete(fixture.key("old"))];
    let first = fixture.txn(&[], &writes).await.unwrap();
    let second = fixture.put("a", "2").await;
    let put = |name: &str, value: &'static str, revision| {
        Change::Put(Entry { key: fixture.key(name), value: value.into(), revision })
    };
    let expected = vec![put("a", "1", first), put("b", "1", first), Change::Deleted(fixture.key("old"))];
    assert_eq!(watch.changed().await, (expected, first));
    assert_eq!(watch.changed().await, (vec![put("a", "2", second)], second));
    watch.is_silent().await;
}

/// Of a transaction it tells the changes under the prefix, and nothing where there are none.
pub async fn a_watch_keeps_to_its_prefix(fixture: &Fixture) {
    let start = fixture.now().await;
    let mut watch = super::Watch(fixture.store.watch(&fixture.key("in/"), start));
    fixture.put("out", "1").await;
    let revision = fixture.txn(&[], &[fixture.put_write("out", "2"), fixture.put_write("in/a", "1")]).await.unwrap();
    let (changes, told) = watch.changed().await;
    assert_eq!((changes.len(), changes[0].key(), told), (1, &fixture.key("in/a"), revision));
    fixture.put("in", "x").await;
    fixture.put("in0", "x").await;
    watch.is_silent().await;
    let mut all = super::Watch(fixture.store.watch(&Key::new("").unwrap(), revision));
    assert_eq!(all.changed().await.0[0].key(), &fixture.key("in"));
}

/// What is written while a list is read is in the list or in the watch from its revision.
pub async fn nothing_falls_between_a_list_and_its_watch(fixture: &Fixture) {
    let store = fixture.store.clone();
    let keys: Vec<_> = (0..60).map(|i| fixture.key(&format!("{i:02}"))).collect();
    let writer = tokio::spawn(async move {
        for key in keys {
            store.txn(&[], &[Write::Put(key, "x".into())]).await.unwrap();
        }
    });
    for _ in 0..5 {
        let snapshot = fixture.list().await;
        let mut seen = snapshot.entries.len();
        let mut watch = fixture.watch(snapshot.revision);
        let mut last = snapshot.revision;
        while seen < 60 {
            let (changes, revision) = watch.changed().await;
            assert!(revision > last, "{revision} after {last}");
            last = revision;
            seen += changes.len();
        }
        watch.is_silent().await;
    }
    writer.await.unwrap();
}

/// A watch that starts late tells what happened since.
pub async fn a_watch_from_the_past_tells_what_was(fixture: &Fixture) {
    let start = fixture.now().await;
    let mut revisions = Vec::new();
    for i in 0..300 {
        revisions.push(fixture.put("a", i.to_string()).await);
    }
    revisions.push(fixture.delete("a").await);
    let mut watch = fixture.watch(start);
    for revision in revisions {
        assert_eq!(watch.changed().await.1, revision);
    }
    watch.is_silent().await;
}

/// After compaction the whole prefix is told, so that deletes show, and the watch goes on from there.
pub async fn a_watch_is_resynced_after_compaction_and_shows_deletes(fixture: &Fixture) {
    let start = fixture.put("gone", "1").await;
    fixture.put("kept", "1").await;
    let deleted = fixture.delete("gone").await;
    let last = fixture.put("kept", "2").await;
    fixture.store.compact(1).await.unwrap();
    for since in [start, Revision { number: deleted.number - 1, ..deleted }] {
        let mut watch = fixture.watch(since);
        let snapshot = watch.resynced().await;
        assert_eq!((names(&snapshot), snapshot.revision), (vec!["kept"], last));
        watch.is_silent().await;
    }
    assert_eq!(fixture.watch(deleted).changed().await.1, last);
    let mut watch = fixture.watch(start);
    watch.resynced().await;
    let next = fixture.put("new", "1").await;
    assert_eq!(watch.changed().await.1, next);
    fixture.store.compact(0).await.unwrap();
    fixture.store.compact(0).await.expect("nothing new to forget");
    fixture.store.compact(u64::MAX).await.expect("keeping everything forgets nothing");
    fixture.watch(next).is_silent().await;
    fixture.watch(deleted).resynced().await;
}

/// A revision of another store says nothing about this one.
pub async fn a_watch_from_another_incarnation_is_resynced(fixture: &Fixture) {
    let revision = fixture.put("a", "1").await;
    let mut watch = fixture.watch(foreign(revision));
    let snapshot = watch.resynced().await;
    assert_eq!((names(&snapshot), snapshot.revision), (vec!["a"], revision));
    watch.is_silent().await;
}

/// Where the store was set back, a watch does not wait until it has caught up.
pub async fn a_watch_from_the_future_is_resynced(fixture: &Fixture) {
    let revision = fixture.put("a", "1").await;
    let mut watch = fixture.watch(Revision { number: revision.number + 1_000_000, ..revision });
    assert_eq!(watch.resynced().await.revision, revision);
    let next = fixture.put("a", "2").await;
    assert_eq!(watch.changed().await.1, next);
}

/// A watch that has told everything is not resynced by compaction.
pub async fn a_live_watch_outlives_compaction(fixture: &Fixture) {
    let start = fixture.put("a", "1").await;
    let mut watch = fixture.watch(start);
    watch.is_silent().await;
    for i in 0..5 {
        let revision = fixture.put("a", i.to_string()).await;
        assert_eq!(watch.changed().await.1, revision);
        fixture.store.compact(0).await.unwrap();
    }
    watch.is_silent().await;
}

/// A watch that nobody reads for a while either tells every change later or says that it missed some.
pub async fn a_watch_left_alone_misses_nothing(fixture: &Fixture) {
    let start = fixture.put("a", "start").await;
    let mut watch = fixture.watch(start);
    for i in 0..400 {
        fixture.put("a", vec![b'v'; 20_000]).await;
        fixture.put("b", i.to_string()).await;
    }
    let last = fixture.put("c", "end").await;
    let mut expected = start.number + 1;
    loop {
        match watch.next().await {
            Watched::Changed { revision, .. } => {
                assert_eq!(revision.number, expected, "a transaction is missing");
                expected += 1;
                if revision == last {
                    break;
                }
            }
            Watched::Resynced(snapshot) => {
                expected = snapshot.revision.number + 1;
                if snapshot.revision == last {
                    assert_eq!(names(&snapshot), ["a", "b", "c"]);
                    break;
                }
            }
        }
    }
}
