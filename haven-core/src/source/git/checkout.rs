//! Checkouts of a git repository in a folder of their own: the last good one stays until another takes its place.
//!
//! A checkout is the plain files of one commit, without git's own. Which one counts stands in `checkout.json`, which is
//! replaced at once: killed at any point, one of them is whole. Whoever reads a checkout holds it, and a newer one does not
//! take it away from them.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use haven_model::{Error, ErrorKind, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{GitLimits, GitRemote, program::Git};

/// Says which checkout counts.
const RECORD: &str = "checkout.json";

/// A folder that keeps checkouts of one repository at a time.
#[derive(Clone, Debug)]
pub struct Checkouts {
    folder: PathBuf,
    limits: GitLimits,
}

/// The files of one commit.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// The commit.
    pub commit: String,
    /// Names the files: the same name means the same files, whatever the commit.
    pub tree: String,
    /// When the repository was asked last and had this commit.
    pub fetched: Timestamp,
    files: Arc<Files>,
}

impl Checkout {
    /// The folder with the files, which stays while the checkout is held.
    pub fn folder(&self) -> &Path {
        &self.files.folder
    }
}

/// A folder that is removed when nobody reads it any more and another has taken its place.
#[derive(Debug)]
struct Files {
    folder: PathBuf,
    is_replaced: AtomicBool,
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.is_replaced.load(Ordering::Relaxed)
            && let Err(error) = fs::remove_dir_all(&self.folder)
        {
            tracing::debug!(%error, folder = %self.folder.display(), "a checkout stays");
        }
    }
}

/// The record of the checkout that counts.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    url: String,
    #[serde(default)]
    branch: Option<String>,
    commit: String,
    tree: String,
    fetched: Timestamp,
    folder: String,
}

impl Checkouts {
    /// Keeps checkouts in `folder`, which is made when the first is fetched and closed to everybody else.
    pub fn new(folder: impl Into<PathBuf>, limits: GitLimits) -> Self {
        Self { folder: folder.into(), limits }
    }

    /// The checkout of `remote` that was fetched last, if it is there.
    pub fn kept(&self, remote: &GitRemote) -> Option<Checkout> {
        let record: Record = serde_json::from_slice(&fs::read(self.folder.join(RECORD)).ok()?).ok()?;
        let folder = self.folder.join(&record.folder);
        let is_of = (record.url.as_str(), record.branch.as_deref()) == remote.identity();
        let is_inside = record.folder.starts_with("commit-") && !record.folder.contains(['/', '\\']);
        let files = Arc::new(Files { folder, is_replaced: AtomicBool::new(false) });
        let Record { commit, tree, fetched, .. } = record;
        (is_of && is_inside && files.folder.is_dir()).then_some(Checkout { commit, tree, fetched, files })
    }

