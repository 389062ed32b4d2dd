//! The audit: a hash-chained record of who did what, written at the door for every operation that acts or shows secrets.
//!
//! [`AuditLog`] appends in one transaction that moves the head, so that masters which share a store share one chain. A
//! hash is of the bytes that are stored, so that it holds whatever a newer Haven writes there. The newest 100,000 records
//! are kept. An operation whose record cannot be written has been done all the same; the log
//! of the program says so.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use haven_model::{
    Actor, Error, ErrorKind, Object, Result,
    audit::{AuditPage, AuditRecord},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    clock::Clock,
    store::{Expect, Key, Record, Store, Write, read_plain, write_plain},
};

/// How many records are kept, and how many one read answers.
const KEPT: u64 = 100_000;
const MAX_PAGE: u32 = 1_000;
/// How many records are read at the same time.
const AT_ONCE: usize = 32;
/// How long a record may wait for the store.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of the parameters is kept: of all texts together, and of one, in bytes.
const MAX_PARAMETERS: usize = 4 * 1024;
const MAX_TEXT: usize = 1024;
/// What stands for what was cut.
const CUT: &str = "…";
/// The version of the head that is written.
const VERSION: u32 = 1;

/// Writes and reads the audit.
#[derive(Debug)]
pub struct AuditLog {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// One writer of this process at a time; those of other processes are told apart by the head's revision.
    turn: tokio::sync::Mutex<()>,
}

/// What an operation acts on, and what it was asked to do.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) object: Object,
    pub(crate) parameters: Map<String, Value>,
}

impl Act {
    /// Keeps of the parameters what fits into a record. Secrets are masked as everywhere.
    pub(crate) fn of(object: Object, operation: &impl Serialize) -> Self {
        let mut parameters = serde_json::to_value(operation).unwrap_or_default();
        cut(&mut parameters, &mut { MAX_PARAMETERS });
        let parameters = if let Value::Object(parameters) = parameters { parameters } else { Map::new() };
        Self { object, parameters }
    }
}

