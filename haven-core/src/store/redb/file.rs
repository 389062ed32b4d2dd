//! The file of the embedded store: its tables, how changes are written there, and what can go wrong.

use std::{
    collections::{BTreeMap, VecDeque},
    fs::{self, OpenOptions},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use haven_model::{Error, ErrorKind, Result};
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use crate::store::{
    Change, Entry, Key,
    tree::{LOG, LOG_BYTES, Tree, size_of},
};

/// Key → revision (8 bytes), whether it was put through a lease (1 byte), value.
const DATA: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("data");
/// Revision → its changes.
const HISTORY: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("history");
/// `incarnation`, `revision`, and which file they were written to: `inode`, `made`.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// How long another holder is waited for, and how often it is looked.
const CLOSING: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(20);

/// The open file; closed while it has to be opened anew after a failure.
pub(super) struct File {
    path: PathBuf,
    database: Option<Database>,
    incarnation: u32,
    /// The leases of transactions that may have reached the disk although their commit failed.
    unsure: BTreeMap<u64, u64>,
    /// The log: revisions and the bytes of their changes.
    log: VecDeque<(u64, usize)>,
    log_bytes: usize,
}

impl File {
    /// Opens or makes the file, and reads it.
    pub(super) fn open(path: &Path, incarnation: u32) -> Result<(Self, Tree)> {
        let start = Instant::now();
        // Readable by its owner only; one that is there keeps the rights that somebody gave it.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        if let Err(error) = made
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(refused(path, error.into()));
        }
        let database = loop {
            match Database::create(path) {
                // Whoever has it may be about to close it: a store that was just dropped, a process that ends.
                Err(redb::DatabaseError::DatabaseAlreadyOpen) if start.elapsed() < CLOSING => thread::sleep(LOOK),
                result => break result.map_err(|error| refused(path, error.into()))?,
            }
        };
        let mut file = Self {
            path: path.to_owned(),
            database: Some(database),
            incarnation,
            unsure: BTreeMap::new(),
            log: VecDeque::new(),
            log_bytes: 0,
        };
        let tree = file.read().map_err(|error| refused(path, error))?;
        Ok((file, tree))
    }

    /// Reads the file. One that is a copy of that which was written is another store from now on.
    fn read(&mut self) -> Result<Tree, redb::Error> {
        let file = fs::metadata(&self.path)?;
        // Not every file system knows when a file was made; none gives a copy the same number while the first is there.
        let made = file.created().ok().and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        let made = made.map_or(0, |made| u64::try_from(made.as_nanos()).unwrap_or_default());
        let Some(database) = &self.database else { return Err(redb::Error::DatabaseClosed) };
        let write = database.begin_write()?;
        let mut number = {
            let mut meta = write.open_table(META)?;
            let known = |name| -> Result<_, redb::Error> { Ok(meta.get(name)?.map(|value| value.value())) };
            let same = known("inode")? == Some(file.ino()) && known("made")? == Some(made);
            let incarnation = known("incarnation")?.filter(|_| same).and_then(|known| u32::try_from(known).ok());
            let number = known("revision")?.unwrap_or_default();
            self.incarnation = incarnation.unwrap_or(self.incarnation);
            meta.insert("incarnation", u64::from(self.incarnation))?;
            meta.insert("inode", file.ino())?;
            meta.insert("made", made)?;
            number
        };
        let tree = Tree::new(self.incarnation);
        let mut leased = Vec::new();
        {
            let mut state = tree.lock();
            let data = write.open_table(DATA)?;
            for row in data.iter()? {
                let (key, value) = row?;
                let key = Key::new(key.value()).map_err(|_| damaged("a key"))?;
                let (revision, through_lease, value) = split(value.value()).ok_or_else(|| damaged("a value"))?;
                if through_lease {
                    leased.push(Change::Deleted(key.clone()));
                }
                Tree::recall(&mut state, key, value, revision);
            }
            let history = write.open_table(HISTORY)?;
            let log = read_log(&tree, history.range(0..)?)?;
            self.log = log.iter().map(|(number, changes)| (*number, size_of(changes))).collect();
            let oldest = log.front().map_or(number + 1, |(revision, _)| *revision);
            tree.recall_log(&mut state, log, oldest.saturating_sub(1), number);
            if !leased.is_empty() {
                // The leases ended with the process that held them.
                number += 1;
                tree.apply(&mut state, number, leased.clone(), None);
            }
        }
        self.log_bytes = self.log.iter().map(|(_, bytes)| bytes).sum();
        if !leased.is_empty() {
            put(&write, number, &leased, false)?;
            self.log.push_back((number, size_of(&leased)));
            self.log_bytes += size_of(&leased);
        }
        write.commit()?;
        Ok(tree)
    }

    /// Opens the file anew where a failure closed it, and tells the tree what reached the disk all the same.
    pub(super) fn ready(&mut self, tree: &Tree) -> Result<()> {
        if self.database.is_some() {
            return Ok(());
        }
        let missed = (|| -> Result<_, redb::Error> {
            let (database, _) = self.reopen()?;
            let read = database.begin_read()?;
            let history = read.open_table(HISTORY)?;
            Ok((read_log(tree, history.range(tree.number() + 1..)?)?, database))
        })();
        let (missed, database) = missed.map_err(|error| match refused(&self.path, error) {
            full if full.kind() == ErrorKind::Busy => full,
            // Whatever stands there now, it is not this store.
            gone => Error::unavailable(format!("the store `{}` cannot be opened again", self.path.display()))
                .caused_by(gone),
        })?;
        let mut state = tree.lock();
        for (number, changes) in missed {
            self.log.push_back((number, size_of(&changes)));
            self.log_bytes += size_of(&changes);
            tree.apply(&mut state, number, changes, self.unsure.remove(&number));
        }
        self.unsure.clear();
        self.database = Some(database);
        Ok(())
    }

    /// Opens the file anew, where it is still there and the same store; and tells the revision that it stands at.
    fn reopen(&self) -> Result<(Database, u64), redb::Error> {
        let database = Database::open(&self.path)?;
        let read = database.begin_read()?;
        let meta = read.open_table(META)?;
        let incarnation = meta.get("incarnation")?.map(|value| value.value());
        if incarnation != Some(self.incarnation.into()) {
            return Err(damaged("the identity"));
        }
        let number = meta.get("revision")?.map_or(0, |value| value.value());
        Ok((database, number))
    }

    /// Makes changes durable, all or none. After a failure the file must be made [`ready`](Self::ready).
    pub(super) fn commit<'a>(&mut self, changes: impl Iterator<Item = (u64, &'a [Change], Option<u64>)>) -> Result<()> {
        let Some(database) = &self.database else { return Err(Error::unavailable("the store is closed")) };
        let (mut added, mut forgotten, mut leases) = (Vec::new(), 0, BTreeMap::new());
        let written = (|| -> Result<(), redb::Error> {
            let write = database.begin_write()?;
            for (number, changes, lease) in changes {
                leases.extend(lease.map(|lease| (number, lease)));
                put(&write, number, changes, lease.is_some())?;
                added.push((number, size_of(changes)));
            }
            forgotten = self.forget(&write, &added)?;
            Ok(write.commit()?)
        })();
        if let Err(error) = written {
            // redb refuses everything after an I/O error until the file is opened anew; and only so is it known whether
            // the commit reached the disk after all.
            self.database = None;
            let last = added.last().map_or(u64::MAX, |(number, _)| *number);
            let refused = refused(&self.path, error);
            let Ok((database, number)) = self.reopen() else {
                self.unsure = leases;
                let message = format!("the store `{}` failed, and cannot tell whether it wrote", self.path.display());
                return Err(Error::timeout(message).caused_by(refused));
            };
            self.database = Some(database);
            if number != last {
                return Err(refused);
            }
        }
        for (_, bytes) in self.log.drain(..forgotten) {
            self.log_bytes -= bytes;
        }
        self.log_bytes += added.iter().map(|(_, bytes)| bytes).sum::<usize>();
        self.log.extend(added);
        Ok(())
    }

    /// Drops the oldest changes beyond the log's bounds; answers how many transactions those are.
    fn forget(&self, write: &redb::WriteTransaction, added: &[(u64, usize)]) -> Result<usize, redb::Error> {
        let mut count = self.log.len() + added.len();
        let mut bytes = self.log_bytes + added.iter().map(|(_, bytes)| bytes).sum::<usize>();
        let mut history = write.open_table(HISTORY)?;
        let mut forgotten = 0;
        for (number, size) in &self.log {
            if count <= LOG && bytes <= LOG_BYTES {
                break;
            }
            history.remove(number)?;
            (count, bytes, forgotten) = (count - 1, bytes - size, forgotten + 1);
        }
        Ok(forgotten)
    }
}

