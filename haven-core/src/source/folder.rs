//! A folder of files as a source.
//!
//! A file may be a symbolic link to one inside; links that leave the folder, links to folders, and what has a name that
//! begins with a dot are no part of it.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use haven_model::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};

use super::{MAX_FILE, Source, hash_file, inside};

/// The most files that a folder may hold, the most folders, and how deep it may go.
const MAX_FILES: usize = 10_000;
const MAX_FOLDERS: usize = 10_000;
const MAX_DEPTH: usize = 32;
/// How long after a change another may have the same time, in any file system.
const SETTLED: Duration = Duration::from_secs(2);

/// The files below a folder.
#[derive(Clone, Debug)]
pub struct FolderSource {
    root: PathBuf,
}

impl FolderSource {
    /// The files below `root`. `NotFound` when it is no folder.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let found = root.canonicalize().map_err(|error| at(root, error))?;
        if !found.is_dir() {
            return Err(Error::not_found("folder", root.display()));
        }
        Ok(Self { root: found })
    }

    /// Another whenever a file is, and cheap: none is read. None while a change is so fresh that the next may not show.
    pub(crate) async fn fingerprint(&self) -> Result<Option<String>> {
        self.blocking(fingerprint).await
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Path) -> Result<T> + Send + 'static) -> Result<T> {
        let root = self.root.clone();
        tokio::task::spawn_blocking(move || work(&root))
            .await
            .map_err(|error| Error::unexpected("reading the folder broke off").caused_by(error))?
    }
}

#[async_trait]
impl Source for FolderSource {
    async fn read(&self, path: &str) -> Result<Option<String>> {
        inside(path)?;
        let path = path.to_owned();
        self.blocking(move |root| read(root, &path)).await
    }

    async fn paths(&self) -> Result<Vec<String>> {
        self.blocking(paths).await
    }

    async fn version(&self) -> Result<String> {
        self.blocking(|root| {
            let mut hash = Sha256::new();
            for path in paths(root)? {
                if let Some(content) = content(root, &path)? {
                    hash_file(&mut hash, &path, &content);
                }
            }
            Ok(hex::encode(hash.finalize()))
        })
        .await
    }
}

fn read(root: &Path, path: &str) -> Result<Option<String>> {
    let Some(content) = content(root, path)? else { return Ok(None) };
    let at = |end: usize, error: Error| {
        let before = &content[..end];
        let line = before.split(|byte| *byte == b'\n').count();
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        error.with("line", line).with("column", String::from_utf8_lossy(&before[begin..]).chars().count() + 1)
    };
    if content.len() as u64 > MAX_FILE {
        let error = Error::invalid(format!("`{path}` is larger than {MAX_FILE} bytes"));
        return Err(at(content.len() - 1, error));
    }
    match std::str::from_utf8(&content) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(error) => Err(at(error.valid_up_to(), Error::invalid(format!("`{path}` is no UTF-8")))),
    }
}

/// What stands in a file, up to the first byte beyond [`MAX_FILE`]. One that vanishes meanwhile is none.
fn content(root: &Path, path: &str) -> Result<Option<Vec<u8>>> {
    use io::Read as _;

    if path.split('/').any(|part| part.starts_with('.')) {
        return Ok(None);
    }
    let Some(found) = part_of(root, &root.join(path))? else { return Ok(None) };
    let mut content = Vec::new();
    let Some(file) = unless_gone(&found, std::fs::File::open(&found))? else { return Ok(None) };
    file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(|error| at(&found, error))?;
    Ok(Some(content))
}

