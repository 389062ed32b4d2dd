//! The files of a container of a Docker Engine: what changed, and tar archives out of it and into it.

use ::http::Method;
use bytes::Bytes;
use futures_util::StreamExt as _;
use haven_model::{
    ContainerRef, ErrorKind, Result,
    container::{Change, ChangeKind},
};
use serde::Deserialize;

use super::{DockerEngine, error::Refusals, frames};
use crate::engine::Stream;

/// An archive that is none, and a path that leads through a file, are a server's error to the engine.
const UNPACK: Refusals = &[(500, ErrorKind::Invalid)];
/// A path that leads through a file, as if that were a folder, is a server's error to the engine.
const PACK: Refusals = &[(500, ErrorKind::NotFound)];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    path: String,
    kind: u8,
}

impl DockerEngine {
    pub(super) async fn changed(&self, id: &ContainerRef) -> Result<Vec<Change>> {
        let told: Option<Vec<Told>> = self.http.get(&Self::path(id, "/changes")).await?;
        let kind = |kind| match kind {
            0 => ChangeKind::Modified,
            1 => ChangeKind::Added,
            _ => ChangeKind::Deleted,
        };
        Ok(told.into_iter().flatten().map(|Told { path, kind: told }| Change { path, kind: kind(told) }).collect())
    }

    pub(super) async fn export(&self, id: &ContainerRef) -> Result<Stream<Bytes>> {
        let body = self.http.open(Method::GET, &Self::path(id, "/export"), None, &[]).await?;
        Ok(frames::bytes(body).boxed())
    }

    pub(super) async fn pack(&self, id: &ContainerRef, path: &str) -> Result<Stream<Bytes>> {
        let path = Self::path(id, "/archive").with("path", path);
        let body = self.http.open(Method::GET, &path, None, PACK).await?;
        Ok(frames::bytes(body).boxed())
    }

    pub(super) async fn unpack(&self, id: &ContainerRef, folder: &str, archive: Stream<Bytes>) -> Result<()> {
        let path = Self::path(id, "/archive").with("path", folder).with("noOverwriteDirNonDir", "1");
        self.http.upload(&path, archive, UNPACK).await
    }
}