/// Transactions of the log, oldest first.
fn read_log(tree: &Tree, rows: redb::Range<'_, u64, &[u8]>) -> Result<VecDeque<(u64, Vec<Change>)>, redb::Error> {
    let mut log = VecDeque::new();
    for row in rows {
        let (revision, changes) = row?;
        let number = revision.value();
        let changes = decode(changes.value(), |number| tree.at(number), number).ok_or_else(|| damaged("a change"))?;
        log.push_back((number, changes));
    }
    Ok(log)
}

fn damaged(what: &str) -> redb::Error {
    redb::Error::Corrupted(format!("{what} of the store cannot be read"))
}

/// Writes one revision's changes, to the keys and to the log.
fn put(write: &redb::WriteTransaction, number: u64, changes: &[Change], leased: bool) -> Result<(), redb::Error> {
    let mut data = write.open_table(DATA)?;
    for change in changes {
        match change {
            Change::Put(entry) => {
                let mut value = Vec::with_capacity(9 + entry.value.len());
                value.put_u64(number);
                value.put_u8(u8::from(leased));
                value.put_slice(&entry.value);
                data.insert(entry.key.as_str(), value.as_slice())?;
            }
            Change::Deleted(key) => drop(data.remove(key.as_str())?),
        }
    }
    write.open_table(HISTORY)?.insert(number, encode(changes).as_ref())?;
    write.open_table(META)?.insert("revision", number)?;
    Ok(())
}