/// The file that `path` means, if it is part of the folder.
fn part_of(root: &Path, path: &Path) -> Result<Option<PathBuf>> {
    let real = |path: &Path| match path.canonicalize() {
        Ok(real) => Ok(Some(real)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        // A link that leads nowhere.
        Err(_) if path.is_symlink() => Ok(None),
        Err(error) => Err(at(path, error)),
    };
    let folder = path.parent().unwrap_or(root);
    if real(folder)?.as_deref() != Some(folder) {
        return Ok(None);
    }
    Ok(real(path)?.filter(|found| found.starts_with(root) && found.is_file()))
}

fn paths(root: &Path) -> Result<Vec<String>> {
    Ok(files(root)?.into_iter().map(|(path, _)| path).collect())
}

fn fingerprint(root: &Path) -> Result<Option<String>> {
    use std::os::unix::fs::MetadataExt as _;

    // The times of files are those of the machine, whatever clock Haven has.
    let fresh = (SystemTime::now() - SETTLED).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut is_settled = true;
    let mut hash = Sha256::new();
    for (path, file) in files(root)? {
        is_settled &= file.ctime() < i64::try_from(fresh).unwrap_or(i64::MAX);
        let of = [
            file.dev().to_be_bytes(),
            file.ino().to_be_bytes(),
            file.len().to_be_bytes(),
            file.mtime().to_be_bytes(),
            file.mtime_nsec().to_be_bytes(),
            file.ctime().to_be_bytes(),
            file.ctime_nsec().to_be_bytes(),
        ];
        hash_file(&mut hash, &path, of.as_flattened());
    }
    Ok(is_settled.then(|| hex::encode(hash.finalize())))
}

/// The files of the folder by path, ordered.
fn files(root: &Path) -> Result<Vec<(String, Metadata)>> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = folders.pop() {
        seen += 1;
        if seen + folders.len() > MAX_FOLDERS {
            return Err(Error::invalid(format!("`{}` holds more than {MAX_FOLDERS} folders", root.display())));
        }
        let entries = match std::fs::read_dir(&folder) {
            entries if depth == 0 => Some(entries.map_err(|error| at(&folder, error))?),
            entries => unless_gone(&folder, entries)?,
        };
        for entry in entries.into_iter().flatten() {
            let path = entry.map_err(|error| at(&folder, error))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('.') {
                continue;
            }
            let Some(file) = unless_gone(&path, std::fs::symlink_metadata(&path))? else { continue };
            if file.is_dir() {
                if depth == MAX_DEPTH {
                    return Err(Error::invalid(format!("`{}` is more than {MAX_DEPTH} folders deep", path.display())));
                }
                folders.push((path, depth + 1));
            } else if let Some(file) = meant(root, &path, file)?
                && let Ok(inner) = path.strip_prefix(root)
                && let Some(inner) = inner.to_str()
            {
                found.push((inner.to_owned(), file));
            }
            if found.len() > MAX_FILES {
                return Err(Error::invalid(format!("`{}` holds more than {MAX_FILES} files", root.display())));
            }
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}

/// The file that stands at a path or that a link there leads to, if it is part of the folder.
fn meant(root: &Path, path: &Path, found: Metadata) -> Result<Option<Metadata>> {
    if !found.is_symlink() {
        return Ok(Some(found).filter(Metadata::is_file));
    }
    match part_of(root, path)? {
        Some(target) => unless_gone(&target, std::fs::symlink_metadata(&target)),
        None => Ok(None),
    }
}

/// What was asked of a path, or none where it has vanished.
fn unless_gone<T>(path: &Path, answer: io::Result<T>) -> Result<Option<T>> {
    match answer {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        answer => answer.map(Some).map_err(|error| at(path, error)),
    }
}

fn at(path: &Path, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Denied,
        _ => ErrorKind::Unexpected,
    };
    Error::new(kind, format!("cannot read `{}`", path.display())).caused_by(error)
}

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes};

    use super::*;

    #[tokio::test]
    async fn a_fingerprint_changes_with_the_files_and_is_none_while_they_are_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
        put("web.yml", "tty: true\n");
        std::os::unix::fs::symlink("web.yml", folder.path().join("shop.yml")).unwrap();
        let source = FolderSource::open(folder.path()).unwrap();
        let fingerprint = async || source.fingerprint().await.unwrap();
        assert_eq!(fingerprint().await, None);
        tokio::time::sleep(Duration::from_millis(3100)).await;
        let before = fingerprint().await;
        assert!(before.is_some());
        assert_eq!(fingerprint().await, before);
        // The same size, and a time that somebody set back.
        let written = std::fs::metadata(folder.path().join("web.yml")).unwrap().modified().unwrap();
        put("web.yml", "tty: fals\n");
        let file = File::options().write(true).open(folder.path().join("web.yml")).unwrap();
        file.set_times(FileTimes::new().set_modified(written)).unwrap();
        assert_eq!(fingerprint().await, None);
        tokio::time::sleep(Duration::from_millis(3100)).await;
        let after = fingerprint().await;
        assert!(after.is_some() && after != before);
    }
}
