//! The files of containers: what changed, copies in and out, and all of them.
//!
//! What comes out of a container is not trusted: an archive is unpacked below its destination and nowhere else, whatever
//! names and links it holds, and what is neither a file nor a folder nor a link is left out.

use std::{
    ffi::OsStr,
    fs,
    io::{self, IsTerminal as _, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::{Buf as _, Bytes};
use clap::Args;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use haven_core::{
    Error, ErrorKind, Haven,
    door::ops::files::ContainerChanges,
    engine::Stream,
    model::{ContainerRef, NodeName, container::ChangeKind},
};
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, runtime::Handle, sync::mpsc};
use tokio_util::io::ReaderStream;

use super::{Context, pick::Where};
use crate::failure::{Failure, Result};

/// How many pieces of an archive may wait to be sent.
const WAITING: usize = 4;

/// Show which files of a container are not as its image has them
#[derive(Debug, Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    place: Where,
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
}

impl Diff {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let (node, container) = self.place.found(context, self.container).await?;
        let changes = context.haven().await?.call(ContainerChanges { node, container }).await?;
        let letter = |kind| match kind {
            ChangeKind::Modified => "C",
            ChangeKind::Added => "A",
            ChangeKind::Deleted => "D",
        };
        let line = |change: &haven_core::model::container::Change| {
            format!("{} {}", letter(change.kind), crate::show::printable(&change.path))
        };
        context.show.value(&changes, || changes.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

/// Write all files of a container as a tar archive
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The file to write; without one to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
    /// The container, by id, beginning of the id, or name
    container: ContainerRef,
}

impl Export {
    pub(crate) async fn run(self, context: &Context) -> Result {
        if self.output.is_none() && io::stdout().is_terminal() {
            return Err(Failure::usage("an archive is not written to a terminal", "name a file with `--output`"));
        }
        let (node, container) = self.place.found(context, self.container).await?;
        let archive = context.haven().await?.containers().export(&node, &container).await?;
        match self.output {
            None => write(archive, tokio::io::stdout()).await,
            Some(file) => {
                let unwritten = |error| local("the archive cannot be written", &file, error);
                let opened = tokio::fs::File::create(&file).await.map_err(unwritten)?;
                let (archive, bytes) = counted(archive);
                write(archive, opened).await?;
                tell(context, &node, &container, &bytes)
            }
        }
    }
}

/// Copy files between a container and here
///
/// CONTAINER:PATH names a file or folder of a container; `-` is a tar archive at standard input or output. A folder that
/// ends in `/.` stands for what is in it.
#[derive(Debug, Args)]
pub(crate) struct Cp {
    #[command(flatten)]
    place: Where,
    /// What to copy: `CONTAINER:PATH`, a path, or `-`
    source: String,
    /// Where to: a path, `CONTAINER:PATH`, or `-`
    destination: String,
}

/// One side of a copy.
enum Side {
    Container(ContainerRef, String),
    Archive,
    Here(PathBuf),
}

impl Side {
    fn parse(text: &str) -> Result<Self> {
        if text == "-" {
            return Ok(Self::Archive);
        }
        match text.split_once(':') {
            Some((container, path)) if !text.starts_with(['/', '.']) => {
                let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
                Ok(Self::Container(container.parse()?, path))
            }
            _ => Ok(Self::Here(text.into())),
        }
    }
}

impl Cp {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match (Side::parse(&self.source)?, Side::parse(&self.destination)?) {
            (Side::Container(container, path), to @ (Side::Here(_) | Side::Archive)) => {
                let (node, container) = self.place.found(context, container).await?;
                let archive = haven.containers().copy_out(&node, &container, &path).await?;
                let Side::Here(to) = to else { return write(archive, tokio::io::stdout()).await };
                let (archive, bytes) = counted(archive);
                unpack(archive, &path, to).await?;
                tell(context, &node, &container, &bytes)
            }
            (from @ (Side::Here(_) | Side::Archive), Side::Container(container, path)) => {
                let (node, container) = self.place.found(context, container).await?;
                let (folder, archive) = match from {
                    Side::Here(from) => pack(haven, &node, &container, from, &path).await?,
                    _ => (path, read(tokio::io::stdin())),
                };
                let (archive, bytes) = counted(archive);
                haven.containers().copy_in(&node, &container, &folder, archive).await?;
                tell(context, &node, &container, &bytes)
            }
            _ => Err(Failure::usage(
                "a copy is between a container and here",
                "write one side as CONTAINER:PATH, as in `haven cp web:/etc/hosts .`",
            )),
        }
    }
}

fn local(what: &'static str, path: &Path, error: io::Error) -> Error {
    Error::invalid(what).caused_by(error).with("file", path.display())
}

