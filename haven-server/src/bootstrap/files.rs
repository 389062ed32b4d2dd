//! The programs that are given out to nodes: what a folder holds, and this program itself.

use std::{
    collections::HashMap,
    fs::File,
    io::Read as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use haven_core::{Error, Result};
use http::{HeaderValue, header};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use crate::{Shared, problem::Problem, route};

/// The most files that are given out.
const MAX_FILES: usize = 32;
/// What this program is called among them.
const OWN: &str = "haven";
/// Where files are.
const FOLDER: &str = "/discovery/agent/files/";
/// How much of a file is read at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// A program that is given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    /// The machine it is for, as `uname -m` has it.
    pub(crate) machine: &'static str,
    path: PathBuf,
}

/// What kind of program it is. Those that take less of a node come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It runs by itself.
    Native,
    /// A Python package.
    Wheel,
}

/// What tells whether a file is the one that was read before.
type Stamp = (u64, u64, u64, [i64; 4]);

/// What was read of files; none: of no use to a node.
type Read = HashMap<PathBuf, (Stamp, Option<Offered>)>;

/// The programs, and what is known of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    folder: Option<PathBuf>,
    program: Option<PathBuf>,
    read: Arc<Mutex<Read>>,
}

impl Files {
    pub(crate) fn new(folder: Option<PathBuf>, program: Option<PathBuf>) -> Self {
        Self { folder, program, read: Arc::default() }
    }

    /// The files by name, those of the folder first. One that cannot be listed holds nothing.
    fn paths(&self) -> Vec<(String, PathBuf)> {
        let listed = self.folder.as_deref().and_then(|folder| std::fs::read_dir(folder).ok());
        let entries = listed.into_iter().flatten().flatten();
        let mut paths: Vec<_> =
            entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path()))).collect();
        paths.retain(|(name, _)| is_plain(name));
        paths.sort();
        paths.truncate(MAX_FILES);
        if let Some(program) = &self.program
            && !paths.iter().any(|(name, _)| name == OWN)
        {
            paths.push((OWN.to_owned(), program.clone()));
        }
        paths
    }

    /// What is given out. Each file is read once, and again when it changed.
    pub(crate) async fn offered(&self) -> Result<Vec<Offered>> {
        let files = self.clone();
        let read = move || {
            let paths = files.paths();
            // Two that ask at once wait for one reading.
            let mut known = files.read.lock().expect("no panic happens under this lock");
            known.retain(|path, _| paths.iter().any(|(_, there)| there == path));
            let mut offered: Vec<Offered> = paths
                .iter()
                .filter_map(|(name, path)| {
                    let stamp = stamp(path).ok()?;
                    if known.get(path).is_none_or(|(before, _)| *before != stamp) {
                        // What cannot be read is tried again.
                        let seen = look(name, path).inspect_err(
                            |error| tracing::warn!(%error, path = %path.display(), "a program for agents cannot be read"),
                        );
                        known.insert(path.clone(), (stamp, seen.ok()?));
                    }
                    known.get(path)?.1.clone()
                })
                .collect();
            offered.sort_by_key(|file| file.kind);
            offered
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|error| Error::unexpected("the files of agents cannot be read").caused_by(error))
    }
}

/// Whether a name stands for itself in a URL and in Python.
fn is_plain(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    name.len() <= 128 && !name.starts_with('.') && name.chars().all(fits)
}

fn stamp(path: &Path) -> std::io::Result<Stamp> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() {
        return Err(std::io::ErrorKind::InvalidInput.into());
    }
    Ok((found.dev(), found.ino(), found.len(), [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()]))
}

/// Reads a file; none where it is no program for a node.
fn look(name: &str, path: &Path) -> std::io::Result<Option<Offered>> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; PIECE];
    let (mut size, mut digest, mut machine) = (0, Sha256::new(), None);
    loop {
        let count = file.read(&mut piece)?;
        if size == 0 {
            machine = machine_of(&piece[..count]);
            if machine.is_none() && !is_wheel(name) {
                return Ok(None);
            }
        }
        if count == 0 {
            break;
        }
        digest.update(&piece[..count]);
        size += count as u64;
    }
    let (kind, machine) = machine.map_or((Kind::Wheel, ""), |machine| (Kind::Native, machine));
    Ok(Some(Offered {
        kind,
        name: name.to_owned(),
        size,
        sha256: hex::encode(digest.finalize()),
        machine,
        path: path.to_owned(),
    }))
}

fn is_wheel(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "whl") && name.split('-').count() >= 5
}

/// The machine that a program of Linux is for, as `uname -m` has it.
fn machine_of(head: &[u8]) -> Option<&'static str> {
    let [low, high] = *head.get(18..20)?.first_chunk::<2>()?;
    // 64 bits, little end first.
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    match u16::from_le_bytes([low, high]) {
        62 => Some("x86_64"),
        183 => Some("aarch64"),
        243 => Some("riscv64"),
        _ => None,
    }
}

/// `GET /discovery/agent/files/NAME`: one of them. Its name is looked for among those that are given out, and is part of
/// no path.
pub(crate) async fn file(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let name = route::decode(request.uri().path().strip_prefix(FOLDER).unwrap_or_default(), "name")?;
    let missing = || {
        let shown: String = name.chars().take(128).collect();
        Error::not_found("program for agents", shown.escape_debug())
    };
    let offered = shared.files.offered().await?.into_iter().find(|file| file.name == name).ok_or_else(missing)?;
    let file = tokio::fs::File::open(&offered.path)
        .await
        .map_err(|error| Error::unavailable("the program cannot be read").caused_by(error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_LENGTH, HeaderValue::from(offered.size)),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(offered.size), PIECE));
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_of_use_to_a_node_is_given_out_and_read_again_when_it_changed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        let mut program = b"\x7fELF\x02\x01".to_vec();
        program.resize(64, 0);
        program[18] = 62;
        write("haven-agent-x86_64", &program);
        write("haven-2.0-cp310-abi3-manylinux_2_34_x86_64.whl", b"PK");
        for (name, bytes) in [("notes.txt", &b"x"[..]), (".hidden", &program), ("a b", &program), ("short", b"\x7fELF")]
        {
            write(name, bytes);
        }
        std::fs::create_dir(folder.path().join("below")).unwrap();
        let files = Files::new(Some(folder.path().to_owned()), None);
        let offered = files.offered().await.unwrap();
        let names: Vec<_> = offered.iter().map(|file| (file.kind, file.name.as_str(), file.size)).collect();
        assert_eq!(
            names,
            [
                (Kind::Native, "haven-agent-x86_64", 64),
                (Kind::Wheel, "haven-2.0-cp310-abi3-manylinux_2_34_x86_64.whl", 2)
            ]
        );
        // SHA-256 of "PK", by sha256sum.
        assert_eq!(offered[1].sha256, "fcab7fcc2b4cffd9bb45003bfc2e468a04ef6f77ca8200a7341f027631584d25");
        write("haven-agent-x86_64", &[&program[..], b"more"].concat());
        assert_eq!(files.offered().await.unwrap()[0].size, 68);
        assert_eq!(Files::default().offered().await.unwrap(), []);
        let gone = Files::new(Some("/nonexistent".into()), Some("/nonexistent/haven".into()));
        assert_eq!(gone.offered().await.unwrap(), []);
    }
}
