//! Stores by their address.

use std::sync::Arc;

#[cfg(not(all(feature = "redb", feature = "etcd")))]
use haven_model::ErrorKind;
use haven_model::{Error, Result};

use super::{MemoryStore, Store};
use crate::clock::Clock;

/// A kind of store, by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind<'a> {
    /// In this process.
    Memory,
    /// In the file at this path.
    Redb(&'a str),
    /// In an etcd cluster.
    Etcd,
}

impl<'a> StoreKind<'a> {
    /// Reads `memory:`, `redb:PATH` or `etcd://…`. `Invalid` for anything else.
    pub fn of(url: &'a str) -> Result<Self> {
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("redb", path)) if !bare(path).is_empty() => Ok(Self::Redb(bare(path))),
            Some(("etcd", _)) => Ok(Self::Etcd),
            _ => {
                // What stands before an `@` may be a password.
                let shown: String = url.chars().take_while(|c| *c != ':' && *c != '@').take(64).collect();
                let shown = shown.escape_debug();
                let known = "`memory:`, `redb:PATH` or `etcd://HOST:PORT` does";
                Err(Error::invalid(format!("`{shown}` begins no store: {known}")))
            }
        }
    }
}

/// The path in `redb:PATH` and in `redb://PATH`.
fn bare(path: &str) -> &str {
    path.strip_prefix("//").unwrap_or(path)
}

/// Opens a store: `memory:`, `redb:PATH`, or `etcd://…`. `Invalid` for another address, `Unsupported` for a store that is
/// not compiled in, and what opening it fails with.
pub async fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>> {
    match StoreKind::of(url)? {
        StoreKind::Memory => Ok(Arc::new(MemoryStore::new(&*clock))),
        StoreKind::Redb(path) => redb(path, &*clock).await,
        StoreKind::Etcd => etcd(url).await,
    }
}

#[cfg(feature = "redb")]
async fn redb(path: &str, clock: &dyn Clock) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(super::RedbStore::open(path, clock).await?))
}

#[cfg(not(feature = "redb"))]
#[allow(clippy::unused_async, reason = "as where it is compiled in")]
async fn redb(_path: &str, _clock: &dyn Clock) -> Result<Arc<dyn Store>> {
    Err(left_out("redb"))
}

#[cfg(feature = "etcd")]
async fn etcd(url: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(super::EtcdStore::connect(url).await?))
}

#[cfg(not(feature = "etcd"))]
#[allow(clippy::unused_async, reason = "as where it is compiled in")]
async fn etcd(_url: &str) -> Result<Arc<dyn Store>> {
    Err(left_out("etcd"))
}

#[cfg(not(all(feature = "redb", feature = "etcd")))]
fn left_out(feature: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("this Haven was built without the feature `{feature}`"))
}

#[cfg(test)]
mod tests {
    use haven_model::ErrorKind;

    use super::{Arc, StoreKind, open};
    use crate::clock::SystemClock;

    #[test]
    fn a_path_keeps_its_slashes() {
        for (url, path) in [("redb:a", "a"), ("redb:/a", "/a"), ("redb:///a", "/a"), ("redb:////a", "//a")] {
            assert_eq!(StoreKind::of(url).unwrap(), StoreKind::Redb(path), "{url}");
        }
    }

    #[tokio::test]
    async fn opens_by_address_and_says_what_is_none() {
        let open = async |url: &str| open(url, Arc::new(SystemClock::default())).await;
        assert_eq!(open("memory:").await.unwrap().status().await.unwrap().kind, "memory");
        for url in ["", "memory", "memory:x", "redb:", "redb://", "http://u:s3cret@h", "/var/lib/haven"] {
            let error = open(url).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{url}");
            assert!(!error.report().contains("s3cret"));
        }
        for (url, compiled) in
            [("redb:/none/x.redb", cfg!(feature = "redb")), ("etcd://127.0.0.1:1", cfg!(feature = "etcd"))]
        {
            let kind = if compiled { ErrorKind::Unavailable } else { ErrorKind::Unsupported };
            assert_eq!(open(url).await.unwrap_err().kind(), kind, "{url}");
        }
    }
}