/// Counts the bytes of an archive as they go by.
fn counted(archive: Stream<Bytes>) -> (Stream<Bytes>, Arc<AtomicU64>) {
    let bytes = Arc::new(AtomicU64::new(0));
    let count = bytes.clone();
    let archive = archive.inspect_ok(move |piece| {
        count.fetch_add(piece.len() as u64, Ordering::Relaxed);
    });
    (archive.boxed(), bytes)
}

/// Tells programs how large the archive was that was copied.
fn tell(context: &Context, node: &NodeName, container: &ContainerRef, bytes: &AtomicU64) -> Result {
    let bytes = bytes.load(Ordering::Relaxed);
    context.show.silent(&json!({ "node": node, "container": container, "bytes": bytes }))
}

/// Writes an archive as it is.
async fn write(mut archive: Stream<Bytes>, mut to: impl tokio::io::AsyncWrite + Unpin) -> Result {
    let unwritten = |error| Error::invalid("the archive cannot be written").caused_by(error);
    while let Some(piece) = archive.next().await {
        to.write_all(&piece?).await.map_err(unwritten)?;
    }
    Ok(to.flush().await.map_err(unwritten)?)
}

/// Reads an archive as it is.
fn read(from: impl tokio::io::AsyncRead + Send + 'static) -> Stream<Bytes> {
    let pieces = ReaderStream::with_capacity(from, 64 * 1024);
    pieces.map(|piece| piece.map_err(|error| Error::invalid("the archive cannot be read").caused_by(error))).boxed()
}

/// Unpacks an archive of `path` here: into a folder that is there, else under the name that was given.
async fn unpack(archive: Stream<Bytes>, path: &str, to: PathBuf) -> Result {
    let base = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let reader = Told { archive, runtime: Handle::current(), piece: Bytes::new() };
    let unpacked = tokio::task::spawn_blocking(move || unpack_at(reader, &base, &to));
    let broke_off = |error| Error::unexpected("the copy broke off").caused_by(error);
    Ok(unpacked.await.map_err(broke_off)??)
}

fn unpack_at(archive: impl Read, base: &str, to: &Path) -> haven_core::Result<()> {
    let failed = |error| local("the files cannot be written", to, error);
    let contents = base == ".";
    if contents {
        fs::create_dir_all(to).map_err(failed)?;
    }
    if to.is_dir() {
        return unpack_below(archive, to);
    }
    let above = match to.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    if to.to_string_lossy().ends_with('/') || !above.is_dir() {
        return Err(Error::not_found("folder", to.display()));
    }
    // It has another name here: it gets that once it is whole.
    let beside = tempfile::Builder::new().prefix(".haven-cp-").tempdir_in(above).map_err(failed)?;
    unpack_below(archive, beside.path())?;
    let made = match fs::read_dir(beside.path()).map_err(failed)?.next() {
        Some(made) => made.map_err(failed)?.path(),
        None => return Err(Error::unexpected("the archive holds nothing")),
    };
    fs::rename(made, to).map_err(failed)
}

/// Unpacks what an archive holds below a folder; what would leave it is refused.
fn unpack_below(archive: impl Read, folder: &Path) -> haven_core::Result<()> {
    let failed = |error: io::Error| match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(told) => Error::new(told.kind(), told.message().to_owned()).with("file", folder.display()),
        None => local("the files cannot be written", folder, error),
    };
    let mut archive = tar::Archive::new(archive);
    archive.set_unpack_xattrs(false);
    archive.set_overwrite(true);
    for entry in archive.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_dir() || kind.is_symlink() || kind.is_hard_link() || kind.is_gnu_sparse()) {
            continue;
        }
        if !entry.unpack_in(folder).map_err(failed)? {
            let name = entry.path().map(|path| path.display().to_string()).unwrap_or_default();
            return Err(Error::invalid(format!("the archive holds a file outside of it: `{}`", name.escape_debug())));
        }
    }
    Ok(())
}

