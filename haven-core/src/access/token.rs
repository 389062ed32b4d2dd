//! Tokens: random texts that are shown once, and kept only as their hash.

use haven_model::{Error, Result};
use rand::{TryRng as _, rngs::SysRng};
use sha2::{Digest as _, Sha256};

/// A new one of 256 random bits. The prefix tells scanners of secrets what it is.
pub(super) fn make(prefix: &str) -> Result<String> {
    let mut bytes = [0; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Error::unexpected("the system has no random numbers").caused_by(error))?;
    Ok(format!("{prefix}_{}", hex::encode(bytes)))
}

/// The name of its record: its SHA-256.
pub(super) fn key(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
