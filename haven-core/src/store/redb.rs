//! The embedded store: one file, crash-safe, for a single machine.
//!
//! A thread owns the file. It takes whatever transactions wait, does them in one redb transaction and one sync, and
//! answers them only then: group commit. Reads and watches are served from a copy in memory that changes after the
//! commit, so that a disk that fails stops writes, never reads. The log of changes is in the file too, so that a watch goes
//! on where it was after a restart.

mod file;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use haven_model::{Error, Result, Revision};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use self::file::File;
use super::{
    Change, Entry, Expect, Key, Lease, Snapshot, Status, Store, Watched, Write,
    limits::{check_ttl, check_txn},
    tree::Tree,
};
use crate::clock::Clock;

/// How many transactions one commit takes at the most, and how many may wait.
const GROUP: usize = 256;
const GROUP_BYTES: usize = 8 * 1024 * 1024;
const QUEUE: usize = 4096;
/// How soon the end of a lease is tried again that the disk did not take.
const AGAIN: Duration = Duration::from_secs(1);

/// The embedded store. Clones are the same store; the last that is dropped closes the file.
#[derive(Clone, Debug)]
pub struct RedbStore {
    tree: Arc<Tree>,
    path: Arc<Path>,
    jobs: mpsc::SyncSender<Job>,
}

/// What waits for the writer.
#[derive(Debug)]
enum Job {
    Txn(Txn),
    /// The end of a lease.
    End(u64),
}

#[derive(Debug)]
struct Txn {
    checks: Vec<(Key, Expect)>,
    writes: Vec<Write>,
    lease: Option<u64>,
    answer: Answer,
}

type Answer = oneshot::Sender<Result<Revision>>;

/// A transaction that will be answered when the commit is done.
struct Accepted {
    number: u64,
    changes: Vec<Change>,
    lease: Option<u64>,
    answer: Option<Answer>,
}

impl RedbStore {
    /// Opens the store at `path`, which is made when there is none. `Busy` when another process has it open, `Unavailable`
    /// when it cannot be made or read, `Unsupported` when it is no store of Haven.
    pub async fn open(path: impl AsRef<Path>, clock: &dyn Clock) -> Result<Self> {
        let path: PathBuf = path.as_ref().to_owned();
        let incarnation = u32::try_from(clock.random() & u64::from(u32::MAX)).unwrap_or_default();
        let opened = path.clone();
        let (file, tree) = tokio::task::spawn_blocking(move || File::open(&opened, incarnation))
            .await
            .map_err(|error| Error::unexpected("opening the store broke off").caused_by(error))??;
        let tree = Arc::new(tree);
        let (jobs, waiting) = mpsc::sync_channel(QUEUE);
        let written = tree.clone();
        std::thread::Builder::new()
            .name("haven-store".to_owned())
            .spawn(move || write_all(file, &written, &waiting))
            .map_err(|error| Error::unexpected("the store's writer cannot be started").caused_by(error))?;
        Ok(Self { tree, path: path.into(), jobs })
    }

    async fn send(&self, checks: Vec<(Key, Expect)>, writes: Vec<Write>, lease: Option<u64>) -> Result<Revision> {
        check_txn(&checks, &writes)?;
        let (answer, wait) = oneshot::channel();
        self.jobs.try_send(Job::Txn(Txn { checks, writes, lease, answer })).map_err(|error| match error {
            mpsc::TrySendError::Full(_) => {
                Error::new(haven_model::ErrorKind::Busy, "the store cannot keep up").retry_in(Duration::from_secs(1))
            }
            mpsc::TrySendError::Disconnected(_) => Error::unavailable("the store is closed"),
        })?;
        wait.await.unwrap_or_else(|_| Err(Error::timeout("the store's writer ended before it answered")))
    }
}

/// The writer: groups what waits into commits until the last store is dropped. Answers how many groups that were.
fn write_all(mut file: File, tree: &Tree, waiting: &mpsc::Receiver<Job>) -> u64 {
    // Leases that are over, and whose keys are still there.
    let mut ended = Vec::new();
    let mut groups = 0;
    loop {
        let first = if ended.is_empty() {
            waiting.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected)
        } else {
            waiting.recv_timeout(AGAIN)
        };
        let mut next = match first {
            Ok(first) => Some(first),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => return groups,
        };
        let (mut group, mut bytes, mut ends) = (Vec::new(), 0, false);
        while let Some(job) = next {
            match job {
                Job::Txn(txn) => {
                    bytes += txn.writes.iter().map(size_of).sum::<usize>();
                    group.push(txn);
                }
                Job::End(lease) => {
                    ended.push(lease);
                    ends = true;
                }
            }
            // After the end of a lease nothing else is looked at before its keys are gone.
            let full = group.len() >= GROUP || bytes >= GROUP_BYTES || ends;
            next = if full { None } else { waiting.try_recv().ok() };
        }
        if !group.is_empty() {
            write_group(&mut file, tree, group);
            groups += 1;
        }
        ended.retain(|lease| end_lease(&mut file, tree, *lease).is_err());
    }
}

fn size_of(write: &Write) -> usize {
    write.key().as_str().len() + if let Write::Put(_, value) = write { value.len() } else { 0 }
}

