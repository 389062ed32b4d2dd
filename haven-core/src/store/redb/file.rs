//! The file of the embedded store: its tables, how changes are written there, and what can go wrong.

use std::{
    collections::VecDeque,
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
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
/// `incarnation`, `revision`.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// How long another holder is waited for, and how often it is looked.
const CLOSING: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(20);

/// The open file; closed while it has to be opened anew after a failure.
pub(super) struct File {
    path: PathBuf,
    database: Option<Database>,
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
        let mut file = Self { path: path.to_owned(), database: Some(database), log: VecDeque::new(), log_bytes: 0 };
        let tree = file.read(incarnation).map_err(|error| refused(path, error))?;
        Ok((file, tree))
    }

    fn read(&mut self, incarnation: u32) -> Result<Tree, redb::Error> {
        let Some(database) = &self.database else { return Err(redb::Error::DatabaseClosed) };
        let write = database.begin_write()?;
        let (incarnation, mut number) = {
            let mut meta = write.open_table(META)?;
            let known = meta.get("incarnation")?.map(|value| value.value());
            if known.is_none() {
                meta.insert("incarnation", u64::from(incarnation))?;
            }
            let number = meta.get("revision")?.map_or(0, |value| value.value());
            (known.and_then(|known| u32::try_from(known).ok()).unwrap_or(incarnation), number)
        };
        let tree = Tree::new(incarnation);
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
        let database = Database::create(&self.path).map_err(|error| refused(&self.path, error.into()))?;
        let missed = (|| -> Result<_, redb::Error> {
            let read = database.begin_read()?;
            let history = read.open_table(HISTORY)?;
            read_log(tree, history.range(tree.number() + 1..)?)
        })();
        let missed = missed.map_err(|error| refused(&self.path, error))?;
        let mut state = tree.lock();
        for (number, changes) in missed {
            self.log.push_back((number, size_of(&changes)));
            self.log_bytes += size_of(&changes);
            tree.apply(&mut state, number, changes, None);
        }
        self.database = Some(database);
        Ok(())
    }

    /// Makes changes durable, all or none. After a failure the file must be made [`ready`](Self::ready).
    pub(super) fn commit<'a>(&mut self, changes: impl Iterator<Item = (u64, &'a [Change], bool)>) -> Result<()> {
        let Some(database) = &self.database else { return Err(Error::unavailable("the store is closed")) };
        let (mut added, mut forgotten) = (Vec::new(), 0);
        let written = (|| -> Result<(), redb::Error> {
            let write = database.begin_write()?;
            for (number, changes, leased) in changes {
                put(&write, number, changes, leased)?;
                added.push((number, size_of(changes)));
            }
            forgotten = self.forget(&write, &added)?;
            Ok(write.commit()?)
        })();
        if let Err(error) = written {
            // redb refuses everything after an I/O error until the file is opened anew.
            self.database = None;
            let last = added.last().map_or(u64::MAX, |(number, _)| *number);
            let refused = refused(&self.path, error);
            match self.stands() {
                Some(number) if number == last => {}
                None if refused.kind() == ErrorKind::Unavailable => {
                    let path = self.path.display();
                    let message = format!("the store `{path}` failed, and cannot tell whether it wrote");
                    return Err(Error::timeout(message).caused_by(refused));
                }
                _ => return Err(refused),
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

    /// Opens the file anew after a failure and tells where it stands: only so is it known whether a commit that failed
    /// reached the disk after all.
    fn stands(&mut self) -> Option<u64> {
        let database = Database::create(&self.path).ok()?;
        let stands = (|| -> Result<u64, redb::Error> {
            let read = database.begin_read()?;
            Ok(read.open_table(META)?.get("revision")?.map_or(0, |value| value.value()))
        })();
        self.database = Some(database);
        stands.ok()
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
            (ErrorKind::Busy, format!("the store `{shown}` is open in another process"))
        }
        redb::Error::Io(io) => match io.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                (ErrorKind::Busy, format!("the disk of the store `{shown}` is full"))
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                (ErrorKind::Unavailable, format!("the store `{shown}` cannot be written"))
            }
            io::ErrorKind::NotFound => {
                (ErrorKind::Unavailable, format!("the folder of the store `{shown}` does not exist"))
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
