//! A layer of configuration from a git repository: its file `haven.toml`.
//!
//! The last checkout that was read stays in the data folder, and counts, with a warning, while the repository cannot be
//! reached, or while what it has now is broken.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::Duration,
};

use haven_core::{
    Error, Result,
    clock::{Clock as _, SystemClock},
    model::Secret,
    source::{Checkouts, GitLimits, GitRemote},
};

use crate::connection::variable;

/// The variables that say where the repository is and who we are there, the original's words after ours.
pub(super) const URL: &[&str] = &["HAVEN_CONFIG_GIT_URL", "dm_config_git_uri", "dm_config_git_url"];
pub(super) const USERNAME: &[&str] = &["HAVEN_CONFIG_GIT_USERNAME", "dm_config_git_username"];
pub(super) const PASSWORD: &[&str] = &["HAVEN_CONFIG_GIT_PASSWORD", "dm_config_git_password"];

/// What the environment says of the repository, in the original's words too.
pub(super) fn from_environment() -> Result<Option<GitRemote>> {
    let first = |names: &[&str]| names.iter().find_map(|name| variable(name));
    let Some(url) = first(URL) else { return Ok(None) };
    let mut remote = GitRemote::new(&url)?;
    remote.username = first(USERNAME).or(remote.username);
    remote.password = first(PASSWORD).map(Secret::new).or(remote.password);
    Ok(Some(remote))
}

/// A folder with the files of the repository.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) folder: PathBuf,
    /// Why it may be old.
    pub(super) warning: Option<String>,
}

/// Fetches the repository into `folder`, or answers the checkout that is there with a warning.
pub(super) fn fetch(remote: &GitRemote, folder: &Path) -> Result<Layer> {
    let limits = GitLimits { time: Duration::from_secs(30), ..GitLimits::default() };
    let checkouts = Checkouts::new(folder, limits);
    let known = checkouts.kept(remote);
    checkouts.sweep();
    let now = SystemClock::default().now();
    // A broken file must not take the place of the last good one.
    match checkouts.fetch(remote, known.as_ref(), now, &AtomicBool::new(false), check) {
        Ok(checkout) => Ok(Layer { folder: checkout.folder().to_owned(), warning: None }),
        Err(error) => match known {
            Some(known) => {
                let shown = remote.url();
                let why = error.report();
                let warning =
                    format!("the git repository `{shown}` cannot be read, its last good checkout counts: {why}");
                Ok(Layer { folder: known.folder().to_owned(), warning: Some(warning) })
            }
            None => Err(error),
        },
    }
}

/// The folder of the checkout that was fetched last.
pub(super) fn kept(remote: &GitRemote, folder: &Path) -> Option<PathBuf> {
    Some(Checkouts::new(folder, GitLimits::default()).kept(remote)?.folder().to_owned())
}

fn check(folder: &Path) -> Result<()> {
    let file = folder.join(super::FILE_NAME);
    if !file.is_file() {
        return Err(Error::not_found("file in the git repository", super::FILE_NAME));
    }
    super::file::read(&file).map(drop)
}