fn split(stored: &[u8]) -> Option<(u64, bool, Bytes)> {
    let (revision, rest) = stored.split_at_checked(8)?;
    let (leased, value) = rest.split_first()?;
    Some((u64::from_be_bytes(revision.try_into().ok()?), *leased == 1, Bytes::copy_from_slice(value)))
}

/// Each change: 1 for a put or 0 for a removal, the key's length and bytes, and for a put the value's.
fn encode(changes: &[Change]) -> Bytes {
    let mut bytes = BytesMut::new();
    let text = |bytes: &mut BytesMut, text: &[u8]| {
        bytes.put_u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
        bytes.put_slice(text);
    };
    for change in changes {
        bytes.put_u8(u8::from(matches!(change, Change::Put(_))));
        text(&mut bytes, change.key().as_str().as_bytes());
        if let Change::Put(entry) = change {
            text(&mut bytes, &entry.value);
        }
    }
    bytes.freeze()
}

fn decode(bytes: &[u8], at: impl Fn(u64) -> haven_model::Revision, number: u64) -> Option<Vec<Change>> {
    let mut bytes = Bytes::copy_from_slice(bytes);
    let text = |bytes: &mut Bytes| {
        let length = bytes.try_get_u32().ok()? as usize;
        (bytes.len() >= length).then(|| bytes.split_to(length))
    };
    let mut changes = Vec::new();
    while !bytes.is_empty() {
        let is_put = bytes.get_u8() == 1;
        let key = Key::new(std::str::from_utf8(&text(&mut bytes)?).ok()?).ok()?;
        changes.push(if is_put {
            Change::Put(Entry { key, value: text(&mut bytes)?, revision: at(number) })
        } else {
            Change::Deleted(key)
        });
    }
    Some(changes)
}

/// What a failure of redb means to a caller.
fn refused(path: &Path, error: redb::Error) -> Error {
    let shown = path.display();
    let (kind, message) = match &error {
        redb::Error::DatabaseAlreadyOpen => {
            (ErrorKind::Busy, format!("the store `{shown}` is open already, here or in another process"))
        }
        redb::Error::Io(io) => match io.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                (ErrorKind::Busy, format!("the disk of the store `{shown}` is full"))
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                (ErrorKind::Unavailable, format!("the store `{shown}` cannot be written"))
            }
            io::ErrorKind::NotFound => {
                (ErrorKind::Unavailable, format!("the store `{shown}`, or its folder, does not exist"))
            }
            io::ErrorKind::InvalidData => (ErrorKind::Unsupported, format!("`{shown}` is no store of Haven")),
            _ => (ErrorKind::Unavailable, format!("the store `{shown}` cannot be used")),
        },
        redb::Error::UpgradeRequired(_) | redb::Error::Corrupted(_) | redb::Error::TableTypeMismatch { .. } => {
            (ErrorKind::Unsupported, format!("`{shown}` is no store of Haven, or is damaged"))
        }
        _ => (ErrorKind::Unexpected, format!("the store `{shown}` failed")),
    };
    Error::new(kind, message).caused_by(error)
}
