//! The files of a simulated container as tar archives: out of it, into it, and all of them.
//!
//! A container has a handful of small files and the folders that they are in; an archive that would fill its disk is
//! refused.

use std::{collections::BTreeSet, io::Read as _};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_model::{
    ContainerRef, Error, Result,
    container::{Change, ChangeKind},
};

use crate::engine::Stream;

use super::{SimEngine, program::Files};

/// The largest archive that is taken.
const MAX_ARCHIVE: usize = 4 << 20;
/// The most entries of one.
const MAX_ENTRIES: usize = 10_000;
/// Folders that every image has.
const FOLDERS: [&str; 10] = ["", "/bin", "/dev", "/etc", "/home", "/root", "/srv", "/tmp", "/usr", "/var"];

impl SimEngine {
    fn files_of(&self, id: &ContainerRef) -> Result<Files> {
        let state = self.reach()?;
        Ok(state.containers[&state.find(id)?].files.clone())
    }

    pub(super) fn changed(&self, id: &ContainerRef) -> Result<Vec<Change>> {
        let names = self.files_of(id)?.names();
        let mut changes = BTreeSet::new();
        for name in names {
            for folder in parents(&name).filter(|folder| !folder.is_empty()) {
                let kind = if FOLDERS.contains(&folder) { ChangeKind::Modified } else { ChangeKind::Added };
                changes.insert(Change { path: folder.to_owned(), kind });
            }
            changes.insert(Change { path: name, kind: ChangeKind::Added });
        }
        Ok(changes.into_iter().collect())
    }

    pub(super) fn export_files(&self, id: &ContainerRef) -> Result<Stream<Bytes>> {
        let files = self.files_of(id)?;
        let mut archive = tar::Builder::new(Vec::new());
        for folder in FOLDERS.iter().filter(|folder| !folder.is_empty()) {
            put(&mut archive, &folder[1..], None)?;
        }
        for name in files.names() {
            put(&mut archive, name.trim_start_matches('/'), files.get(&name))?;
        }
        told(archive)
    }

    pub(super) fn pack(&self, id: &ContainerRef, path: &str) -> Result<Stream<Bytes>> {
        let files = self.files_of(id)?;
        let contents = path.ends_with("/.");
        let path = plain(path);
        let mut archive = tar::Builder::new(Vec::new());
        let base = if contents { "." } else { path.rsplit('/').next().unwrap_or_default() };
        if let Some(content) = files.get(&path) {
            if contents {
                return Err(Error::not_found("folder", &path));
            }
            put(&mut archive, base, Some(content))?;
            return told(archive);
        }
        if !is_folder(&files, &path) {
            return Err(Error::not_found("file", &path));
        }
        let base = if base.is_empty() { "/" } else { base };
        put(&mut archive, base, None)?;
        let inside = format!("{path}/");
        for name in files.names().iter().filter(|name| name.starts_with(&inside)) {
            put(&mut archive, &format!("{base}/{}", &name[inside.len()..]), files.get(name))?;
        }
        told(archive)
    }

    pub(super) async fn unpack(&self, id: &ContainerRef, folder: &str, mut archive: Stream<Bytes>) -> Result<()> {
        let folder = plain(folder);
        let check = |files: &Files| {
            if files.get(&folder).is_some() {
                return Err(Error::invalid(format!("`{folder}` is no folder")));
            }
            if is_folder(files, &folder) { Ok(()) } else { Err(Error::not_found("folder", &folder)) }
        };
        check(&self.files_of(id)?)?;
        let mut whole = Vec::new();
        while let Some(piece) = archive.next().await {
            whole.extend_from_slice(&piece?);
            if whole.len() > MAX_ARCHIVE {
                return Err(Error::invalid("the archive is larger than a simulated disk"));
            }
        }
        let files = self.files_of(id)?;
        check(&files)?;
        let wrong = |error: std::io::Error| Error::invalid("the archive is no tar file").caused_by(error);
        for (number, entry) in tar::Archive::new(&*whole).entries().map_err(wrong)?.enumerate() {
            let mut entry = entry.map_err(wrong)?;
            if number >= MAX_ENTRIES {
                return Err(Error::invalid(format!("the archive has more than {MAX_ENTRIES} entries")));
            }
            let path = plain(&format!("{folder}/{}", entry.path().map_err(wrong)?.display()));
            if !entry.header().entry_type().is_file() {
                continue;
            }
            if is_folder(&files, &path) {
                return Err(Error::invalid(format!("`{path}` is a folder, and no file can take its place")));
            }
            let mut content = Vec::new();
            entry.read_to_end(&mut content).map_err(wrong)?;
            files.remove(&path);
            if !files.append(&path, &content) {
                return Err(Error::invalid("the disk is full"));
            }
        }
        Ok(())
    }
}

/// The folders that a path is in, the outermost first; the root is empty.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

fn is_folder(files: &Files, path: &str) -> bool {
    let inside = format!("{path}/");
    FOLDERS.contains(&path) || files.names().iter().any(|name| name.starts_with(&inside))
}

/// An absolute path without `.` and `..`; the root is empty.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { String::new() } else { format!("/{}", parts.join("/")) }
}

/// Adds a file, or a folder where there is no content.
fn put(archive: &mut tar::Builder<Vec<u8>>, name: &str, content: Option<Vec<u8>>) -> Result<()> {
    let mut header = tar::Header::new_gnu();
    let kind = if content.is_some() { tar::EntryType::Regular } else { tar::EntryType::Directory };
    header.set_entry_type(kind);
    header.set_mode(if content.is_some() { 0o644 } else { 0o755 });
    let content = content.unwrap_or_default();
    header.set_size(content.len() as u64);
    let name = if kind == tar::EntryType::Directory { format!("{name}/") } else { name.to_owned() };
    let unnamed = |error| Error::unexpected("the archive cannot be written").caused_by(error);
    archive.append_data(&mut header, name.trim_start_matches('/'), &*content).map_err(unnamed)
}

fn told(archive: tar::Builder<Vec<u8>>) -> Result<Stream<Bytes>> {
    let whole =
        archive.into_inner().map_err(|error| Error::unexpected("the archive cannot be written").caused_by(error))?;
    Ok(stream::once(async move { Ok(Bytes::from(whole)) }).boxed())
}
