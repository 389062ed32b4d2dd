//! The audit: a hash-chained record of who did what, written at the door for every operation that acts.
//!
//! [`AuditLog`] appends in one transaction that moves the head, so that masters which share a store share one chain. The
//! newest 100,000 records are kept. An operation whose record cannot be written has been done all the same; the log
//! of the program says so.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use haven_model::{
    Actor, Error, ErrorKind, Object, Result,
    audit::{AuditPage, AuditRecord},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    clock::Clock,
    store::{Expect, Key, Store, Write},
};

/// How many records are kept, and how many one read answers.
const KEPT: u64 = 100_000;
const MAX_PAGE: u32 = 1_000;
/// How many records are read at the same time.
const AT_ONCE: usize = 32;
/// How long a record may wait for the store.
const PATIENCE: Duration = Duration::from_secs(5);

/// Writes and reads the audit.
#[derive(Debug)]
pub struct AuditLog {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// One writer of this process at a time; those of other processes are told apart by the head's revision.
    turn: tokio::sync::Mutex<()>,
}

/// The end of the chain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Head {
    number: u64,
    hash: String,
}

impl AuditLog {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, turn: tokio::sync::Mutex::default() }
    }

    /// Records what an actor did, or tried to.
    pub(crate) async fn record(&self, actor: &Actor, operation: &str, object: Object, failed: Option<ErrorKind>) {
        let written = tokio::time::timeout(PATIENCE, self.append(actor, operation, object, failed)).await;
        let written = written.unwrap_or_else(|_| Err(Error::timeout("the store did not answer")));
        if let Err(error) = written {
            tracing::error!(operation, actor = %actor.identity, error = %error.report(), "not in the audit");
        }
    }

    async fn append(&self, actor: &Actor, operation: &str, object: Object, failed: Option<ErrorKind>) -> Result<()> {
        let _turn = self.turn.lock().await;
        loop {
            let (head, expect) = self.head().await?;
            let mut record = AuditRecord {
                number: head.number + 1,
                time: self.clock.now(),
                actor: actor.clone(),
                operation: operation.to_owned(),
                object: object.clone(),
                failed,
                previous: head.hash,
                hash: String::new(),
            };
            record.hash = hash_of(&record)?;
            let head = Head { number: record.number, hash: record.hash.clone() };
            let mut writes =
                vec![Write::Put(head_key()?, to_bytes(&head)?), Write::Put(key(record.number)?, to_bytes(&record)?)];
            if let Some(old) = record.number.checked_sub(KEPT).filter(|old| *old > 0) {
                writes.push(Write::Delete(key(old)?));
            }
            match self.store.txn(&[(head_key()?, expect)], &writes).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                done => return done.map(drop),
            }
        }
    }

    /// The newest records, or those after a number; at most `limit`, by default 100.
    pub async fn read(&self, after: Option<u64>, limit: Option<u32>) -> Result<AuditPage> {
        let limit = match limit {
            None => 100,
            Some(limit @ 1..=MAX_PAGE) => u64::from(limit),
            Some(limit) => return Err(Error::invalid(format!("`limit` is from 1 to {MAX_PAGE}, not {limit}"))),
        };
        let (head, _) = self.head().await?;
        let first = after.unwrap_or_else(|| head.number.saturating_sub(limit)).saturating_add(1);
        let mut items: Vec<AuditRecord> = Vec::new();
        let mut intact = true;
        let numbers = first..=head.number.min(first.saturating_add(limit - 1));
        let mut entries = stream::iter(numbers)
            .map(|number| async move { Ok::<_, Error>((number, self.store.get(&key(number)?).await?)) })
            .buffered(AT_ONCE);
        while let Some((number, entry)) = entries.try_next().await? {
            let Some(entry) = entry else {
                // What is older than is kept is no gap; a record may also have been dropped since the head was read.
                intact &= number + KEPT <= self.head().await?.0.number;
                continue;
            };
            let record: AuditRecord = serde_json::from_slice(&entry.value)
                .map_err(|error| Error::unexpected(format!("audit record {number} cannot be read")).caused_by(error))?;
            let follows = items.last().is_none_or(|before| before.hash == record.previous);
            intact &= follows && hash_of(&record)? == record.hash;
            intact &= number != head.number || record.hash == head.hash;
            items.push(record);
        }
        Ok(AuditPage { items, intact })
    }

    async fn head(&self) -> Result<(Head, Expect)> {
        match self.store.get(&head_key()?).await? {
            None => Ok((Head::default(), Expect::Absent)),
            Some(entry) => {
                let head = serde_json::from_slice(&entry.value)
                    .map_err(|error| Error::unexpected("the head of the audit cannot be read").caused_by(error))?;
                Ok((head, Expect::At(entry.revision)))
            }
        }
    }
}

fn head_key() -> Result<Key> {
    Key::new("audit-head")
}

fn key(number: u64) -> Result<Key> {
    Key::new(format!("audit/{number:016}"))
}

fn to_bytes(value: &impl Serialize) -> Result<Bytes> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(|error| Error::unexpected("an audit record cannot be written").caused_by(error))
}

/// The hash of a record without its hash.
fn hash_of(record: &AuditRecord) -> Result<String> {
    let bare = AuditRecord { hash: String::new(), ..record.clone() };
    Ok(hex::encode(Sha256::digest(to_bytes(&bare)?)))
}