    /// Removes what a fetch that was killed left behind. For the one process that fetches here, before it does.
    pub fn sweep(&self) {
        let counts = fs::read(self.folder.join(RECORD)).ok();
        let counts = counts.and_then(|record| serde_json::from_slice::<Record>(&record).ok());
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_left = name.starts_with("fresh-") || name.starts_with("commit-");
            if is_left && counts.as_ref().is_none_or(|counts| counts.folder != name) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Asks the repository for the commit that `remote` means now, and fetches it unless `known` is of that commit.
    /// `accept` has the last word on the files: what it refuses takes no place. `stop` breaks off.
    ///
    /// `Unsupported` without the program `git`, `NotFound` without the branch or tag, `Unavailable` when the repository
    /// cannot be reached, `Timeout` when it takes too long, `Invalid` when it is too large.
    pub fn fetch(
        &self,
        remote: &GitRemote,
        known: Option<&Checkout>,
        now: Timestamp,
        stop: &AtomicBool,
        accept: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Checkout> {
        remote.check()?;
        let failed = |error: Error| error.with("repository", remote.url());
        close(&self.folder).map_err(|error| self.unwritten(error))?;
        let git = Git::new(remote, &self.folder, self.limits, stop).map_err(|error| self.unwritten(error))?;
        let commit = ask(&git, remote).map_err(failed)?;
        if let Some(known) = known.filter(|known| known.commit == commit && known.folder().is_dir()) {
            let checkout = Checkout { fetched: now, ..known.clone() };
            self.record(remote, &checkout).map_err(|error| self.unwritten(error))?;
            return Ok(checkout);
        }
        let fresh = fresh_folder(&self.folder, now).map_err(|error| self.unwritten(error))?;
        let fetched = self.clone_to(&git, remote, &fresh).and_then(|found| accept(&fresh).map(|()| found));
        let (commit, tree) = match fetched {
            Ok(found) => found,
            Err(error) => {
                let _ = fs::remove_dir_all(&fresh);
                return Err(failed(error));
            }
        };
        let place = self.take_place(&fresh, &commit).map_err(|error| self.unwritten(error))?;
        let files = Arc::new(Files { folder: place, is_replaced: AtomicBool::new(false) });
        let checkout = Checkout { commit, tree, fetched: now, files };
        self.record(remote, &checkout).map_err(|error| self.unwritten(error))?;
        if let Some(known) = known {
            known.files.is_replaced.store(known.folder() != checkout.folder(), Ordering::Relaxed);
        }
        Ok(checkout)
    }

    /// Clones into `fresh` and leaves the files of the commit there; answers commit and tree.
    fn clone_to(&self, git: &Git<'_>, remote: &GitRemote, fresh: &Path) -> Result<(String, String)> {
        let folder = text(fresh)?;
        let mut words = vec!["-c", "submodule.recurse=false", "clone", "--quiet", "--depth", "1", "--single-branch"];
        // A repository of this machine is read like any other, and not linked to.
        words.extend(["--no-local", "--no-tags", "--no-recurse-submodules", "--template=", "--no-hardlinks"]);
        if let Some(branch) = &remote.branch {
            words.extend(["--branch", branch]);
        }
        words.extend(["--", remote.url(), folder]);
        git.run(&words, Some(fresh))?;
        git.measure(fresh)?;
        let name = |what: &str| {
            let said = git.run(&["-C", folder, "rev-parse", "--verify", "--end-of-options", what], None)?;
            hash(said.trim()).ok_or_else(|| Error::unexpected("git does not say what it fetched"))
        };
        let found = (name("HEAD^{commit}")?, name("HEAD^{tree}")?);
        fs::remove_dir_all(fresh.join(".git")).map_err(|error| self.unwritten(error))?;
        Ok(found)
    }

    /// Gives a fresh checkout a name that no other has.
    fn take_place(&self, fresh: &Path, commit: &str) -> io::Result<PathBuf> {
        for number in 0..1000 {
            let place = self.folder.join(format!("commit-{commit}-{number}"));
            // A folder takes the place of an empty one only; one with files is in use.
            if !place.exists() {
                fs::rename(fresh, &place)?;
                return Ok(place);
            }
        }
        Err(io::Error::other("too many checkouts of one commit"))
    }

    fn record(&self, remote: &GitRemote, checkout: &Checkout) -> io::Result<()> {
        let (url, branch) = remote.identity();
        let folder = checkout.folder().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let record = Record {
            url: url.to_owned(),
            branch: branch.map(str::to_owned),
            commit: checkout.commit.clone(),
            tree: checkout.tree.clone(),
            fetched: checkout.fetched,
            folder,
        };
        let fresh = self.folder.join("checkout.json.fresh");
        fs::write(&fresh, serde_json::to_vec(&record)?)?;
        fs::rename(fresh, self.folder.join(RECORD))
    }

    fn unwritten(&self, error: io::Error) -> Error {
        Error::unexpected("the folder of the git repository cannot be written")
            .caused_by(error)
            .with("folder", self.folder.display())
    }
}

/// The commit that the repository has at the branch or tag now.
fn ask(git: &Git<'_>, remote: &GitRemote) -> Result<String> {
    let Some(branch) = &remote.branch else {
        let said = git.run(&["ls-remote", "--quiet", "--", remote.url(), "HEAD"], None)?;
        let commit = said.lines().find_map(|line| line.strip_suffix("\tHEAD")).and_then(hash);
        return commit.ok_or_else(|| Error::new(ErrorKind::NotFound, "the git repository has no commit"));
    };
    let (head, tag) = (format!("refs/heads/{branch}"), format!("refs/tags/{branch}"));
    // What a tag with a message of its own means is told under this name.
    let meant = format!("{tag}^{{}}");
    let said = git.run(&["ls-remote", "--quiet", "--", remote.url(), &head, &tag, &meant], None)?;
    let named = |name: &str| {
        said.lines()
            .find_map(|line| line.split_once('\t').filter(|(_, known)| *known == name))
            .and_then(|(id, _)| hash(id))
    };
    let commit = named(&head).or_else(|| named(&meant)).or_else(|| named(&tag));
    commit.ok_or_else(|| Error::new(ErrorKind::NotFound, format!("the git repository has no branch or tag `{branch}`")))
}

/// An id of git's: 40 or 64 hexadecimal digits.
fn hash(text: &str) -> Option<String> {
    let fits = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_owned())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| Error::invalid(format!("the folder `{}` has no name in UTF-8", path.display())))
}

/// A new folder for a fetch.
fn fresh_folder(folder: &Path, now: Timestamp) -> io::Result<PathBuf> {
    for number in 0..1000 {
        let fresh = folder.join(format!("fresh-{}-{}-{number}", std::process::id(), now.as_nanosecond()));
        match fs::DirBuilder::new().mode(0o700).create(&fresh) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| fresh),
        }
    }
    Err(io::Error::other("too many fetches at once"))
}

/// Makes a folder that only its owner enters, and closes one that is there to others: what is fetched may be secret.
fn close(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}