/// Packs what is here for a path in a container: the folder that it is unpacked in, and the archive.
async fn pack(
    haven: &Haven,
    node: &NodeName,
    container: &ContainerRef,
    from: PathBuf,
    path: &str,
) -> Result<(String, Stream<Bytes>)> {
    let found = fs::symlink_metadata(&from).map_err(|error| local("there is nothing to copy", &from, error))?;
    let contents = from.as_os_str().to_string_lossy().ends_with("/.") || from == Path::new(".");
    let is_folder =
        match haven.containers().copy_out(node, container, &format!("{}/.", path.trim_end_matches('/'))).await {
            // The answer may come with the first piece of it.
            Ok(mut archive) => match archive.next().await {
                Some(Err(error)) => not_a_folder(error)?,
                _ => true,
            },
            Err(error) => not_a_folder(error)?,
        };
    let own = from.file_name().map(OsStr::to_owned);
    let (folder, name) = match (is_folder, contents, own) {
        (true, true, _) => (path.to_owned(), PathBuf::from(".")),
        (true, false, Some(own)) => (path.to_owned(), PathBuf::from(own)),
        (true, false, None) => return Err(Failure::usage("what is copied has no name", "name a file or a folder")),
        (false, ..) if path.ends_with('/') => return Err(Error::not_found("folder", path).into()),
        (false, ..) => {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            (if above.is_empty() { "/".to_owned() } else { above.to_owned() }, PathBuf::from(name))
        }
    };
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let is_dir = found.is_dir();
    tokio::task::spawn_blocking(move || {
        let mut archive = tar::Builder::new(Pieces(sender.clone()));
        archive.follow_symlinks(false);
        let packed =
            if is_dir { archive.append_dir_all(&name, &from) } else { archive.append_path_with_name(&from, &name) };
        if let Err(error) = packed.and_then(|()| archive.finish()) {
            let _ = sender.blocking_send(Err(local("the files cannot be read", &from, error)));
        }
    });
    Ok((folder, stream::poll_fn(move |cx| receiver.poll_recv(cx)).boxed()))
}

fn not_a_folder(error: Error) -> haven_core::Result<bool> {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::Invalid => Ok(false),
        _ => Err(error),
    }
}

/// Reads an archive as it comes, in a thread that may wait.
struct Told {
    archive: Stream<Bytes>,
    runtime: Handle,
    piece: Bytes,
}

impl Read for Told {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.archive.next()) {
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}

/// Passes an archive on as it is written.
struct Pieces(mpsc::Sender<haven_core::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the archive is not taken any more");
        self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes))).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(entries: &[(&str, tar::EntryType, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, kind, content) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(*kind);
            header.set_mode(0o644);
            // The library itself would refuse to write such a name.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            if kind.is_file() {
                header.set_size(content.len() as u64);
                header.set_cksum();
                archive.append(&header, content.as_bytes()).unwrap();
            } else {
                header.set_size(0);
                header.set_link_name_literal(content).unwrap();
                header.set_cksum();
                archive.append(&header, io::empty()).unwrap();
            }
        }
        archive.into_inner().unwrap()
    }

    #[test]
    fn nothing_is_unpacked_outside_of_the_destination() {
        use tar::EntryType as Kind;

        let around = tempfile::tempdir().unwrap();
        let inside = around.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let aims = around.path().to_string_lossy().into_owned();
        for entries in [
            vec![("../escaped", Kind::Regular, "x")],
            vec![("a/../../escaped", Kind::Regular, "x")],
            vec![("out", Kind::Symlink, aims.as_str()), ("out/escaped", Kind::Regular, "x")],
            vec![("up", Kind::Symlink, ".."), ("up/escaped", Kind::Regular, "x")],
        ] {
            let refused = unpack_below(&*archive(&entries), &inside);
            assert!(refused.is_err(), "{entries:?}");
            assert!(!around.path().join("escaped").exists(), "{entries:?}");
        }
        unpack_below(&*archive(&[("/absolute", Kind::Regular, "x")]), &inside).unwrap();
        assert!(inside.join("absolute").exists());
        unpack_below(&*archive(&[("pipe", Kind::Fifo, ""), ("disk", Kind::Block, "")]), &inside).unwrap();
        assert!(!inside.join("pipe").exists() && !inside.join("disk").exists());
    }

    #[test]
    fn a_file_gets_the_name_that_was_given_and_a_folder_is_filled() {
        let around = tempfile::tempdir().unwrap();
        let file = archive(&[("hosts", tar::EntryType::Regular, "x")]);
        unpack_at(&*file, "hosts", &around.path().join("mine")).unwrap();
        assert_eq!(fs::read(around.path().join("mine")).unwrap(), b"x");
        unpack_at(&*file, "hosts", around.path()).unwrap();
        assert!(around.path().join("hosts").exists());
        let missing = unpack_at(&*file, "hosts", &around.path().join("no/such")).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn sides_are_told_apart() {
        let container = |text: &str| matches!(Side::parse(text), Ok(Side::Container(_, path)) if path == "/a/b");
        assert!(container("web:/a/b") && container("web:a/b"));
        for here in ["/a:b", "./web:a", "a/b", ".", "web"] {
            assert!(matches!(Side::parse(here), Ok(Side::Here(_))), "{here}");
        }
    }
}
