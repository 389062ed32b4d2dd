//! Reading and writing: what a transaction does, and when it does nothing.
//!
//! Revisions are compared within one store only.

use std::sync::Arc;

use bytes::Bytes;
use haven_core::{
    ErrorKind,
    store::{Expect, Key, Write},
};

use super::{Fixture, foreign, names, refused};

/// `get` and `list` answer what was written, with the revision of the write.
pub async fn what_is_put_is_got_and_listed_at_its_revision(fixture: &Fixture) {
    assert_eq!(fixture.get("a").await, None);
    let revision = fixture.put("a", "1").await;
    let entry = fixture.get("a").await.expect("it was put");
    assert_eq!((&entry.key, &entry.value[..], entry.revision), (&fixture.key("a"), &b"1"[..], revision));
    let snapshot = fixture.list().await;
    assert_eq!(snapshot.entries, [entry]);
    assert!(snapshot.revision >= revision);
    let later = fixture.put("b", "2").await;
    assert!(later > revision);
    assert_eq!(fixture.get("a").await.map(|entry| entry.revision), Some(revision));
}

/// Keys are ordered by their bytes; a prefix is a text, not a folder.
pub async fn lists_are_ordered_and_keep_to_their_prefix(fixture: &Fixture) {
    for name in ["b", "a/2", "a", "ab", "a/10", "ä", "a0", "A"] {
        fixture.put(name, name.to_owned()).await;
    }
    assert_eq!(names(&fixture.list().await), ["A", "a", "a/10", "a/2", "a0", "ab", "b", "ä"]);
    let under = |snapshot| names(&snapshot).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(under(fixture.store.list(&fixture.key("a/")).await.unwrap()), ["a/10", "a/2"]);
    assert_eq!(under(fixture.store.list(&fixture.key("a")).await.unwrap()), ["a", "a/10", "a/2", "a0", "ab"]);
    assert_eq!(under(fixture.store.list(&fixture.key("none")).await.unwrap()), [""; 0]);
    let all = fixture.store.list(&Key::new("").unwrap()).await.unwrap();
    assert!(all.entries.iter().any(|entry| entry.key == fixture.key("a")), "an empty prefix is that of all");
    assert!(all.entries.is_sorted_by(|a, b| a.key < b.key));
}

/// However many entries there are, and of whatever size, a list holds all of them at one revision.
pub async fn a_list_of_all_holds_more_than_a_page(fixture: &Fixture) {
    for part in 0..12 {
        let writes: Vec<_> =
            (0..100).map(|i| fixture.put_write(&format!("{part:02}-{i:02}"), vec![7; 5_000])).collect();
        fixture.txn(&[], &writes).await.unwrap();
    }
    for i in 0..12 {
        fixture.put(&format!("large-{i}"), vec![7; 500_000]).await;
    }
    let snapshot = fixture.list().await;
    assert_eq!(snapshot.entries.len(), 1212);
    assert!(snapshot.entries.is_sorted_by(|a, b| a.key < b.key));
}

/// The writes of a transaction have one revision.
pub async fn all_writes_are_one_change(fixture: &Fixture) {
    fixture.put("old", "").await;
    let before = fixture.now().await;
    let writes = [fixture.put_write("b", "1"), fixture.put_write("a", "2"), Write::Delete(fixture.key("old"))];
    let revision = fixture.txn(&[], &writes).await.unwrap();
    assert_eq!(revision.number, before.number + 1);
    let snapshot = fixture.list().await;
    assert_eq!(names(&snapshot), ["a", "b"]);
    assert!(snapshot.entries.iter().all(|entry| entry.revision == revision));
}

/// One failing check keeps all writes from happening.
pub async fn nothing_is_written_when_a_check_fails(fixture: &Fixture) {
    let old = fixture.put("a", "1").await;
    let present = fixture.put("a", "2").await;
    let writes = [fixture.put_write("a", "3"), fixture.put_write("b", "3")];
    for expect in [Expect::Absent, Expect::At(old)] {
        refused(fixture.txn(&[(fixture.key("a"), expect)], &writes).await, ErrorKind::Conflict);
    }
    refused(fixture.txn(&[(fixture.key("b"), Expect::At(present))], &writes).await, ErrorKind::Conflict);
    assert_eq!(fixture.now().await, present);
    assert_eq!(names(&fixture.list().await), ["a"]);
    fixture.txn(&[(fixture.key("a"), Expect::At(present)), (fixture.key("b"), Expect::Absent)], &writes).await.unwrap();
    assert_eq!(names(&fixture.list().await), ["a", "b"]);
}

/// The order of the checks is the caller's, not the keys'.
pub async fn a_conflict_names_the_first_check_that_fails(fixture: &Fixture) {
    let revision = fixture.put("a", "1").await;
    let checks = [
        (fixture.key("a"), Expect::At(revision)),
        (fixture.key("z"), Expect::At(revision)),
        (fixture.key("b"), Expect::At(revision)),
    ];
    let error = refused(fixture.txn(&checks, &[]).await, ErrorKind::Conflict);
    let named = error.message().contains("/z`") || error.context().any(|(_, value)| value.ends_with("/z"));
    assert!(named, "{error:?} does not name the key `z`");
    assert!(!error.report().contains("/b`"), "{error:?} names the second");
}

