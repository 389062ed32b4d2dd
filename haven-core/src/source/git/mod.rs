//! A git repository as a source, read with the program `git`.
//!
//! Fetched as a whole, shallow, into a folder of its own, and read from there: one conversation a refresh, never one a
//! text. While the repository cannot be reached the last good checkout counts, and [`GitSource::freshness`] says so. The
//! program gets credentials through its environment, never in its arguments, and runs no others.

mod address;
mod checkout;
mod program;
mod remote;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use haven_model::{Error, Result, source::Stale};
use jiff::Timestamp;

pub use address::{split_credentials, without_credentials};
pub use checkout::{Checkout, Checkouts};
pub use program::GitLimits;
pub use remote::GitRemote;

use super::{FolderSource, Source};
use crate::clock::Clock;

/// A branch or tag of a git repository, as it was fetched last.
#[derive(Debug)]
pub struct GitSource {
    remote: GitRemote,
    checkouts: Checkouts,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Held over a fetch, so that who comes meanwhile waits for its answer and does not fetch, too. All of one folder share it.
    turn: Arc<tokio::sync::Mutex<()>>,
    stop: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct State {
    pinned: Option<Pinned>,
    stale: Option<Stale>,
    /// How many fetches have ended.
    rounds: u64,
}

/// One commit of the repository: it stays as it is while it is held, whatever is fetched meanwhile.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// The commit.
    pub checkout: Checkout,
    /// Its files.
    pub files: FolderSource,
}

/// How fresh a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The commit that counts.
    pub commit: String,
    /// When the repository had it last, as far as was asked.
    pub fetched: Timestamp,
    /// Since when, and why, it may be old.
    pub stale: Option<Stale>,
}

impl Drop for GitSource {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl GitSource {
    /// The repository at `remote`, with its checkouts in `folder`. Nothing is fetched; a good checkout that is there
    /// counts until [`refresh`](Self::refresh). What another remote left in the folder is replaced by the first fetch.
    pub fn open(remote: GitRemote, folder: impl Into<PathBuf>, limits: GitLimits, clock: Arc<dyn Clock>) -> Self {
        let checkouts = Checkouts::new(folder, limits);
        checkouts.sweep();
        Self::of(remote, checkouts, clock, Arc::default())
    }

    /// Another repository in the place of this one, in the same folder: what this one is fetching ends first.
    #[must_use]
    pub fn replaced_by(&self, remote: GitRemote) -> Self {
        Self::of(remote, self.checkouts.clone(), self.clock.clone(), self.turn.clone())
    }

    fn of(remote: GitRemote, checkouts: Checkouts, clock: Arc<dyn Clock>, turn: Arc<tokio::sync::Mutex<()>>) -> Self {
        let pinned = checkouts.kept(&remote).and_then(|checkout| Pinned::open(checkout).ok());
        let stale = pinned.as_ref().map(|pinned| Stale {
            since: pinned.checkout.fetched,
            why: "the git repository was not asked since the start".to_owned(),
        });
        let state = Mutex::new(State { pinned, stale, rounds: 0 });
        Self { remote, checkouts, clock, state, turn, stop: Arc::default() }
    }

    /// Where the repository is.
    pub fn remote(&self) -> &GitRemote {
        &self.remote
    }

    /// The commit that counts. Why there is none, while nothing could be fetched yet.
    pub fn pinned(&self) -> Result<Pinned> {
        let state = self.lock();
        state.pinned.clone().ok_or_else(|| {
            let error =
                Error::unavailable("the git repository was not fetched yet").with("repository", self.remote.url());
            match &state.stale {
                Some(stale) => error.caused_by(stale.why.clone()),
                None => error,
            }
        })
    }

    /// How fresh the commit is that counts. Fails as [`pinned`](Self::pinned) does.
    pub fn freshness(&self) -> Result<Freshness> {
        let pinned = self.pinned()?;
        let Checkout { commit, fetched, .. } = pinned.checkout;
        Ok(Freshness { commit, fetched, stale: self.lock().stale.clone() })
    }

    /// Asks the repository for what it has now. Where that cannot be read the last good checkout goes on counting, which
    /// the answer says; without one it fails with what the fetch failed with. Who asks while a fetch runs shares its answer.
    pub async fn refresh(&self) -> Result<Freshness> {
        let before = self.lock().rounds;
        let turn = self.turn.clone().lock_owned().await;
        if self.lock().rounds == before {
            self.fetch(turn).await?;
        }
        self.freshness()
    }

    /// Fetches. The turn goes along: a fetch goes on where nobody waits for it any more.
    async fn fetch(&self, turn: tokio::sync::OwnedMutexGuard<()>) -> Result<()> {
        let (remote, checkouts, stop) = (self.remote.clone(), self.checkouts.clone(), self.stop.clone());
        let known = self.lock().pinned.clone().map(|pinned| pinned.checkout);
        let now = self.clock.now();
        let fetch = move || {
            let _turn = turn;
            Pinned::open(checkouts.fetch(&remote, known.as_ref(), now, &stop, |_| Ok(()))?)
        };
        let fetched = tokio::task::spawn_blocking(fetch)
            .await
            .unwrap_or_else(|error| Err(Error::unexpected("fetching the git repository broke off").caused_by(error)));
        let mut state = self.lock();
        state.rounds += 1;
        match fetched {
            Ok(pinned) => {
                state.pinned = Some(pinned);
                state.stale = None;
                Ok(())
            }
            Err(error) => {
                let since = state.pinned.as_ref().map_or(now, |pinned| pinned.checkout.fetched);
                state.stale = Some(Stale { since, why: error.report() });
                if state.pinned.is_some() { Ok(()) } else { Err(error) }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }
}

impl Pinned {
    fn open(checkout: Checkout) -> Result<Self> {
        Ok(Self { files: FolderSource::open(checkout.folder())?, checkout })
    }
}

#[async_trait]
impl Source for Pinned {
    async fn read(&self, path: &str) -> Result<Option<String>> {
        self.files.read(path).await
    }

    async fn paths(&self) -> Result<Vec<String>> {
        self.files.paths().await
    }

    async fn version(&self) -> Result<String> {
        Ok(self.checkout.tree.clone())
    }
}

#[async_trait]
impl Source for GitSource {
    async fn read(&self, path: &str) -> Result<Option<String>> {
        self.pinned()?.read(path).await
    }

    async fn paths(&self) -> Result<Vec<String>> {
        self.pinned()?.paths().await
    }

    async fn version(&self) -> Result<String> {
        self.pinned()?.version().await
    }
}