fn write_group(file: &mut File, tree: &Tree, group: Vec<Txn>) {
    if let Err(error) = file.ready(tree) {
        for txn in group {
            let _ = txn.answer.send(Err(Error::from(error.to_wire())));
        }
        return;
    }
    let mut pending: BTreeMap<Key, Option<u64>> = BTreeMap::new();
    let mut number = tree.number();
    let mut accepted = Vec::new();
    // What is refused or changes nothing may rest on what is not durable yet, and is answered with it.
    let mut others = Vec::new();
    {
        let state = tree.lock();
        for Txn { checks, writes, lease, answer } in group {
            let held = match lease {
                Some(lease) if !Tree::has_lease(&state, lease) => Err(Error::unavailable("the lease is lost")),
                _ => tree.check(&state, &pending, &checks),
            };
            if let Err(error) = held {
                others.push((Err(error), answer));
                continue;
            }
            let changes = tree.changes(&state, &pending, &writes, number + 1);
            if changes.is_empty() {
                others.push((Ok(tree.at(number)), answer));
                continue;
            }
            number += 1;
            for change in &changes {
                let exists = matches!(change, Change::Put(_)).then_some(number);
                pending.insert(change.key().clone(), exists);
            }
            accepted.push(Accepted { number, changes, lease, answer: Some(answer) });
        }
    }
    let done = write(file, tree, accepted);
    for (result, answer) in others {
        let _ = answer.send(match &done {
            Ok(()) => result,
            Err(error) => Err(Error::from(error.to_wire())),
        });
    }
}

/// Commits what is accepted, shows it to readers, and answers.
fn write(file: &mut File, tree: &Tree, accepted: Vec<Accepted>) -> Result<()> {
    let changes = accepted.iter().map(|txn| (txn.number, txn.changes.as_slice(), txn.lease));
    let done = if accepted.is_empty() { Ok(()) } else { file.commit(changes) };
    if let Err(error) = &done {
        tracing::error!(error = %error.report(), "the store cannot be written");
    }
    let mut state = tree.lock();
    for Accepted { number, changes, lease, answer } in accepted {
        let result = match &done {
            Ok(()) => {
                tree.apply(&mut state, number, changes, lease);
                Ok(tree.at(number))
            }
            Err(error) => Err(Error::from(error.to_wire())),
        };
        if let Some(answer) = answer {
            let _ = answer.send(result);
        }
    }
    done
}

/// Removes the keys of a lease as one change. Fails where the disk does not take it now.
fn end_lease(file: &mut File, tree: &Tree, lease: u64) -> Result<()> {
    file.ready(tree)?;
    let number = tree.number() + 1;
    let changes = {
        let state = tree.lock();
        tree.changes(&state, &BTreeMap::new(), &Tree::keys_of(&state, lease), number)
    };
    if !changes.is_empty() {
        write(file, tree, vec![Accepted { number, changes, lease: None, answer: None }])?;
    }
    Tree::end_lease(&mut tree.lock(), lease);
    Ok(())
}

#[async_trait]
impl Store for RedbStore {
    async fn get(&self, key: &Key) -> Result<Option<Entry>> {
        Ok(self.tree.get(key))
    }

    async fn list(&self, prefix: &Key) -> Result<Snapshot> {
        Ok(self.tree.list(prefix))
    }

    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision> {
        self.send(checks.to_vec(), writes.to_vec(), None).await
    }

    async fn lease(&self, ttl: Duration) -> Result<Box<dyn Lease>> {
        check_ttl(ttl)?;
        let id = Tree::new_lease(&mut self.tree.lock());
        Ok(Box::new(RedbLease { store: self.clone(), id, lost: CancellationToken::new() }))
    }

    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>> {
        Tree::watch(self.tree.clone(), prefix.clone(), since)
    }

    async fn compact(&self, keep: u64) -> Result<()> {
        // The file's log is bounded by itself; what memory forgets, no watch sees.
        self.tree.compact(self.tree.number().saturating_sub(keep));
        Ok(())
    }

    async fn status(&self) -> Result<Status> {
        let bytes = tokio::fs::metadata(&self.path).await.map_or(0, |found| found.len());
        let revision = self.tree.at(self.tree.number());
        Ok(Status { kind: "redb", revision, bytes, alarms: Vec::new() })
    }
}

/// A lease whose holder is this process: its keys vanish when it is given back, or when the store is opened next.
#[derive(Debug)]
struct RedbLease {
    store: RedbStore,
    id: u64,
    lost: CancellationToken,
}

#[async_trait]
impl Lease for RedbLease {
    async fn put(&self, key: &Key, value: Bytes) -> Result<Revision> {
        self.store.send(Vec::new(), vec![Write::Put(key.clone(), value)], Some(self.id)).await
    }

    fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
}

impl Drop for RedbLease {
    fn drop(&mut self) {
        self.lost.cancel();
        // Sent, not tried: an end that finds the queue full would be forgotten.
        let (jobs, id) = (self.store.jobs.clone(), self.id);
        if let Err(mpsc::TrySendError::Full(job)) = jobs.try_send(Job::End(id)) {
            std::thread::spawn(move || jobs.send(job));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writers_share_a_sync() {
        let folder = tempfile::tempdir().unwrap();
        let (file, tree) = File::open(&folder.path().join("store.redb"), 1).unwrap();
        let (jobs, waiting) = mpsc::sync_channel(QUEUE);
        let answers: Vec<_> = (0..600)
            .map(|number| {
                let (answer, wait) = oneshot::channel();
                let writes = vec![Write::Put(Key::new(format!("a/{number}")).unwrap(), "x".into())];
                jobs.send(Job::Txn(Txn { checks: Vec::new(), writes, lease: None, answer })).unwrap();
                wait
            })
            .collect();
        drop(jobs);
        assert_eq!(write_all(file, &tree, &waiting), 3, "256 transactions share a sync");
        for (number, answer) in (1..).zip(answers) {
            assert_eq!(answer.blocking_recv().unwrap().unwrap().number, number);
        }
    }
}
