//! A table in memory, kept up by a watch: reading costs no request, and goes on while the store is away.
//!
//! The watch alone writes, so that what it tells late never undoes what is newer. Who changed a record waits until the
//! watch has told it, and so reads their own writes.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use futures_util::StreamExt as _;
use haven_model::{Result, Revision};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Record, Table, TableEvent, Versioned};

/// How long a writer waits for the watch; after that the change shows as soon as the store tells it.
const PATIENCE: Duration = Duration::from_secs(2);

/// All records of a table, by name.
#[derive(Debug)]
pub(crate) struct Live<T> {
    table: Table<T>,
    copy: Arc<Copy<T>>,
}

#[derive(Debug)]
struct Copy<T> {
    records: RwLock<Arc<BTreeMap<String, Versioned<T>>>>,
    reached: Reached,
}

/// The revision up to which a watch has told everything.
#[derive(Debug)]
pub(crate) struct Reached(watch::Sender<Revision>);

impl Reached {
    /// Begins with a list that was read at `revision`.
    pub(crate) fn new(revision: Revision) -> Self {
        Self(watch::Sender::new(revision))
    }

    /// The watch has told what happened at `revision`.
    pub(crate) fn reach(&self, revision: Revision) {
        self.0.send_replace(revision);
    }

    /// How far the watch has come.
    pub(crate) fn revision(&self) -> Revision {
        *self.0.borrow()
    }

    /// Waits until the watch has told what happened at `revision`, but not for ever.
    pub(crate) async fn wait(&self, revision: Revision) {
        let mut reached = self.0.subscribe();
        if tokio::time::timeout(PATIENCE, reached.wait_for(|reached| *reached >= revision)).await.is_err() {
            tracing::warn!(%revision, "the store has not told a change yet");
        }
    }
}

impl<T: Record + Clone> Live<T> {
    /// Reads a table and follows it until `stop`.
    pub(crate) async fn open(table: Table<T>, tasks: &TaskTracker, stop: &CancellationToken) -> Result<Self> {
        let (records, revision) = table.list().await?;
        let copy = Arc::new(Copy {
            records: RwLock::new(Arc::new(records.into_iter().collect())),
            reached: Reached::new(revision),
        });
        let (follower, mut events, stop) = (copy.clone(), table.watch(revision), stop.clone());
        tasks.spawn(async move {
            while let Some(event) = tokio::select! { event = events.next() => event, () = stop.cancelled() => None } {
                match event {
                    Ok(event) => follower.take(event),
                    Err(error) => tracing::warn!(error = %error.report(), "a {} cannot be read", T::KIND),
                }
            }
        });
        Ok(Self { table, copy })
    }

    /// All records as they are now, by name.
    pub(crate) fn all(&self) -> Arc<BTreeMap<String, Versioned<T>>> {
        self.copy.records.read().expect("no panic happens under this lock").clone()
    }

    /// The table itself: for changes, and for reads that must be of the store.
    pub(crate) fn table(&self) -> &Table<T> {
        &self.table
    }

    /// Tells each time that the copy changes.
    pub(crate) fn changes(&self) -> watch::Receiver<Revision> {
        self.copy.reached.0.subscribe()
    }

    /// Waits until the copy shows a change that was made at `revision`.
    pub(crate) async fn shows(&self, revision: Revision) {
        self.copy.reached.wait(revision).await;
    }
}

impl<T: Record + Clone> Copy<T> {
    fn take(&self, event: TableEvent<T>) {
        let mut records = self.records.write().expect("no panic happens under this lock");
        let revision = match event {
            TableEvent::Put(name, record) => {
                let revision = record.revision;
                Arc::make_mut(&mut records).insert(name, record);
                revision
            }
            TableEvent::Deleted(name, revision) => {
                Arc::make_mut(&mut records).remove(&name);
                revision
            }
            TableEvent::Resynced { records: read, unreadable, revision } => {
                // What cannot be read is not gone: it stays as it was read last.
                let kept = unreadable.into_iter().filter_map(|name| Some((name.clone(), records.get(&name)?.clone())));
                *records = Arc::new(kept.chain(read).collect());
                revision
            }
        };
        drop(records);
        self.reached.reach(revision);
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{
        clock::SystemClock,
        store::{Codec, Keyring, MemoryStore},
    };

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        text: String,
    }

    impl Record for Note {
        const KIND: &'static str = "note";
        const VERSION: u32 = 1;
        const SEALED: bool = false;
    }

    #[tokio::test]
    async fn who_wrote_reads_it_also_after_removing_and_making_it_again() {
        let store = Arc::new(MemoryStore::new(&SystemClock::default()));
        let table = Table::new(store, "notes/", Codec::new(Keyring::generate().unwrap()));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let _stopped = stop.clone().drop_guard();
        let live = Live::open(table, &tasks, &stop).await.unwrap();
        for round in 0..50 {
            let note = Note { text: round.to_string() };
            live.shows(live.table().create("a", &note).await.unwrap()).await;
            assert_eq!(live.all()["a"].value, note);
            live.shows(live.table().delete("a", None).await.unwrap()).await;
            assert!(live.all().is_empty());
        }
    }
    #[test]
    fn what_cannot_be_read_at_a_resync_stays_and_what_is_gone_goes() {
        let at = |number| Revision { incarnation: 1, number };
        let note = |text: &str, number| Versioned::made(Note { text: text.to_owned() }, at(number));
        let copy = Copy { records: RwLock::default(), reached: Reached::new(at(0)) };
        for (number, name) in [(1, "torn"), (2, "gone"), (3, "changed")] {
            copy.take(TableEvent::Put(name.to_owned(), note("old", number)));
        }
        let records = vec![("changed".to_owned(), note("new", 5))];
        let unreadable = vec!["torn".to_owned(), "never read".to_owned()];
        copy.take(TableEvent::Resynced { records, unreadable, revision: at(5) });
        let records = copy.records.read().unwrap().clone();
        let left: Vec<_> = records.iter().map(|(name, note)| (name.as_str(), note.value.text.as_str())).collect();
        assert_eq!(left, [("changed", "new"), ("torn", "old")]);
    }
}