/// A check guards keys that the transaction does not write.
pub async fn checks_may_name_keys_that_are_not_written(fixture: &Fixture) {
    let guard = fixture.put("guard", "1").await;
    let checks = [(fixture.key("guard"), Expect::At(guard)), (fixture.key("gone"), Expect::Absent)];
    fixture.txn(&checks, &[fixture.put_write("a", "1")]).await.unwrap();
    fixture.put("guard", "2").await;
    refused(fixture.txn(&checks, &[fixture.put_write("a", "2")]).await, ErrorKind::Conflict);
    assert_eq!(&fixture.get("a").await.unwrap().value[..], b"1");
}

/// The number alone says nothing; nor does a number that no change ever had.
pub async fn a_revision_of_another_incarnation_is_a_conflict(fixture: &Fixture) {
    let revision = fixture.put("a", "1").await;
    for wrong in [foreign(revision), haven_core::model::Revision { number: 0, ..revision }] {
        for name in ["a", "missing"] {
            let checks = [(fixture.key(name), Expect::At(wrong))];
            refused(fixture.txn(&checks, &[fixture.put_write("a", "2")]).await, ErrorKind::Conflict);
        }
    }
    let beyond = haven_core::model::Revision { number: u64::MAX, ..revision };
    refused(fixture.txn(&[(fixture.key("a"), Expect::At(beyond))], &[]).await, ErrorKind::Conflict);
}

/// An empty transaction answers the present revision, and so does one that only checks.
pub async fn without_writes_it_only_checks(fixture: &Fixture) {
    let revision = fixture.put("a", "1").await;
    assert_eq!(fixture.txn(&[], &[]).await.unwrap(), revision);
    let checks = [(fixture.key("a"), Expect::At(revision)), (fixture.key("b"), Expect::Absent)];
    assert_eq!(fixture.txn(&checks, &[]).await.unwrap(), revision);
    refused(fixture.txn(&[(fixture.key("a"), Expect::Absent)], &[]).await, ErrorKind::Conflict);
    assert_eq!(fixture.now().await, revision);
}

/// Deleting a missing key moves no revision and tells no watch.
pub async fn deleting_what_is_missing_is_no_change(fixture: &Fixture) {
    let revision = fixture.put("a", "1").await;
    let mut watch = fixture.watch(revision);
    assert_eq!(fixture.delete("missing").await, revision);
    assert_eq!(fixture.now().await, revision);
    watch.is_silent().await;
    let writes = [Write::Delete(fixture.key("missing")), fixture.put_write("b", "1")];
    let second = fixture.txn(&[], &writes).await.unwrap();
    let (changes, told) = watch.changed().await;
    assert_eq!((changes.len(), told), (1, second));
    let third = fixture.delete("a").await;
    assert!(third > second);
    assert_eq!(fixture.delete("a").await, third);
}

/// A put is a change, whatever was there.
pub async fn putting_the_same_value_is_a_change(fixture: &Fixture) {
    let first = fixture.put("a", "1").await;
    let second = fixture.put("a", "1").await;
    assert!(second > first);
    assert_eq!(fixture.get("a").await.unwrap().revision, second);
}

/// Nobody mistakes a key that was removed and made again for the one that was.
pub async fn a_key_that_came_back_is_not_at_its_old_revision(fixture: &Fixture) {
    let first = fixture.put("a", "1").await;
    fixture.delete("a").await;
    let second = fixture.put("a", "1").await;
    refused(fixture.txn(&[(fixture.key("a"), Expect::At(first))], &[]).await, ErrorKind::Conflict);
    fixture.txn(&[(fixture.key("a"), Expect::At(second))], &[]).await.unwrap();
}

/// Writers that check the revision they read lose nothing to each other.
pub async fn counters_lose_no_increment(fixture: &Fixture) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 12;
    fixture.put("counter", "0").await;
    let (store, key) = (Arc::clone(&fixture.store), fixture.key("counter"));
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (store, key) = (Arc::clone(&store), key.clone());
            tokio::spawn(async move {
                let mut done = 0;
                while done < EACH {
                    let entry = store.get(&key).await.unwrap().unwrap();
                    let count: u64 = std::str::from_utf8(&entry.value).unwrap().parse().unwrap();
                    let write = Write::Put(key.clone(), (count + 1).to_string().into());
                    match store.txn(&[(key.clone(), Expect::At(entry.revision))], &[write]).await {
                        Ok(_) => done += 1,
                        Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}"),
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(fixture.get("counter").await.unwrap().value, Bytes::from((WRITERS * EACH).to_string()));
}

/// Values are bytes, keys are any text.
pub async fn every_kind_of_key_and_value_survives(fixture: &Fixture) {
    let every_byte: Bytes = (0..=u8::MAX).collect();
    for name in ["?a=1&b=%2F#c", "zwei Wörter", "日本/🦀", "..", "//", "'\"`$", " "] {
        fixture.put(name, every_byte.clone()).await;
        assert_eq!(fixture.get(name).await.map(|entry| entry.value), Some(every_byte.clone()), "{name}");
    }
    fixture.put("empty", "").await;
    assert_eq!(fixture.get("empty").await.map(|entry| entry.value.len()), Some(0));
    assert_eq!(fixture.list().await.entries.len(), 8);
}
