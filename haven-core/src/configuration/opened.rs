//! A repository that is open: a git repository with its checkouts, or a folder.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use haven_model::{
    Error, Result, Revision,
    source::{SourceSpec, SourceStatus, Stale},
};

use super::record;
use crate::{
    clock::Clock,
    source::{FolderSource, GitLimits, GitSource, Snapshot, Source as _},
    store::Versioned,
};

/// How often it is looked for news unless something else was said.
const INTERVAL: Duration = Duration::from_secs(60);

/// A repository, as the record of one revision says.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) revision: Revision,
    spec: SourceSpec,
    repository: Arc<Repository>,
    clock: Arc<dyn Clock>,
    /// What was read last, kept while nothing changes.
    latest: Mutex<Option<Arc<Snapshot>>>,
    /// Why nothing can be read.
    failed: Mutex<Option<Stale>>,
}

#[derive(Debug)]
enum Repository {
    Git(Box<GitSource>),
    Folder(PathBuf),
}

impl Opened {
    /// Opens the repository of a record, with checkouts below `folder`. What `before` had of the same goes on being used.
    pub(super) fn new(
        record: &Versioned<SourceSpec>,
        before: Option<Arc<Self>>,
        folder: &Path,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self> {
        let spec = record.value.clone();
        let is_same = |before: &Arc<Self>| SourceSpec { interval: spec.interval, ..before.spec.clone() } == spec;
        let repository = match before.as_ref().filter(|before| is_same(before)) {
            Some(before) => before.repository.clone(),
            None => Arc::new(if let Some(path) = spec.url.strip_prefix(record::FOLDER) {
                Repository::Folder(path.into())
            } else {
                let remote = record::remote(&spec)?;
                Repository::Git(Box::new(match before.as_deref().map(|before| &*before.repository) {
                    Some(Repository::Git(before)) => before.replaced_by(remote),
                    _ => GitSource::open(remote, folder.join(super::NAME), GitLimits::default(), clock.clone()),
                }))
            }),
        };
        let (latest, failed) = (Mutex::default(), Mutex::default());
        Ok(Self { revision: record.revision, spec, repository, clock: clock.clone(), latest, failed })
    }

    pub(super) fn interval(&self) -> Duration {
        self.spec.interval.map_or(INTERVAL, |seconds| Duration::from_secs(seconds.into()))
    }

    /// Looks for news. That it cannot be reached is kept, and told once.
    pub(super) async fn refresh(&self) {
        let looked = match &*self.repository {
            Repository::Git(git) => git.refresh().await.map(|freshness| freshness.stale),
            Repository::Folder(path) => FolderSource::open(path).map(|_| None),
        };
        let failed = match looked {
            Ok(stale) => stale,
            Err(error) => Some(Stale { since: self.clock.now(), why: error.report() }),
        };
        let mut known = lock(&self.failed);
        match (&*known, &failed) {
            (None, Some(stale)) => {
                tracing::warn!(url = self.spec.url, why = stale.why, "the repository of configurations cannot be read");
            }
            (Some(_), None) => {
                tracing::info!(url = self.spec.url, "the repository of configurations can be read again");
            }
            _ => {}
        }
        *known = failed;
    }

    pub(super) async fn status(&self) -> SourceStatus {
        let mut status = SourceStatus {
            spec: self.spec.clone(),
            version: None,
            fetched: None,
            stale: lock(&self.failed).clone(),
            revision: self.revision,
        };
        match &*self.repository {
            Repository::Git(git) => {
                if let Ok(freshness) = git.freshness() {
                    status.version = Some(freshness.commit);
                    status.fetched = Some(freshness.fetched);
                    status.stale = freshness.stale;
                }
            }
            Repository::Folder(_) => match self.snapshot().await {
                Ok(snapshot) => {
                    status.version = Some(snapshot.version().to_owned());
                    status.fetched = Some(self.clock.now());
                }
                Err(error) => {
                    let since = status.stale.map_or_else(|| self.clock.now(), |stale| stale.since);
                    status.stale = Some(Stale { since, why: error.report() });
                }
            },
        }
        status
    }

    /// The repository as it is now. What nobody fetched yet is fetched.
    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>> {
        let unread = |error: Error| error.with("repository", &self.spec.url);
        match &*self.repository {
            Repository::Git(git) => {
                if git.pinned().is_err() {
                    git.refresh().await?;
                }
                let (pinned, freshness) = (git.pinned()?, git.freshness()?);
                if let Some(latest) = self.latest(&pinned.checkout.commit, freshness.stale.as_ref()) {
                    return Ok(latest);
                }
                let version = pinned.checkout.commit.clone();
                let snapshot = Snapshot::of(Arc::new(pinned), version, freshness.stale).await.map_err(unread)?;
                Ok(self.keep(snapshot))
            }
            Repository::Folder(path) => {
                let unavailable =
                    |error| unread(Error::unavailable("the folder of configurations cannot be read").caused_by(error));
                let folder = FolderSource::open(path).map_err(unavailable)?;
                let version = folder.version().await.map_err(unavailable)?;
                if let Some(latest) = self.latest(&version, None) {
                    return Ok(latest);
                }
                Ok(self.keep(Snapshot::of(Arc::new(folder), version, None).await.map_err(unavailable)?))
            }
        }
    }

    /// What was read last, if it is still of this version.
    fn latest(&self, version: &str, stale: Option<&Stale>) -> Option<Arc<Snapshot>> {
        let latest = lock(&self.latest);
        latest.as_ref().filter(|latest| latest.version() == version && latest.stale() == stale).cloned()
    }

    fn keep(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        *lock(&self.latest) = Some(snapshot.clone());
        snapshot
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic happens under this lock")
}