/// Cuts what is longer than `left` bytes, and takes from them what it takes.
fn cut(value: &mut Value, left: &mut usize) {
    match value {
        Value::String(text) => cut_text(text, left),
        Value::Array(items) => {
            let mut kept = Vec::new();
            for mut item in std::mem::take(items) {
                if *left == 0 {
                    kept.push(CUT.into());
                    break;
                }
                cut(&mut item, left);
                kept.push(item);
            }
            *items = kept;
        }
        Value::Object(fields) => {
            for (mut name, mut value) in std::mem::take(fields) {
                if *left == 0 {
                    fields.insert(CUT.to_owned(), CUT.into());
                    break;
                }
                cut_text(&mut name, left);
                cut(&mut value, left);
                fields.insert(name, value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => *left = left.saturating_sub(8),
    }
}

fn cut_text(text: &mut String, left: &mut usize) {
    let most = MAX_TEXT.min(*left);
    if text.len() > most {
        let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= most).last();
        text.truncate(end.unwrap_or_default());
        text.push_str(CUT);
    }
    *left = left.saturating_sub(text.len());
}

/// The end of the chain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Head {
    #[serde(default)]
    v: u32,
    number: u64,
    hash: String,
    /// What a newer Haven wrote there.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Its hash is the last of it.
impl Record for AuditRecord {
    const KIND: &'static str = "audit record";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// What of a stored record chains it to the others.
#[derive(Debug, Deserialize)]
struct Link {
    previous: String,
    hash: String,
}

impl AuditLog {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, turn: tokio::sync::Mutex::default() }
    }

    /// Records what an actor did, or tried to.
    pub(crate) async fn record(&self, actor: &Actor, operation: &str, act: Act, failed: Option<ErrorKind>) {
        let written = tokio::time::timeout(PATIENCE, self.append(actor, operation, act, failed)).await;
        let written = written.unwrap_or_else(|_| Err(Error::timeout("the store did not answer")));
        if let Err(error) = written {
            tracing::error!(operation, actor = %actor.identity, error = %error.report(), "not in the audit");
        }
    }

    async fn append(&self, actor: &Actor, operation: &str, act: Act, failed: Option<ErrorKind>) -> Result<()> {
        let _turn = self.turn.lock().await;
        loop {
            let (head, expect) = self.head().await?;
            let mut record = AuditRecord {
                number: head.number + 1,
                time: self.clock.now(),
                actor: actor.clone(),
                operation: operation.to_owned(),
                object: act.object.clone(),
                parameters: act.parameters.clone(),
                failed,
                previous: head.hash,
                hash: String::new(),
            };
            record.hash = hex::encode(Sha256::digest(write_plain(&record)?));
            let stored = write_plain(&record)?;
            let head =
                Head { v: head.v.max(VERSION), number: record.number, hash: record.hash.clone(), rest: head.rest };
            let mut writes = vec![Write::Put(head_key()?, to_bytes(&head)?), Write::Put(key(record.number)?, stored)];
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
        let mut page = AuditPage { items: Vec::new(), intact: true, unreadable: Vec::new() };
        let mut before: Option<String> = None;
        let numbers = first..=head.number.min(first.saturating_add(limit - 1));
        let mut entries = stream::iter(numbers)
            .map(|number| async move { Ok::<_, Error>((number, self.store.get(&key(number)?).await?)) })
            .buffered(AT_ONCE);
        while let Some((number, entry)) = entries.try_next().await? {
            let Some(entry) = entry else {
                // What is older than is kept is no gap; a record may also have been dropped since the head was read.
                page.intact &= number + KEPT <= self.head().await?.0.number;
                continue;
            };
            let link: Option<Link> = serde_json::from_slice(&entry.value).ok();
            page.intact &= has_its_hash(&entry.value)
                && link.as_ref().is_some_and(|link| {
                    before.as_ref().is_none_or(|before| *before == link.previous)
                        && (number != head.number || link.hash == head.hash)
                });
            before = link.map(|link| link.hash);
            match read_plain(&entry) {
                Ok(record) => page.items.push(record),
                Err(error) => {
                    tracing::warn!(number, error = %error.report(), "an audit record cannot be read");
                    page.unreadable.push(number);
                }
            }
        }
        Ok(page)
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

/// Whether a stored record has the hash that it ends with, which is of all its bytes but those of the hash.
fn has_its_hash(stored: &[u8]) -> bool {
    const END: &[u8] = b"\"}";
    let hex_length = 2 * <Sha256 as sha2::Digest>::output_size();
    let parts = stored.strip_suffix(END).and_then(|rest| rest.split_at_checked(rest.len().checked_sub(hex_length)?));
    parts.is_some_and(|(rest, hash)| {
        let digest = Sha256::new().chain_update(rest).chain_update(END).finalize();
        rest.ends_with(b"\"hash\":\"") && hex::encode(digest).as_bytes() == hash
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_of_any_size_fit_into_a_record_and_show_where_they_were_cut() {
        let long = "ä".repeat(100_000);
        for (parameters, cut) in [
            (json!({ "a": [1, null, "b"], "c": { "d": true } }), false),
            (json!({ "a": long }), true),
            (json!({ long.clone(): 1 }), true),
            (json!({ "a": vec![long.clone(); 1000] }), true),
            (json!({ "a": (0..100_000).collect::<Vec<_>>() }), true),
            (json!({ "a": (0..100_000).map(|n| (n.to_string(), json!({}))).collect::<Map<_, _>>() }), true),
        ] {
            let kept = Value::Object(Act::of(Object::System, &parameters).parameters);
            assert_eq!((kept != parameters, kept.to_string().contains(CUT)), (cut, cut));
            assert!(kept.to_string().len() < 4 * MAX_PARAMETERS, "{}", kept.to_string().len());
        }
    }

    #[test]
    fn a_record_from_before_there_were_versions_and_parameters_has_its_hash_and_can_be_read() {
        let bare = concat!(
            r#"{"number":1,"time":"2026-01-01T00:00:00Z","actor":{"identity":{"kind":"system"},"face":"rust","request":""},"#,
            r#""operation":"clusters.create","object":{"kind":"system"},"previous":"","hash":"#
        );
        let hash = hex::encode(Sha256::digest(format!(r#"{bare}""}}"#)));
        let stored = format!(r#"{bare}"{hash}"}}"#);
        assert!(has_its_hash(stored.as_bytes()));
        assert!(!has_its_hash(stored.replace("create", "delete").as_bytes()));
        let record: AuditRecord = serde_json::from_str(&stored).unwrap();
        assert_eq!((record.hash, record.parameters.len()), (hash, 0));
    }
}
