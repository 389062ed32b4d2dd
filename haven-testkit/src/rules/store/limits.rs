//! The limits, each at its edge: the last that passes, and the first that does not.
//!
//! What is refused for its size is `Invalid` and changes nothing.

use haven_core::{
    ErrorKind,
    store::{Expect, Key, MAX_KEY, MAX_OPS, MAX_TXN, MAX_VALUE, Write},
};

use super::{Fixture, refused};

/// [`MAX_OPS`] checks and as many writes, over different keys.
pub async fn a_hundred_checks_and_writes_and_no_more(fixture: &Fixture) {
    let checks = |count| (0..count).map(|i| (fixture.key(&format!("check-{i}")), Expect::Absent)).collect::<Vec<_>>();
    let writes = |count| (0..count).map(|i| fixture.put_write(&format!("write-{i}"), "x")).collect::<Vec<_>>();
    fixture.txn(&checks(MAX_OPS), &writes(MAX_OPS)).await.unwrap();
    assert_eq!(fixture.list().await.entries.len(), MAX_OPS);
    refused(fixture.txn(&checks(MAX_OPS + 1), &[]).await, ErrorKind::Invalid);
    refused(fixture.txn(&[], &writes(MAX_OPS + 1)).await, ErrorKind::Invalid);
}

/// [`MAX_KEY`] bytes, not characters.
pub async fn keys_of_512_bytes_and_no_more(fixture: &Fixture) {
    let room = MAX_KEY - fixture.key("").as_str().len();
    let name = "k".repeat(room);
    fixture.put(&name, "x").await;
    assert_eq!(fixture.get(&name).await.unwrap().key.as_str().len(), MAX_KEY);
    refused(Key::new(format!("{}k", fixture.key(&name))), ErrorKind::Invalid);
    refused(Key::new("ä".repeat(MAX_KEY / 2 + 1)), ErrorKind::Invalid);
}

/// [`MAX_VALUE`] bytes.
pub async fn values_of_512_kib_and_no_more(fixture: &Fixture) {
    fixture.put("a", vec![b'v'; MAX_VALUE]).await;
    assert_eq!(fixture.get("a").await.unwrap().value.len(), MAX_VALUE);
    refused(fixture.txn(&[], &[fixture.put_write("a", vec![b'v'; MAX_VALUE + 1])]).await, ErrorKind::Invalid);
    assert_eq!(fixture.get("a").await.unwrap().value.len(), MAX_VALUE);
}

/// [`MAX_TXN`] bytes of keys and values.
pub async fn transactions_of_1_mib_and_no_more(fixture: &Fixture) {
    let keys: usize = ["a", "b", "c"].iter().map(|name| fixture.key(name).as_str().len()).sum();
    let writes = |rest| {
        let third = MAX_TXN - keys - 2 * (MAX_VALUE - 1000) + rest;
        [("a", MAX_VALUE - 1000), ("b", MAX_VALUE - 1000), ("c", third)]
            .map(|(name, size)| fixture.put_write(name, vec![b'v'; size]))
    };
    let done = fixture.txn(&[], &writes(0)).await.unwrap();
    refused(fixture.txn(&[], &writes(1)).await, ErrorKind::Invalid);
    assert_eq!(fixture.now().await, done);
}

/// A key stands once among the checks and once among the writes, and is not empty.
pub async fn keys_are_distinct_and_not_empty(fixture: &Fixture) {
    let (key, empty) = (fixture.key("a"), Key::new("").unwrap());
    let check = (key.clone(), Expect::Absent);
    refused(fixture.txn(&[check.clone(), check.clone()], &[]).await, ErrorKind::Invalid);
    let writes = [fixture.put_write("a", "1"), Write::Delete(key)];
    refused(fixture.txn(&[], &writes).await, ErrorKind::Invalid);
    refused(fixture.txn(&[(empty.clone(), Expect::Absent)], &[]).await, ErrorKind::Invalid);
    refused(fixture.txn(&[], &[Write::Put(empty.clone(), "x".into())]).await, ErrorKind::Invalid);
    refused(fixture.txn(&[], &[Write::Delete(empty.clone())]).await, ErrorKind::Invalid);
    assert_eq!(fixture.store.get(&empty).await.unwrap(), None);
    fixture.txn(&[check], &[fixture.put_write("a", "1")]).await.expect("checked and written is once each");
}
