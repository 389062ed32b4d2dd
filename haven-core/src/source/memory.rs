//! A source in this process, for tests and for configuration that a program makes up.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use haven_model::{Error, Result};
use sha2::{Digest as _, Sha256};

use super::{MAX_FILE, Source, hash_file, inside};

/// Texts in this process. Clones are the same source.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    texts: Arc<Mutex<BTreeMap<String, String>>>,
}

impl MemorySource {
    /// Puts a text at a path. `Invalid` when the path leaves the source or the text is larger than [`MAX_FILE`].
    pub fn put(&self, path: &str, text: impl Into<String>) -> Result<()> {
        inside(path)?;
        let text = text.into();
        if text.len() as u64 > MAX_FILE {
            return Err(Error::invalid(format!("`{path}` is larger than {MAX_FILE} bytes")));
        }
        self.lock().insert(path.to_owned(), text);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.texts.lock().expect("no panic happens under this lock")
    }
}

#[async_trait]
impl Source for MemorySource {
    async fn read(&self, path: &str) -> Result<Option<String>> {
        inside(path)?;
        Ok(self.lock().get(path).cloned())
    }

    async fn paths(&self) -> Result<Vec<String>> {
        Ok(self.lock().keys().cloned().collect())
    }

    async fn version(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for (path, text) in self.lock().iter() {
            hash_file(&mut hash, path, text.as_bytes());
        }
        Ok(hex::encode(hash.finalize()))
    }
}
