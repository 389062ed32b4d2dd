//! Sources: where container configuration comes from.
//!
//! [`Source`] is the seam: named texts at a pinned version. [`FolderSource`] reads a folder, [`GitSource`] a git
//! repository, [`MemorySource`] holds them in this process. [`resolve`] makes of a source, of an image's labels and of a
//! request what a container shall be, and says who said what.

mod check;
mod document;
mod fields;
mod folder;
mod git;
mod labels;
mod memory;
mod repository;
mod resolve;
mod setting;

use std::fmt::Debug;

use async_trait::async_trait;
use haven_model::{Error, Result};
use sha2::{Digest as _, Sha256};

pub use folder::FolderSource;
pub use git::{
    Checkout, Checkouts, Freshness, GitLimits, GitRemote, GitSource, Pinned, split_credentials, without_credentials,
};
pub use memory::MemorySource;
pub use repository::Snapshot;
pub(crate) use resolve::resolve_anew;
pub use resolve::{Resolved, Wanted, resolve};
pub(crate) use setting::{Item, PLACEMENT, Setting};

/// The largest file that a source gives, in bytes.
pub const MAX_FILE: u64 = 1024 * 1024;

/// Configuration texts, by path.
#[async_trait]
pub trait Source: Debug + Send + Sync + 'static {
    /// The text at `path`, a relative path with `/` between its parts; none where there is none.
    ///
    /// `Invalid` when the path leaves the source, when the text is larger than [`MAX_FILE`] or no UTF-8.
    async fn read(&self, path: &str) -> Result<Option<String>>;

    /// The paths of all texts, ordered: those at which [`read`](Self::read) has one.
    async fn paths(&self) -> Result<Vec<String>>;

    /// Names the present version of the whole: the same name means the same texts. A file that [`read`](Self::read) refuses
    /// is part of it, too.
    async fn version(&self) -> Result<String>;
}

/// Adds a file to the hash that names a version.
fn hash_file(hash: &mut Sha256, path: &str, content: &[u8]) {
    for part in [path.as_bytes(), content] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
}

/// Checks that `path` stays inside its source.
fn inside(path: &str) -> Result<()> {
    let part_is_plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
    if path.len() <= 1024 && path.split('/').all(part_is_plain) {
        return Ok(());
    }
    let shown: String = path.chars().take(128).collect();
    Err(Error::invalid(format!("`{}` is no path inside a source", shown.escape_debug())))
}
