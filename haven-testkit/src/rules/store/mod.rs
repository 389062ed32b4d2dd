//! The rules of [`Store`]: what its documentation says, a function a line.
//!
//! [`store_rules!`](crate::store_rules) makes a test of each. A rule keeps to keys under its fixture's prefix; the store
//! may hold others, but nobody else writes to it meanwhile.

mod leases;
mod limits;
mod model;
mod transactions;
mod watches;

use std::{any::Any, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::BoxStream};
use haven_core::{
    Error, ErrorKind, Result,
    model::Revision,
    store::{Change, Entry, Expect, Key, Snapshot, Store, Watched, Write},
};

pub use self::{leases::*, limits::*, model::*, transactions::*, watches::*};

/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing must come.
const SILENCE: Duration = Duration::from_millis(300);

/// A store to try, and a prefix to try it under.
#[derive(Debug)]
pub struct Fixture {
    /// The store.
    pub store: Arc<dyn Store>,
    prefix: String,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Fixture {
    /// A fixture on `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, prefix: format!("rules-{:016x}/", rand::random::<u64>()), _keep: Box::new(()) }
    }

    /// Keeps something as long as the fixture lives: a folder, a lock.
    #[must_use]
    pub fn keeping(self, keep: impl Any + Send + Sync) -> Self {
        Self { _keep: Box::new(keep), ..self }
    }

    /// A key under the prefix.
    ///
    /// # Panics
    ///
    /// When the name makes no key.
    pub fn key(&self, name: &str) -> Key {
        Key::new(format!("{}{name}", self.prefix)).expect("the name makes a key")
    }

    fn prefix(&self) -> Key {
        self.key("")
    }

    async fn put(&self, name: &str, value: impl Into<Bytes>) -> Revision {
        self.txn(&[], &[self.put_write(name, value)]).await.expect("a put without checks holds")
    }

    async fn delete(&self, name: &str) -> Revision {
        self.txn(&[], &[Write::Delete(self.key(name))]).await.expect("a delete without checks holds")
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        self.store.txn(checks, writes).await
    }

    async fn get(&self, name: &str) -> Option<Entry> {
        self.store.get(&self.key(name)).await.expect("the store can be read")
    }

    async fn list(&self) -> Snapshot {
        self.store.list(&self.prefix()).await.expect("the store can be read")
    }

    /// The store's present revision.
    async fn now(&self) -> Revision {
        self.store.status().await.expect("the store tells its status").revision
    }

    fn put_write(&self, name: &str, value: impl Into<Bytes>) -> Write {
        Write::Put(self.key(name), value.into())
    }

    fn watch(&self, since: Revision) -> Watch {
        Watch(self.store.watch(&self.prefix(), since))
    }
}

/// A watch that is waited for.
struct Watch(BoxStream<'static, Result<Watched>>);

impl Watch {
    async fn next(&mut self) -> Watched {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("the watch tells in time");
        next.expect("a watch never ends").expect("the store can be watched")
    }

    /// The next transaction.
    async fn changed(&mut self) -> (Vec<Change>, Revision) {
        match self.next().await {
            Watched::Changed { changes, revision } => (changes, revision),
            Watched::Resynced(snapshot) => panic!("changes were missed, now {snapshot:?}"),
        }
    }

    async fn resynced(&mut self) -> Snapshot {
        match self.next().await {
            Watched::Resynced(snapshot) => snapshot,
            changed @ Watched::Changed { .. } => panic!("this was forgotten: {changed:?}"),
        }
    }

    async fn is_silent(&mut self) {
        if let Ok(told) = tokio::time::timeout(SILENCE, self.0.next()).await {
            panic!("nothing changed, but the watch tells {told:?}");
        }
    }
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.entries.iter().map(|entry| entry.key.as_str().split_once('/').map_or("", |(_, name)| name)).collect()
}

fn foreign(revision: Revision) -> Revision {
    Revision { incarnation: revision.incarnation ^ 1, ..revision }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind) -> Error {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.kind(), kind, "{error:?}");
    error
}

/// Makes a test of each rule of [`Store`]. The argument is an async function without arguments that answers
/// `Option<Fixture>`, `None` to skip.
///
/// ```no_run
/// use std::sync::Arc;
/// use haven_core::{clock::SystemClock, store::MemoryStore};
/// use haven_testkit::rules::store::Fixture;
///
/// async fn memory() -> Option<Fixture> {
///     Some(Fixture::new(Arc::new(MemoryStore::new(&SystemClock::default()))))
/// }
///
/// haven_testkit::store_rules!(memory);
/// ```
#[macro_export]
macro_rules! store_rules {
    ($make:path) => {
        $crate::store_rules! { $make:
            what_is_put_is_got_and_listed_at_its_revision
            lists_are_ordered_and_keep_to_their_prefix
            a_list_of_all_holds_more_than_a_page
            all_writes_are_one_change
            nothing_is_written_when_a_check_fails
            a_conflict_names_the_first_check_that_fails
            checks_may_name_keys_that_are_not_written
            a_revision_of_another_incarnation_is_a_conflict
            without_writes_it_only_checks
            deleting_what_is_missing_is_no_change
            putting_the_same_value_is_a_change
            a_key_that_came_back_is_not_at_its_old_revision
            counters_lose_no_increment
            every_kind_of_key_and_value_survives
            a_hundred_checks_and_writes_and_no_more
            keys_of_512_bytes_and_no_more
            values_of_512_kib_and_no_more
            transactions_of_1_mib_and_no_more
            keys_are_distinct_and_not_empty
            a_watch_tells_each_transaction_once_and_in_order
            a_watch_keeps_to_its_prefix
            nothing_falls_between_a_list_and_its_watch
            a_watch_from_the_past_tells_what_was
            a_watch_is_resynced_after_compaction_and_shows_deletes
            a_watch_from_another_incarnation_is_resynced
            a_watch_from_the_future_is_resynced
            a_live_watch_outlives_compaction
            a_watch_left_alone_misses_nothing
            a_lease_stays_while_it_is_held_and_renewing_is_no_change
            all_keys_of_a_dropped_lease_vanish_in_one_change
            a_lease_without_keys_ends_without_a_change
            a_key_written_otherwise_outlives_its_lease
            leases_keep_the_limits
            leases_do_not_take_each_others_keys
            a_lease_that_is_given_back_is_lost
            equals_a_map_under_random_transactions
        }
    };
    ($make:path: $($rule:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                if let Some(fixture) = $make().await {
                    $crate::rules::store::$rule(&fixture).await;
                }
            }
        )*
    };
}
