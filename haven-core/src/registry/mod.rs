//! Registries: where images come from.
//!
//! [`Registry`] is the seam; [`MemoryRegistry`] keeps everything in this process.

mod memory;

use std::{collections::BTreeMap, fmt::Debug};

use async_trait::async_trait;
use bytes::Bytes;
use haven_model::Result;

pub use memory::MemoryRegistry;

/// A registry of images, in the words of the OCI distribution specification.
#[async_trait]
pub trait Registry: Debug + Send + Sync + 'static {
    /// The repositories, ordered by name.
    async fn repositories(&self) -> Result<Vec<String>>;

    /// The tags of a repository, ordered by name. `NotFound` when there is no such repository.
    async fn tags(&self, repository: &str) -> Result<Vec<String>>;

    /// A manifest by tag or digest. `NotFound` when there is none.
    async fn manifest(&self, repository: &str, reference: &str) -> Result<Manifest>;

    /// Removes a manifest by its digest, and every tag on it. `NotFound` when there is none, `Invalid` for a tag.
    async fn delete(&self, repository: &str, digest: &str) -> Result<()>;

    /// Repositories whose name holds `text`, ordered by name, at most `limit`.
    async fn search(&self, text: &str, limit: usize) -> Result<Vec<String>>;
}

/// The manifest of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its digest: `sha256:…` of the bytes.
    pub digest: String,
    /// Its media type.
    pub media_type: String,
    /// The manifest itself, byte for byte.
    pub body: Bytes,
    /// Labels of the image's configuration.
    pub labels: BTreeMap<String, String>,
}
