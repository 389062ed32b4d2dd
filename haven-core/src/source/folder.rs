//! A folder of files as a source.
//!
//! A file may be a symbolic link to one inside; links that leave the folder, links to folders, and what has a name that
//! begins with a dot are no part of it.

use std::{
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use haven_model::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};

use super::{MAX_FILE, Source, inside};

/// The most files that a folder may hold, and how deep it may go.
const MAX_FILES: usize = 10_000;
const MAX_DEPTH: usize = 32;

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
                let text = read(root, &path)?.unwrap_or_default();
                hash.update((path.len() as u64).to_be_bytes());
                hash.update(&path);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(&text);
            }
            Ok(hex::encode(hash.finalize()))
        })
        .await
    }
}

fn read(root: &Path, path: &str) -> Result<Option<String>> {
    use io::Read as _;
    let wanted = root.join(path);
    if path.split('/').any(|part| part.starts_with('.')) {
        return Ok(None);
    }
    let Some(found) = part_of(root, &wanted)? else { return Ok(None) };
    let mut text = Vec::new();
    let file = std::fs::File::open(&found).map_err(|error| at(&found, error))?;
    file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(|error| at(&found, error))?;
    if text.len() as u64 > MAX_FILE {
        return Err(Error::invalid(format!("`{path}` is larger than {MAX_FILE} bytes")));
    }
    String::from_utf8(text).map(Some).map_err(|error| {
        Error::invalid(format!("`{path}` is no UTF-8, from byte {} on", error.utf8_error().valid_up_to()))
    })
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
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| at(&folder, error))? {
            let path = entry.map_err(|error| at(&folder, error))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('.') {
                continue;
            }
            let kind = std::fs::symlink_metadata(&path).map_err(|error| at(&path, error))?.file_type();
            if kind.is_dir() {
                if depth == MAX_DEPTH {
                    return Err(Error::invalid(format!("`{}` is more than {MAX_DEPTH} folders deep", path.display())));
                }
                folders.push((path, depth + 1));
            } else if part_of(root, &path)?.is_some()
                && let Ok(inner) = path.strip_prefix(root)
                && let Some(inner) = inner.to_str()
            {
                found.push(inner.to_owned());
            }
            if found.len() > MAX_FILES {
                return Err(Error::invalid(format!("`{}` holds more than {MAX_FILES} files", root.display())));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn at(path: &Path, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Denied,
        _ => ErrorKind::Unexpected,
    };
    Error::new(kind, format!("cannot read `{}`", path.display())).caused_by(error)
}
