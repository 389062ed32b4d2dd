//! Where Haven keeps its state: ordered keys with revisions, etcd's model and nothing a laptop file cannot keep.
//!
//! [`Store`] is the seam; `memory`, `redb` and `etcd` keep the same contract, which the suite in haven-testkit checks
//! line by line. Nothing here knows what is stored.

#[cfg(feature = "etcd")]
mod etcd;
mod format;
mod limits;
mod live;
mod memory;
mod merge;
mod open;
#[cfg(feature = "redb")]
mod redb;
mod seal;
mod table;
mod tree;

use std::{fmt, fmt::Debug, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use haven_model::{Error, Result, Revision};
use tokio_util::sync::CancellationToken;

#[cfg(feature = "etcd")]
pub use etcd::EtcdStore;
pub use format::open_format;
pub(crate) use live::{Live, Reached};
pub use memory::MemoryStore;
pub use open::{StoreKind, open};
#[cfg(feature = "redb")]
pub use redb::RedbStore;
pub use seal::{KEY_COMMAND, KEY_VARIABLE, KeyEnvironment, Keyring};
pub use table::{Codec, Record, Table, TableEvent, Versioned};
pub(crate) use table::{read_plain, write_plain};

/// The longest key, in bytes.
pub const MAX_KEY: usize = 512;
/// The largest value, in bytes.
pub const MAX_VALUE: usize = 512 * 1024;
/// The most checks in a transaction, and the most writes.
pub const MAX_OPS: usize = 100;
/// The largest transaction: keys and values together, in bytes.
pub const MAX_TXN: usize = 1024 * 1024;
/// The longest lease; the shortest is a second.
pub const MAX_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// An ordered key-value store with revisions.
///
/// The limits [`MAX_KEY`], [`MAX_VALUE`], [`MAX_OPS`] and [`MAX_TXN`] are the same everywhere; beyond them is `Invalid`.
/// A store that cannot be reached is `Unavailable` for a write that was not sent and `Timeout` for one that was; a full
/// disk is `Busy`.
#[async_trait]
pub trait Store: Debug + Send + Sync + 'static {
    /// The entry of `key`.
    async fn get(&self, key: &Key) -> Result<Option<Entry>>;

    /// All entries whose keys begin with `prefix`, ordered by key, and the revision at which this was so.
    async fn list(&self, prefix: &Key) -> Result<Snapshot>;

    /// If every check holds, does all writes as one change and answers its revision; else does nothing.
    ///
    /// `Conflict` names the first check that does not hold. Checks may name keys that are not written. Keys of checks are
    /// distinct, and so are keys of writes; else `Invalid`, as is an empty key. Without writes, or where all it writes is
    /// deletes of missing keys, there is no change, and it answers the present revision. A put of the value that is
    /// already there is a change. An [`Expect::At`] of another incarnation is `Conflict`.
    async fn txn(&self, checks: &[(Key, Expect)], writes: &[Write]) -> Result<Revision>;

    /// A lease: keys put through it vanish when it is no longer renewed, never early, perhaps late. It renews itself until
    /// it is dropped, and renewing is no change. On memory and redb all leases end with the process. All keys of a lease
    /// vanish in one change. It lasts a second to [`MAX_TTL`], else `Invalid`; a part of a second may be rounded up.
    async fn lease(&self, ttl: Duration) -> Result<Box<dyn Lease>>;

    /// Every change under `prefix` after `since`, in order and one transaction at a time; [`Watched::Resynced`] with the
    /// whole prefix where changes can no longer be told one by one (compacted, another incarnation, or a revision yet to come). It reconnects by itself and never ends.
    fn watch(&self, prefix: &Key, since: Revision) -> BoxStream<'static, Result<Watched>>;

    /// Forgets changes before the present revision minus `keep`: watches from before are resynced.
    async fn compact(&self, keep: u64) -> Result<()>;

    /// What can be said about the store as a whole.
    async fn status(&self) -> Result<Status>;
}

/// A promise that somebody is alive; see [`Store::lease`]. Dropping it gives it back.
#[async_trait]
pub trait Lease: Debug + Send + Sync + 'static {
    /// Writes a key that vanishes with the lease, unless a transaction or another lease writes it later. `Unavailable`
    /// when the lease is lost.
    async fn put(&self, key: &Key, value: Bytes) -> Result<Revision>;

    /// Cancelled when the lease could not be renewed in time, so that its keys may have vanished, and when it is given
    /// back.
    fn lost(&self) -> CancellationToken;
}

/// A key: text of at most [`MAX_KEY`] bytes, parts separated by `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// Parses a key; `Invalid` when it is too long or has a control character. An empty key is the prefix of all.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        let text = text.as_ref();
        if text.len() > MAX_KEY {
            return Err(Error::invalid(format!("a key has at most {MAX_KEY} bytes, this one has {}", text.len())));
        }
        if text.chars().any(char::is_control) {
            return Err(Error::invalid(format!("a key cannot hold control characters: `{}`", text.escape_debug())));
        }
        Ok(Self(text.into()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key `self` followed by `rest`.
    pub fn join(&self, rest: impl fmt::Display) -> Result<Self> {
        Self::new(format!("{}{rest}", self.0))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// A key, its value, and the revision of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Bytes,
    /// When the entry was changed last.
    pub revision: Revision,
}

/// What a list saw, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The entries, ordered by key.
    pub entries: Vec<Entry>,
    /// The revision of the store at that moment; a watch from here misses nothing.
    pub revision: Revision,
}

/// What must hold of a key for a transaction to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It does not exist.
    Absent,
    /// It exists and was changed last at this revision.
    At(Revision),
}

/// One write of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Sets the value of a key.
    Put(Key, Bytes),
    /// Removes a key; one that does not exist is no change.
    Delete(Key),
}

impl Write {
    /// The key it writes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(key, _) | Self::Delete(key) => key,
        }
    }
}

/// What a watch tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// One transaction's changes under the prefix.
    Changed {
        /// The changes, ordered by key.
        changes: Vec<Change>,
        /// Its revision.
        revision: Revision,
    },
    /// Changes were missed: this is all there is under the prefix now.
    Resynced(Snapshot),
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was set.
    Put(Entry),
    /// It was removed, or vanished with its lease.
    Deleted(Key),
}

impl Change {
    /// The key that changed.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put(entry) => &entry.key,
            Self::Deleted(key) => key,
        }
    }
}

/// A store as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What it is: `memory`, `redb`, `etcd`.
    pub kind: &'static str,
    /// The present revision.
    pub revision: Revision,
    /// How many bytes it takes, on disk or in memory.
    pub bytes: u64,
    /// What it warns of: etcd's `NOSPACE`, …
    pub alarms: Vec<String>,
}
