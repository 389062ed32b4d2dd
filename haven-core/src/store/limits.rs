//! The limits of a transaction, and what a check that does not hold says: the same in every store.

use std::{collections::HashSet, time::Duration};

use haven_model::{Error, Result, Revision};

use super::{Expect, Key, MAX_OPS, MAX_TTL, MAX_TXN, MAX_VALUE, Write};

/// Checks a transaction against the limits.
pub(super) fn check_txn(checks: &[(Key, Expect)], writes: &[Write]) -> Result<()> {
    if checks.len() > MAX_OPS || writes.len() > MAX_OPS {
        let (checks, writes) = (checks.len(), writes.len());
        return Err(Error::invalid(format!(
            "a transaction has at most {MAX_OPS} checks and {MAX_OPS} writes, not {checks} and {writes}"
        )));
    }
    distinct(checks.iter().map(|(key, _)| key), "check")?;
    distinct(writes.iter().map(Write::key), "write")?;
    let mut bytes = checks.iter().map(|(key, _)| key.as_str().len()).sum::<usize>();
    for write in writes {
        let value = if let Write::Put(_, value) = write { value.len() } else { 0 };
        if value > MAX_VALUE {
            return Err(Error::invalid(format!(
                "the value of `{}` has {value} bytes, more than {MAX_VALUE}",
                write.key()
            )));
        }
        bytes += write.key().as_str().len() + value;
    }
    if bytes > MAX_TXN {
        return Err(Error::invalid(format!("the transaction has {bytes} bytes, more than {MAX_TXN}")));
    }
    Ok(())
}

/// Checks how long a lease is to last.
pub(super) fn check_ttl(ttl: Duration) -> Result<()> {
    if ttl < Duration::from_secs(1) || ttl > MAX_TTL {
        return Err(Error::invalid(format!("a lease lasts 1 to {} seconds, not {ttl:?}", MAX_TTL.as_secs())));
    }
    Ok(())
}

fn distinct<'a>(keys: impl Iterator<Item = &'a Key>, what: &str) -> Result<()> {
    let mut seen = HashSet::new();
    for key in keys {
        if key.as_str().is_empty() {
            return Err(Error::invalid("a key cannot be empty"));
        }
        if !seen.insert(key) {
            return Err(Error::invalid(format!("the transaction has two {what}s of `{key}`")));
        }
    }
    Ok(())
}

/// The error of a check that does not hold.
pub(super) fn conflict(key: &Key, expect: Expect, now: Option<Revision>) -> Error {
    let message = match (expect, now) {
        (Expect::Absent, _) => format!("`{key}` exists already"),
        (Expect::At(_), None) => format!("`{key}` does not exist any more"),
        (Expect::At(_), Some(_)) => format!("`{key}` was changed since"),
    };
    let error = Error::conflict(message).with("key", key);
    if let Some(now) = now { error.with("revision", now) } else { error }
}
