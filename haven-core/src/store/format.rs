//! What format a store is in, and whether this Haven may open it: by version, and by key.

use bytes::Bytes;
use haven_model::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::{Expect, Key, Keyring, Store, Write};

/// The format that this Haven writes, and the oldest that it reads.
const FORMAT: u32 = 1;
/// What is sealed to tell whether the key is the right one.
const PROOF: &[u8] = b"haven";

/// The record `meta/format`.
#[derive(Debug, Serialize, Deserialize)]
struct Format {
    /// The oldest format that a reader must know.
    reader: u32,
    /// The oldest format that a writer must know.
    writer: u32,
    /// The Haven that wrote this.
    by: String,
}

/// Checks that this Haven may work on a store, and marks a new one, or one whose key was changed. `Unsupported` names
/// both versions, or says that the key is another.
pub async fn open_format(store: &dyn Store, keyring: &Keyring) -> Result<()> {
    let (format_key, proof_key) = (Key::new("meta/format")?, Key::new("meta/key")?);
    if store.get(&format_key).await?.is_none() {
        let format = Format { reader: FORMAT, writer: FORMAT, by: env!("CARGO_PKG_VERSION").to_owned() };
        let body = serde_json::to_vec(&format)
            .map_err(|error| Error::unexpected("the format cannot be written").caused_by(error))?;
        let writes = [
            Write::Put(format_key.clone(), Bytes::from(body)),
            Write::Put(proof_key.clone(), Bytes::from(keyring.seal(proof_key.as_str(), PROOF)?)),
        ];
        match store.txn(&[(format_key.clone(), Expect::Absent)], &writes).await {
            // Another master was faster; what it wrote is checked like any other.
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            done => drop(done?),
        }
    }
    let entry = store.get(&format_key).await?.ok_or_else(|| Error::conflict("the store is being emptied"))?;
    let format: Format = serde_json::from_slice(&entry.value)
        .map_err(|error| Error::new(ErrorKind::Unsupported, "the store is in no format of Haven").caused_by(error))?;
    if format.writer > FORMAT {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "the store is in format {}, written by Haven {}; this is Haven {}, which knows format {FORMAT}",
                format.writer,
                format.by,
                env!("CARGO_PKG_VERSION")
            ),
        ));
    }
    let proof = store.get(&proof_key).await?.ok_or_else(|| Error::unexpected("the store has lost `meta/key`"))?;
    match keyring.open(proof_key.as_str(), &proof.value) {
        Ok(text) if text == PROOF && keyring.is_present(&proof.value) => Ok(()),
        Ok(text) if text == PROOF => {
            let sealed = Write::Put(proof_key.clone(), Bytes::from(keyring.seal(proof_key.as_str(), PROOF)?));
            match store.txn(&[(proof_key, Expect::At(proof.revision))], &[sealed]).await {
                // Another master, with its own present key, was faster; both keys open what it wrote.
                Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
                done => done.map(drop),
            }
        }
        _ => Err(Error::new(ErrorKind::Unsupported, "the store is sealed with another key than the one given")),
    }
}
