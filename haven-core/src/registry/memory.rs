//! A registry in this process, for tests and for simulated fleets.
//!
//! It keeps the rules of the distribution specification that Haven leans on: digests are of the bytes, a tag points at
//! a digest and may move, removing a digest removes its tags.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use bytes::Bytes;
use haven_model::{Error, Result};
use sha2::{Digest as _, Sha256};

use super::{Manifest, Registry};

/// A registry in this process. Clones are the same registry.
#[derive(Clone, Debug, Default)]
pub struct MemoryRegistry {
    repositories: Arc<Mutex<BTreeMap<String, Repository>>>,
}

#[derive(Debug, Default)]
struct Repository {
    manifests: BTreeMap<String, Manifest>,
    tags: BTreeMap<String, String>,
}

impl MemoryRegistry {
    /// Puts a manifest under a tag, and answers its digest.
    pub fn push(
        &self,
        repository: &str,
        tag: &str,
        media_type: &str,
        body: Bytes,
        labels: BTreeMap<String, String>,
    ) -> String {
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(&body)));
        let manifest = Manifest { digest: digest.clone(), media_type: media_type.to_owned(), body, labels };
        let mut repositories = self.lock();
        let repository = repositories.entry(repository.to_owned()).or_default();
        repository.manifests.insert(digest.clone(), manifest);
        repository.tags.insert(tag.to_owned(), digest.clone());
        digest
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Repository>> {
        self.repositories.lock().expect("no panic happens under this lock")
    }

    fn with<T>(&self, name: &str, look: impl FnOnce(&mut Repository) -> Result<T>) -> Result<T> {
        let mut repositories = self.lock();
        look(repositories.get_mut(name).ok_or_else(|| Error::not_found("repository", name))?)
    }
}

#[async_trait]
impl Registry for MemoryRegistry {
    async fn repositories(&self) -> Result<Vec<String>> {
        Ok(self.lock().keys().cloned().collect())
    }

    async fn tags(&self, repository: &str) -> Result<Vec<String>> {
        self.with(repository, |repository| Ok(repository.tags.keys().cloned().collect()))
    }

    async fn manifest(&self, repository: &str, reference: &str) -> Result<Manifest> {
        self.with(repository, |repository| {
            let digest = repository.tags.get(reference).map_or(reference, String::as_str);
            repository.manifests.get(digest).cloned().ok_or_else(|| Error::not_found("manifest", reference))
        })
    }

    async fn delete(&self, repository: &str, digest: &str) -> Result<()> {
        if !digest.starts_with("sha256:") {
            return Err(Error::invalid(format!("only a digest can be deleted, `{}` is none", digest.escape_debug())));
        }
        self.with(repository, |repository| {
            repository.manifests.remove(digest).ok_or_else(|| Error::not_found("manifest", digest))?;
            repository.tags.retain(|_, has| has != digest);
            Ok(())
        })
    }

    async fn search(&self, text: &str, limit: usize) -> Result<Vec<String>> {
        Ok(self.lock().keys().filter(|name| name.contains(text)).take(limit).cloned().collect())
    }
}
